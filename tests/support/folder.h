/* folder.h: files in a folder of a test's own. */
#ifndef ARAZZO_TESTS_FOLDER_H
#define ARAZZO_TESTS_FOLDER_H

/* Writes a file of that name, in place of one that is there. Fails the test when it cannot. */
void folder_write(const char *folder, const char *name, const char *content);

/* Removes the folder with all that is in it: 0, or another status when it cannot. */
int folder_remove(const char *folder);

#endif

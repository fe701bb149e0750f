/* main.c: the command's entry. */
#include <stdio.h>

int main(void) {
    puts("arazzo " ARAZZO_VERSION);
    return 0;
}

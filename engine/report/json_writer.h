/*
 * json_writer.h: writes an indented JSON document member by member, every leaf masked: for the reports in JSON and HAR.
 *
 * A name of NULL writes an item of an array (or the document itself) instead of a member of an object.
 */
#ifndef ARAZZO_ENGINE_REPORT_JSON_WRITER_H
#define ARAZZO_ENGINE_REPORT_JSON_WRITER_H

#include "engine/report/report_internal.h"

typedef struct json_writer {
    const report_writer *to;
    size_t depth;
    bool filled; /* the innermost collection has a member */
    bool named;  /* json_name() was called: the next value is that member's */
} json_writer;

/* The name of a member that is not ours: masked, too. Its value follows, with the name NULL. */
void json_name(json_writer *w, const char *name);

void json_begin(json_writer *w, const char *name, char bracket);
void json_end(json_writer *w, char bracket);

void json_put_string(json_writer *w, const char *name, const char *value); /* NULL: nothing is written */
void json_put_bytes(json_writer *w, const char *name, recorded_bytes value);
void json_put_masked(json_writer *w, const char *name, const text *masked); /* as it is: masked already */
void json_put_integer(json_writer *w, const char *name, long long value);
void json_put_milliseconds(json_writer *w, const char *name, double seconds);
void json_put_time(json_writer *w, const char *name, double seconds);
void json_put_boolean(json_writer *w, const char *name, bool value);
void json_put_null(json_writer *w, const char *name);

/* A recorded JSON value as a value; one that was cut, or is no JSON, as a string. */
void json_put_value(json_writer *w, const char *name, recorded_bytes value);

/* A header's value: `***` when the header is sensitive. */
const char *shown_header(const report_writer *writer, const arazzo_header *header);

#endif

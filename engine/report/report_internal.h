/*
 * report_internal.h: what the writers of reports share: a text that everything is masked into, escaped as the kind
 * wants it.
 */
#ifndef ARAZZO_ENGINE_REPORT_INTERNAL_H
#define ARAZZO_ENGINE_REPORT_INTERNAL_H

#include "base/arena.h"
#include "engine/report/report.h"

typedef struct report_writer {
    text *out;
    const mask *secrets;
    arena *memory; /* for what a writer needs while it writes */
} report_writer;

/* ---- Leaves: masked, then escaped ---- */

/* Appends the bytes with secrets masked; of cut ones the last RECORDING_MARGIN bytes are left out, too. */
void report_masked(const report_writer *writer, recorded_bytes given, text *out);

/* The bytes are text (UTF-8), apart from a last character that was cut. */
bool recorded_text(recorded_bytes given);

/* Appends the bytes as Base64 (RFC 4648, section 4), with secrets in the bytes masked before. */
void report_base64(const report_writer *writer, recorded_bytes given, text *out);

/* For XML and HTML, within elements and attributes; what neither may hold becomes U+FFFD. */
void report_xml(const report_writer *writer, const char *string);

/* A JSON string with its quotes, which is a double-quoted scalar of YAML, too. */
void report_json_string(const report_writer *writer, const char *string);

/* ---- Escaping alone ---- */

void append_xml(text *out, const char *bytes, size_t length);
void append_json(text *out, const char *bytes, size_t length);

/* "2026-02-03T04:05:06.789Z", or without fraction and zone. */
void append_time(text *out, double seconds, bool fraction);

/* ---- Sentences ---- */

/* The name of a step within its run: what step_result says of it. Not masked. */
void report_step_name(const recorded_step *at, const recording *events, text *out);

/* Why a run did not succeed, in one line: the step that is to blame, and why that failed. Not masked. False when memory
 * is short. */
bool report_blame(const report_run *run, arena *memory, text *out);

/* Why a step failed, in one line: the first criterion that failed with what it saw, or the error. Not masked. */
void report_reason(const step_result *result, const recording *events, text *out);

/* It failed by nothing but a response that is not as declared. */
bool report_by_contract(const recorded_step *at);

/* "GET http://x/y 200", "workflow pay": what an attempt did. Not masked. */
void report_exchange(const recorded_step *at, text *out);

/* What an attempt did and why it ended as it did, line by line. Not masked. */
void report_story(const recorded_step *at, text *out);

/* Why a document could not be used: its first error. And all that was found in it, a line each. Not masked. */
const char *report_refusal(const report_document *of);
void report_diagnostics(const report_document *of, text *out);

/* ---- Kinds ---- */

void report_junit(const report_set *what, report_writer *writer);
void report_tap(const report_set *what, report_writer *writer);
void report_json(const report_set *what, report_writer *writer);
void report_har(const report_set *what, report_writer *writer);
void report_html(const report_set *what, report_writer *writer);

#endif

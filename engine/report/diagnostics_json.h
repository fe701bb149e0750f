/*
 * diagnostics_json.h: the result of `arazzo validate` for programs: JSON of our own, SARIF 2.1.0, and the workflow
 * commands of GitHub Actions.
 */
#ifndef ARAZZO_ENGINE_REPORT_DIAGNOSTICS_JSON_H
#define ARAZZO_ENGINE_REPORT_DIAGNOSTICS_JSON_H

#include "base/text.h"
#include "engine/diagnostic.h"

/* `{"files": 3, "errors": 2, "warnings": 1, "diagnostics": [...]}` */
void diagnostics_as_json(const diagnostics *list, size_t files, text *out);

/* A SARIF log (OASIS SARIF 2.1.0) with one run. */
void diagnostics_as_sarif(const diagnostics *list, const char *version, text *out);

/* One line each: `::error file=a.yaml,line=3,col=5::message`. */
void diagnostics_as_github(const diagnostics *list, text *out);

/* Appends a string as JSON, in quotes. What is no UTF-8 becomes U+FFFD. */
void append_json_string(text *out, const char *string);

#endif

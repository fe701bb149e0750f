/* report.c: the kinds by name, and the leaves that their writers share: masking, escaping, times. */
#include "engine/report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "engine/report/report_internal.h"

static const struct {
    const char *name;
    void (*write)(const report_set *what, report_writer *writer);
} kinds[REPORT_KINDS] = {
    [REPORT_JSON] = {"json", report_json}, [REPORT_JUNIT] = {"junit", report_junit}, [REPORT_TAP] = {"tap", report_tap},
    [REPORT_HAR] = {"har", report_har},    [REPORT_HTML] = {"html", report_html},
};

const char *report_kind_name(report_kind kind) {
    return kinds[kind].name;
}

bool report_kind_from(const char *name, size_t length, report_kind *kind) {
    for (size_t i = 0; i < REPORT_KINDS; i++) {
        if (strlen(kinds[i].name) == length && memcmp(kinds[i].name, name, length) == 0) {
            *kind = (report_kind)i;
            return true;
        }
    }
    return false;
}

report_outcome report_outcome_of(const report_run *run) {
    if (run->skipped != NULL)
        return REPORT_SKIPPED;
    if (run->events->status == ARAZZO_SUCCESS)
        return run->earlier_count > 0 ? REPORT_FLAKY : REPORT_PASSED;
    return run->events->status == ARAZZO_FAILURE ? REPORT_FAILED : REPORT_ERROR;
}

static bool complete(const report_set *what) {
    for (size_t i = 0; i < what->document_count; i++)
        for (size_t j = 0; j < what->documents[i].run_count; j++)
            if (what->documents[i].runs[j].events->failed)
                return false;
    return true;
}

bool report_write(const report_set *what, report_kind kind, text *out) {
    report_writer writer = {.out = out, .secrets = what->secrets, .memory = arena_new()};
    bool good = writer.memory != NULL && complete(what);
    if (good)
        kinds[kind].write(what, &writer);
    arena_free(writer.memory);
    return good && !out->failed;
}

/* ---- Escaping ---- */

/* XML 1.0, section 2.2: what a document can hold at all. */
static bool xml_character(uint32_t code_point) {
    return code_point == '\t' || code_point == '\n' || code_point == '\r' ||
           (code_point >= 0x20 && code_point != 0xFFFE && code_point != 0xFFFF &&
            !(code_point >= 0x7F && code_point < 0xA0));
}

static const char *xml_reference(uint32_t code_point) {
    switch (code_point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\r':
        return "&#13;";
    default:
        return NULL;
    }
}

void append_xml(text *out, const char *bytes, size_t length) {
    for (size_t i = 0; i < length;) {
        uint32_t code_point = 0xFFFD;
        size_t size = utf8_decode(bytes + i, length - i, &code_point);
        const char *reference = size == 0 ? NULL : xml_reference(code_point);
        if (reference != NULL)
            text_append_string(out, reference);
        else if (size > 0 && xml_character(code_point))
            text_append(out, bytes + i, size);
        else
            text_append_code_point(out, 0xFFFD);
        i += size == 0 ? 1 : size;
    }
}

/* RFC 8259, section 7. U+007F and above up to U+009F are escaped as well: YAML does not take them as they are. */
void append_json(text *out, const char *bytes, size_t length) {
    static const char letters[] = "\"\\\b\f\n\r\t", shown[] = "\"\\bfnrt";
    text_append_char(out, '"');
    for (size_t i = 0; i < length;) {
        uint32_t code_point = 0xFFFD;
        size_t size = utf8_decode(bytes + i, length - i, &code_point);
        const char *letter = size == 1 && code_point != 0 ? strchr(letters, (int)code_point) : NULL;
        if (letter != NULL)
            text_append_format(out, "\\%c", shown[letter - letters]);
        else if (size == 0)
            text_append_code_point(out, 0xFFFD);
        else if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x2028 ||
                 code_point == 0x2029 || code_point == 0xFEFF)
            text_append_format(out, "\\u%04x", (unsigned)code_point);
        else
            text_append(out, bytes + i, size);
        i += size == 0 ? 1 : size;
    }
    text_append_char(out, '"');
}

void append_time(text *out, double seconds, bool fraction) {
    double whole = floor(seconds);
    unsigned milliseconds = (unsigned)((seconds - whole) * 1000);
    time_t at = (time_t)whole;
    struct tm parts;
    if (gmtime_r(&at, &parts) == NULL)
        return;
    text_append_format(out, "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
    if (fraction)
        text_append_format(out, ".%03uZ", milliseconds % 1000);
}

/* ---- Leaves ---- */

void report_masked(const report_writer *writer, recorded_bytes given, text *out) {
    size_t start = out->length;
    if (given.bytes == NULL)
        return;
    mask_text(writer->secrets, given.bytes, given.length, out);
    if (given.length == given.full || out->failed)
        return;
    size_t end = out->length - start > RECORDING_MARGIN ? out->length - RECORDING_MARGIN : start;
    while (end > start && ((unsigned char)out->bytes[end] & 0xC0) == 0x80) /* within a character */
        end--;
    text_truncate(out, end);
}

bool recorded_text(recorded_bytes given) {
    enum { LONGEST_CHARACTER = 4 };
    size_t bad;
    if (utf8_valid(given.bytes, given.length, &bad))
        return true;
    return given.length < given.full && given.length - bad < LONGEST_CHARACTER;
}

void report_base64(const report_writer *writer, recorded_bytes given, text *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text masked = TEXT_EMPTY;
    report_masked(writer, given, &masked);
    for (size_t i = 0; i < masked.length; i += 3) {
        size_t count = masked.length - i < 3 ? masked.length - i : 3;
        unsigned bits = 0;
        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (j < count ? (unsigned char)masked.bytes[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            text_append_char(out, j <= count ? digits[bits >> (18 - 6 * j) & 63] : '=');
    }
    out->failed = out->failed || masked.failed;
    text_free(&masked);
}

static recorded_bytes whole(const char *string) {
    size_t length = string == NULL ? 0 : strlen(string);
    return (recorded_bytes){.bytes = string, .length = length, .full = length};
}

static void write_leaf(const report_writer *writer, recorded_bytes given,
                       void (*escape)(text *out, const char *bytes, size_t length)) {
    text masked = TEXT_EMPTY;
    report_masked(writer, given, &masked);
    escape(writer->out, text_peek(&masked), masked.length);
    writer->out->failed = writer->out->failed || masked.failed;
    text_free(&masked);
}

void report_xml(const report_writer *writer, const char *string) {
    write_leaf(writer, whole(string), append_xml);
}

void report_json_string(const report_writer *writer, const char *string) {
    write_leaf(writer, whole(string), append_json);
}

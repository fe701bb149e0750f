/*
 * xpath_strings.c: the functions on strings of XPath and XQuery Functions and Operators 2.0 to 3.1, those with regular
 * expressions included, which are PCRE2's here. See xpath_functions.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "runtime-expr/case_mapping_table.h"
#include "runtime-expr/regex.h"
#include "runtime-expr/xpath_functions_internal.h"

typedef xmlXPathParserContextPtr parser;

/* ---- Strings ---- */

static void push_mapped(parser p, const case_mapping *rows, size_t count) {
    char *value = xpath_pop_string(p);
    if (value == NULL)
        return;
    text out = TEXT_EMPTY;
    size_t length = strlen(value);
    for (size_t i = 0; i < length;) {
        uint32_t code_point;
        size_t size = utf8_decode(value + i, length - i, &code_point);
        if (size == 0)
            break;
        size_t low = 0, high = count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (code_point > rows[middle].last)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < count && code_point >= rows[low].first && (code_point - rows[low].first) % rows[low].step == 0)
            code_point = (uint32_t)((int64_t)code_point + rows[low].distance);
        text_append_code_point(&out, code_point);
        i += size;
    }
    xpath_push_text(p, &out);
    text_free(&out);
    xmlFree(value);
}

void xpath_upper_case(parser p, int count) {
    (void)count;
    push_mapped(p, to_upper, sizeof to_upper / sizeof *to_upper);
}

void xpath_lower_case(parser p, int count) {
    (void)count;
    push_mapped(p, to_lower, sizeof to_lower / sizeof *to_lower);
}

/* Two popped strings, and what is to be said about them. */
static void push_about_two(parser p, xmlXPathObjectPtr about(const char *a, const char *b)) {
    char *b = xpath_pop_string(p), *a = b == NULL ? NULL : xpath_pop_string(p);
    if (a != NULL)
        xpath_push(p, about(a, b));
    xmlFree(a);
    xmlFree(b);
}

static xmlXPathObjectPtr ends_with(const char *a, const char *b) {
    size_t length = strlen(a), end = strlen(b);
    return xmlXPathNewBoolean(end <= length && memcmp(a + length - end, b, end) == 0);
}

void xpath_ends_with(parser p, int count) {
    (void)count;
    push_about_two(p, ends_with);
}

/* In UTF-8 bytes order as code points do. */
static xmlXPathObjectPtr compare_code_points(const char *a, const char *b) {
    int order = strcmp(a, b);
    return xmlXPathNewFloat((order > 0) - (order < 0));
}

void xpath_compare(parser p, int count) {
    (void)count;
    push_about_two(p, compare_code_points);
}

static xmlXPathObjectPtr same_code_points(const char *a, const char *b) {
    return xmlXPathNewBoolean(strcmp(a, b) == 0);
}

void xpath_codepoint_equal(parser p, int count) {
    (void)count;
    push_about_two(p, same_code_points);
}

static xmlXPathObjectPtr contains_token(const char *a, const char *b) {
    static const char space[] = " \t\r\n";
    b += strspn(b, space);
    size_t wanted = strcspn(b, space);
    bool single = b[wanted + strspn(b + wanted, space)] == '\0' && wanted > 0;
    for (a += strspn(a, space); single && *a != '\0'; a += strspn(a, space)) {
        size_t length = strcspn(a, space);
        if (length == wanted && memcmp(a, b, length) == 0)
            return xmlXPathNewBoolean(1);
        a += length;
    }
    return xmlXPathNewBoolean(0);
}

void xpath_contains_token(parser p, int count) {
    (void)count;
    push_about_two(p, contains_token);
}

void xpath_string_join(parser p, int count) {
    char *separator = count == 2 ? xpath_pop_string(p) : (char *)xmlStrdup((const xmlChar *)"");
    if (separator == NULL) {
        xpath_out_of_memory(p);
        return;
    }
    xmlXPathObjectPtr value = valuePop(p);
    text out = TEXT_EMPTY;
    if (value->type == XPATH_NODESET && value->nodesetval != NULL)
        xmlXPathNodeSetSort(value->nodesetval);
    for (size_t i = 0; i < xpath_count(value); i++) {
        xmlChar *item = value->type == XPATH_NODESET ? xmlXPathCastNodeToString(value->nodesetval->nodeTab[i])
                                                     : xmlXPathCastToString(value);
        if (i > 0)
            text_append_string(&out, separator);
        if (item == NULL)
            out.failed = true;
        else
            text_append_string(&out, (const char *)item);
        xmlFree(item);
    }
    xpath_push_text(p, &out);
    text_free(&out);
    xmlXPathFreeObject(value);
    xmlFree(separator);
}

void xpath_encode_for_uri(parser p, int count) {
    (void)count;
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    char *value = xpath_pop_string(p);
    if (value == NULL)
        return;
    text out = TEXT_EMPTY;
    for (const char *c = value; *c != '\0'; c++) {
        if (strchr(unreserved, *c) != NULL)
            text_append_char(&out, *c);
        else
            text_append_format(&out, "%%%02X", (unsigned)(unsigned char)*c);
    }
    xpath_push_text(p, &out);
    text_free(&out);
    xmlFree(value);
}

/* ---- Regular expressions ---- */

/* Compiles a popped pattern with popped flags. NULL: p->error is set. */
static regex *pop_pattern(parser p, bool has_flags) {
    regex_flags flags = {.caseless = false};
    regex *made = NULL;
    char *letters = has_flags ? xpath_pop_string(p) : NULL;
    for (const char *c = letters; c != NULL && *c != '\0'; c++) {
        flags.caseless = flags.caseless || *c == 'i';
        flags.multiline = flags.multiline || *c == 'm';
        flags.dot_all = flags.dot_all || *c == 's';
        flags.extended = flags.extended || *c == 'x';
        if (strchr("imsx", *c) == NULL)
            xpath_fail(p, "the flags are 'i', 'm', 's' and 'x'");
    }
    xmlFree(letters);
    char *pattern = p->error == XPATH_EXPRESSION_OK ? xpath_pop_string(p) : NULL;
    if (pattern == NULL)
        return NULL;
    expr_failure failure;
    expr_status status = regex_compile(pattern, strlen(pattern), flags, &made, &failure);
    if (status == EXPR_NO_MEMORY)
        xpath_out_of_memory(p);
    else if (status == EXPR_INVALID)
        xpath_fail(p, failure.message);
    xmlFree(pattern);
    return status == EXPR_OK ? made : NULL;
}

void xpath_matches(parser p, int count) {
    regex *pattern = pop_pattern(p, count == 3);
    char *subject = pattern == NULL ? NULL : xpath_pop_string(p);
    expr_failure failure;
    if (subject != NULL) {
        criterion_outcome outcome = regex_search(pattern, subject, strlen(subject), &failure);
        if (outcome == CRITERION_ERROR)
            xpath_fail(p, failure.message);
        else if (outcome == CRITERION_OUT_OF_MEMORY)
            xpath_out_of_memory(p);
        else
            xpath_push(p, xmlXPathNewBoolean(outcome == CRITERION_PASSED));
    }
    xmlFree(subject);
    regex_free(pattern);
}

void xpath_replace(parser p, int count) {
    char *flags = count == 4 ? xpath_pop_string(p) : NULL;
    if (count == 4 && flags == NULL)
        return;
    char *replacement = xpath_pop_string(p);
    if (flags != NULL)
        xpath_push(p, xmlXPathWrapString((xmlChar *)flags));
    regex *pattern = replacement == NULL || p->error != XPATH_EXPRESSION_OK ? NULL : pop_pattern(p, count == 4);
    char *subject = pattern == NULL ? NULL : xpath_pop_string(p);
    if (subject != NULL) {
        text out = TEXT_EMPTY;
        expr_failure failure;
        criterion_outcome outcome = regex_replace(pattern, subject, strlen(subject), replacement, &out, &failure);
        if (outcome == CRITERION_ERROR)
            xpath_fail(p, failure.message);
        else if (outcome == CRITERION_OUT_OF_MEMORY)
            xpath_out_of_memory(p);
        else
            xpath_push_text(p, &out);
        text_free(&out);
    }
    xmlFree(subject);
    xmlFree(replacement);
    regex_free(pattern);
}

/* Adds a string to a sequence, as an element of the scratch document. */
static bool add_string(parser p, xmlXPathObjectPtr sequence, const char *bytes, size_t length) {
    xpath_run *run = p->context->userData;
    if (run->scratch == NULL) {
        run->scratch = xmlNewDoc((const xmlChar *)"1.0");
        xmlNodePtr root =
            run->scratch == NULL ? NULL : xmlNewDocNode(run->scratch, NULL, (const xmlChar *)"items", NULL);
        if (root == NULL)
            return false;
        xmlDocSetRootElement(run->scratch, root);
    }
    xmlNodePtr item = xmlNewChild(xmlDocGetRootElement(run->scratch), NULL, (const xmlChar *)"item", NULL);
    xmlNodePtr content = item == NULL ? NULL : xmlNewTextLen((const xmlChar *)bytes, (int)length);
    if (content == NULL || xmlAddChild(item, content) == NULL)
        return false;
    return xmlXPathNodeSetAddUnique(sequence->nodesetval, item) == 0;
}

/* tokenize(input): by white space; tokenize(input, pattern, flags?): by matches */
void xpath_tokenize(parser p, int count) {
    regex *pattern = NULL;
    expr_failure failure = {.offset = 0};
    if (count > 1)
        pattern = pop_pattern(p, count == 3);
    else if (regex_compile("[ \\t\\r\\n]+", 10, (regex_flags){.caseless = false}, &pattern, &failure) != EXPR_OK)
        xpath_out_of_memory(p);
    char *subject = pattern == NULL ? NULL : xpath_pop_string(p);
    xmlXPathObjectPtr tokens = subject == NULL ? NULL : xpath_nothing();
    size_t length = subject == NULL ? 0 : strlen(subject), from = 0;
    bool good = tokens != NULL, by_space = count == 1;
    while (good && length > 0) {
        size_t start, end;
        criterion_outcome outcome = regex_find(pattern, subject, length, from, &start, &end, &failure);
        if (outcome == CRITERION_ERROR || (outcome == CRITERION_PASSED && end == start)) {
            xpath_fail(p, outcome == CRITERION_ERROR ? failure.message : "the pattern matches the empty string");
            break;
        }
        good = outcome != CRITERION_OUT_OF_MEMORY;
        size_t stop = outcome == CRITERION_PASSED ? start : length;
        if (good && (!by_space || stop > from))
            good = add_string(p, tokens, subject + from, stop - from);
        if (outcome != CRITERION_PASSED)
            break;
        from = end;
    }
    if (good && p->error == XPATH_EXPRESSION_OK) {
        xpath_push(p, tokens);
    } else {
        xmlXPathFreeObject(tokens);
        if (p->error == XPATH_EXPRESSION_OK)
            xpath_out_of_memory(p);
    }
    xmlFree(subject);
    regex_free(pattern);
}

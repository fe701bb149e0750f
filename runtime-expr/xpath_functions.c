/*
 * xpath_functions.c: the functions that XPath and XQuery Functions and Operators 2.0 to 3.1 add to those of XPath 1.0,
 * as far as they work over the values of XPath 1.0: booleans, numbers, strings and node-sets. A sequence of strings
 * (such as tokenize() returns) is a node-set of elements that hold the strings.
 */
#include "runtime-expr/xpath_internal.h"

#include <libxml/xpathInternals.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "base/utf8.h"
#include "runtime-expr/case_mapping_table.h"
#include "runtime-expr/compare.h"
#include "runtime-expr/regex.h"

typedef xmlXPathParserContextPtr parser;

static const char fn_uri[] = "http://www.w3.org/2005/xpath-functions";
static const char math_uri[] = "http://www.w3.org/2005/xpath-functions/math";
static const char xs_uri[] = "http://www.w3.org/2001/XMLSchema";

/* ---- Values in and out ---- */

static xpath_run *run_of(parser p) {
    return p->context->userData;
}

static void fail(parser p, const char *message) {
    xpath_run *run = run_of(p);
    if (run->message[0] == '\0')
        snprintf(run->message, sizeof run->message, "%.60s(): %.120s", (const char *)p->context->function, message);
    p->error = XPATH_EXPR_ERROR;
}

static void out_of_memory(parser p) {
    run_of(p)->no_memory = true;
    p->error = XPATH_MEMORY_ERROR;
}

static void push(parser p, xmlXPathObjectPtr value) {
    if (value == NULL || valuePush(p, value) < 0)
        out_of_memory(p);
}

static void push_text(parser p, const text *value) {
    if (value->failed)
        out_of_memory(p);
    else
        push(p, xmlXPathNewString((const xmlChar *)text_peek(value)));
}

/* A popped string, which the caller releases with xmlFree(). NULL when memory is short (p->error is set). */
static char *pop_string(parser p) {
    char *value = (char *)xmlXPathPopString(p);
    if (value == NULL && p->error == XPATH_EXPRESSION_OK)
        out_of_memory(p);
    return value;
}

static size_t count_of(xmlXPathObjectPtr value) {
    if (value->type != XPATH_NODESET)
        return 1;
    return value->nodesetval == NULL ? 0 : (size_t)value->nodesetval->nodeNr;
}

/* The number that item `i` of a value is. */
static double number_of(xmlXPathObjectPtr value, size_t i) {
    return value->type == XPATH_NODESET ? xmlXPathCastNodeToNumber(value->nodesetval->nodeTab[i])
                                        : xmlXPathCastToNumber(value);
}

/* A new, empty node-set; whatever is pushed as such is an empty sequence. */
static xmlXPathObjectPtr nothing(void) {
    return xmlXPathNewNodeSet(NULL);
}

/* Adds a string to a sequence, as an element of the scratch document. */
static bool add_string(parser p, xmlXPathObjectPtr sequence, const char *bytes, size_t length) {
    xpath_run *run = run_of(p);
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

/* ---- Sequences ---- */

static void fn_exists(parser p, int count) {
    (void)count;
    xmlXPathObjectPtr value = valuePop(p);
    push(p, xmlXPathNewBoolean(count_of(value) > 0));
    xmlXPathFreeObject(value);
}

static void fn_empty(parser p, int count) {
    (void)count;
    xmlXPathObjectPtr value = valuePop(p);
    push(p, xmlXPathNewBoolean(count_of(value) == 0));
    xmlXPathFreeObject(value);
}

/* The items from..from+length of a sequence, in document order. */
static void push_part(parser p, xmlXPathObjectPtr value, double from, double to) {
    xmlXPathObjectPtr part = nothing();
    if (value->type == XPATH_NODESET && value->nodesetval != NULL)
        xmlXPathNodeSetSort(value->nodesetval);
    bool good = part != NULL;
    for (size_t i = 0; good && i < count_of(value); i++) {
        double position = (double)i + 1;
        if (position < from || position >= to)
            continue;
        if (value->type != XPATH_NODESET) {
            xmlXPathFreeObject(part);
            push(p, xmlXPathObjectCopy(value));
            return;
        }
        good = xmlXPathNodeSetAddUnique(part->nodesetval, value->nodesetval->nodeTab[i]) == 0;
    }
    if (good)
        push(p, part);
    else {
        xmlXPathFreeObject(part);
        out_of_memory(p);
    }
}

static void fn_head(parser p, int count) {
    (void)count;
    xmlXPathObjectPtr value = valuePop(p);
    push_part(p, value, 1, 2);
    xmlXPathFreeObject(value);
}

static void fn_tail(parser p, int count) {
    (void)count;
    xmlXPathObjectPtr value = valuePop(p);
    push_part(p, value, 2, INFINITY);
    xmlXPathFreeObject(value);
}

static void fn_subsequence(parser p, int count) {
    double length = count == 3 ? round(xmlXPathPopNumber(p)) : INFINITY;
    double from = round(xmlXPathPopNumber(p));
    xmlXPathObjectPtr value = valuePop(p);
    push_part(p, value, from, from + length);
    xmlXPathFreeObject(value);
}

static void fn_data(parser p, int count) {
    (void)p; /* what is popped and pushed is the same */
    (void)count;
}

static void check_cardinality(parser p, size_t least, size_t most, const char *message) {
    size_t count = count_of(p->value);
    if (count < least || count > most)
        fail(p, message);
}

static void fn_zero_or_one(parser p, int count) {
    (void)count;
    check_cardinality(p, 0, 1, "there is more than one item");
}

static void fn_one_or_more(parser p, int count) {
    (void)count;
    check_cardinality(p, 1, SIZE_MAX, "there is no item");
}

static void fn_exactly_one(parser p, int count) {
    (void)count;
    check_cardinality(p, 1, 1, "there is not exactly one item");
}

/* The first of the nodes with the same text. */
static void fn_distinct_values(parser p, int count) {
    (void)count;
    xmlXPathObjectPtr value = valuePop(p);
    if (value->type != XPATH_NODESET || value->nodesetval == NULL) {
        push(p, value);
        return;
    }
    xmlHashTablePtr seen = xmlHashCreate(64);
    xmlXPathObjectPtr distinct = nothing();
    bool good = seen != NULL && distinct != NULL;
    for (int i = 0; good && i < value->nodesetval->nodeNr; i++) {
        xmlNodePtr node = value->nodesetval->nodeTab[i];
        xmlChar *content = xmlXPathCastNodeToString(node);
        good = content != NULL;
        if (good && xmlHashLookup(seen, content) == NULL)
            good =
                xmlHashAddEntry(seen, content, node) == 0 && xmlXPathNodeSetAddUnique(distinct->nodesetval, node) == 0;
        xmlFree(content);
    }
    if (seen != NULL)
        xmlHashFree(seen, NULL);
    xmlXPathFreeObject(value);
    if (good)
        push(p, distinct);
    else {
        xmlXPathFreeObject(distinct);
        out_of_memory(p);
    }
}

/* ---- Numbers ---- */

typedef enum aggregate { MINIMUM, MAXIMUM, AVERAGE } aggregate;

static void push_aggregate(parser p, aggregate which) {
    xmlXPathObjectPtr value = valuePop(p);
    size_t count = count_of(value);
    double result = count > 0 ? number_of(value, 0) : 0;
    for (size_t i = 1; i < count; i++) {
        double next = number_of(value, i);
        if (which == AVERAGE)
            result += next;
        else if (isnan(next) || (which == MINIMUM ? next < result : next > result))
            result = next;
    }
    push(p, count == 0 ? nothing() : xmlXPathNewFloat(which == AVERAGE ? result / (double)count : result));
    xmlXPathFreeObject(value);
}

static void fn_min(parser p, int count) {
    (void)count;
    push_aggregate(p, MINIMUM);
}

static void fn_max(parser p, int count) {
    (void)count;
    push_aggregate(p, MAXIMUM);
}

static void fn_avg(parser p, int count) {
    (void)count;
    push_aggregate(p, AVERAGE);
}

static void fn_abs(parser p, int count) {
    (void)count;
    push(p, xmlXPathNewFloat(fabs(xmlXPathPopNumber(p))));
}

static double half_to_even(double number) {
    double below = floor(number), part = number - below;
    if (part < 0.5 || (part == 0.5 && fmod(below, 2) == 0))
        return below;
    return below + 1;
}

static void fn_round_half_to_even(parser p, int count) {
    double scale = count == 2 ? pow(10, round(xmlXPathPopNumber(p))) : 1;
    double number = xmlXPathPopNumber(p);
    push(p, xmlXPathNewFloat(isfinite(number) ? half_to_even(number * scale) / scale : number));
}

static void math_pi(parser p, int count) {
    (void)count;
    push(p, xmlXPathNewFloat(3.14159265358979323846));
}

static void math_sqrt(parser p, int count) {
    (void)count;
    push(p, xmlXPathNewFloat(sqrt(xmlXPathPopNumber(p))));
}

static void math_exp(parser p, int count) {
    (void)count;
    push(p, xmlXPathNewFloat(exp(xmlXPathPopNumber(p))));
}

static void math_log(parser p, int count) {
    (void)count;
    push(p, xmlXPathNewFloat(log(xmlXPathPopNumber(p))));
}

static void math_pow(parser p, int count) {
    (void)count;
    double exponent = xmlXPathPopNumber(p), base = xmlXPathPopNumber(p);
    push(p, xmlXPathNewFloat(pow(base, exponent)));
}

/* ---- Strings ---- */

static void push_mapped(parser p, const case_mapping *rows, size_t count) {
    char *value = pop_string(p);
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
    push_text(p, &out);
    text_free(&out);
    xmlFree(value);
}

static void fn_upper_case(parser p, int count) {
    (void)count;
    push_mapped(p, to_upper, sizeof to_upper / sizeof *to_upper);
}

static void fn_lower_case(parser p, int count) {
    (void)count;
    push_mapped(p, to_lower, sizeof to_lower / sizeof *to_lower);
}

/* Two popped strings, and what is to be said about them. */
static void push_about_two(parser p, xmlXPathObjectPtr about(const char *a, const char *b)) {
    char *b = pop_string(p), *a = b == NULL ? NULL : pop_string(p);
    if (a != NULL)
        push(p, about(a, b));
    xmlFree(a);
    xmlFree(b);
}

static xmlXPathObjectPtr ends_with(const char *a, const char *b) {
    size_t length = strlen(a), end = strlen(b);
    return xmlXPathNewBoolean(end <= length && memcmp(a + length - end, b, end) == 0);
}

static void fn_ends_with(parser p, int count) {
    (void)count;
    push_about_two(p, ends_with);
}

/* In UTF-8 bytes order as code points do. */
static xmlXPathObjectPtr compare_code_points(const char *a, const char *b) {
    int order = strcmp(a, b);
    return xmlXPathNewFloat((order > 0) - (order < 0));
}

static void fn_compare(parser p, int count) {
    (void)count;
    push_about_two(p, compare_code_points);
}

static xmlXPathObjectPtr same_code_points(const char *a, const char *b) {
    return xmlXPathNewBoolean(strcmp(a, b) == 0);
}

static void fn_codepoint_equal(parser p, int count) {
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

static void fn_contains_token(parser p, int count) {
    (void)count;
    push_about_two(p, contains_token);
}

static void fn_string_join(parser p, int count) {
    char *separator = count == 2 ? pop_string(p) : (char *)xmlStrdup((const xmlChar *)"");
    if (separator == NULL) {
        out_of_memory(p);
        return;
    }
    xmlXPathObjectPtr value = valuePop(p);
    text out = TEXT_EMPTY;
    if (value->type == XPATH_NODESET && value->nodesetval != NULL)
        xmlXPathNodeSetSort(value->nodesetval);
    for (size_t i = 0; i < count_of(value); i++) {
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
    push_text(p, &out);
    text_free(&out);
    xmlXPathFreeObject(value);
    xmlFree(separator);
}

static void fn_encode_for_uri(parser p, int count) {
    (void)count;
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    char *value = pop_string(p);
    if (value == NULL)
        return;
    text out = TEXT_EMPTY;
    for (const char *c = value; *c != '\0'; c++) {
        if (strchr(unreserved, *c) != NULL)
            text_append_char(&out, *c);
        else
            text_append_format(&out, "%%%02X", (unsigned)(unsigned char)*c);
    }
    push_text(p, &out);
    text_free(&out);
    xmlFree(value);
}

/* ---- Regular expressions ---- */

/* Compiles a popped pattern with popped flags. NULL: p->error is set. */
static regex *pop_pattern(parser p, bool has_flags) {
    regex_flags flags = {.caseless = false};
    regex *made = NULL;
    char *letters = has_flags ? pop_string(p) : NULL;
    for (const char *c = letters; c != NULL && *c != '\0'; c++) {
        flags.caseless = flags.caseless || *c == 'i';
        flags.multiline = flags.multiline || *c == 'm';
        flags.dot_all = flags.dot_all || *c == 's';
        flags.extended = flags.extended || *c == 'x';
        if (strchr("imsx", *c) == NULL)
            fail(p, "the flags are 'i', 'm', 's' and 'x'");
    }
    xmlFree(letters);
    char *pattern = p->error == XPATH_EXPRESSION_OK ? pop_string(p) : NULL;
    if (pattern == NULL)
        return NULL;
    expr_failure failure;
    expr_status status = regex_compile(pattern, strlen(pattern), flags, &made, &failure);
    if (status == EXPR_NO_MEMORY)
        out_of_memory(p);
    else if (status == EXPR_INVALID)
        fail(p, failure.message);
    xmlFree(pattern);
    return status == EXPR_OK ? made : NULL;
}

static void fn_matches(parser p, int count) {
    regex *pattern = pop_pattern(p, count == 3);
    char *subject = pattern == NULL ? NULL : pop_string(p);
    expr_failure failure;
    if (subject != NULL) {
        criterion_outcome outcome = regex_search(pattern, subject, strlen(subject), &failure);
        if (outcome == CRITERION_ERROR)
            fail(p, failure.message);
        else if (outcome == CRITERION_OUT_OF_MEMORY)
            out_of_memory(p);
        else
            push(p, xmlXPathNewBoolean(outcome == CRITERION_PASSED));
    }
    xmlFree(subject);
    regex_free(pattern);
}

static void fn_replace(parser p, int count) {
    char *flags = count == 4 ? pop_string(p) : NULL;
    if (count == 4 && flags == NULL)
        return;
    char *replacement = pop_string(p);
    if (flags != NULL)
        push(p, xmlXPathWrapString((xmlChar *)flags));
    regex *pattern = replacement == NULL || p->error != XPATH_EXPRESSION_OK ? NULL : pop_pattern(p, count == 4);
    char *subject = pattern == NULL ? NULL : pop_string(p);
    if (subject != NULL) {
        text out = TEXT_EMPTY;
        expr_failure failure;
        criterion_outcome outcome = regex_replace(pattern, subject, strlen(subject), replacement, &out, &failure);
        if (outcome == CRITERION_ERROR)
            fail(p, failure.message);
        else if (outcome == CRITERION_OUT_OF_MEMORY)
            out_of_memory(p);
        else
            push_text(p, &out);
        text_free(&out);
    }
    xmlFree(subject);
    xmlFree(replacement);
    regex_free(pattern);
}

/* tokenize(input): by white space; tokenize(input, pattern, flags?): by matches */
static void fn_tokenize(parser p, int count) {
    regex *pattern = NULL;
    expr_failure failure = {.offset = 0};
    if (count > 1)
        pattern = pop_pattern(p, count == 3);
    else if (regex_compile("[ \\t\\r\\n]+", 10, (regex_flags){.caseless = false}, &pattern, &failure) != EXPR_OK)
        out_of_memory(p);
    char *subject = pattern == NULL ? NULL : pop_string(p);
    xmlXPathObjectPtr tokens = subject == NULL ? NULL : nothing();
    size_t length = subject == NULL ? 0 : strlen(subject), from = 0;
    bool good = tokens != NULL, by_space = count == 1;
    while (good && length > 0) {
        size_t start, end;
        criterion_outcome outcome = regex_find(pattern, subject, length, from, &start, &end, &failure);
        if (outcome == CRITERION_ERROR || (outcome == CRITERION_PASSED && end == start)) {
            fail(p, outcome == CRITERION_ERROR ? failure.message : "the pattern matches the empty string");
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
        push(p, tokens);
    } else {
        xmlXPathFreeObject(tokens);
        if (p->error == XPATH_EXPRESSION_OK)
            out_of_memory(p);
    }
    xmlFree(subject);
    regex_free(pattern);
}

/* ---- Nodes ---- */

/* The node that an optional argument names, else the context's. NULL: none. */
static xmlNodePtr pop_node(parser p, int count) {
    if (count == 0)
        return p->context->node;
    xmlXPathObjectPtr value = valuePop(p);
    xmlNodePtr node = NULL;
    if (value->type == XPATH_NODESET && count_of(value) > 0) {
        xmlXPathNodeSetSort(value->nodesetval);
        node = value->nodesetval->nodeTab[0];
    }
    xmlXPathFreeObject(value);
    return node;
}

static void fn_has_children(parser p, int count) {
    xmlNodePtr node = pop_node(p, count);
    bool may_have = node != NULL && (node->type == XML_ELEMENT_NODE || node->type == XML_DOCUMENT_NODE);
    push(p, xmlXPathNewBoolean(may_have && node->children != NULL));
}

static void fn_root(parser p, int count) {
    xmlNodePtr node = pop_node(p, count);
    push(p, node == NULL ? nothing() : xmlXPathNewNodeSet((xmlNodePtr)node->doc));
}

/* ---- Constructors: xs:integer("5") ---- */

static void xs_string(parser p, int count) {
    (void)count;
    char *value = pop_string(p);
    if (value != NULL)
        push(p, xmlXPathNewString((const xmlChar *)value));
    xmlFree(value);
}

static void xs_number(parser p, int count) {
    (void)count;
    char *value = pop_string(p);
    if (value == NULL)
        return;
    bool is_integer;
    json_int_t integer;
    double real;
    const char *start = value + strspn(value, " \t\r\n");
    start += *start == '+';
    size_t length = strlen(start);
    while (length > 0 && strchr(" \t\r\n", start[length - 1]) != NULL)
        length--;
    /* XML Schema has leading zeros and a bare point where JSON has none */
    double number = xmlXPathCastStringToNumber((const xmlChar *)start);
    if (number_parse(start, length, &is_integer, &integer, &real))
        number = is_integer ? (double)integer : real;
    const char *function = (const char *)p->context->function;
    bool whole = strcmp(function, "double") != 0 && strcmp(function, "float") != 0 && strcmp(function, "decimal") != 0;
    if (isnan(number) && strcmp(start, "NaN") != 0)
        fail(p, "the text is not a number");
    else if (whole && floor(number) != number)
        fail(p, "the text is not an integer");
    else
        push(p, xmlXPathNewFloat(number));
    xmlFree(value);
}

static void xs_boolean(parser p, int count) {
    (void)count;
    xmlXPathObjectPtr value = valuePop(p);
    if (value->type == XPATH_BOOLEAN || value->type == XPATH_NUMBER) {
        push(p, xmlXPathNewBoolean(xmlXPathCastToBoolean(value)));
    } else {
        xmlChar *content = xmlXPathCastToString(value);
        if (content == NULL)
            out_of_memory(p);
        else if (xmlStrEqual(content, (const xmlChar *)"true") || xmlStrEqual(content, (const xmlChar *)"1"))
            push(p, xmlXPathNewBoolean(1));
        else if (xmlStrEqual(content, (const xmlChar *)"false") || xmlStrEqual(content, (const xmlChar *)"0"))
            push(p, xmlXPathNewBoolean(0));
        else
            fail(p, "the text is not a boolean");
        xmlFree(content);
    }
    xmlXPathFreeObject(value);
}

/* ---- The table ---- */

static const struct {
    const char *name; /* with the prefix it is known under */
    xpath_version since;
    int least, most; /* arguments */
    void (*carry_out)(parser p, int count);
} functions[] = {
    {"abs", XPATH_20, 1, 1, fn_abs},
    {"avg", XPATH_20, 1, 1, fn_avg},
    {"codepoint-equal", XPATH_20, 2, 2, fn_codepoint_equal},
    {"compare", XPATH_20, 2, 2, fn_compare},
    {"contains-token", XPATH_31, 2, 2, fn_contains_token},
    {"data", XPATH_20, 1, 1, fn_data},
    {"distinct-values", XPATH_20, 1, 1, fn_distinct_values},
    {"empty", XPATH_20, 1, 1, fn_empty},
    {"encode-for-uri", XPATH_20, 1, 1, fn_encode_for_uri},
    {"ends-with", XPATH_20, 2, 2, fn_ends_with},
    {"exactly-one", XPATH_20, 1, 1, fn_exactly_one},
    {"exists", XPATH_20, 1, 1, fn_exists},
    {"has-children", XPATH_30, 0, 1, fn_has_children},
    {"head", XPATH_30, 1, 1, fn_head},
    {"lower-case", XPATH_20, 1, 1, fn_lower_case},
    {"matches", XPATH_20, 2, 3, fn_matches},
    {"max", XPATH_20, 1, 1, fn_max},
    {"min", XPATH_20, 1, 1, fn_min},
    {"one-or-more", XPATH_20, 1, 1, fn_one_or_more},
    {"replace", XPATH_20, 3, 4, fn_replace},
    {"root", XPATH_20, 0, 1, fn_root},
    {"round-half-to-even", XPATH_20, 1, 2, fn_round_half_to_even},
    {"string-join", XPATH_20, 1, 2, fn_string_join},
    {"subsequence", XPATH_20, 2, 3, fn_subsequence},
    {"tail", XPATH_30, 1, 1, fn_tail},
    {"tokenize", XPATH_20, 1, 3, fn_tokenize},
    {"upper-case", XPATH_20, 1, 1, fn_upper_case},
    {"zero-or-one", XPATH_20, 1, 1, fn_zero_or_one},
    {"math:exp", XPATH_30, 1, 1, math_exp},
    {"math:log", XPATH_30, 1, 1, math_log},
    {"math:pi", XPATH_30, 0, 0, math_pi},
    {"math:pow", XPATH_30, 2, 2, math_pow},
    {"math:sqrt", XPATH_30, 1, 1, math_sqrt},
    {"xs:boolean", XPATH_20, 1, 1, xs_boolean},
    {"xs:decimal", XPATH_20, 1, 1, xs_number},
    {"xs:double", XPATH_20, 1, 1, xs_number},
    {"xs:float", XPATH_20, 1, 1, xs_number},
    {"xs:int", XPATH_20, 1, 1, xs_number},
    {"xs:integer", XPATH_20, 1, 1, xs_number},
    {"xs:long", XPATH_20, 1, 1, xs_number},
    {"xs:string", XPATH_20, 1, 1, xs_string},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* XPath 1.0's own, which libxml2 has. */
static const char *const core[] = {
    "last",
    "position",
    "count",
    "id",
    "local-name",
    "namespace-uri",
    "name",
    "string",
    "concat",
    "starts-with",
    "contains",
    "substring",
    "substring-before",
    "substring-after",
    "translate",
    "normalize-space",
    "string-length",
    "boolean",
    "not",
    "true",
    "false",
    "lang",
    "number",
    "sum",
    "floor",
    "ceiling",
    "round",
};
enum { CORE = sizeof core / sizeof *core };

static const char *prefix_of(const xmlChar *uri) {
    if (uri == NULL || strcmp((const char *)uri, fn_uri) == 0)
        return "";
    if (strcmp((const char *)uri, math_uri) == 0)
        return "math:";
    return strcmp((const char *)uri, xs_uri) == 0 ? "xs:" : NULL;
}

static size_t find_function(const char *prefix, const char *name) {
    size_t skip = strlen(prefix);
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (strncmp(functions[i].name, prefix, skip) == 0 && strcmp(functions[i].name + skip, name) == 0)
            return i;
    return FUNCTIONS;
}

/* Every function goes through here: the number of arguments is checked against the table. */
static void dispatch(parser p, int count) {
    const char *prefix = prefix_of(p->context->functionURI);
    size_t found = prefix == NULL ? FUNCTIONS : find_function(prefix, (const char *)p->context->function);
    if (found == FUNCTIONS)
        fail(p, "there is no such function");
    else if (count < functions[found].least || count > functions[found].most)
        fail(p, "the number of arguments is wrong");
    else
        functions[found].carry_out(p, count);
}

static xmlXPathFunction look_up(void *user, const xmlChar *name, const xmlChar *uri) {
    const xpath_run *run = user;
    const char *prefix = prefix_of(uri);
    if (prefix == NULL)
        return NULL;
    size_t found = find_function(prefix, (const char *)name);
    return found < FUNCTIONS && functions[found].since <= run->version ? dispatch : NULL;
}

bool xpath_register(xmlXPathContextPtr context, xpath_run *run) {
    context->userData = run;
    if (run->version == XPATH_10)
        return true;
    xmlXPathRegisterFuncLookup(context, look_up, run);
    return xmlXPathRegisterNs(context, (const xmlChar *)"fn", (const xmlChar *)fn_uri) == 0 &&
           xmlXPathRegisterNs(context, (const xmlChar *)"math", (const xmlChar *)math_uri) == 0 &&
           xmlXPathRegisterNs(context, (const xmlChar *)"xs", (const xmlChar *)xs_uri) == 0;
}

bool xpath_function_known(xpath_version version, const char *name, size_t length, const char **nearest_name,
                          const char **since) {
    nearest search;
    *since = NULL;
    nearest_start(&search, name, length);
    for (size_t i = 0; i < CORE; i++) {
        if (strlen(core[i]) == length && memcmp(core[i], name, length) == 0)
            return true;
        nearest_try(&search, core[i]);
    }
    for (size_t i = 0; i < FUNCTIONS; i++) {
        bool same = strlen(functions[i].name) == length && memcmp(functions[i].name, name, length) == 0;
        if (same && functions[i].since <= version)
            return true;
        if (same)
            *since = xpath_version_name(functions[i].since);
        else if (functions[i].since <= version)
            nearest_try(&search, functions[i].name);
    }
    *nearest_name = search.best;
    return false;
}

const char *xpath_version_name(xpath_version version) {
    static const char *const names[] = {"1.0", "2.0", "3.0", "3.1"};
    return names[version];
}

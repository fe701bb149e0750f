/*
 * xpath_functions.c: the functions that XPath and XQuery Functions and Operators 2.0 to 3.1 add to those of XPath 1.0,
 * as far as they work over the values of XPath 1.0: booleans, numbers, strings and node-sets. A sequence of strings
 * (such as tokenize() returns) is a node-set of elements that hold the strings.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "runtime-expr/compare.h"
#include "runtime-expr/xpath_functions_internal.h"

typedef xmlXPathParserContextPtr parser;

static const char fn_uri[] = "http://www.w3.org/2005/xpath-functions";
static const char math_uri[] = "http://www.w3.org/2005/xpath-functions/math";
static const char xs_uri[] = "http://www.w3.org/2001/XMLSchema";

/* ---- Values in and out ---- */

void xpath_fail(xmlXPathParserContextPtr p, const char *message) {
    xpath_run *run = p->context->userData;
    if (run->message[0] == '\0')
        snprintf(run->message, sizeof run->message, "%.60s(): %.120s", (const char *)p->context->function, message);
    p->error = XPATH_EXPR_ERROR;
}

void xpath_out_of_memory(xmlXPathParserContextPtr p) {
    ((xpath_run *)p->context->userData)->no_memory = true;
    p->error = XPATH_MEMORY_ERROR;
}

void xpath_push(xmlXPathParserContextPtr p, xmlXPathObjectPtr value) {
    if (value == NULL || valuePush(p, value) < 0)
        xpath_out_of_memory(p);
}

void xpath_push_text(xmlXPathParserContextPtr p, const text *value) {
    if (value->failed)
        xpath_out_of_memory(p);
    else
        xpath_push(p, xmlXPathNewString((const xmlChar *)text_peek(value)));
}

char *xpath_pop_string(xmlXPathParserContextPtr p) {
    char *value = (char *)xmlXPathPopString(p);
    if (value == NULL && p->error == XPATH_EXPRESSION_OK)
        xpath_out_of_memory(p);
    return value;
}

size_t xpath_count(xmlXPathObjectPtr value) {
    if (value->type != XPATH_NODESET)
        return 1;
    return value->nodesetval == NULL ? 0 : (size_t)value->nodesetval->nodeNr;
}

xmlXPathObjectPtr xpath_nothing(void) {
    return xmlXPathNewNodeSet(NULL);
}

/* The number that item `i` of a value is. */
static double number_of(xmlXPathObjectPtr value, size_t i) {
    return value->type == XPATH_NODESET ? xmlXPathCastNodeToNumber(value->nodesetval->nodeTab[i])
                                        : xmlXPathCastToNumber(value);
}

/* ---- Sequences ---- */

static void fn_exists(parser p, int count) {
    (void)count;
    xmlXPathObjectPtr value = valuePop(p);
    xpath_push(p, xmlXPathNewBoolean(xpath_count(value) > 0));
    xmlXPathFreeObject(value);
}

static void fn_empty(parser p, int count) {
    (void)count;
    xmlXPathObjectPtr value = valuePop(p);
    xpath_push(p, xmlXPathNewBoolean(xpath_count(value) == 0));
    xmlXPathFreeObject(value);
}

/* The items from..from+length of a sequence, in document order. */
static void push_part(parser p, xmlXPathObjectPtr value, double from, double to) {
    xmlXPathObjectPtr part = xpath_nothing();
    if (value->type == XPATH_NODESET && value->nodesetval != NULL)
        xmlXPathNodeSetSort(value->nodesetval);
    bool good = part != NULL;
    for (size_t i = 0; good && i < xpath_count(value); i++) {
        double position = (double)i + 1;
        if (position < from || position >= to)
            continue;
        if (value->type != XPATH_NODESET) {
            xmlXPathFreeObject(part);
            xpath_push(p, xmlXPathObjectCopy(value));
            return;
        }
        good = xmlXPathNodeSetAddUnique(part->nodesetval, value->nodesetval->nodeTab[i]) == 0;
    }
    if (good)
        xpath_push(p, part);
    else {
        xmlXPathFreeObject(part);
        xpath_out_of_memory(p);
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
    size_t count = xpath_count(p->value);
    if (count < least || count > most)
        xpath_fail(p, message);
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
        xpath_push(p, value);
        return;
    }
    xmlHashTablePtr seen = xmlHashCreate(64);
    xmlXPathObjectPtr distinct = xpath_nothing();
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
        xpath_push(p, distinct);
    else {
        xmlXPathFreeObject(distinct);
        xpath_out_of_memory(p);
    }
}

/* ---- Numbers ---- */

typedef enum aggregate { MINIMUM, MAXIMUM, AVERAGE } aggregate;

static void push_aggregate(parser p, aggregate which) {
    xmlXPathObjectPtr value = valuePop(p);
    size_t count = xpath_count(value);
    double result = count > 0 ? number_of(value, 0) : 0;
    for (size_t i = 1; i < count; i++) {
        double next = number_of(value, i);
        if (which == AVERAGE)
            result += next;
        else if (isnan(next) || (which == MINIMUM ? next < result : next > result))
            result = next;
    }
    xpath_push(p, count == 0 ? xpath_nothing() : xmlXPathNewFloat(which == AVERAGE ? result / (double)count : result));
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
    xpath_push(p, xmlXPathNewFloat(fabs(xmlXPathPopNumber(p))));
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
    xpath_push(p, xmlXPathNewFloat(isfinite(number) ? half_to_even(number * scale) / scale : number));
}

static void math_pi(parser p, int count) {
    (void)count;
    xpath_push(p, xmlXPathNewFloat(3.14159265358979323846));
}

static void math_sqrt(parser p, int count) {
    (void)count;
    xpath_push(p, xmlXPathNewFloat(sqrt(xmlXPathPopNumber(p))));
}

static void math_exp(parser p, int count) {
    (void)count;
    xpath_push(p, xmlXPathNewFloat(exp(xmlXPathPopNumber(p))));
}

static void math_log(parser p, int count) {
    (void)count;
    xpath_push(p, xmlXPathNewFloat(log(xmlXPathPopNumber(p))));
}

static void math_pow(parser p, int count) {
    (void)count;
    double exponent = xmlXPathPopNumber(p), base = xmlXPathPopNumber(p);
    xpath_push(p, xmlXPathNewFloat(pow(base, exponent)));
}

/* ---- Nodes ---- */

/* The node that an optional argument names, else the context's. NULL: none. */
static xmlNodePtr pop_node(parser p, int count) {
    if (count == 0)
        return p->context->node;
    xmlXPathObjectPtr value = valuePop(p);
    xmlNodePtr node = NULL;
    if (value->type == XPATH_NODESET && xpath_count(value) > 0) {
        xmlXPathNodeSetSort(value->nodesetval);
        node = value->nodesetval->nodeTab[0];
    }
    xmlXPathFreeObject(value);
    return node;
}

static void fn_has_children(parser p, int count) {
    xmlNodePtr node = pop_node(p, count);
    bool may_have = node != NULL && (node->type == XML_ELEMENT_NODE || node->type == XML_DOCUMENT_NODE);
    xpath_push(p, xmlXPathNewBoolean(may_have && node->children != NULL));
}

static void fn_root(parser p, int count) {
    xmlNodePtr node = pop_node(p, count);
    xpath_push(p, node == NULL ? xpath_nothing() : xmlXPathNewNodeSet((xmlNodePtr)node->doc));
}

/* ---- Constructors: xs:integer("5") ---- */

static void xs_string(parser p, int count) {
    (void)count;
    char *value = xpath_pop_string(p);
    if (value != NULL)
        xpath_push(p, xmlXPathNewString((const xmlChar *)value));
    xmlFree(value);
}

static void xs_number(parser p, int count) {
    (void)count;
    char *value = xpath_pop_string(p);
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
        xpath_fail(p, "the text is not a number");
    else if (whole && floor(number) != number)
        xpath_fail(p, "the text is not an integer");
    else
        xpath_push(p, xmlXPathNewFloat(number));
    xmlFree(value);
}

static void xs_boolean(parser p, int count) {
    (void)count;
    xmlXPathObjectPtr value = valuePop(p);
    if (value->type == XPATH_BOOLEAN || value->type == XPATH_NUMBER) {
        xpath_push(p, xmlXPathNewBoolean(xmlXPathCastToBoolean(value)));
    } else {
        xmlChar *content = xmlXPathCastToString(value);
        if (content == NULL)
            xpath_out_of_memory(p);
        else if (xmlStrEqual(content, (const xmlChar *)"true") || xmlStrEqual(content, (const xmlChar *)"1"))
            xpath_push(p, xmlXPathNewBoolean(1));
        else if (xmlStrEqual(content, (const xmlChar *)"false") || xmlStrEqual(content, (const xmlChar *)"0"))
            xpath_push(p, xmlXPathNewBoolean(0));
        else
            xpath_fail(p, "the text is not a boolean");
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
    {"codepoint-equal", XPATH_20, 2, 2, xpath_codepoint_equal},
    {"compare", XPATH_20, 2, 2, xpath_compare},
    {"contains-token", XPATH_31, 2, 2, xpath_contains_token},
    {"data", XPATH_20, 1, 1, fn_data},
    {"distinct-values", XPATH_20, 1, 1, fn_distinct_values},
    {"empty", XPATH_20, 1, 1, fn_empty},
    {"encode-for-uri", XPATH_20, 1, 1, xpath_encode_for_uri},
    {"ends-with", XPATH_20, 2, 2, xpath_ends_with},
    {"exactly-one", XPATH_20, 1, 1, fn_exactly_one},
    {"exists", XPATH_20, 1, 1, fn_exists},
    {"has-children", XPATH_30, 0, 1, fn_has_children},
    {"head", XPATH_30, 1, 1, fn_head},
    {"lower-case", XPATH_20, 1, 1, xpath_lower_case},
    {"matches", XPATH_20, 2, 3, xpath_matches},
    {"max", XPATH_20, 1, 1, fn_max},
    {"min", XPATH_20, 1, 1, fn_min},
    {"one-or-more", XPATH_20, 1, 1, fn_one_or_more},
    {"replace", XPATH_20, 3, 4, xpath_replace},
    {"root", XPATH_20, 0, 1, fn_root},
    {"round-half-to-even", XPATH_20, 1, 2, fn_round_half_to_even},
    {"string-join", XPATH_20, 1, 2, xpath_string_join},
    {"subsequence", XPATH_20, 2, 3, fn_subsequence},
    {"tail", XPATH_30, 1, 1, fn_tail},
    {"tokenize", XPATH_20, 1, 3, xpath_tokenize},
    {"upper-case", XPATH_20, 1, 1, xpath_upper_case},
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
        xpath_fail(p, "there is no such function");
    else if (count < functions[found].least || count > functions[found].most)
        xpath_fail(p, "the number of arguments is wrong");
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

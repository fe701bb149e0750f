/*
 * xpath.c: XPath conditions and selectors, carried out by libxml2: XPath 1.0's grammar with the functions of the
 * version asked for (xpath_functions.c), and the effective boolean value.
 *
 * The XML is untrusted: nothing is loaded, entities and attribute defaults are refused (so that nothing can expand),
 * depth and size have libxml2's bounds, and an evaluation has a limit of steps. libxml2 keeps caches in a compiled
 * expression, which two threads could not share: so the text is compiled for each evaluation, which costs little beside
 * the XML. Where memory runs short this file says so; libxml2 before 2.13 itself does not always survive that.
 */
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlsave.h>
#include <libxml/xpathInternals.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "runtime-expr/compare.h"
#include "runtime-expr/condition_internal.h"
#include "runtime-expr/json_text.h"
#include "runtime-expr/xpath_internal.h"

enum { STEP_LIMIT = 10000000, LARGEST_XML = 64 * 1024 * 1024, DEEPEST = 200 };

static const char *const versions[] = {"xpath-10", "xpath-20", "xpath-30", "xpath-31"};
enum { VERSIONS = sizeof versions / sizeof *versions };

struct xpath_query {
    arena *memory;
    xpath_version version;
    query_text text;
};

/* ---- Errors ---- */

/* libxml2 has words for these, and keeps them to itself. */
static const char *words_for(int code) {
    static const char *const words[] = {
        [XPATH_NUMBER_ERROR] = "a number is not written as XPath writes it",
        [XPATH_UNFINISHED_LITERAL_ERROR] = "a string has no end",
        [XPATH_START_LITERAL_ERROR] = "expected a string",
        [XPATH_VARIABLE_REF_ERROR] = "expected the name of a variable after '$'",
        [XPATH_UNDEF_VARIABLE_ERROR] = "there is no such variable",
        [XPATH_INVALID_PREDICATE_ERROR] = "a predicate is not complete",
        [XPATH_EXPR_ERROR] = "expected an expression",
        [XPATH_UNCLOSED_ERROR] = "a parenthesis is not closed",
        [XPATH_UNKNOWN_FUNC_ERROR] = "there is no such function",
        [XPATH_INVALID_OPERAND] = "an operand is of the wrong type",
        [XPATH_INVALID_TYPE] = "an argument is of the wrong type",
        [XPATH_INVALID_ARITY] = "the number of arguments is wrong",
        [XPATH_UNDEF_PREFIX_ERROR] = "a prefix is not declared",
        [XPATH_ENCODING_ERROR] = "not UTF-8",
        [XPATH_INVALID_CHAR_ERROR] = "a character does not belong there",
        [XPATH_STACK_ERROR] = "the expression needs too much",
        [XPATH_OP_LIMIT_EXCEEDED] = "the evaluation was given up: it takes too many steps",
        [XPATH_RECURSION_LIMIT_EXCEEDED] = "the expression is nested too deeply",
    };
    size_t number = (size_t)(code - XML_XPATH_EXPRESSION_OK);
    const char *found = code > XML_XPATH_EXPRESSION_OK && number < sizeof words / sizeof *words ? words[number] : NULL;
    return found == NULL ? "the expression cannot be evaluated" : found;
}

static void remember(void *user, xmlErrorPtr error) {
    xpath_run *run = user;
    if (error->code == XML_ERR_NO_MEMORY || error->code == XML_XPATH_EXPRESSION_OK + XPATH_MEMORY_ERROR)
        run->no_memory = true;
    if (run->message[0] != '\0')
        return;
    snprintf(run->message, sizeof run->message, "%s", words_for(error->code));
    run->offset = error->int1 > 0 ? (size_t)error->int1 : 0;
}

static expr_outcome failed(const xpath_run *run, const char *otherwise, expr_failure *failure) {
    if (run->no_memory)
        return EXPR_OUT_OF_MEMORY;
    failure->offset = failure->length = 0;
    snprintf(failure->message, sizeof failure->message, "%s", run->message[0] == '\0' ? otherwise : run->message);
    return EXPR_FAILED;
}

/* ---- XML ---- */

static void refuse(void *user, const char *what) {
    xmlParserCtxtPtr parser = user;
    xpath_run *run = parser->_private;
    if (run->message[0] == '\0')
        snprintf(run->message, sizeof run->message, "XML that declares %s is not taken", what);
    xmlStopParser(parser);
}

static void refuse_entity(void *user, const xmlChar *name, int type, const xmlChar *public_id, const xmlChar *system_id,
                          xmlChar *content) {
    (void)name, (void)type, (void)public_id, (void)system_id, (void)content;
    refuse(user, "entities");
}

static void refuse_attribute(void *user, const xmlChar *element, const xmlChar *name, int type, int fallback,
                             const xmlChar *value, xmlEnumerationPtr tree) {
    (void)element, (void)name, (void)type, (void)fallback, (void)value;
    xmlFreeEnumeration(tree);
    refuse(user, "attributes");
}

/* Strings of JSON are UTF-8, whatever the XML declaration says. */
static xmlDocPtr parse_xml(const json_t *subject, xpath_run *run) {
    const char *bytes = json_string_value(subject);
    size_t length = json_string_length(subject);
    if (length > LARGEST_XML) {
        snprintf(run->message, sizeof run->message, "the XML is too large");
        return NULL;
    }
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (parser == NULL) {
        run->no_memory = true;
        return NULL;
    }
    parser->_private = run;
    parser->sax->entityDecl = refuse_entity;
    parser->sax->attributeDecl = refuse_attribute;
    xmlDocPtr document =
        xmlCtxtReadMemory(parser, bytes, (int)length, NULL, "UTF-8",
                          XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
    if (run->message[0] != '\0') {
        xmlFreeDoc(document);
        document = NULL;
    } else if (document == NULL) {
        const xmlError *error = xmlCtxtGetLastError(parser);
        run->no_memory = error != NULL && error->code == XML_ERR_NO_MEMORY;
        const char *words = error == NULL || error->message == NULL ? "" : error->message;
        snprintf(run->message, sizeof run->message, "the context is not XML%s%.*s", *words == '\0' ? "" : ": ",
                 (int)strcspn(words, "\n"), words);
    }
    xmlFreeParserCtxt(parser);
    return document;
}

/* Prefixes that the document declares are known to the query; where one is declared twice, its first meaning. */
static bool register_prefixes(xmlXPathContextPtr context, xmlDocPtr document) {
    xmlNodePtr root = xmlDocGetRootElement(document), node = root;
    while (node != NULL) {
        for (xmlNsPtr ns = node->type == XML_ELEMENT_NODE ? node->nsDef : NULL; ns != NULL; ns = ns->next) {
            if (ns->prefix == NULL)
                continue;
            const xmlChar *known = xmlXPathNsLookup(context, ns->prefix);
            if ((known == NULL || node == root) && xmlXPathRegisterNs(context, ns->prefix, ns->href) != 0)
                return false;
        }
        if (node->type == XML_ELEMENT_NODE && node->children != NULL) {
            node = node->children;
            continue;
        }
        while (node != NULL && node != root && node->next == NULL)
            node = node->parent;
        node = node == NULL || node == root ? NULL : node->next;
    }
    return true;
}

/* ---- The text ---- */

/* A name put in as text has to be one: `a`, `a:b` or `*`. */
static bool write_name(const query_piece *piece, const text *value, text *out) {
    (void)piece;
    const char *bytes = text_peek(value);
    bool star = value->length == 1 && bytes[0] == '*';
    for (size_t i = 0; !star && i < value->length; i++) {
        char byte = bytes[i];
        bool letter =
            (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || (unsigned char)byte >= 0x80;
        bool later = (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == ':';
        if (!letter && !(later && i > 0))
            return false;
    }
    text_append(out, bytes, value->length);
    return value->length > 0;
}

/* A query that is itself a value was not scanned: libxml2 recurses with each parenthesis. */
static bool too_deep(const text *query) {
    size_t depth = 0, deepest = 0;
    for (size_t i = 0; i < query->length; i++) {
        depth += query->bytes[i] == '(' || query->bytes[i] == '[';
        depth -= (query->bytes[i] == ')' || query->bytes[i] == ']') && depth > 0;
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest > DEEPEST;
}

/* ---- Variables ---- */

static xmlXPathObjectPtr variable_of(const query_slot *slot, json_t *reached) {
    json_t *value = query_slot_value(slot, reached);
    xmlXPathObjectPtr made = NULL;
    if (value == NULL)
        return NULL;
    if (json_is_boolean(value))
        made = xmlXPathNewBoolean(json_is_true(value));
    else if (json_is_number(value))
        made = xmlXPathNewFloat(json_number_value(value));
    else if (json_is_null(value))
        made = xmlXPathNewNodeSet(NULL);
    else {
        text whole = TEXT_EMPTY;
        json_text_embed(&whole, value);
        made = whole.failed ? NULL : xmlXPathNewString((const xmlChar *)text_peek(&whole));
        text_free(&whole);
    }
    json_decref(value);
    return made;
}

static expr_outcome register_variables(xmlXPathContextPtr xpath, const query_text *parts, const expr_context *context,
                                       expr_failure *failure) {
    for (size_t i = 0; i < parts->slot_count; i++) {
        const query_slot *slot = &parts->slots[i];
        json_t *root, *value;
        if (!expression_reach(slot->part->embedded, context, &root, &value))
            return EXPR_OUT_OF_MEMORY;
        if (value == NULL)
            return query_part_fails(slot->part, "this expression reaches nothing", failure);
        char name[32];
        snprintf(name, sizeof name, "_%zu", i);
        xmlXPathObjectPtr variable = variable_of(slot, value);
        json_decref(root);
        if (variable == NULL)
            return EXPR_OUT_OF_MEMORY;
        if (xmlXPathRegisterVariable(xpath, (const xmlChar *)name, variable) != 0) {
            xmlXPathFreeObject(variable);
            return EXPR_OUT_OF_MEMORY;
        }
    }
    return EXPR_VALUE;
}

/* ---- Compiling ---- */

static expr_status find_version(const query_options *how, xpath_version *version) {
    *version = XPATH_31;
    if (how->version == NULL)
        return EXPR_OK;
    for (size_t i = 0; i < VERSIONS; i++) {
        if (strcmp(how->version, versions[i]) == 0) {
            *version = (xpath_version)i;
            return EXPR_OK;
        }
    }
    return query_problem(how, how->version_pointer, 0, strlen(how->version), "there is no such version of XPath",
                         "the versions are 'xpath-31', 'xpath-30', 'xpath-20' and 'xpath-10'");
}

/* Reports why libxml2 did not take the text. */
static expr_status refused(const xpath_query *query, const char *bytes, size_t length, const query_options *how,
                           const xpath_run *run) {
    size_t offset = query_original_offset(&query->text, run->offset), construct_length = 0;
    const char *what = query->version == XPATH_10 ? NULL : xpath_beyond(bytes, length, &offset, &construct_length);
    char message[200];
    if (what != NULL)
        snprintf(message, sizeof message, "%s: this part of XPath 2.0 and later is not supported", what);
    else
        snprintf(message, sizeof message, "not an XPath expression: %.150s",
                 run->message[0] == '\0' ? "it cannot be read" : run->message);
    return query_problem(how, how->pointer, offset > length ? length : offset, construct_length, message,
                         what == NULL ? "" : "the grammar is that of XPath 1.0, with the functions of later versions");
}

static expr_status check_syntax(const xpath_query *query, const char *bytes, size_t length, const query_options *how) {
    xpath_run run = {.version = query->version};
    expr_failure failure;
    text whole = TEXT_EMPTY;
    xmlXPathContextPtr xpath = xmlXPathNewContext(NULL);
    expr_status status = EXPR_NO_MEMORY;
    if (xpath != NULL && query_assemble(&query->text, NULL, write_name, &whole, &failure) == EXPR_VALUE) {
        xpath->error = remember;
        xpath->userData = &run;
        xmlXPathCompExprPtr compiled = xmlXPathCtxtCompile(xpath, (const xmlChar *)text_peek(&whole));
        if (compiled != NULL)
            status = EXPR_OK;
        else if (!run.no_memory)
            status = refused(query, bytes, length, how, &run);
        xmlXPathFreeCompExpr(compiled);
    }
    xmlXPathFreeContext(xpath);
    text_free(&whole);
    return status;
}

expr_status xpath_query_compile(const char *bytes, size_t length, const query_options *how, xpath_query **out) {
    xpath_version version;
    expr_status status = find_version(how, &version);
    if (status != EXPR_OK)
        return status;
    arena *memory = arena_new();
    xpath_query *query = memory == NULL ? NULL : arena_alloc(memory, sizeof *query);
    if (query == NULL) {
        arena_free(memory);
        return EXPR_NO_MEMORY;
    }
    query->memory = memory;
    query->version = version;
    status = xpath_text_parse(memory, bytes, length, version, how, &query->text);
    if (status == EXPR_OK && query->text.whole == NULL)
        status = check_syntax(query, bytes, length, how);
    if (status == EXPR_OK)
        *out = query;
    else
        xpath_query_free(query);
    return status;
}

void xpath_query_free(xpath_query *query) {
    if (query != NULL)
        arena_free(query->memory);
}

/* ---- Evaluating ---- */

/* One evaluation over one document; released by finish(). */
typedef struct session {
    xpath_run run;
    xmlDocPtr document;
    xmlXPathContextPtr xpath;
    xmlXPathObjectPtr result;
} session;

static void finish(session *s) {
    xmlXPathFreeObject(s->result);
    xmlXPathFreeContext(s->xpath);
    xmlFreeDoc(s->run.scratch);
    xmlFreeDoc(s->document);
}

/* As xmlXPathEval() does it, which forgets to check what it allocates. */
static xmlXPathObjectPtr compile_and_run(session *s, const char *query) {
    xmlXPathParserContextPtr parser = xmlXPathNewParserContext((const xmlChar *)query, s->xpath);
    if (parser == NULL) {
        s->run.no_memory = true;
        return NULL;
    }
    xmlXPathEvalExpr(parser);
    xmlXPathObjectPtr result = parser->error == XPATH_EXPRESSION_OK ? valuePop(parser) : NULL;
    if (parser->error == XPATH_MEMORY_ERROR)
        s->run.no_memory = true;
    xmlXPathFreeParserContext(parser);
    return result;
}

static expr_outcome evaluate_text(session *s, const query_text *parts, const expr_context *context,
                                  expr_failure *failure) {
    text whole = TEXT_EMPTY;
    expr_outcome outcome = query_assemble(parts, context, write_name, &whole, failure);
    if (outcome == EXPR_VALUE)
        outcome = register_variables(s->xpath, parts, context, failure);
    if (outcome == EXPR_VALUE) {
        s->xpath->opLimit = STEP_LIMIT;
        s->result = compile_and_run(s, text_peek(&whole));
        if (s->result == NULL) {
            outcome = failed(&s->run, "the XPath expression cannot be evaluated", failure);
            failure->offset = query_original_offset(parts, s->run.offset);
        }
    }
    text_free(&whole);
    return outcome;
}

/* The query is what an expression reaches: it is compiled here, and never scanned for expressions. */
static expr_outcome evaluate_whole(session *s, const xpath_query *query, const expr_context *context,
                                   expr_failure *failure) {
    text value = TEXT_EMPTY;
    expr_outcome outcome = query_whole_text(&query->text, context, &value, failure);
    if (outcome == EXPR_VALUE && too_deep(&value))
        outcome = query_part_fails(query->text.whole, "its value is nested too deeply", failure);
    if (outcome == EXPR_VALUE) {
        query_piece piece = {.bytes = text_peek(&value), .length = value.length};
        outcome = evaluate_text(s, &(query_text){.pieces = &piece, .piece_count = 1}, context, failure);
    }
    text_free(&value);
    return outcome;
}

/* EXPR_VALUE: s->result is there. The caller calls finish() in any case. */
static expr_outcome evaluate(session *s, const xpath_query *query, const json_t *subject, const expr_context *context,
                             expr_failure *failure) {
    *s = (session){.run = {.version = query->version}};
    if (!json_is_string(subject)) {
        snprintf(s->run.message, sizeof s->run.message, "the context is JSON, and XPath needs XML");
        return failed(&s->run, "", failure);
    }
    s->document = parse_xml(subject, &s->run);
    if (s->document == NULL)
        return failed(&s->run, "", failure);
    s->xpath = xmlXPathNewContext(s->document);
    if (s->xpath == NULL)
        return EXPR_OUT_OF_MEMORY;
    s->xpath->error = remember;
    s->xpath->node = (xmlNodePtr)s->document;
    if (!xpath_register(s->xpath, &s->run) || !register_prefixes(s->xpath, s->document))
        return EXPR_OUT_OF_MEMORY;
    return query->text.whole != NULL ? evaluate_whole(s, query, context, failure)
                                     : evaluate_text(s, &query->text, context, failure);
}

/* The effective boolean value. Over the four types of XPath 1.0 all versions agree. */
criterion_outcome xpath_query_test(const xpath_query *query, const json_t *subject, const expr_context *context,
                                   expr_failure *failure) {
    session s;
    expr_outcome outcome = evaluate(&s, query, subject, context, failure);
    bool holds = outcome == EXPR_VALUE && xmlXPathCastToBoolean(s.result);
    finish(&s);
    if (outcome == EXPR_VALUE)
        return holds ? CRITERION_PASSED : CRITERION_FAILED;
    return outcome == EXPR_FAILED ? CRITERION_ERROR : CRITERION_OUT_OF_MEMORY;
}

/* ---- Selecting ---- */

static bool has_elements(xmlNodePtr node) {
    for (xmlNodePtr child = node->type == XML_ELEMENT_NODE ? node->children : NULL; child != NULL; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            return true;
    return node->type == XML_DOCUMENT_NODE;
}

/* A node's text; of an element with elements in it, its XML. */
static json_t *value_of_node(xmlNodePtr node) {
    json_t *value = NULL;
    if (has_elements(node)) {
        xmlBufferPtr buffer = xmlBufferCreate();
        if (buffer != NULL && xmlNodeDump(buffer, node->doc, node, 0, 0) >= 0)
            value = json_stringn((const char *)xmlBufferContent(buffer), (size_t)xmlBufferLength(buffer));
        if (buffer != NULL)
            xmlBufferFree(buffer);
        return value;
    }
    xmlChar *content = xmlXPathCastNodeToString(node);
    if (content != NULL)
        value = json_string((const char *)content);
    xmlFree(content);
    return value;
}

/* One node is its value, several are an array. */
static json_t *value_of_nodes(xmlXPathObjectPtr result) {
    xmlNodeSetPtr nodes = result->nodesetval;
    xmlXPathNodeSetSort(nodes);
    if (nodes->nodeNr == 1)
        return value_of_node(nodes->nodeTab[0]);
    json_t *values = json_array();
    for (int i = 0; values != NULL && i < nodes->nodeNr; i++) {
        if (json_array_append_new(values, value_of_node(nodes->nodeTab[i])) != 0) {
            json_decref(values);
            return NULL;
        }
    }
    return values;
}

static json_t *value_of_number(double number) {
    if (floor(number) == number && fabs(number) < 9007199254740992.0)
        return json_integer((json_int_t)number);
    return json_real(number);
}

expr_outcome xpath_query_select(const xpath_query *query, const json_t *subject, const expr_context *context,
                                json_t **value, expr_failure *failure) {
    session s;
    *value = NULL;
    expr_outcome outcome = evaluate(&s, query, subject, context, failure);
    if (outcome == EXPR_VALUE) {
        bool is_set = s.result->type == XPATH_NODESET;
        if (is_set && (s.result->nodesetval == NULL || s.result->nodesetval->nodeNr == 0))
            outcome = EXPR_NOTHING;
        else if (s.result->type == XPATH_NUMBER && !isfinite(s.result->floatval)) {
            snprintf(s.run.message, sizeof s.run.message, "the XPath expression's value is not a finite number");
            outcome = failed(&s.run, "", failure);
        } else {
            *value = is_set                            ? value_of_nodes(s.result)
                     : s.result->type == XPATH_BOOLEAN ? json_boolean(s.result->boolval)
                     : s.result->type == XPATH_NUMBER  ? value_of_number(s.result->floatval)
                                                       : json_string((const char *)s.result->stringval);
            outcome = *value == NULL ? EXPR_OUT_OF_MEMORY : EXPR_VALUE;
        }
    }
    finish(&s);
    return outcome;
}

/* ---- Replacing ---- */

static bool set_text(xmlNodePtr node, const text *content) {
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE || node->type == XML_COMMENT_NODE ||
        node->type == XML_PI_NODE) {
        xmlNodeSetContentLen(node, (const xmlChar *)text_peek(content), (int)content->length);
        return node->content != NULL;
    }
    xmlNodePtr child = xmlNewDocTextLen(node->doc, (const xmlChar *)text_peek(content), (int)content->length);
    if (child == NULL)
        return false;
    xmlFreeNodeList(node->children);
    node->children = node->last = child;
    child->parent = node;
    return true;
}

/* Namespaces have no text, and a document without elements is none. */
static bool all_can_be_set(xmlXPathObjectPtr result) {
    for (int i = 0; i < result->nodesetval->nodeNr; i++) {
        xmlElementType type = result->nodesetval->nodeTab[i]->type;
        if (type == XML_NAMESPACE_DECL || type == XML_DOCUMENT_NODE)
            return false;
    }
    return true;
}

/* Elements within a selected element vanish with it: an outer one is replaced after what is within. */
static bool set_all(xmlXPathObjectPtr result, const text *content) {
    xmlNodeSetPtr nodes = result->nodesetval;
    xmlXPathNodeSetSort(nodes);
    for (int i = nodes->nodeNr; i > 0; i--) {
        xmlNodePtr node = nodes->nodeTab[i - 1];
        /* The set must not be looked at again: what it names may be gone. */
        nodes->nodeTab[i - 1] = NULL;
        nodes->nodeNr--;
        if (!set_text(node, content))
            return false;
    }
    return true;
}

/* The document's text; with an XML declaration when it had one. */
static json_t *serialize(xmlDocPtr document, const json_t *before) {
    const char *bytes = json_string_value(before);
    bool declared = strncmp(bytes, "<?xml", 5) == 0;
    size_t length = json_string_length(before);
    bool ended = length > 0 && bytes[length - 1] == '\n';
    xmlBufferPtr buffer = xmlBufferCreate();
    xmlSaveCtxtPtr save = buffer == NULL ? NULL : xmlSaveToBuffer(buffer, "UTF-8", declared ? 0 : XML_SAVE_NO_DECL);
    json_t *after = NULL;
    bool good = save != NULL && xmlSaveDoc(save, document) >= 0;
    if (save != NULL)
        good = xmlSaveClose(save) >= 0 && good;
    if (good) {
        const char *written = (const char *)xmlBufferContent(buffer);
        size_t size = (size_t)xmlBufferLength(buffer);
        while (!ended && size > 0 && written[size - 1] == '\n')
            size--;
        after = json_stringn(written, size);
    }
    if (buffer != NULL)
        xmlBufferFree(buffer);
    return after;
}

expr_outcome xpath_query_replace(const xpath_query *query, json_t **subject, const json_t *value,
                                 const expr_context *context, expr_failure *failure) {
    session s;
    text content = TEXT_EMPTY;
    expr_outcome outcome = evaluate(&s, query, *subject, context, failure);
    if (outcome == EXPR_VALUE && s.result->type != XPATH_NODESET) {
        snprintf(s.run.message, sizeof s.run.message, "the XPath expression does not select nodes");
        outcome = failed(&s.run, "", failure);
    } else if (outcome == EXPR_VALUE && (s.result->nodesetval == NULL || s.result->nodesetval->nodeNr == 0)) {
        outcome = EXPR_NOTHING;
    } else if (outcome == EXPR_VALUE && !all_can_be_set(s.result)) {
        snprintf(s.run.message, sizeof s.run.message, "the XPath expression selects what has no text to set");
        outcome = failed(&s.run, "", failure);
    }
    if (outcome == EXPR_VALUE) {
        json_text_embed(&content, value);
        json_t *after = content.failed || content.length > INT_MAX || !set_all(s.result, &content)
                            ? NULL
                            : serialize(s.document, *subject);
        outcome = after == NULL ? EXPR_OUT_OF_MEMORY : EXPR_VALUE;
        if (after != NULL) {
            json_decref(*subject);
            *subject = after;
        }
    }
    text_free(&content);
    finish(&s);
    return outcome;
}

/* ---- For a person ---- */

void xpath_query_explain(const xpath_query *query, const expr_context *context, text *out) {
    query_explain(&query->text, context, out);
}

/* flow_document.c: see flow_document.h. What refers to something mostly refers to something that is there. */
#include "tests/fuzz/flow_document.h"

#include <stdio.h>
#include <string.h>

unsigned choose(choices *from, unsigned count) {
    if (from->left == 0 || count == 0)
        return 0;
    from->left--;
    return *from->bytes++ % count;
}

static bool rarely(choices *from) {
    return choose(from, 16) == 15;
}

static bool often(choices *from) {
    return choose(from, 3) != 2;
}

static const char *pick(choices *from, const char *const *words, unsigned count) {
    return words[choose(from, count)];
}

#define PICK(from, words) pick(from, words, (unsigned)(sizeof(words) / sizeof *(words)))

/* ---- Texts ---- */

void flow_words(choices *from, text *out) {
    static const char *const words[] = {"a", "0", "x y", "%", "\xC3\xA9", "../", "#", "{", "}", "$", "'", "&", "/", ""};
    for (unsigned left = choose(from, 4); left > 0; left--)
        text_append_string(out, PICK(from, words));
    if (rarely(from))
        for (unsigned left = choose(from, 8); left > 0; left--)
            text_append_char(out, (char)(1 + choose(from, 255)));
}

/* A text as a JSON string; bytes that are no ASCII become escapes, so that the document stays UTF-8. */
static void append_quoted(text *out, const text *value) {
    text_append_char(out, '"');
    for (size_t i = 0; i < value->length; i++) {
        unsigned char byte = (unsigned char)value->bytes[i];
        if (byte < 0x20 || byte == '"' || byte == '\\' || byte > 0x7E)
            text_append_format(out, "\\u%04x", byte);
        else
            text_append_char(out, (char)byte);
    }
    text_append_char(out, '"');
}

/* ---- Expressions ---- */

static void append_place(choices *from, text *out) {
    static const char *const pointers[] = {"",         "#",      "#/a",     "#/a/0", "#/items/0/id",
                                           "#/b/~1~0", "#/none", "#/items", "#/n",   "#/a/b"};
    text_append_string(out, PICK(from, pointers));
}

static void append_expression(choices *from, text *out) {
    static const char *const bare[] = {"$statusCode", "$url",        "$method",         "$self",
                                       "$inputs",     "$outputs.o0", "$message.payload"};
    static const char *const headers[] = {"$response.header.X-A", "$response.header.Retry-After",
                                          "$request.header.Accept", "$request.query.q", "$request.path.id"};
    switch (choose(from, 9)) {
    case 0:
        text_append_format(out, "$inputs.i%u", choose(from, 5));
        break;
    case 1:
    case 2: /* to a step that stands before; seldom to any */
        if (from->step == 0 && !rarely(from)) {
            text_append_format(out, "$inputs.i%u", choose(from, 4));
            break;
        }
        text_append_format(out, "$steps.s%u.outputs.o%u", choose(from, rarely(from) ? 6 : from->step), choose(from, 3));
        break;
    case 3:
        text_append_format(out, "$workflows.w%u.%s.%s%u", choose(from, 4), choose(from, 2) ? "inputs" : "outputs",
                           choose(from, 2) ? "i" : "o", choose(from, 3));
        break;
    case 4:
    case 5:
        text_append_string(out, choose(from, 4) == 3 ? "$request.body" : "$response.body");
        break;
    case 6:
        text_append_string(out, PICK(from, headers));
        return;
    case 7:
        text_append_string(out, PICK(from, bare));
        return;
    default:
        text_append_format(out, "$sourceDescriptions.%s.url", choose(from, 2) ? "api" : "other");
        return;
    }
    append_place(from, out);
}

/* A value as JSON: literals, expressions, templates, Selector Objects, structures of them. */
static void append_value(choices *from, unsigned depth, text *out) {
    static const char *const selectors[] = {"\"$.items[*].id\", \"type\": \"jsonpath\"",
                                            "\"$.a\", \"type\": \"jsonpath\"", "\"/a\", \"type\": \"jsonpointer\"",
                                            "\"//a\", \"type\": \"xpath\""};
    static const char *const literals[] = {
        "null", "true", "7", "-1.5", "\"\"", "\"text\"", "[]", "{}", "9007199254740993"};
    text made = TEXT_EMPTY;
    switch (choose(from, depth > 2 ? 4 : 7)) {
    case 0:
        text_append_string(out, PICK(from, literals));
        return;
    case 1:
    case 2:
        append_expression(from, &made);
        break;
    case 3:
        flow_words(from, &made);
        text_append_string(&made, "{");
        append_expression(from, &made);
        text_append_string(&made, "}");
        flow_words(from, &made);
        break;
    case 4:
        text_append_string(out, "{\"context\": ");
        append_expression(from, &made);
        append_quoted(out, &made);
        text_append_format(out, ", \"selector\": %s}", PICK(from, selectors));
        text_free(&made);
        return;
    case 5:
        text_append_string(out, "[");
        append_value(from, depth + 1, out);
        text_append_string(out, ", ");
        append_value(from, depth + 1, out);
        text_append_string(out, "]");
        return;
    default:
        text_append_string(out, "{\"a\": ");
        append_value(from, depth + 1, out);
        text_append_string(out, ", \"items\": ");
        append_value(from, depth + 1, out);
        text_append_string(out, "}");
        return;
    }
    append_quoted(out, &made);
    text_free(&made);
}

/* ---- Criteria ---- */

static void append_simple(choices *from, text *out) {
    static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">="};
    static const char *const operands[] = {"200", "'a'", "null", "true", "1.5", "''"};
    text_append_string(out, choose(from, 5) == 4 ? "!(" : "(");
    append_expression(from, out);
    text_append_format(out, " %s ", PICK(from, operators));
    if (choose(from, 3) == 0)
        append_expression(from, out);
    else
        text_append_string(out, PICK(from, operands));
    text_append_string(out, ")");
}

static void append_criterion(choices *from, text *out) {
    static const char *const queries[] = {"$.items[?@.id == 1]", "$.a", "$[?length(@.b) > 1]", "$.n > 2", "$..*"};
    static const char *const patterns[] = {"^2", "a+", "(a|b)*c", "\\\\d{3}", ".*"};
    static const char *const paths[] = {"//a", "count(//a) > 1", "false()", "string(/a/@b) = 'x'"};
    static const char *const statuses[] = {"$statusCode == 200", "$statusCode < 300 || $statusCode == 404",
                                           "$statusCode != 503"};
    text condition = TEXT_EMPTY, context = TEXT_EMPTY;
    unsigned kind = choose(from, 6);
    if (kind < 2) {
        text_append_format(out, "{\"condition\": \"%s\"}", PICK(from, statuses));
        return;
    }
    if (kind == 2) {
        append_simple(from, &condition);
        if (choose(from, 2) == 1) {
            text_append_string(&condition, choose(from, 2) ? " && " : " || ");
            append_simple(from, &condition);
        }
        text_append_string(out, "{\"condition\": ");
        append_quoted(out, &condition);
        text_append_string(out, "}");
    } else {
        const char *written = kind == 3 ? PICK(from, queries) : kind == 4 ? PICK(from, patterns) : PICK(from, paths);
        append_expression(from, &context);
        text_append_string(out, "{\"context\": ");
        append_quoted(out, &context);
        text_append_format(out, ", \"type\": \"%s\", \"condition\": \"%s\"}",
                           kind == 3   ? "jsonpath"
                           : kind == 4 ? "regex"
                                       : "xpath",
                           written);
    }
    text_free(&condition);
    text_free(&context);
}

static void append_criteria(choices *from, const char *name, text *out) {
    unsigned count = choose(from, 3);
    if (count == 0)
        return;
    text_append_format(out, ", \"%s\": [", name);
    for (unsigned i = 0; i < count; i++) {
        text_append_string(out, i == 0 ? "" : ", ");
        append_criterion(from, out);
    }
    text_append_string(out, "]");
}

/* ---- Actions ---- */

static void append_target(choices *from, text *out) {
    if (often(from))
        text_append_format(out, ", \"stepId\": \"s%u\"", choose(from, 6));
    else if (often(from))
        text_append_format(out, ", \"workflowId\": \"w%u\"", choose(from, 4));
    else
        text_append_format(out, ", \"workflowId\": \"$sourceDescriptions.other.w%u\"", choose(from, 4));
}

static void append_action(choices *from, bool failure, text *out) {
    static const char *const delays[] = {"0", "0.5", "1e9", "3"};
    if (choose(from, 5) == 4) {
        text_append_format(out, "{\"reference\": \"$components.%sActions.c%u\"}", failure ? "failure" : "success",
                           choose(from, 2));
        return;
    }
    text_append_format(out, "{\"name\": \"n%u\", \"type\": ", choose(from, 4));
    unsigned kind = choose(from, failure ? 3 : 2);
    text_append_string(out, kind == 0 ? "\"end\"" : kind == 1 ? "\"goto\"" : "\"retry\"");
    if (kind == 1 || (kind == 2 && choose(from, 3) == 0))
        append_target(from, out);
    if (kind == 2)
        text_append_format(out, ", \"retryAfter\": %s, \"retryLimit\": %u", PICK(from, delays), choose(from, 4));
    if (kind > 0 && choose(from, 4) == 0) {
        text_append_string(out, ", \"parameters\": [{\"name\": \"i0\", \"value\": ");
        append_value(from, 1, out);
        text_append_string(out, "}]");
    }
    append_criteria(from, "criteria", out);
    text_append_string(out, "}");
}

static void append_actions(choices *from, const char *name, bool failure, text *out) {
    unsigned count = choose(from, 3);
    if (count == 0)
        return;
    text_append_format(out, ", \"%s\": [", name);
    for (unsigned i = 0; i < count; i++) {
        text_append_string(out, i == 0 ? "" : ", ");
        append_action(from, failure, out);
    }
    text_append_string(out, "]");
}

/* ---- Steps ---- */

static void append_parameter(choices *from, bool located, text *out) {
    static const char *const names[] = {"q", "id", "X-B", "c", "deep", "i0", "i1", "list"};
    static const char *const places[] = {"query", "path", "header", "cookie", "query", "querystring"};
    if (choose(from, 6) == 5) {
        text_append_format(out, "{\"reference\": \"$components.parameters.p%u\"", located ? 0 : choose(from, 2));
        if (choose(from, 2) == 1) {
            text_append_string(out, ", \"value\": ");
            append_value(from, 1, out);
        }
        text_append_string(out, "}");
        return;
    }
    text_append_format(out, "{\"name\": \"%s\"", PICK(from, names));
    if (located)
        text_append_format(out, ", \"in\": \"%s\"", PICK(from, places));
    text_append_string(out, ", \"value\": ");
    append_value(from, 1, out);
    text_append_string(out, "}");
}

static void append_parameters(choices *from, bool located, text *out) {
    text_append_string(out, ", \"parameters\": [");
    if (located) /* what the path asks for */
        text_append_string(out, "{\"name\": \"id\", \"in\": \"path\", \"value\": 7}");
    for (unsigned left = choose(from, 3); left > 0; left--) {
        text_append_string(out, out->bytes[out->length - 1] == '[' ? "" : ", ");
        append_parameter(from, located, out);
    }
    text_append_string(out, "]");
}

static void append_body(choices *from, text *out) {
    static const char *const types[] = {"application/json", "application/x-www-form-urlencoded", "multipart/form-data",
                                        "text/plain", "application/xml"};
    static const char *const targets[] = {"\"/a\"", "\"/items/0/id\"", "\"\"", "\"/none/x\""};
    if (often(from))
        return;
    text_append_string(out, ", \"requestBody\": {");
    if (often(from))
        text_append_format(out, "\"contentType\": \"%s\", ", PICK(from, types));
    text_append_string(out, "\"payload\": ");
    append_value(from, 0, out);
    if (choose(from, 3) == 0) {
        bool query = choose(from, 2) == 1;
        text_append_format(
            out, ", \"replacements\": [{\"target\": %s%s, \"value\": ", query ? "\"$..a\"" : PICK(from, targets),
            query ? ", \"targetSelectorType\": \"jsonpath\"" : "");
        append_value(from, 1, out);
        text_append_string(out, "}]");
    }
    text_append_string(out, "}");
}

static void append_outputs(choices *from, text *out) {
    unsigned count = choose(from, 4);
    if (count == 0)
        return;
    text_append_string(out, ", \"outputs\": {");
    for (unsigned i = 0; i < count; i++) {
        text expression = TEXT_EMPTY;
        append_expression(from, &expression);
        text_append_format(out, "%s\"o%u\": ", i == 0 ? "" : ", ", i);
        append_quoted(out, &expression);
        text_free(&expression);
    }
    text_append_string(out, "}");
}

static void append_step(choices *from, unsigned number, text *out) {
    static const char *const operations[] = {"get", "post", "put", "list", "$sourceDescriptions.api.get", "none"};
    bool flow = choose(from, 5) == 4;
    text_append_format(out, "{\"stepId\": \"s%u\", ", number);
    from->step = number;
    if (flow)
        text_append_format(out, "\"workflowId\": \"%sw%u\"", choose(from, 3) == 2 ? "$sourceDescriptions.other." : "",
                           choose(from, 4));
    else if (choose(from, 5) == 4)
        text_append_string(out, "\"operationPath\": \"{$sourceDescriptions.api.url}#/paths/~1x~1{id}/get\"");
    else
        text_append_format(out, "\"operationId\": \"%s\"", pick(from, operations, rarely(from) ? 6 : 5));
    append_parameters(from, !flow, out);
    if (!flow)
        append_body(from, out);
    append_criteria(from, "successCriteria", out);
    append_actions(from, "onSuccess", false, out);
    append_actions(from, "onFailure", true, out);
    append_outputs(from, out);
    if (number > 0 && choose(from, 8) == 7)
        text_append_format(out, ", \"dependsOn\": [\"s%u\"]", choose(from, rarely(from) ? number + 1 : number));
    if (choose(from, 8) == 7)
        text_append_format(out, ", \"timeout\": %u", 1000 * choose(from, 5));
    text_append_string(out, "}");
}

/* ---- Documents ---- */

static void append_workflow(choices *from, unsigned number, text *out) {
    text_append_format(out, "{\"workflowId\": \"w%u\"", number);
    if (choose(from, 2) == 1)
        text_append_string(out, ", \"inputs\": {\"type\": \"object\", \"properties\": {\"i0\": {\"type\": \"string\"}, "
                                "\"i1\": {\"type\": \"integer\", \"default\": 3}, \"i2\": {}}}");
    if (number > 0 && choose(from, 6) == 5)
        text_append_format(out, ", \"dependsOn\": [\"w%u\"]", choose(from, rarely(from) ? number + 1 : number));
    text_append_string(out, ", \"steps\": [");
    unsigned steps = 1 + choose(from, 5);
    for (unsigned i = 0; i < steps; i++) {
        text_append_string(out, i == 0 ? "" : ", ");
        append_step(from, i, out);
    }
    text_append_string(out, "]");
    from->step = steps;
    if (choose(from, 5) == 4)
        append_parameters(from, true, out);
    append_actions(from, "successActions", false, out);
    append_actions(from, "failureActions", true, out);
    append_outputs(from, out);
    text_append_string(out, "}");
}

static void append_components(choices *from, text *out) {
    text_append_string(out,
                       ", \"components\": {\"parameters\": {\"p0\": {\"name\": \"q\", \"in\": \"query\", \"value\": ");
    append_value(from, 1, out);
    text_append_string(out, "}, \"p1\": {\"name\": \"i1\", \"value\": 5}}, \"successActions\": {\"c0\": {\"name\": "
                            "\"c0\", \"type\": \"end\"");
    append_criteria(from, "criteria", out);
    text_append_string(out, "}, \"c1\": {\"name\": \"c1\", \"type\": \"goto\", \"stepId\": \"s0\"");
    append_criteria(from, "criteria", out);
    text_append_string(out, "}}, \"failureActions\": {\"c0\": {\"name\": \"c0\", \"type\": \"retry\", \"retryAfter\": "
                            "1, \"retryLimit\": 2");
    append_criteria(from, "criteria", out);
    text_append_string(out, "}, \"c1\": {\"name\": \"c1\", \"type\": \"end\"}}}");
}

void flow_document(choices *from, bool other, text *out) {
    text_append_format(out,
                       "{\"arazzo\": \"%s\", \"info\": {\"title\": \"t\", \"version\": \"1\"}, \"sourceDescriptions\": "
                       "[{\"name\": \"api\", \"url\": \"o.json\", \"type\": \"openapi\"}, {\"name\": \"other\", "
                       "\"url\": \"%s\", \"type\": \"arazzo\"}], \"workflows\": [",
                       choose(from, 3) == 0 ? "1.0.1" : "1.1.0", other && choose(from, 4) != 0 ? "a.json" : "b.json");
    unsigned workflows = 1 + choose(from, 4);
    for (unsigned i = 0; i < workflows; i++) {
        text_append_string(out, i == 0 ? "" : ", ");
        append_workflow(from, i, out);
    }
    text_append_string(out, "]");
    append_components(from, out);
    text_append_string(out, "}");
}

void flow_openapi(text *out) {
    text_append_string(
        out,
        "{\"openapi\": \"3.1.0\", \"info\": {\"title\": \"t\", \"version\": \"1\"}, \"servers\": [{\"url\": "
        "\"https://{h}.example/v1\", \"variables\": {\"h\": {\"default\": \"api\"}}}], \"paths\": {\"/x/{id}\": "
        "{\"parameters\": [{\"name\": \"id\", \"in\": \"path\", \"required\": true, \"schema\": {\"type\": "
        "\"string\"}}], \"get\": {\"operationId\": \"get\", \"parameters\": [{\"name\": \"q\", \"in\": \"query\", "
        "\"schema\": {}}, {\"name\": \"deep\", \"in\": \"query\", \"style\": \"deepObject\", \"explode\": true, "
        "\"schema\": {}}, {\"name\": \"list\", \"in\": \"query\", \"style\": \"pipeDelimited\", \"explode\": false, "
        "\"schema\": {}}, {\"name\": \"X-B\", \"in\": \"header\", \"schema\": {}}, {\"name\": \"c\", \"in\": "
        "\"cookie\", \"schema\": {}}], \"responses\": {\"200\": {\"description\": \"d\"}}}, \"post\": "
        "{\"operationId\": \"post\", \"requestBody\": {\"content\": {\"application/json\": {\"schema\": {}}, "
        "\"application/x-www-form-urlencoded\": {\"schema\": {\"type\": \"object\"}}, \"multipart/form-data\": "
        "{\"schema\": {\"type\": \"object\"}}}}, \"responses\": {}}, \"put\": {\"operationId\": \"put\", "
        "\"security\": [{\"key\": []}], \"requestBody\": {\"content\": {\"application/xml\": {}}}, \"responses\": "
        "{}}}, \"/list\": {\"get\": {\"operationId\": \"list\", \"responses\": {}}}}, \"components\": "
        "{\"securitySchemes\": {\"key\": {\"type\": \"apiKey\", \"in\": \"header\", \"name\": \"X-Key\"}}}}");
}

/* ---- Answers ---- */

static void append_json(choices *from, unsigned depth, text *out) {
    static const char *const scalars[] = {
        "null", "1", "200", "\"a\"", "true", "1e400", "\"\\ud83d\\ude00\"", "18446744073709551616"};
    static const char *const names[] = {"a", "b", "items", "id", "n", "/~"};
    if (depth > 3 || choose(from, 3) == 0) {
        text_append_string(out, PICK(from, scalars));
        return;
    }
    bool list = choose(from, 3) == 0;

    text_append_char(out, list ? '[' : '{');
    for (unsigned i = 0, count = choose(from, 4); i < count; i++) {
        text_append_string(out, i == 0 ? "" : ",");
        if (!list)
            text_append_format(out, "\"%s\":", PICK(from, names));
        append_json(from, depth + 1, out);
    }
    text_append_char(out, list ? ']' : '}');
}

void flow_answer_body(choices *from, text *out) {
    static const char *const fixed[] = {"",
                                        "<a b='x'><a>1</a></a>",
                                        "<a>",
                                        "data: {\"a\": 1}\n\ndata: 2\nid: 7\n\n",
                                        "{\"a\": 1",
                                        "\x1E{\"a\":1}\n",
                                        "event: e\nretry: 5\n\n"};
    unsigned kind = choose(from, 5);
    if (kind < 3)
        append_json(from, 0, out);
    else if (kind == 3)
        text_append_string(out, PICK(from, fixed));
    else
        flow_words(from, out);
}

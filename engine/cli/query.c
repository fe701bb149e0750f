/*
 * query.c: `arazzo query JSONPATH [FILE]`: a JSONPath query over a JSON or YAML document. Exit status 0, 1 when nothing
 * is selected, 2 for an invalid query or document.
 */
#include <string.h>

#include "base/utf8.h"
#include "engine/cli/command_mains.h"
#include "engine/cli/output.h"
#include "engine/cli/session.h"
#include "jsonpath/jsonpath.h"

/* The query as one line with a caret under what is wrong with it. */
static int refuse_query(FILE *err, const char *query, const jsonpath_error *error) {
    size_t before = utf8_count(query, error->offset), marked = utf8_count(query + error->offset, error->length);
    fprintf(err, "arazzo query: %s\n  %s\n  %*s", error->message, query, (int)before, "");
    for (size_t i = 0; i == 0 || i < marked; i++)
        fputc('^', err);
    fputc('\n', err);
    return EXIT_USAGE;
}

static json_t *read_document(session *at, const char *file) {
    char error[256];
    size_t length;
    const char *name = file == NULL || strcmp(file, "-") == 0 ? "-" : file;
    char *bytes = fetch_file(name, &length, error, sizeof error);
    if (bytes == NULL) {
        fprintf(at->err, "arazzo query: cannot read %s: %s\n", name, error);
        return NULL;
    }
    document *parsed = document_parse(bytes, length, strcmp(name, "-") == 0 ? "standard input" : name, NULL, &at->list);
    free(bytes);
    session_print(at);
    json_t *made = parsed == NULL ? NULL : node_json(document_root(parsed));
    if (parsed != NULL && made == NULL)
        session_no_memory(at);
    document_free(parsed);
    return made;
}

static bool print_value(FILE *out, const json_t *value) {
    return output_json(out, value, JSON_COMPACT | JSON_ENCODE_ANY);
}

static bool print_array(FILE *out, const jsonpath_nodelist *nodes, bool paths) {
    json_t *list = json_array();
    bool right = list != NULL;
    for (size_t i = 0; right && i < nodes->count; i++)
        right = paths ? json_array_append_new(list, json_string(nodes->paths[i])) == 0
                      : json_array_append(list, nodes->values[i]) == 0;
    right = right && print_value(out, list);
    json_decref(list);
    return right;
}

static bool print_nodes(FILE *out, const jsonpath_nodelist *nodes, const query_options *options) {
    if (options->array)
        return print_array(out, nodes, options->paths);
    for (size_t i = 0; i < nodes->count; i++) {
        if (options->paths)
            fprintf(out, "%s\n", nodes->paths[i]);
        else if (!print_value(out, nodes->values[i]))
            return false;
    }
    return true;
}

static int select_and_print(session *at, const jsonpath *query, json_t *root, const query_options *options, FILE *out) {
    jsonpath_evaluation evaluation = {.paths = options->paths};
    jsonpath_nodelist nodes;
    jsonpath_error error;
    jsonpath_status status = jsonpath_select(query, root, &evaluation, &nodes, &error);
    int result = EXIT_USAGE;
    if (status == JSONPATH_OK)
        result = !print_nodes(out, &nodes, options) ? session_no_memory(at) : nodes.count > 0 ? EXIT_OK : EXIT_FAILED;
    else
        fprintf(at->err, "arazzo query: %s\n", error.message);
    jsonpath_nodelist_free(&nodes);
    return result;
}

int query_main(const query_options *options, FILE *out, FILE *err) {
    jsonpath *query;
    jsonpath_error error;
    jsonpath_status compiled = jsonpath_compile(options->jsonpath, strlen(options->jsonpath), NULL, &query, &error);
    if (compiled != JSONPATH_OK)
        return refuse_query(err, options->jsonpath, &error);
    session at;
    int status = EXIT_FAILED;
    if (!session_open(&at, err, options->color, false, NULL)) {
        session_no_memory(&at);
    } else {
        json_t *root = read_document(&at, options->file);
        status = root == NULL ? EXIT_USAGE : select_and_print(&at, query, root, options, out);
        json_decref(root);
    }
    session_close(&at);
    jsonpath_free(query);
    return status;
}

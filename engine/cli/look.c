/*
 * look.c: `arazzo list FILE` and `arazzo show FILE [WORKFLOW]`: what is in a document, without running it and without
 * its sources.
 */
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "base/text.h"
#include "engine/cli/auth.h"
#include "engine/cli/command_mains.h"
#include "engine/cli/output.h"
#include "engine/cli/session.h"
#include "engine/report/visible.h"

static const char *field(const node *object, const char *name) {
    const node *value = object == NULL ? NULL : node_get(object, name);
    const char *string = value == NULL ? NULL : node_string(value, NULL);
    return string == NULL ? "" : string;
}

/* Where text is printed; whether memory was short for some of it. */
typedef struct page {
    FILE *out;
    bool failed;
} page;

/* The first line of a text, without what a document could do to a terminal; the columns that it takes. */
static size_t print_line(page *to, const char *string) {
    text shown = TEXT_EMPTY;
    append_visible(&shown, string, strcspn(string, "\n"));
    fputs(text_peek(&shown), to->out);
    to->failed = to->failed || shown.failed;
    size_t width = columns_count(text_peek(&shown), shown.length);
    text_free(&shown);
    return width;
}

static void print_padded(page *to, const char *string, size_t width) {
    for (size_t i = print_line(to, string); i < width; i++)
        fputc(' ', to->out);
}

/* ---- list ---- */

static int list_text(const arazzo_description *loaded, page *to) {
    FILE *out = to->out;
    size_t width = 0;
    for (size_t i = 0; i < loaded->workflow_count; i++) {
        size_t length = columns_count(loaded->workflows[i].id, strlen(loaded->workflows[i].id));
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < loaded->workflow_count; i++) {
        const workflow *flow = &loaded->workflows[i];
        print_padded(to, flow->id, width);
        const char *summary = field(flow->object, "summary");
        fprintf(out, "  %3zu step%s", flow->step_count, flow->step_count == 1 ? "" : "s");
        if (summary[0] != '\0')
            fputs(flow->step_count == 1 ? "   " : "  ", out);
        print_line(to, summary);
        fputc('\n', out);
    }
    return EXIT_OK;
}

static json_t *workflow_summary(const workflow *flow) {
    return json_pack("{s:s, s:s, s:I}", "workflowId", flow->id, "summary", field(flow->object, "summary"), "steps",
                     (json_int_t)flow->step_count);
}

static int print_json(session *at, json_t *made, FILE *out) {
    bool printed = output_json(out, made, JSON_INDENT(2));
    json_decref(made);
    return printed ? EXIT_OK : session_no_memory(at);
}

static int list_json(session *at, const arazzo_description *loaded, FILE *out) {
    json_t *made = json_array();
    for (size_t i = 0; made != NULL && i < loaded->workflow_count; i++)
        if (json_array_append_new(made, workflow_summary(&loaded->workflows[i])) != 0) {
            json_decref(made);
            made = NULL;
        }
    return print_json(at, made, out);
}

/* Loads the document alone, for a function that looks at it; the exit status. */
static int look(const char *file, unsigned color, FILE *err,
                int (*at_it)(session *, const arazzo_description *, const void *, FILE *), const void *options,
                FILE *out) {
    session at;
    arazzo_load_options load = {.no_sources = true};
    int status = EXIT_FAILED;
    if (!session_open(&at, err, color, true, NULL)) {
        session_no_memory(&at);
    } else {
        const arazzo_description *loaded = session_load(&at, file, &load);
        status = loaded == NULL ? EXIT_DOCUMENT : at_it(&at, loaded, options, out);
    }
    session_close(&at);
    return status;
}

static int list_loaded(session *at, const arazzo_description *loaded, const void *given, FILE *out) {
    const list_options *options = given;
    page to = {.out = out};
    if (options->format == FORMAT_JSON)
        return list_json(at, loaded, out);
    int status = list_text(loaded, &to);
    return to.failed ? session_no_memory(at) : status;
}

int list_main(const list_options *options, FILE *out, FILE *err) {
    return look(options->file, options->color, err, list_loaded, options, out);
}

/* ---- show ---- */

static const char *type_of(const node *schema_object, char *buffer, size_t size) {
    const node *type = node_get(schema_object, "type");
    if (type == NULL)
        return "any";
    if (node_string(type, NULL) != NULL)
        return node_string(type, NULL);
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < node_count(type) && used < size; i++) {
        const char *one = node_string(node_item(type, i), NULL);
        int more = snprintf(buffer + used, size - used, "%s%s", i == 0 ? "" : "|", one == NULL ? "?" : one);
        used += more < 0 ? 0 : (size_t)more;
    }
    return buffer;
}

static bool is_required(const node *schema_object, const char *name) {
    const node *required = node_get(schema_object, "required");
    for (size_t i = 0; required != NULL && i < node_count(required); i++) {
        const char *one = node_string(node_item(required, i), NULL);
        if (one != NULL && strcmp(one, name) == 0)
            return true;
    }
    return false;
}

static const node *inputs_object(const workflow *flow) {
    const node *found = flow->inputs;
    const node *reference = found == NULL ? NULL : node_get(found, "$ref");
    size_t length;
    const char *pointer = reference == NULL ? NULL : node_string(reference, &length);
    if (pointer != NULL && pointer[0] == '#')
        found = description_schema(document_root(flow->owner->document), pointer, length);
    return found;
}

static void show_inputs(const workflow *flow, page *to) {
    FILE *out = to->out;
    const node *object = inputs_object(flow);
    const node *properties = object == NULL ? NULL : node_get(object, "properties");
    if (properties == NULL || node_count(properties) == 0)
        return;
    fputs("  inputs\n", out);
    for (size_t i = 0; i < node_count(properties); i++) {
        const char *name = node_string(node_key(properties, i), NULL);
        const node *property = node_value(properties, i), *preset = node_get(property, "default");
        char types[128];
        fputs("    ", out);
        print_padded(to, name, 20);
        fputc(' ', out);
        bool needed = is_required(object, name),
             more = (preset != NULL && node_source(preset, NULL) != NULL) || field(property, "description")[0] != '\0';
        print_padded(to, type_of(property, types, sizeof types), needed || more ? 8 : 0);
        fputs(needed ? " required" : more ? "         " : "", out);
        if (preset != NULL && node_source(preset, NULL) != NULL) {
            fputs("  default ", out);
            print_line(to, node_source(preset, NULL));
        }
        if (field(property, "description")[0] != '\0') {
            fputs("  ", out);
            print_line(to, field(property, "description"));
        }
        fputc('\n', out);
    }
}

static void show_steps(const workflow *flow, page *to) {
    FILE *out = to->out;
    fputs("  steps\n", out);
    for (size_t i = 0; i < flow->step_count; i++) {
        const step *at = flow->order[i];
        static const char *const fields[] = {"operationId", "operationPath", "workflowId"};
        fputs("    ", out);
        print_padded(to, at->id, 20);
        for (size_t j = 0; j < sizeof fields / sizeof *fields; j++) {
            if (node_get(at->object, fields[j]) == NULL)
                continue;
            fprintf(out, " %s ", j == 2 ? "workflow" : "calls");
            print_line(to, field(at->object, fields[j]));
        }
        fputc('\n', out);
    }
}

static void show_outputs(const workflow *flow, page *to) {
    FILE *out = to->out;
    if (flow->outputs.count == 0)
        return;
    fputs("  outputs\n", out);
    for (size_t i = 0; i < flow->outputs.count; i++) {
        fputs("    ", out);
        print_padded(to, flow->outputs.items[i].name, 20);
        const char *source = node_source(flow->outputs.items[i].value.object, NULL);
        fputc(' ', out);
        print_line(to, source == NULL ? "(selected)" : source);
        fputc('\n', out);
    }
}

static void show_workflow(const workflow *flow, page *to) {
    FILE *out = to->out;
    print_line(to, flow->id);
    if (field(flow->object, "summary")[0] != '\0') {
        fputs(": ", out);
        print_line(to, field(flow->object, "summary"));
    }
    fputc('\n', out);
    show_inputs(flow, to);
    show_steps(flow, to);
    show_outputs(flow, to);
}

/* NULL when memory is short. */
static json_t *workflow_json(const workflow *flow) {
    json_t *made = workflow_summary(flow), *steps = json_array(), *names = json_object();
    const node *object = inputs_object(flow);
    json_t *inputs = object == NULL ? json_object() : node_json(object);
    bool right = true;
    for (size_t i = 0; i < flow->step_count; i++)
        right = json_array_append_new(steps, node_json(flow->order[i]->object)) == 0 && right;
    for (size_t i = 0; i < flow->outputs.count; i++)
        right = json_object_set_new(names, flow->outputs.items[i].name,
                                    node_json(flow->outputs.items[i].value.object)) == 0 &&
                right;
    right = json_object_set_new(made, "inputs", inputs) == 0 && right;
    right = json_object_set_new(made, "outputs", names) == 0 && right;
    right = json_object_set_new(made, "steps", steps) == 0 && right;
    if (right)
        return made;
    json_decref(made);
    return NULL;
}

static int show_loaded(session *at, const arazzo_description *loaded, const void *given, FILE *out) {
    const show_options *options = given;
    const workflow *only = options->workflow == NULL ? NULL : description_workflow(loaded, options->workflow);
    if (options->workflow != NULL && only == NULL) {
        arazzo_run_free(arazzo_run_start(loaded, options->workflow, NULL, NULL, &at->list));
        session_print(at);
        return EXIT_USAGE;
    }
    json_t *made = json_array();
    page to = {.out = out, .failed = made == NULL};
    bool first = true;
    for (size_t i = 0; i < loaded->workflow_count; i++) {
        const workflow *flow = &loaded->workflows[i];
        if (only != NULL && flow != only)
            continue;
        if (options->format == FORMAT_JSON) {
            to.failed = json_array_append_new(made, workflow_json(flow)) != 0 || to.failed;
            continue;
        }
        if (!first)
            fputc('\n', out);
        first = false;
        show_workflow(flow, &to);
    }
    if (options->format == FORMAT_JSON && !to.failed)
        return print_json(at, made, out);
    json_decref(made);
    return to.failed ? session_no_memory(at) : EXIT_OK;
}

/* What operations ask for stands in the sources. */
static int show_credentials(const show_options *options, const configuration *config, FILE *out, FILE *err) {
    http_client_options client = {0};
    session at;
    arazzo_override *sources;
    int status = EXIT_FAILED;
    bool opened = session_open(&at, err, options->color, false, &client);
    at.command = "show";
    if (!opened) {
        session_no_memory(&at);
    } else if (!session_overrides(&at, "source", &options->source, true, &sources) ||
               !session_source_folders(&at, &options->source_dir)) {
        status = EXIT_USAGE;
    } else {
        arazzo_load_options load = {.sources = sources, .source_count = options->source.count, .finder = &at.finder};
        const arazzo_description *loaded = session_load(&at, options->file, &load);
        at.config = config;
        status = loaded == NULL ? EXIT_DOCUMENT : show_auth(&at, loaded, options->format == FORMAT_JSON, out);
    }
    session_close(&at);
    return status;
}

int show_main(const show_options *options, const configuration *config, FILE *out, FILE *err) {
    if (options->config)
        return show_config(config, options->format == FORMAT_JSON, out, err);
    if (options->auth)
        return show_credentials(options, config, out, err);
    return look(options->file, options->color, err, show_loaded, options, out);
}

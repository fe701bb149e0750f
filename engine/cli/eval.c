/*
 * eval.c: the command `arazzo eval`. It is a window on runtime-expr/: the context is a JSON or YAML file with the
 * members of runtime-expr/json_context.h, problems are shown as compilers show them, and a condition is explained by
 * the values that its operands had.
 */
#include "engine/cli/eval.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/document/document.h"
#include "engine/report/diagnostics.h"
#include "runtime-expr/expr.h"
#include "runtime-expr/json_context.h"
#include "runtime-expr/json_text.h"

enum { DONE = 0, FAILED = 1, UNUSABLE = 2 };

/* Problems are kept as text until it is known which of two readings of the argument they belong to. */
typedef struct reporter {
    const eval_request *request;
    text lines;
} reporter;

static int out_of_memory(FILE *err) {
    fputs("arazzo eval: out of memory\n", err);
    return UNUSABLE;
}

/* ---- Problems ---- */

/* Which argument a problem is in, or NULL. */
static const char *subject_of(const eval_request *request, const char *pointer) {
    if (strcmp(pointer, "/context") == 0)
        return request->on;
    if (strcmp(pointer, "/type") == 0)
        return request->type;
    return strcmp(pointer, "/version") == 0 ? request->type_version : request->expression;
}

/* The line that the place is in, and a line with a caret below it. */
static void show_place(text *out, const char *subject, size_t offset, size_t length) {
    size_t whole = strlen(subject), from = offset < whole ? offset : whole;
    while (from > 0 && subject[from - 1] != '\n')
        from--;
    size_t end = from + strcspn(subject + from, "\n");
    text_append_string(out, "  ");
    for (size_t i = from; i < end; i++)
        text_append_char(out, (unsigned char)subject[i] < ' ' ? ' ' : subject[i]);
    text_append_string(out, "\n  ");
    size_t before = utf8_count(subject + from, offset - from);
    size_t marked = offset < end ? utf8_count(subject + offset, length < end - offset ? length : end - offset) : 0;
    for (size_t i = 0; i < before; i++)
        text_append_char(out, ' ');
    text_append_char(out, '^');
    for (size_t i = 1; i < marked; i++)
        text_append_char(out, '~');
    text_append_char(out, '\n');
}

static void report(void *user, const expr_problem *problem) {
    reporter *to = user;
    const char *subject = subject_of(to->request, problem->pointer);
    text_append_format(&to->lines, "%s: %s", problem->severity == EXPR_ERROR ? "error" : "warning", problem->message);
    if (problem->rule[0] != '\0')
        text_append_format(&to->lines, " [%s]", problem->rule);
    text_append_char(&to->lines, '\n');
    if (subject != NULL)
        show_place(&to->lines, subject, problem->offset, problem->length);
    if (subject == NULL && strcmp(problem->pointer, "/context") == 0)
        text_append_string(&to->lines, "help: name it with --on, such as --on '$response.body'\n");
    else if (problem->help != NULL)
        text_append_format(&to->lines, "help: %s\n", problem->help);
}

static expr_options options_of(reporter *to) {
    return (expr_options){.strict = to->request->strict, .user = to, .report = report};
}

/* ---- The context ---- */

static bool read_all(FILE *file, text *out) {
    char piece[16384];
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        text_append(out, piece, got);
    return ferror(file) == 0;
}

/* The text that a diagnostic is about. */
static const char *text_of(void *user, const char *file, size_t *length) {
    const text *bytes = user;
    (void)file;
    *length = bytes->length;
    return text_peek(bytes);
}

/* JSON, or else YAML. Of what starts as JSON does and is neither, it is said where it is no JSON. */
static json_t *parse_context(const char *name, text *bytes, FILE *err) {
    json_error_t error;
    json_t *data = json_context_parse(text_peek(bytes), bytes->length, &error);
    if (data != NULL)
        return data;
    diagnostics list;
    document *parsed = NULL;
    if (diagnostics_init(&list))
        parsed = document_parse(text_peek(bytes), bytes->length, name, NULL, &list);
    const char first = text_peek(bytes)[strspn(text_peek(bytes), " \t\r\n")];
    if (parsed != NULL && (data = node_json(document_root(parsed))) == NULL)
        out_of_memory(err);
    else if (parsed == NULL && (first == '{' || first == '['))
        fprintf(err, "%s:%d:%d: error: %s\n", name, error.line, error.column, error.text);
    else if (parsed == NULL)
        print_diagnostics(&list, err, false, text_of, bytes);
    document_free(parsed);
    diagnostics_free(&list);
    return data;
}

/* A new reference, or NULL with *status set and the reason said. */
static json_t *read_context(const char *path, FILE *err, int *status) {
    *status = UNUSABLE;
    if (path == NULL)
        return json_object();
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    text bytes = TEXT_EMPTY;
    json_t *data = NULL;
    if (file == NULL || !read_all(file, &bytes)) {
        fprintf(err, "arazzo eval: %s: %s\n", path, strerror(errno));
    } else if (bytes.failed) {
        out_of_memory(err);
    } else {
        data = parse_context(standard ? "<stdin>" : path, &bytes, err);
        if (data != NULL && !json_is_object(data)) {
            fprintf(err, "%s: error: the context is not an object\n", standard ? "<stdin>" : path);
            json_decref(data);
            data = NULL;
        }
    }
    if (file != NULL && !standard)
        fclose(file);
    text_free(&bytes);
    return data;
}

/* ---- Expressions and templates ---- */

static int print_value(expr_outcome outcome, json_t *value, const expr_failure *failure, FILE *out, FILE *err) {
    text line = TEXT_EMPTY;
    if (outcome == EXPR_VALUE)
        json_text_append(&line, value);
    else if (outcome == EXPR_NOTHING)
        text_append_string(&line, "undefined");
    json_decref(value);
    bool failed = outcome == EXPR_OUT_OF_MEMORY || line.failed;
    if (outcome != EXPR_FAILED && !failed)
        fprintf(out, "%s\n", text_peek(&line));
    text_free(&line);
    if (failed)
        return out_of_memory(err);
    if (outcome == EXPR_FAILED)
        fprintf(err, "error: %s\n", failure->message);
    return outcome == EXPR_FAILED ? UNUSABLE : DONE;
}

static int evaluate_expression(const expression *compiled, const expr_context *context, FILE *out, FILE *err) {
    expr_failure failure;
    json_t *value;
    expr_outcome outcome = expression_evaluate(compiled, context, &value, &failure);
    return print_value(outcome, value, &failure, out, err);
}

static void say_missing(void *user, const char *expression_text) {
    fprintf(user, "%s is not there\n", expression_text);
}

static int evaluate_template(const expr_value *compiled, const expr_context *context, FILE *out, FILE *err) {
    expr_failure failure;
    json_t *value;
    expr_outcome outcome = expr_value_evaluate(compiled, context, say_missing, err, &value, &failure);
    return print_value(outcome, value, &failure, out, err);
}

/* A string with expressions in it; what is not one either is wrong as an expression. */
static int eval_template(reporter *as_expression, const expr_context *context, FILE *out, FILE *err) {
    reporter as_template = {.request = as_expression->request, .lines = TEXT_EMPTY};
    expr_options options = options_of(&as_template);
    json_t *literal = json_string(as_expression->request->expression);
    expr_value *compiled = NULL;
    expr_status status =
        literal == NULL
            ? (utf8_valid(as_expression->request->expression, strlen(as_expression->request->expression), NULL)
                   ? EXPR_NO_MEMORY
                   : EXPR_INVALID)
            : expr_value_compile(literal, false, &options, &compiled);
    int result = UNUSABLE;
    if (status == EXPR_NO_MEMORY) {
        result = out_of_memory(err);
    } else if (status == EXPR_OK && !expr_value_is_literal(compiled)) {
        fputs(text_peek(&as_template.lines), err);
        result = evaluate_template(compiled, context, out, err);
    } else {
        fputs(text_peek(&as_expression->lines), err);
    }
    expr_value_free(compiled);
    json_decref(literal);
    text_free(&as_template.lines);
    return result;
}

static int eval_expression(const eval_request *request, const expr_context *context, FILE *out, FILE *err) {
    reporter to = {.request = request, .lines = TEXT_EMPTY};
    expr_options options = options_of(&to);
    expression *compiled = NULL;
    expr_status status = expression_compile(request->expression, strlen(request->expression), &options, &compiled);
    int result;
    if (status == EXPR_NO_MEMORY || to.lines.failed) {
        result = out_of_memory(err);
    } else if (status == EXPR_OK) {
        fputs(text_peek(&to.lines), err);
        result = evaluate_expression(compiled, context, out, err);
    } else {
        result = eval_template(&to, context, out, err);
    }
    if (status == EXPR_OK)
        expression_free(compiled);
    text_free(&to.lines);
    return result;
}

/* ---- Conditions ---- */

static int test_condition(const criterion *compiled, const eval_request *request, const expr_context *context,
                          FILE *out, FILE *err) {
    expr_failure failure;
    criterion_outcome outcome = criterion_test(compiled, context, &failure);
    if (outcome == CRITERION_OUT_OF_MEMORY)
        return out_of_memory(err);
    fprintf(out, "%s\n", outcome == CRITERION_PASSED ? "true" : "false");
    fflush(out); /* so that the answer stands before its reasons where both go to one place */
    char *why = criterion_explain(compiled, context);
    if (why == NULL)
        return out_of_memory(err);
    if (outcome == CRITERION_ERROR) {
        text where = TEXT_EMPTY;
        if (failure.length > 0)
            show_place(&where, request->expression, failure.offset, failure.length);
        fprintf(err, "error: %s\n%s", failure.message, text_peek(&where));
        text_free(&where);
    } else if (failure.message[0] != '\0') {
        fprintf(err, "warning: %s\n", failure.message);
    }
    if (why[0] != '\0')
        fprintf(err, "%s\n", why);
    free(why);
    return outcome == CRITERION_PASSED ? DONE : FAILED;
}

static int eval_condition(const eval_request *request, const expr_context *context, FILE *out, FILE *err) {
    reporter to = {.request = request, .lines = TEXT_EMPTY};
    expr_options options = options_of(&to);
    criterion *compiled;
    expr_status status = criterion_compile(request->type, request->type_version, request->on,
                                           request->on == NULL ? 0 : strlen(request->on), request->expression,
                                           strlen(request->expression), &options, &compiled);
    int result = UNUSABLE;
    if (status == EXPR_NO_MEMORY || to.lines.failed)
        result = out_of_memory(err);
    else
        fputs(text_peek(&to.lines), err);
    if (status == EXPR_OK) {
        if (!to.lines.failed)
            result = test_condition(compiled, request, context, out, err);
        criterion_free(compiled);
    }
    text_free(&to.lines);
    return result;
}

int eval_command(const eval_request *request, FILE *out, FILE *err) {
    int status;
    json_t *data = read_context(request->context, err, &status);
    if (data == NULL)
        return request->context == NULL ? out_of_memory(err) : status;
    expr_context context = json_context(data);
    status =
        request->condition ? eval_condition(request, &context, out, err) : eval_expression(request, &context, out, err);
    json_decref(data);
    return status;
}

/*
 * jsonpath_speed.c: `make bench-jsonpath`: equal questions to jsonpath/ and to jq over one large document, in one run.
 *
 * The document is made here, shaped like a large OpenAPI description. jq's evaluation is the time of its run less the
 * time in which it only reads the document; ours is measured within the process. Each figure is the median of several
 * runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "jsonpath/jsonpath.h"

enum { PATHS = 9000, RUNS = 7 };

static const char file_name[] = "build/bench/large.json";

static const struct {
    const char *query;
    const char *jq; /* prints how many there are */
} questions[] = {
    {"$..operationId", "[..|objects|select(has(\"operationId\"))|.operationId]|length"},
    {"$.paths[*][*].responses['200']", "[.paths[][]|.responses[\"200\"]|select(.!=null)]|length"},
    {"$.paths[*][*].parameters[?@.in == 'query' && @.required == true].name",
     "[.paths[][]|.parameters[]|select(.in==\"query\" and .required==true)|.name]|length"},
};

enum { QUESTIONS = sizeof questions / sizeof *questions };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void write_operation(FILE *out, const char *method, int i) {
    fprintf(out,
            "\"%s\":{\"operationId\":\"%sThing%d\",\"parameters\":["
            "{\"name\":\"id\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}},"
            "{\"name\":\"q%d\",\"in\":\"query\",\"required\":%s,\"schema\":{\"type\":\"integer\",\"minimum\":%d}}],"
            "\"responses\":{\"%d\":{\"description\":\"ok\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/"
            "x/%d\"}}}},"
            "\"default\":{\"description\":\"error\"}}}",
            method, method, i, i, i % 3 == 0 ? "true" : "false", i, i % 2 == 0 ? 200 : 201, i);
}

static int write_document(void) {
    if (system("mkdir -p build/bench") != 0)
        return -1;
    FILE *out = fopen(file_name, "w");
    if (out == NULL)
        return -1;
    fputs("{\"openapi\":\"3.1.0\",\"paths\":{", out);
    for (int i = 0; i < PATHS; i++) {
        fprintf(out, "%s\"/things/%d/{id}\":{", i == 0 ? "" : ",", i);
        write_operation(out, "get", i);
        fputc(',', out);
        write_operation(out, "post", i);
        fputc('}', out);
    }
    fputs("}}", out);
    return fclose(out);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *times) {
    qsort(times, RUNS, sizeof *times, compare);
    return times[RUNS / 2];
}

/* The seconds that jq takes for a filter, and what it prints. */
static double time_jq(const char *filter, long *printed) {
    double times[RUNS];
    char line[512], answer[64] = "";
    snprintf(line, sizeof line, "jq '%s' %s", filter, file_name);
    for (int i = 0; i < RUNS; i++) {
        double start = now();
        FILE *pipe = popen(line, "r");
        if (pipe == NULL || (fgets(answer, sizeof answer, pipe) == NULL && strcmp(filter, "empty") != 0))
            answer[0] = '\0';
        if (pipe != NULL)
            pclose(pipe);
        times[i] = now() - start;
    }
    *printed = atol(answer);
    return median(times);
}

static size_t count_nodes(json_t *document) {
    jsonpath *all;
    jsonpath_error error;
    jsonpath_nodelist nodes = {0};
    if (jsonpath_compile("$..*", 4, NULL, &all, &error) == JSONPATH_OK)
        jsonpath_select(all, document, NULL, &nodes, &error);
    size_t count = nodes.count + 1;
    jsonpath_nodelist_free(&nodes);
    jsonpath_free(all);
    return count;
}

static double time_query(const char *text, json_t *document, size_t *selected) {
    double times[RUNS];
    jsonpath *query;
    jsonpath_error error;
    jsonpath_nodelist nodes;
    *selected = 0;
    if (jsonpath_compile(text, strlen(text), NULL, &query, &error) != JSONPATH_OK)
        return 0;
    for (int i = 0; i < RUNS; i++) {
        double start = now();
        jsonpath_select(query, document, NULL, &nodes, &error);
        times[i] = now() - start;
        *selected = nodes.count;
        jsonpath_nodelist_free(&nodes);
    }
    jsonpath_free(query);
    return median(times);
}

static int compare_all(json_t *document, double parsing) {
    size_t nodes = count_nodes(document);
    long none;
    double reading = time_jq("empty", &none);
    int worst = 0;
    printf("%zu nodes; reading the document: ours %.0f ms, jq %.0f ms\n\n", nodes, parsing * 1e3, reading * 1e3);
    printf("%-72s %8s %8s %8s %7s\n", "query", "results", "ours ms", "jq ms", "ratio");
    for (size_t i = 0; i < QUESTIONS; i++) {
        size_t selected;
        long counted;
        double ours = time_query(questions[i].query, document, &selected);
        double theirs = time_jq(questions[i].jq, &counted) - reading;
        double ratio = ours / theirs;
        bool equal = (long)selected == counted;
        printf("%-72s %8zu %8.2f %8.1f %7.4f%s\n", questions[i].query, selected, ours * 1e3, theirs * 1e3, ratio,
               equal ? "" : "  other results!");
        if (i == 0)
            printf("%-72s %.0f million nodes a second\n", "", (double)nodes / ours / 1e6);
        worst = !equal || theirs <= 0 || ratio > 1.0 / 3 ? 1 : worst;
    }
    printf("\n%s\n",
           worst == 0 ? "every ratio is at most a third" : "not every ratio is at most a third, or results differ");
    return worst;
}

int main(void) {
    json_error_t error;
    if (system("command -v jq >/dev/null") != 0) {
        puts("skipped: jq is not installed, and there is nothing to compare with");
        return 0;
    }
    if (write_document() != 0) {
        fputs("the document cannot be written\n", stderr);
        return 1;
    }
    double start = now();
    json_t *document = json_load_file(file_name, 0, &error);
    double parsing = now() - start;
    int result = document == NULL ? 1 : compare_all(document, parsing);
    json_decref(document);
    return result;
}

/*
 * run_test.c: the state machine, answered by hand: sequence, actions, retries, sub-workflows, dependsOn, outputs,
 * loops.
 *
 * Each row is an Arazzo document's workflows, the answers that a server gives, and all that must be seen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/script.h"

#define HEAD                                                                                                           \
    "arazzo: 1.1.0\ninfo: {title: t, version: '1'}\nsourceDescriptions:\n- {name: api, url: api.yaml, type: "          \
    "openapi}\n"

static const char api_text[] = "openapi: 3.0.3\n"
                               "info: {title: things, version: '1'}\n"
                               "servers: [{url: 'http://s.test'}]\n"
                               "paths:\n"
                               "  /things:\n"
                               "    get:\n"
                               "      operationId: list\n"
                               "      parameters: [{name: q, in: query, schema: {type: string}}]\n"
                               "      responses: {'200': {description: ok}}\n"
                               "    post:\n"
                               "      operationId: make\n"
                               "      requestBody: {content: {application/json: {schema: {type: object}}}}\n"
                               "      responses: {'201': {description: ok}}\n"
                               "  /things/{id}:\n"
                               "    get:\n"
                               "      operationId: fetch\n"
                               "      parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n"
                               "      responses: {'200': {description: ok}}\n";

typedef struct row {
    const char *name;
    const char *workflows;
    const char *inputs;
    const char *answers[8];
    arazzo_status status;
    const char *log;
    const char *outputs;
    const char *diagnostics; /* NULL: none */
    size_t max_steps;
} row;

static const row rows[] = {
    {"steps in sequence, outputs handed on",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: a, operationId: make, requestBody: {payload: {n: 1}}, outputs: {id: $response.body#/id}}\n"
     "  - {stepId: b, operationId: fetch, parameters: [{name: id, in: path, value: $steps.a.outputs.id}]}\n"
     "  outputs: {id: $steps.a.outputs.id}\n",
     NULL,
     {"201 {\"id\":7}", "200 {}"},
     ARAZZO_SUCCESS,
     "POST http://s.test/things {\"n\":1}\nGET http://s.test/things/7\n",
     "{\"id\":7}",
     NULL,
     0},
    {"S15: without criteria a step succeeds on 2xx, S21: failure without an action ends the workflow",
     "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list, outputs: {s: $statusCode}}\n"
     "  - {stepId: b, operationId: list}\n  outputs: {s: $steps.a.outputs.s, t: $steps.b.outputs.t}\n",
     NULL,
     {"404 {}"},
     ARAZZO_FAILURE,
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\n",
     "{\"s\":404,\"t\":null}",
     NULL,
     0},
    {"a run that is cancelled: the step fails with the reason, no action follows, nothing is evaluated",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: a, operationId: list, outputs: {s: $statusCode},\n"
     "     onFailure: [{name: again, type: retry}, {name: on, type: goto, stepId: b}]}\n"
     "  - {stepId: b, operationId: list}\n  outputs: {s: $steps.a.outputs.s}\n",
     NULL,
     {"^ interrupted"},
     ARAZZO_ERROR,
     "GET http://s.test/things\na: interrupted\n",
     "{}",
     NULL,
     0},
    {"onSuccess: the first action whose criteria pass (trap 32)",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - stepId: a\n    operationId: list\n    onSuccess:\n"
     "    - {name: no, type: end, criteria: [{condition: $statusCode == 201}]}\n"
     "    - {name: yes, type: goto, stepId: c}\n"
     "  - {stepId: b, operationId: list}\n"
     "  - {stepId: c, operationId: list, onSuccess: [{name: stop, type: end}]}\n"
     "  - {stepId: d, operationId: list}\n",
     NULL,
     {"200"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things\na: goto c (yes)\nGET http://s.test/things\nc: end (stop)\n",
     "{}",
     NULL,
     0},
    {"S20: end from onFailure evaluates outputs and counts as failed",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: a, operationId: list, onFailure: [{name: stop, type: end}], outputs: {e: $response.body#/e}}\n"
     "  outputs: {e: $steps.a.outputs.e}\n",
     NULL,
     {"500 {\"e\":\"x\"}"},
     ARAZZO_FAILURE,
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: end (stop)\n",
     "{\"e\":\"x\"}",
     NULL,
     0},
    {"S18: retry counts attempts after the first, then the next action (traps 23, 26), decimal retryAfter (24)",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - stepId: a\n    operationId: list\n    onFailure:\n"
     "    - {name: again, type: retry, retryAfter: 0.5, retryLimit: 2}\n    - {name: on, type: goto, stepId: b}\n"
     "  - {stepId: b, operationId: list}\n",
     NULL,
     {"503", "503", "503", "200"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: retry (again)\nwait 0.5\n"
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: retry (again)\nwait 0.5\n"
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: goto b (on)\n"
     "GET http://s.test/things\n",
     "{}",
     NULL,
     0},
    {"S18: the default of retryLimit is 1; 0 means none (trap 23)",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - stepId: a\n    operationId: list\n    onFailure:\n"
     "    - {name: none, type: retry, retryLimit: 0}\n    - {name: one, type: retry}\n",
     NULL,
     {"503"},
     ARAZZO_FAILURE,
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: retry (one)\n"
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\n",
     "{}",
     NULL,
     0},
    {"S18: Retry-After overrules retryAfter, as seconds and as a date (trap 25), capped",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - stepId: a\n    operationId: list\n    onFailure: [{name: again, type: retry, retryAfter: 1, retryLimit: "
     "3}]\n",
     NULL,
     {"503\nRetry-After: 7\n\nbusy",
      "503\nDate: Sun, 06 Nov 1994 08:49:30 GMT\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\n\nbusy",
      "503\nRetry-After: 86400\n\nbusy", "200"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: retry (again)\nwait 7\n"
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: retry (again)\nwait 7\n"
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: retry (again)\nwait 60\n"
     "GET http://s.test/things\n",
     "{}",
     NULL,
     0},
    {"trap 28: a retry's stepId runs first, then the step again",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: login, operationId: make, onSuccess: [{name: skip, type: goto, stepId: a}]}\n"
     "  - {stepId: never, operationId: list}\n"
     "  - stepId: a\n    operationId: fetch\n    parameters: [{name: id, in: path, value: x}]\n"
     "    onFailure: [{name: relogin, type: retry, stepId: login}]\n",
     NULL,
     {"200", "401", "200", "200"},
     ARAZZO_SUCCESS,
     "POST http://s.test/things\nlogin: goto a (skip)\nGET http://s.test/things/x\n"
     "a: not $statusCode >= 200 && $statusCode < 300\na: retry login (relogin)\nPOST http://s.test/things\n"
     "GET http://s.test/things/x\n",
     "{}",
     NULL,
     0},
    {"trap 28: a retry's workflowId runs first; its inputs by name and by parameters",
     "workflows:\n- workflowId: w\n  inputs: {type: object, properties: {u: {type: string}}}\n  steps:\n"
     "  - stepId: a\n    operationId: list\n    onFailure:\n"
     "    - {name: fresh, type: retry, workflowId: login, parameters: [{name: p, value: 5}]}\n"
     "- workflowId: login\n  inputs: {type: object, properties: {u: {type: string}, p: {type: integer}}}\n  steps:\n"
     "  - {stepId: l, operationId: make, requestBody: {payload: {u: $inputs.u, p: $inputs.p}}}\n",
     "{\"u\":\"me\"}",
     {"401", "200", "200"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: retry login (fresh)\ncall login\n"
     "POST http://s.test/things {\"u\":\"me\",\"p\":5}\nGET http://s.test/things\n",
     "{}",
     NULL,
     0},
    {"trap 27: a goto back starts the count of retries anew",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - stepId: a\n    operationId: list\n    onFailure:\n"
     "    - {name: again, type: retry}\n    - {name: back, type: goto, stepId: a, criteria: [{condition: $statusCode "
     "== 503}]}\n",
     NULL,
     {"503", "503", "503", "200"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: retry (again)\n"
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: goto a (back)\n"
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: retry (again)\n"
     "GET http://s.test/things\n",
     "{}",
     NULL,
     0},
    {"trap 31: a request that fails reaches onFailure",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: a, operationId: list, successCriteria: [{condition: $statusCode != 500}], onFailure: [{name: again, "
     "type: retry}]}\n",
     NULL,
     {"! connection refused", "200"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things\na: connection refused\na: retry (again)\nGET http://s.test/things\n",
     "{}",
     NULL,
     0},
    {"S19: a loop by goto ends, with the cycle named",
     "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list}\n"
     "  - {stepId: b, operationId: list, onSuccess: [{name: back, type: goto, stepId: a}]}\n",
     NULL,
     {"200"},
     ARAZZO_ERROR,
     "GET http://s.test/things\nGET http://s.test/things\nb: goto a (back)\n"
     "GET http://s.test/things\nGET http://s.test/things\nb: goto a (back)\n"
     "GET http://s.test/things\nGET http://s.test/things\nb: goto a (back)\n",
     "{}",
     "E0507 9:48 the run goes round in circles: steps were repeated 3 times, the last ones b -> a -> b; "
     "if it is meant to go on for longer, raise --max-steps\n",
     2},
    {"S19: goto a workflow moves control for good; its outputs are the run's",
     "workflows:\n- workflowId: w\n  inputs: {type: object, properties: {k: {type: string}}}\n  steps:\n"
     "  - {stepId: a, operationId: list, onSuccess: [{name: over, type: goto, workflowId: v}]}\n"
     "  - {stepId: b, operationId: list}\n  outputs: {o: $steps.a.outputs.nothing}\n"
     "- workflowId: v\n  inputs: {type: object, properties: {k: {type: string}}}\n  steps:\n"
     "  - {stepId: c, operationId: list}\n  outputs: {k: $inputs.k}\n",
     "{\"k\":\"K\"}",
     {"200"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things\na: goto v (over)\nGET http://s.test/things\n",
     "{\"k\":\"K\"}",
     NULL,
     0},
    {"S22: a sub-workflow: parameters become inputs, $outputs and $workflows give its outputs",
     "workflows:\n- workflowId: w\n  parameters: [{name: shared, value: all}]\n  steps:\n"
     "  - {stepId: s, workflowId: v, parameters: [{name: x, value: 3}], successCriteria: [{condition: $outputs.y == "
     "3}],\n"
     "     outputs: {mine: $outputs.y, same: $workflows.v.outputs.y}}\n"
     "  outputs: {a: $steps.s.outputs.mine, b: $steps.s.outputs.same, c: $steps.s.outputs.y}\n"
     "- workflowId: v\n  inputs: {type: object, properties: {x: {type: integer}, shared: {type: string}}}\n  steps:\n"
     "  - {stepId: c, operationId: list, parameters: [{name: q, in: query, value: $inputs.shared}]}\n"
     "  outputs: {y: $inputs.x}\n",
     NULL,
     {"200"},
     ARAZZO_SUCCESS,
     "call v\nGET http://s.test/things?q=all\n",
     "{\"a\":3,\"b\":3,\"c\":3}",
     NULL,
     0},
    {"S22: a sub-workflow that fails fails the step, and onFailure is looked at",
     "workflows:\n- workflowId: w\n  steps:\n  - {stepId: s, workflowId: v, onFailure: [{name: on, type: goto, stepId: "
     "t}]}\n"
     "  - {stepId: t, operationId: make}\n- workflowId: v\n  steps:\n  - {stepId: c, operationId: list}\n",
     NULL,
     {"500", "200"},
     ARAZZO_SUCCESS,
     "call v\nGET http://s.test/things\nc: not $statusCode >= 200 && $statusCode < 300\ns: goto t (on)\n"
     "POST http://s.test/things\n",
     "{}",
     NULL,
     0},
    {"S22: inputs of a sub-workflow that do not hold fail the step before anything is sent",
     "workflows:\n- workflowId: w\n  steps:\n  - {stepId: s, workflowId: v}\n"
     "- workflowId: v\n  inputs: {type: object, required: [x], properties: {x: {type: integer}}}\n  steps:\n"
     "  - {stepId: c, operationId: list}\n",
     NULL,
     {"200"},
     ARAZZO_FAILURE,
     "s: the inputs: lacks the required member 'x'\n",
     "{}",
     NULL,
     0},
    {"S22: recursion names its cycle",
     "workflows:\n- workflowId: w\n  steps:\n  - {stepId: s, workflowId: w}\n",
     NULL,
     {"200"},
     ARAZZO_ERROR,
     NULL,
     "{}",
     "E0509 6:3 workflows are nested more than 32 deep: w <- w\n",
     0},
    {"S23: workflows depended on run first, once, with the inputs that their schema names (trap 36)",
     "workflows:\n- workflowId: w\n  dependsOn: [u, v]\n  steps:\n"
     "  - {stepId: a, operationId: fetch, parameters: [{name: id, in: path, value: $workflows.v.outputs.t}]}\n"
     "- workflowId: v\n  dependsOn: [u]\n  inputs: {type: object, properties: {k: {type: string}}}\n  steps:\n"
     "  - {stepId: b, operationId: list}\n  outputs: {t: $inputs.k}\n"
     "- workflowId: u\n  steps:\n  - {stepId: c, operationId: make}\n",
     "{\"k\":\"K\"}",
     {"200"},
     ARAZZO_SUCCESS,
     "call u\nPOST http://s.test/things\ncall v\nGET http://s.test/things\nGET http://s.test/things/K\n",
     "{}",
     "W0511 0:0 workflow 'w' declares no input 'k'\n",
     0},
    {"S23: one that fails fails the dependent one without sending anything",
     "workflows:\n- workflowId: w\n  dependsOn: [u]\n  steps:\n  - {stepId: a, operationId: list}\n"
     "- workflowId: u\n  steps:\n  - {stepId: c, operationId: make}\n",
     NULL,
     {"500"},
     ARAZZO_FAILURE,
     "call u\nPOST http://s.test/things\nc: not $statusCode >= 200 && $statusCode < 300\n",
     "{}",
     NULL,
     0},
    {"S24: a reference to a later step's output changes the order",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: a, operationId: fetch, parameters: [{name: id, in: path, value: $steps.b.outputs.id}]}\n"
     "  - {stepId: b, operationId: make, outputs: {id: $response.body#/id}}\n",
     NULL,
     {"201 {\"id\":\"x\"}", "200"},
     ARAZZO_SUCCESS,
     "POST http://s.test/things\nGET http://s.test/things/x\n",
     "{}",
     "W0413 9:5 step 'b' runs before 'a', which stands before it, because that one needs it; "
     "put the steps in the order in which they run\n",
     0},
    {"S24: steps that need each other are an error before anything is sent",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: a, operationId: fetch, parameters: [{name: id, in: path, value: $steps.b.outputs.id}]}\n"
     "  - {stepId: b, operationId: fetch, parameters: [{name: id, in: path, value: $steps.a.outputs.id}]}\n",
     NULL,
     {"200"},
     ARAZZO_ERROR,
     "",
     "",
     "E0413 8:5 the steps of workflow 'w' need each other in a circle: a -> b -> a; "
     "a step can only use what an earlier one has put out\n",
     0},
    {"S17, trap 29: a step's action overrides the workflow's by name, the others still count",
     "workflows:\n- workflowId: w\n"
     "  failureActions: [{name: one, type: end}, {name: two, type: goto, stepId: c}]\n  steps:\n"
     "  - {stepId: a, operationId: list, onFailure: [{name: one, type: goto, stepId: b, criteria: [{condition: "
     "$statusCode == 1}]}]}\n"
     "  - {stepId: b, operationId: make}\n  - {stepId: c, operationId: list}\n",
     NULL,
     {"500", "200"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things\na: not $statusCode >= 200 && $statusCode < 300\na: goto c (two)\nGET "
     "http://s.test/things\n",
     "{}",
     NULL,
     0},
    {"trap 30: a Reusable Object is resolved before its type is looked at; a parameter's value is overridden",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: a, operationId: list, parameters: [{reference: $components.parameters.p, value: v}],\n"
     "     onFailure: [{reference: $components.failureActions.again}]}\n"
     "components:\n  parameters: {p: {name: q, in: query, value: d}}\n"
     "  failureActions: {again: {name: again, type: retry}}\n",
     NULL,
     {"500", "200"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things?q=v\na: not $statusCode >= 200 && $statusCode < 300\na: retry (again)\n"
     "GET http://s.test/things?q=v\n",
     "{}",
     NULL,
     0},
    {"S4: an output that reaches nothing is null, with a warning; S20: one of a step that never ran without",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: a, operationId: list, outputs: {n: $response.body#/none}, onSuccess: [{name: stop, type: end}]}\n"
     "  - {stepId: b, operationId: list, outputs: {m: $statusCode}}\n"
     "  outputs: {n: $steps.a.outputs.n, m: $steps.b.outputs.m}\n",
     NULL,
     {"200 {}"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things\na: end (stop)\n",
     "{\"m\":null,\"n\":null}",
     "W0501 8:49 the output 'n' is null: $response.body#/none reaches nothing\n",
     0},
    {"S5: a path parameter that reaches nothing fails the step before anything is sent (trap 43)",
     "workflows:\n- workflowId: w\n  inputs: {type: object, properties: {id: {type: string}}}\n  steps:\n"
     "  - {stepId: a, operationId: fetch, parameters: [{name: id, in: path, value: $inputs.id}]}\n",
     NULL,
     {"200"},
     ARAZZO_FAILURE,
     NULL,
     "{}",
     NULL,
     0},
    {"a body's replacements, in order",
     "workflows:\n- workflowId: w\n  steps:\n  - stepId: a\n    operationId: make\n    requestBody:\n"
     "      contentType: application/json\n      payload: {a: 1, b: [1]}\n      replacements:\n"
     "      - {target: /a, value: 2}\n      - {target: /b/-, value: $statusCode}\n      - {target: /b/0, value: x}\n",
     NULL,
     {"200"},
     ARAZZO_SUCCESS,
     "POST http://s.test/things {\"a\":2,\"b\":[\"x\",null]}\n",
     "{}",
     NULL,
     0},
    {"S7: a body that says JSON and is not is text, with a warning (trap 22)",
     "workflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: a, operationId: list, outputs: {b: $response.body}}\n  outputs: {b: $steps.a.outputs.b}\n",
     NULL,
     {"200\nContent-Type: application/json\n\n{oops"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things\n",
     "{\"b\":\"{oops\"}",
     "W0503 8:5 the response says that its body is JSON, and it is not; it is taken as text\n",
     0},
    {"inputs: defaults are put in, types are checked",
     "workflows:\n- workflowId: w\n  inputs: {type: object, properties: {q: {type: string, default: d}}}\n  steps:\n"
     "  - {stepId: a, operationId: list, parameters: [{name: q, in: query, value: $inputs.q}]}\n",
     NULL,
     {"200"},
     ARAZZO_SUCCESS,
     "GET http://s.test/things?q=d\n",
     "{}",
     NULL,
     0},
};

static void plays_as_expected(void **state) {
    const row *expected = *state;
    text document = TEXT_EMPTY;
    text_append_string(&document, HEAD);
    text_append_string(&document, expected->workflows);
    const script_document documents[] = {
        {"file:///t/w.yaml", text_peek(&document)}, {"file:///t/api.yaml", api_text}, {NULL, NULL}};
    script play = {.documents = documents,
                   .inputs = expected->inputs,
                   .answers = expected->answers,
                   .run = {.max_steps = expected->max_steps}};
    script_result result = script_play(&play);
    if (expected->log != NULL)
        assert_string_equal(result.log, expected->log);
    if (expected->diagnostics != NULL || expected->status != ARAZZO_FAILURE)
        assert_string_equal(result.diagnostics, expected->diagnostics == NULL ? "" : expected->diagnostics);
    assert_int_equal(result.status, expected->status);
    assert_string_equal(result.outputs, expected->outputs);
    script_result_free(&result);
    text_free(&document);
}

int main(void) {
    enum { COUNT = sizeof rows / sizeof *rows };
    struct CMUnitTest tests[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){rows[i].name, plays_as_expected, NULL, NULL, (void *)&rows[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * run_flow_test.c: what follows what, over workflows and documents: dependencies, timeouts, depth, identities, base
 * URIs (Appendix B of 1.1.0), versions, and steps that are refused. Answered by hand, like run_test.c.
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

#define INFO "info: {title: t, version: '1'}\n"
#define API "sourceDescriptions:\n- {name: api, url: api.yaml, type: openapi}\n"
#define NEW "arazzo: 1.1.0\n" INFO API
#define OLD "arazzo: 1.0.1\n" INFO API

#define ENTRY "file:///t/w.yaml"
#define API_AT "file:///t/api.yaml"
#define SECOND "file:///t/other.yaml"

static const char api_text[] =
    "openapi: 3.0.3\ninfo: {title: things, version: '1'}\nservers: [{url: 'http://s.test'}]\npaths:\n"
    "  /things:\n    get:\n      operationId: list\n"
    "      parameters: [{name: q, in: query, schema: {type: string}}, {name: X-Key, in: header, schema: {}}]\n"
    "      responses: {'200': {description: ok}}\n"
    "    post: {operationId: make, responses: {'201': {description: ok}}}\n"
    "  /invoices:\n    post:\n      operationId: bill\n"
    "      requestBody: {content: {application/xml: {schema: {}}}}\n      responses: {'201': {description: ok}}\n";

typedef struct row {
    const char *name;
    const char *arazzo; /* whole, read at ENTRY */
    const char *second; /* read at SECOND; NULL: there is none */
    const char *answers[6];
    bool strict;
    arazzo_status status;
    const char *log; /* NULL: not looked at */
    const char *outputs;
    const char *diagnostics;
} row;

#define FAILED(step) step ": not $statusCode >= 200 && $statusCode < 300\n"
#define GET "GET http://s.test/things\n"

static const row rows[] = {
    /* ---- dependsOn of steps ---- */
    {"dependsOn: a step of another workflow that was not carried out",
     NEW "workflows:\n- workflowId: w\n  steps:\n"
         "  - {stepId: a, operationId: list, dependsOn: [$workflows.v.steps.b]}\n"
         "- workflowId: v\n  steps:\n  - {stepId: b, operationId: list}\n",
     NULL,
     {"200"},
     false,
     ARAZZO_FAILURE,
     "a: it depends on step 'b' of workflow 'v', which has not been carried out\n",
     "{}",
     ""},
    {"dependsOn: a step of another workflow that was carried out before, also in another document",
     "arazzo: 1.1.0\n" INFO "sourceDescriptions:\n- {name: api, url: api.yaml, type: openapi}\n"
     "- {name: other, url: other.yaml, type: arazzo}\nworkflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: s, workflowId: v}\n  - {stepId: o, workflowId: $sourceDescriptions.other.far}\n"
     "  - {stepId: a, operationId: list, dependsOn: [$workflows.v.steps.b, $sourceDescriptions.other.far.steps.f, s]}\n"
     "- workflowId: v\n  steps:\n  - {stepId: b, operationId: list}\n",
     NEW "workflows:\n- workflowId: far\n  steps:\n  - {stepId: f, operationId: make}\n",
     {"200"},
     false,
     ARAZZO_SUCCESS,
     "call v\n" GET "call far\nPOST http://s.test/things\n" GET,
     "{}",
     ""},
    {"dependsOn: a step that was jumped over was not carried out",
     NEW "workflows:\n- workflowId: w\n  steps:\n"
         "  - {stepId: a, operationId: list, onSuccess: [{name: on, type: goto, stepId: c}]}\n"
         "  - {stepId: b, operationId: list}\n  - {stepId: c, operationId: list, dependsOn: [b]}\n",
     NULL,
     {"200"},
     false,
     ARAZZO_FAILURE,
     GET "a: goto c (on)\nc: it depends on step 'b', which has not been carried out\n",
     "{}",
     ""},
    {"dependsOn: no such step, no such workflow, no reference",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - stepId: a\n    operationId: list\n    dependsOn:\n"
         "    - $workflows.w.steps.x\n    - $workflows.u.steps.x\n    - $steps.a\n",
     NULL,
     {NULL},
     false,
     ARAZZO_ERROR,
     "",
     "",
     "E0408 11:7 there is no step 'x' in workflow 'w'\n"
     "E0415 12:7 there is no workflow 'u' in this document; did you mean 'w'?\n"
     "E0403 13:7 '$steps.a' is no reference to a step; write a stepId of this workflow, "
     "'$workflows.<workflowId>.steps.<stepId>' or '$sourceDescriptions.<name>.<workflowId>.steps.<stepId>'\n"},
    {"S24: a reference to a later step reorders, with a warning",
     NEW "workflows:\n- workflowId: w\n  steps:\n"
         "  - {stepId: a, operationId: list, parameters: [{name: q, in: query, value: $steps.b.outputs.x}]}\n"
         "  - {stepId: b, operationId: make, outputs: {x: $statusCode}}\n",
     NULL,
     {"201", "200"},
     false,
     ARAZZO_SUCCESS,
     "POST http://s.test/things\nGET http://s.test/things?q=201\n",
     "{}",
     "W0413 9:5 step 'b' runs before 'a', which stands before it, because that one needs it; put the steps in the "
     "order in which they run\n"},
    {"S24, strict: \"implementations SHOULD produce an error\" without dependsOn",
     NEW "workflows:\n- workflowId: w\n  steps:\n"
         "  - {stepId: a, operationId: list, parameters: [{name: q, in: query, value: $steps.b.outputs.x}]}\n"
         "  - {stepId: b, operationId: make, outputs: {x: $statusCode}}\n",
     NULL,
     {NULL},
     true,
     ARAZZO_ERROR,
     "",
     "",
     "E0421 9:5 step 'b' runs before 'a', which stands before it, because that one needs it; put the steps in the "
     "order in which they run\n"},

    /* ---- dependsOn of workflows ---- */
    {"S23: what is depended on runs first, each once, and one that hands over by goto is completed, too",
     NEW "workflows:\n- workflowId: w\n  dependsOn: [b, c]\n  steps:\n  - {stepId: a, operationId: list}\n"
         "- workflowId: b\n  dependsOn: [d]\n  steps:\n  - {stepId: x, operationId: list}\n"
         "- workflowId: c\n  dependsOn: [d]\n  steps:\n"
         "  - {stepId: y, operationId: list, onSuccess: [{name: over, type: goto, workflowId: e}]}\n"
         "- workflowId: d\n  steps:\n  - {stepId: z, operationId: make}\n"
         "- workflowId: e\n  steps:\n  - {stepId: v, operationId: make}\n",
     NULL,
     {"200"},
     false,
     ARAZZO_SUCCESS,
     "call d\nPOST http://s.test/things\ncall b\n" GET "call c\n" GET "y: goto e (over)\ncall e\n"
     "POST http://s.test/things\n" GET,
     "{}",
     ""},
    {"S23: one that fails fails all that depend on it, and nothing of theirs is sent",
     NEW "workflows:\n- workflowId: w\n  dependsOn: [b]\n  steps:\n  - {stepId: a, operationId: list}\n"
         "- workflowId: b\n  dependsOn: [c]\n  steps:\n  - {stepId: x, operationId: list}\n"
         "- workflowId: c\n  steps:\n  - {stepId: y, operationId: make}\n",
     NULL,
     {"500"},
     false,
     ARAZZO_FAILURE,
     "call c\nPOST http://s.test/things\n" FAILED("y") "call b\n",
     "{}",
     ""},
    {"S23: a circle through a workflow that a step calls is named",
     NEW "workflows:\n- workflowId: w\n  dependsOn: [b]\n  steps:\n  - {stepId: a, operationId: list}\n"
         "- workflowId: b\n  dependsOn: [c]\n  steps:\n  - {stepId: x, operationId: list}\n"
         "- workflowId: c\n  steps:\n  - {stepId: y, workflowId: d}\n"
         "- workflowId: d\n  dependsOn: [b]\n  steps:\n  - {stepId: z, operationId: list}\n",
     NULL,
     {"200"},
     false,
     ARAZZO_ERROR,
     "call c\ncall d\n",
     "{}",
     "E0508 11:14 workflows depend on each other in a circle: b <- d <- c <- b\n"},

    /* ---- Called workflows ---- */
    {"S22: `$statusCode` at a step that calls a workflow is that of its last answer, with a warning",
     NEW "workflows:\n- workflowId: w\n  steps:\n"
         "  - stepId: s\n    workflowId: v\n    successCriteria:\n    - condition: $statusCode == 202\n"
         "    outputs: {n: $response.body#/n}\n  outputs: {n: $steps.s.outputs.n}\n"
         "- workflowId: v\n  steps:\n  - {stepId: a, operationId: list}\n  - {stepId: b, workflowId: u}\n"
         "- workflowId: u\n  steps:\n  - {stepId: c, operationId: list}\n",
     NULL,
     {"200", "202 {\"n\":4}"},
     false,
     ARAZZO_SUCCESS,
     "call v\n" GET "call u\n" GET,
     "{\"n\":4}",
     "W0122 11:18 a step that calls a workflow has no answer of its own: the last one that the workflow got is taken; "
     "the workflow's outputs are '$outputs.NAME'\n"
     "W0122 12:18 a step that calls a workflow has no answer of its own: the last one that the workflow got is taken; "
     "the workflow's outputs are '$outputs.NAME'\n"},
    {"S22, strict: there is no answer",
     NEW "workflows:\n- workflowId: w\n  steps:\n"
         "  - {stepId: s, workflowId: v, successCriteria: [{condition: $statusCode == 200}]}\n"
         "- workflowId: v\n  steps:\n  - {stepId: a, operationId: list}\n",
     NULL,
     {"200"},
     true,
     ARAZZO_FAILURE,
     "call v\n" GET "s: not $statusCode == 200\n",
     "{}",
     ""},
    {"a workflow of another document has its own components and sources (trap 35), also after a goto",
     "arazzo: 1.1.0\n" INFO "sourceDescriptions:\n- {name: api, url: api.yaml, type: openapi}\n"
     "- {name: other, url: other.yaml, type: arazzo}\nworkflows:\n- workflowId: w\n  steps:\n"
     "  - stepId: a\n    operationId: $sourceDescriptions.api.list\n    onSuccess:\n    - name: over\n      type: "
     "goto\n"
     "      workflowId: $sourceDescriptions.other.far\n      parameters: [{name: k, value: $statusCode}]\n"
     "components:\n  parameters: {p: {name: q, in: query, value: near}}\n",
     NEW "workflows:\n- workflowId: far\n  inputs: {type: object, properties: {k: {type: integer}}}\n  steps:\n"
         "  - {stepId: f, operationId: list, parameters: [{reference: $components.parameters.p}]}\n"
         "  outputs: {k: $inputs.k}\n"
         "components:\n  parameters: {p: {name: q, in: query, value: far}}\n",
     {"200"},
     false,
     ARAZZO_SUCCESS,
     GET "a: goto $sourceDescriptions.other.far (over)\nGET http://s.test/things?q=far\n",
     "{\"k\":200}",
     ""},

    /* ---- What a workflow gives to all steps ---- */
    {"a mistake in what all steps share is reported once",
     NEW "workflows:\n- workflowId: w\n  parameters: [{name: q, value: x}]\n"
         "  failureActions: [{name: again, type: rety}]\n  steps:\n"
         "  - {stepId: a, operationId: list}\n  - {stepId: b, operationId: list}\n  - {stepId: c, operationId: list}\n",
     NULL,
     {NULL},
     false,
     ARAZZO_ERROR,
     "",
     "",
     "E0401 7:16 the parameter 'q' lacks the field 'in', which a call of an operation needs; say where it goes: "
     "'path', "
     "'query', 'querystring', 'header' or 'cookie'\n"
     "E0403 8:40 'rety' is no type of a failure action; did you mean 'retry'?\n"},
    {"a step's header overrides the workflow's in whatever case",
     NEW "workflows:\n- workflowId: w\n  parameters: [{name: X-Key, in: header, value: all}]\n  steps:\n"
         "  - {stepId: a, operationId: list, parameters: [{name: x-key, in: header, value: own}],\n"
         "     outputs: {k: $request.header.X-KEY}}\n  outputs: {k: $steps.a.outputs.k}\n",
     NULL,
     {"200"},
     false,
     ARAZZO_SUCCESS,
     GET,
     "{\"k\":\"own\"}",
     NULL},

    /* ---- Inputs ---- */
    {"inputs by $anchor (\"references via `$ref` MUST support both JSON Pointer fragments and plain-name fragments\")",
     NEW
     "workflows:\n- workflowId: w\n  inputs: {$ref: '#common'}\n  steps:\n"
     "  - {stepId: a, operationId: list, parameters: [{name: q, in: query, value: of $inputs.who}]}\n"
     "components:\n  inputs:\n    c: {$anchor: common, type: object, properties: {who: {type: string, default: me}}}\n",
     NULL,
     {"200"},
     false,
     ARAZZO_SUCCESS,
     "GET http://s.test/things?q=of%20me\n",
     "{}",
     "W0101 9:80 an expression within other text stands in braces; write '{$inputs.who}'\n"},

    /* ---- Operations, bodies ---- */
    {"S25: an operationId that differs in case from only one, with a warning",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: $sourceDescriptions.api.LIST}\n"
         "  - {stepId: b, operationId: Make}\n",
     NULL,
     {"200"},
     false,
     ARAZZO_SUCCESS,
     GET "POST http://s.test/things\n",
     "{}",
     "W0125 8:30 operation ids are case-sensitive: there is no operation 'LIST', but 'list'; write 'list'\n"
     "W0125 9:30 operation ids are case-sensitive: there is no operation 'Make', but 'make'; write 'make'\n"},
    {"S25, strict: operation ids are case-sensitive",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: LIST}\n",
     NULL,
     {NULL},
     true,
     ARAZZO_ERROR,
     "",
     "",
     "E0416 8:30 there is no operation 'LIST' in the source description; did you mean 'list'?\n"},
    {"a member of the payload that reaches nothing is null, with a warning",
     NEW "workflows:\n- workflowId: w\n  steps:\n"
         "  - {stepId: a, operationId: make, requestBody: {payload: {a: $steps.a.outputs.x, b: 1}}}\n",
     NULL,
     {"201"},
     false,
     ARAZZO_SUCCESS,
     "POST http://s.test/things {\"a\":null,\"b\":1}\n",
     "{}",
     "W0504 8:59 step 'a' sends null in its body: $steps.a.outputs.x reaches nothing\n"},
    {"replacements: XPath where the operation takes XML only, in order, several nodes",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - stepId: a\n    operationId: bill\n    requestBody:\n"
         "      payload: '<b><i>1</i><i>2</i></b>'\n      replacements:\n      - {target: /b/i, value: 7}\n"
         "      - {target: '/b/i[2]', value: 8}\n",
     NULL,
     {"201"},
     false,
     ARAZZO_SUCCESS,
     "POST http://s.test/invoices <b><i>7</i><i>8</i></b>\n",
     "{}",
     NULL},
    {"replacements: JSONPath, JSON Pointer and Selector Objects, in order",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list, outputs: {all: $response.body}}\n"
         "  - stepId: b\n    operationId: make\n    requestBody:\n      contentType: application/json\n"
         "      payload: {items: [{n: 1}, {n: 2}], first: {context: $steps.a.outputs.all, selector: '$.ids[0]', type: "
         "jsonpath}}\n      replacements:\n      - {target: '$.items[*].n', targetSelectorType: jsonpath, value: 5}\n"
         "      - target: /items/1/n\n        targetSelectorType: {type: jsonpointer, version: rfc6901}\n"
         "        value: {context: $steps.a.outputs.all, selector: /ids/1, type: jsonpointer}\n",
     NULL,
     {"200 {\"ids\":[11,12]}", "201"},
     false,
     ARAZZO_SUCCESS,
     GET "POST http://s.test/things {\"items\":[{\"n\":5},{\"n\":12}],\"first\":11}\n",
     "{}",
     NULL},

    /* ---- Sequences (S30) ---- */
    {"S30: an event stream is the array of its events, data parsed where it is JSON; one that is cut off is left out",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list, outputs: {b: $response.body}}\n"
         "  outputs: {b: $steps.a.outputs.b}\n",
     NULL,
     {"200\nContent-Type: text/event-stream; charset=utf-8\n\n: hello\n\nid: 7\nevent: order\ndata: {\"n\":\ndata: "
      "1}\n\nretry: 50\ndata: plain\n\ndata: cut off"},
     false,
     ARAZZO_SUCCESS,
     GET,
     "{\"b\":[{\"data\":{\"n\":1},\"event\":\"order\",\"id\":\"7\"},{\"data\":\"plain\",\"retry\":50}]}",
     ""},
    {"S30: JSON lines",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list, outputs: {b: $response.body}}\n"
         "  outputs: {b: $steps.a.outputs.b}\n",
     NULL,
     {"200\nContent-Type: application/x-ndjson\n\n{\"n\":1}\n\n[2]\n"},
     false,
     ARAZZO_SUCCESS,
     GET,
     "{\"b\":[{\"n\":1},[2]]}",
     ""},
    {"S30: JSON lines that are cut off",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list, outputs: {b: $response.body}}\n"
         "  outputs: {b: $steps.a.outputs.b}\n",
     NULL,
     {"200\nContent-Type: application/jsonl\n\n{\"n\":1}\n{\"n\":"},
     false,
     ARAZZO_SUCCESS,
     GET,
     "{\"b\":[{\"n\":1}]}",
     "W0503 8:5 the last item of the body is cut off; it is left out\n"},
    {"S30: JSON lines that are none",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list, outputs: {b: $response.body}}\n"
         "  outputs: {b: $steps.a.outputs.b}\n",
     NULL,
     {"200\nContent-Type: application/jsonl\n\n{\"n\":1}\noops\n"},
     false,
     ARAZZO_SUCCESS,
     GET,
     "{\"b\":\"{\\\"n\\\":1}\\noops\\n\"}",
     "W0503 8:5 an item of the body is no JSON, though its media type says so; the body is taken as text\n"},
    {"S30: a JSON text sequence",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list, outputs: {b: $response.body}}\n"
         "  outputs: {b: $steps.a.outputs.b}\n",
     NULL,
     {"200\nContent-Type: application/geo+json-seq\n\n\x1e"
      "{\"n\":1}\n\x1e"
      "2\n"},
     false,
     ARAZZO_SUCCESS,
     GET,
     "{\"b\":[{\"n\":1},2]}",
     ""},
    {"S30: multipart/mixed is the array of its parts",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list, outputs: {b: $response.body}}\n"
         "  outputs: {b: $steps.a.outputs.b}\n",
     NULL,
     {"200\nContent-Type: multipart/mixed; boundary=\"x y\"\n\npreamble\n--x y\r\nContent-Type: "
      "application/json\r\n\r\n{\"n\":1}\r\n--x y\r\nContent-Type: "
      "text/plain\r\n\r\ntwo\r\n--x y--\r\n"},
     false,
     ARAZZO_SUCCESS,
     GET,
     "{\"b\":[{\"n\":1},\"two\"]}",
     ""},
    {"S30: multipart/mixed without its boundary is text",
     NEW "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list, outputs: {b: $response.body}}\n"
         "  outputs: {b: $steps.a.outputs.b}\n",
     NULL,
     {"200\nContent-Type: multipart/mixed\n\n--x\n\n1\n--x--\n"},
     false,
     ARAZZO_SUCCESS,
     GET,
     "{\"b\":\"--x\\n\\n1\\n--x--\\n\"}",
     "W0503 8:5 the body is not divided by the boundary that its media type names; it is taken as text\n"},

    /* ---- Versions ---- */
    {"1.0.x: what came with 1.1.0 is taken, each with a warning",
     "arazzo: 1.0.1\n$self: w.yaml\n" INFO API "workflows:\n- workflowId: w\n  steps:\n"
     "  - stepId: a\n    operationId: list\n    timeout: 100\n    outputs:\n"
     "      s: $self\n      x: {context: $response.body, selector: /n, type: jsonpointer}\n"
     "  - stepId: b\n    operationId: make\n    dependsOn: [a]\n    requestBody:\n      payload: {n: 1}\n"
     "      replacements: [{target: $.n, targetSelectorType: jsonpath, value: 2}]\n"
     "    onSuccess: [{name: on, type: goto, workflowId: v, parameters: [{name: k, value: 3}]}]\n"
     "- workflowId: v\n  steps:\n  - {stepId: c, operationId: list}\n",
     NULL,
     {"200 {\"n\":4}", "201", "200"},
     false,
     ARAZZO_SUCCESS,
     NULL,
     "{}",
     "W0411 2:1 '$self' came with version 1.1.0 of the specification, and this document is of an earlier one; write "
     "'arazzo: 1.1.0' to use it\n"
     "W0411 11:5 'timeout' came with version 1.1.0 of the specification, and this document is of an earlier one; write "
     "'arazzo: 1.1.0' to use it\n"
     "W0411 13:10 '$self' came with version 1.1.0 of the specification, and this document is of an earlier one; write "
     "'arazzo: 1.1.0' to use it\n"
     "W0411 14:10 'a Selector Object' came with version 1.1.0 of the specification, and this document is of an earlier "
     "one; write 'arazzo: 1.1.0' to use it\n"
     "W0411 17:5 'dependsOn' came with version 1.1.0 of the specification, and this document is of an earlier one; "
     "write 'arazzo: 1.1.0' to use it\n"
     "W0411 20:36 'targetSelectorType' came with version 1.1.0 of the specification, and this document is of an "
     "earlier one; write 'arazzo: 1.1.0' to use it\n"
     "W0411 21:55 'parameters' came with version 1.1.0 of the specification, and this document is of an earlier one; "
     "write 'arazzo: 1.1.0' to use it\n"},
    {"another version is refused, and the error says what is supported",
     "arazzo: 1.2.0\n" INFO API "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list}\n",
     NULL,
     {NULL},
     false,
     ARAZZO_ERROR,
     "",
     "",
     "E0411 1:9 version '1.2.0' of the Arazzo Specification is not supported; 1.0.x and 1.1.x are supported: "
     "'arazzo: 1.0.1'\n"},

    /* ---- AsyncAPI ---- */
    {"steps of AsyncAPI documents are checked, and refused before anything is sent",
     "arazzo: 1.1.0\n" INFO "sourceDescriptions:\n- {name: api, url: api.yaml, type: openapi}\n"
     "- {name: events, url: other.yaml, type: asyncapi}\nworkflows:\n- workflowId: w\n  steps:\n"
     "  - {stepId: z, operationId: $sourceDescriptions.api.list}\n"
     "  - {stepId: a, operationId: $sourceDescriptions.events.placeOrdr, action: send}\n"
     "  - stepId: b\n    channelPath: '{$sourceDescriptions.events.url}#/channels/nothing'\n    action: receive\n"
     "    correlationId: $inputs.id\n    successCriteria: [{condition: $message.payload#/ok == }]\n"
     "  - {stepId: c, operationId: $sourceDescriptions.events.placeOrder}\n",
     "asyncapi: 3.0.0\nchannels: {orders: {address: orders}}\noperations: {placeOrder: {action: send}}\n",
     {NULL},
     false,
     ARAZZO_ERROR,
     "",
     "",
     "E0416 10:30 there is no operation 'placeOrdr' in the source 'events'; did you mean 'placeOrder'?\n"
     "E0420 10:17 'operationId' belongs to AsyncAPI steps, which this version does not carry out; only steps that call "
     "OpenAPI operations or workflows run so far\n"
     "E0416 12:18 there is no channel at '#/channels/nothing' in the source 'events'\n"
     "E0420 12:5 'channelPath' belongs to AsyncAPI steps, which this version does not carry out; only steps that call "
     "OpenAPI operations or workflows run so far\n"
     "E0100 15:58 expected an expression or a literal, found the end\n"
     "E0420 16:17 'operationId' belongs to AsyncAPI steps, which this version does not carry out; only steps that call "
     "OpenAPI operations or workflows run so far\n"},

    /* ---- Kinds of sources (trap 45) ---- */
    {"a source without a type is what its text says",
     "arazzo: 1.1.0\n" INFO "sourceDescriptions:\n- {name: api, url: api.yaml}\n- {name: other, url: other.yaml}\n"
     "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationId: list}\n"
     "  - {stepId: b, workflowId: $sourceDescriptions.other.far}\n",
     NEW "workflows:\n- workflowId: far\n  steps:\n  - {stepId: f, operationId: make}\n",
     {"200"},
     false,
     ARAZZO_SUCCESS,
     GET "call far\nPOST http://s.test/things\n",
     "{}",
     ""},
};

static void expect_result(const row *expected, const script *play) {
    script_result result = script_play(play);
    if (expected->log != NULL)
        assert_string_equal(result.log, expected->log);
    if (expected->diagnostics != NULL)
        assert_string_equal(result.diagnostics, expected->diagnostics);
    assert_int_equal(result.status, expected->status);
    assert_string_equal(result.outputs, expected->outputs);
    script_result_free(&result);
}

static void plays_as_expected(void **state) {
    const row *expected = *state;
    const script_document documents[] = {{ENTRY, expected->arazzo},
                                         {API_AT, api_text},
                                         {expected->second == NULL ? NULL : SECOND, expected->second},
                                         {NULL, NULL}};
    script play = {.documents = documents, .answers = expected->answers, .load = {.strict = expected->strict}};
    expect_result(expected, &play);
}

/* ---- Appendix B of 1.1.0 ---- */

#define PURCHASE(self)                                                                                                 \
    "arazzo: 1.1.0\n" self "info: {title: Pet Purchase Workflow, version: 1.0.0}\nsourceDescriptions:\n"               \
    "- {name: petstore, url: ../specs/petstore.yaml, type: openapi}\n"                                                 \
    "workflows:\n- workflowId: buy\n  steps:\n  - {stepId: a, operationId: list}\n"

typedef struct base {
    const char *name;
    const char *read_at;
    const char *arazzo;
    const char *petstore; /* where it must be looked for */
} base;

static const base bases[] = {
    {"base URI within content", "file:///Users/dev/projects/workflows/purchase.arazzo.yaml",
     PURCHASE("$self: https://api.example.com/workflows/purchase.arazzo.yaml\n"),
     "https://api.example.com/specs/petstore.yaml"},
    {"base URI from the retrieval URI", "file:///Users/dev/projects/workflows/purchase.arazzo.yaml", PURCHASE(""),
     "file:///Users/dev/projects/specs/petstore.yaml"},
    {"base URI from an encapsulating entity: the caller gives it",
     "https://api.example.com/workflows/purchase.arazzo.json", PURCHASE(""),
     "https://api.example.com/specs/petstore.yaml"},
    {"application-specific default base URI", "https://workflows.example.com/a7b3c4d5",
     "arazzo: 1.1.0\ninfo: {title: t, version: 1.0.0}\nsourceDescriptions:\n"
     "- {name: petstore, url: specs/petstore.yaml, type: openapi}\n"
     "workflows:\n- workflowId: buy\n  steps:\n  - {stepId: a, operationId: list}\n",
     "https://workflows.example.com/specs/petstore.yaml"},
    {"relative $self", "https://api.example.com/v2/api-description.yaml",
     PURCHASE("$self: workflows/purchase.arazzo.yaml\n"), "https://api.example.com/v2/specs/petstore.yaml"},
};

static void resolves_against_the_base(void **state) {
    const base *expected = *state;
    const script_document documents[] = {
        {expected->read_at, expected->arazzo}, {expected->petstore, api_text}, {NULL, NULL}};
    static const char *const answers[] = {"200", NULL};
    script play = {.documents = documents, .answers = answers};
    script_result result = script_play(&play);
    assert_string_equal(result.diagnostics, "");
    assert_int_equal(result.status, ARAZZO_SUCCESS);
    assert_string_equal(result.log, GET);
    script_result_free(&result);
}

/* "Identity vs Location": what is at the canonical URI must not even be looked at. */
static void identity_wins_over_location(void **state) {
    (void)state;
    static const char canonical[] = "https://workflows.example.com/canonical/purchase.arazzo.yaml";
    static const char entry[] =
        "arazzo: 1.1.0\n" INFO "sourceDescriptions:\n- {name: mirror, url: mirrored.yaml, type: arazzo}\n"
        "- {name: other, url: other.yaml, type: arazzo}\nworkflows:\n- workflowId: w\n  steps:\n"
        "  - {stepId: a, workflowId: $sourceDescriptions.other.o}\n";
    static const char other[] = "arazzo: 1.1.0\n" INFO "sourceDescriptions:\n- {name: shop, url: "
                                "'https://workflows.example.com/canonical/purchase.arazzo.yaml', type: arazzo}\n"
                                "workflows:\n- workflowId: o\n  steps:\n"
                                "  - {stepId: b, workflowId: $sourceDescriptions.shop.buy}\n";
    const script_document documents[] = {
        {ENTRY, entry},
        {SECOND, other},
        {"file:///t/mirrored.yaml", PURCHASE("$self: https://workflows.example.com/canonical/purchase.arazzo.yaml\n")},
        {canonical, "this: is something else"},
        {"https://workflows.example.com/specs/petstore.yaml", api_text},
        {NULL, NULL}};
    static const char *const answers[] = {"200", NULL};
    script play = {.documents = documents, .answers = answers};
    script_result result = script_play(&play);
    assert_string_equal(result.diagnostics, "");
    assert_string_equal(result.log, "call o\ncall buy\n" GET);
    assert_int_equal(result.status, ARAZZO_SUCCESS);
    script_result_free(&result);
}

/* "References MUST use the target document's `$self` URI." The place is taken all the same, with a warning. */
static void another_name_is_reported(void **state) {
    (void)state;
    static const char entry[] =
        "arazzo: 1.1.0\n" INFO "sourceDescriptions:\n- {name: shop, url: other.yaml, type: arazzo}\n"
        "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, workflowId: $sourceDescriptions.shop.buy}\n";
    const script_document documents[] = {{ENTRY, entry},
                                         {SECOND, PURCHASE("$self: https://x.example/w/shop\n")},
                                         {"https://x.example/specs/petstore.yaml", api_text},
                                         {NULL, NULL}};
    static const char *const answers[] = {"200", NULL};
    script play = {.documents = documents, .answers = answers};
    script_result result = script_play(&play);
    assert_string_equal(
        result.diagnostics,
        "W0419 4:21 the source 'shop' calls itself https://x.example/w/shop, and is referred to by that "
        "name; write 'url: https://x.example/w/shop'\n");
    assert_int_equal(result.status, ARAZZO_SUCCESS);
    script_result_free(&result);
}

/* ---- Timeouts of steps that call workflows ---- */

/* Each look at the clock is 40 ms later. */
static double ticking(void *user) {
    double *now = user;
    return *now += 0.04;
}

static void a_called_workflow_keeps_the_timeout(void **state) {
    (void)state;
    static const char entry[] =
        NEW "workflows:\n- workflowId: w\n  steps:\n"
            "  - stepId: s\n    workflowId: v\n    timeout: 1000\n    onFailure: [{name: on, type: goto, stepId: t}]\n"
            "  - {stepId: t, operationId: make}\n"
            "- workflowId: v\n  steps:\n"
            "  - {stepId: a, operationId: list, onSuccess: [{name: round, type: goto, stepId: a}]}\n";
    const script_document documents[] = {{ENTRY, entry}, {API_AT, api_text}, {NULL, NULL}};
    static const char *const answers[] = {"200", NULL};
    double now = 0;
    script play = {.documents = documents, .answers = answers, .run = {.clock = ticking, .user = &now}};
    script_result result = script_play(&play);
    assert_non_null(strstr(result.log, "call v\n" GET "a: goto a (round)\n" GET));
    assert_non_null(strstr(result.log, "s: it took longer than the 1000 ms of its 'timeout'\ns: goto t (on)\n"
                                       "POST http://s.test/things\n"));
    assert_int_equal(result.status, ARAZZO_SUCCESS);
    assert_string_equal(result.diagnostics, "");
    script_result_free(&result);
}

/* ---- Long and deep ---- */

static script_result play_generated(const text *document, const char *const *answers) {
    const script_document documents[] = {{ENTRY, text_peek(document)}, {API_AT, api_text}, {NULL, NULL}};
    script play = {.documents = documents, .answers = answers};
    return script_play(&play);
}

/* A workflow that calls one that calls … `levels` deep. */
static script_result play_nested(size_t levels) {
    static const char *const answers[] = {"200", NULL};
    text document = TEXT_EMPTY;
    text_append_string(&document, NEW "workflows:\n");
    for (size_t i = 0; i < levels; i++)
        text_append_format(&document, "- workflowId: w%zu\n  steps:\n  - {stepId: s, workflowId: w%zu}\n", i, i + 1);
    text_append_format(&document, "- workflowId: w%zu\n  steps:\n  - {stepId: s, operationId: list}\n", levels);
    script_result result = play_generated(&document, answers);
    text_free(&document);
    return result;
}

static void calls_nest_32_deep(void **state) {
    (void)state;
    script_result result = play_nested(32);
    assert_int_equal(result.status, ARAZZO_SUCCESS);
    script_result_free(&result);
    result = play_nested(33);
    assert_int_equal(result.status, ARAZZO_ERROR);
    assert_non_null(
        strstr(result.diagnostics, "E0509 105:3 workflows are nested more than 32 deep: w33 <- w32 <- w31"));
    script_result_free(&result);
}

/* Dependencies run one after the other, so a chain of them is not nested however long it is. */
static void dependencies_do_not_nest(void **state) {
    (void)state;
    static const char *const answers[] = {"200", NULL};
    enum { COUNT = 500 };
    text document = TEXT_EMPTY;
    text_append_string(&document, NEW "workflows:\n");
    for (size_t i = 0; i < COUNT; i++) {
        text_append_format(&document, "- workflowId: w%zu\n", i);
        if (i + 1 < COUNT)
            text_append_format(&document, "  dependsOn: [w%zu]\n", i + 1);
        text_append_string(&document, "  steps:\n  - {stepId: s, operationId: list}\n");
    }
    script_result result = play_generated(&document, answers);
    assert_int_equal(result.status, ARAZZO_SUCCESS);
    assert_memory_equal(result.log, "call w499\n" GET "call w498\n" GET, 60);
    script_result_free(&result);
    text_free(&document);
}

int main(void) {
    enum { ROWS = sizeof rows / sizeof *rows, BASES = sizeof bases / sizeof *bases };
    static const struct CMUnitTest others[] = {
        cmocka_unit_test(identity_wins_over_location), cmocka_unit_test(another_name_is_reported),
        cmocka_unit_test(a_called_workflow_keeps_the_timeout), cmocka_unit_test(calls_nest_32_deep),
        cmocka_unit_test(dependencies_do_not_nest)};
    enum { OTHERS = sizeof others / sizeof *others };
    struct CMUnitTest tests[ROWS + BASES + OTHERS];
    for (size_t i = 0; i < ROWS; i++)
        tests[i] = (struct CMUnitTest){rows[i].name, plays_as_expected, NULL, NULL, (void *)&rows[i]};
    for (size_t i = 0; i < BASES; i++)
        tests[ROWS + i] = (struct CMUnitTest){bases[i].name, resolves_against_the_base, NULL, NULL, (void *)&bases[i]};
    memcpy(tests + ROWS + BASES, others, sizeof others);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

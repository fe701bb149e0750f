/*
 * rules.c: the table of rules, and the two ways to read it: one rule in a terminal, and the page docs/diagnostics.md.
 *
 * A test reads the sources: a code that is reported and does not stand here is a failure, and so is a row that nobody
 * reports. Sections are those of the Arazzo Specification 1.1.0 unless another document is named.
 */
#include "engine/validate/rules.h"

#include <string.h>

static const rule rules[] = {
    /* ---- Documents ---- */
    {"E0001", "empty document", "Format", "The file holds nothing, or comments only.", "# nothing follows\n"},
    {"E0002", "no YAML", "Format",
     "The text is no YAML: it cannot be read beyond this place. A colon within a text, an open quote or wrong "
     "indentation are the usual reasons.",
     "info: {title: t\n"},
    {"E0003", "no JSON", "Format", "The text is no JSON: it cannot be read beyond this place.", "{\"arazzo\": }\n"},
    {"E0004", "key given twice", "Format", "An object has each key once; which of two values is meant, nobody knows.",
     "info: {title: a, title: b}\n"},
    {"E0005", "nested too deep", "Format", "The document is nested deeper than any description needs to be.",
     "x-nested: [[[[…]]]]\n"},
    {"E0006", "document too large", "Format", "The file is larger than what is read.", NULL},
    {"E0007", "too many values", "Format",
     "The document has more values than what is read, counting each alias as often as it is used.",
     "a: &a [1, 1]\nb: &b [*a, *a]\nc: &c [*b, *b] # and so on\n"},
    {"E0008", "alias without anchor", "Format", "An alias `*name` needs an anchor `&name` before it.",
     "x-note: *missing\n"},
    {"E0009", "alias of itself", "Format", "The value behind an alias contains the alias, so it has no end.",
     "x-note: &a [*a]\n"},
    {"E0010", "several documents in a file", "Format", "A file holds one document.",
     "arazzo: 1.0.1\n---\narazzo: 1.0.1\n"},
    {"E0011", "not UTF-8", "Format", "Documents are written in UTF-8.", NULL},
    {"E0012", "key is no string", "Format",
     "Keys are strings, as in JSON. A text with brackets or braces needs quotes.", "x-note:\n  {a: b}: c\n"},
    {"E0013", "tag that JSON lacks", "Format",
     "YAML is used here for what JSON can express; other tags have no meaning.", "x-date: !!timestamp 2024-01-01\n"},
    {"E0014", "tab as indentation", "Format", "YAML indents with spaces only.", "info:\n\ttitle: t\n"},
    {"E0015", "merge key without a mapping", "Format", "`<<` takes a mapping or a list of mappings.",
     "x-note: {<<: 1}\n"},

    /* ---- Expressions and conditions ---- */
    {"E0100", "syntax of an expression or condition", "Runtime Expressions; Criterion Object",
     "The text is no runtime expression, condition, JSONPath query, regular expression or XPath expression. It would "
     "never pass, so it is refused before anything is sent.",
     "successCriteria:\n- condition: $statusCode = 200\n"},
    {"W0101", "expression without braces within a text", "Runtime Expressions",
     "A string that is not one whole expression holds expressions in braces only. By default the expression is "
     "evaluated all the same (rule S1); with --strict it stays text.",
     "value: Bearer $inputs.token\n"},
    {"W0102", "predicate instead of a JSONPath query", "Criterion Object, \"JSONPath Conditions\"",
     "A condition of type jsonpath is a query (RFC 9535) that passes when it selects something. A comparison on its "
     "own is no query. By default it passes when the comparison is true (rule S2).",
     "type: jsonpath\ncondition: $.total == 3\n"},
    {"E0102", "predicate instead of a JSONPath query, with --strict", "Criterion Object, \"JSONPath Conditions\"",
     "With --strict, a condition of type jsonpath is a query of RFC 9535 and nothing else (rule S2).",
     "type: jsonpath\ncondition: $.total == 3\n"},
    {"W0103", "mistyped expression that stays text", "Runtime Expressions",
     "The text starts like an expression and is none. It is sent as it is (rule S3), which is hardly what is meant.",
     "value: $response.boddy#/id\n"},
    {"W0106", "member named after a dot", "Runtime Expressions",
     "Outside conditions, what lies within a value is named by a JSON Pointer after `#`. By default dots are taken, "
     "too "
     "(rule S6).",
     "outputs: {count: $response.body.total}\n"},
    {"E0106", "member named after a dot, with --strict", "Runtime Expressions",
     "Outside conditions, what lies within a value is named by a JSON Pointer after `#` (rule S6).",
     "outputs: {count: $response.body.total}\n"},
    {"W0109", "all outputs of a step", "Selector Object; Runtime Expressions",
     "An expression names one output. As the context of a Selector Object, by default all outputs of a step are taken "
     "as "
     "one object, too (rule S9).",
     "context: $steps.list.outputs\nselector: $.count\ntype: jsonpath\n"},
    {"W0110", "spelling of a condition", "Criterion Object, \"Literals\"",
     "Strings stand in single quotes, and expressions stand in simple conditions without braces. By default the other "
     "spelling is taken, too (rule S10).",
     "condition: $response.body#/total == \"3\"\n"},
    {"W0112", "length in a condition", "Criterion Object, \"Operators\"",
     "The specification has lengths in JSONPath only. By default `.length` is the length of what stands before it, "
     "where "
     "that has no member of that name (rule S12).",
     "condition: $response.body.items.length > 0\n"},
    {"W0113", "pattern with delimiters", "Criterion Object, \"Regex Conditions\"",
     "A regular expression stands without delimiters. By default they are removed (rule S13).",
     "type: regex\ncondition: /^2/\n"},
    {"W0122", "answer at a step that calls a workflow", "Step Object; Runtime Expressions",
     "A step that calls a workflow has no answer of its own. By default `$statusCode` and `$response` in its criteria, "
     "actions and outputs are those of the last answer that the workflow got (rule S22).",
     "- {stepId: order, workflowId: other, successCriteria: [{condition: $statusCode == 200}]}\n"},
    {"W0125", "spelling of a reference to an operation", "Step Object",
     "The expression in `operationPath` stands in braces, and operation ids are case-sensitive. By default it is taken "
     "without them, and so is an id that differs from only one in upper and lower case (rule S25).",
     "operationPath: $sourceDescriptions.pets.url#/paths/~1pets/get\n"},
    {"E0125", "operationPath without braces, with --strict", "Step Object",
     "The expression in `operationPath` stands in braces (rule S25).",
     "operationPath: $sourceDescriptions.pets.url#/paths/~1pets/get\n"},

    {"W0128", "required parameter that credentials stand in for", "OpenAPI, \"Parameter Object\"",
     "A parameter such as `token` is required and no step gives it, but the operation has a security scheme, which "
     "carries "
     "the credentials. It is left out (rule S28); with --strict that is an error.",
     "parameters: [{name: token, in: query, required: true, schema: {type: string}}]\nsecurity: [{oauth: []}]\n"},
    /* ---- Operations ---- */
    {"E0201", "no OpenAPI document", "Source Description Object",
     "The source is no OpenAPI document, or of a version that is not supported. 2.0 and 3.0 to 3.2 are.",
     "openapi: 4.0.0\n"},
    {"E0202", "paths is no object", "OpenAPI, \"Paths Object\"", "`paths` must be an object.", "paths: []\n"},
    {"W0203", "operationId given twice", "OpenAPI, \"Operation Object\"",
     "An operationId is unique in its document. A step that names it calls the first operation.",
     "paths:\n  /pets: {get: {operationId: listPets}}\n  /cats: {get: {operationId: listPets}}\n"},
    {"W0204", "path that leads nowhere", "OpenAPI, \"Path Item Object\"",
     "The `$ref` of a path item leads to nothing, so its operations cannot be called.",
     "paths:\n  /cats: {$ref: 'missing.yaml'}\n"},
    {"W0210", "unreadable parameter", "OpenAPI, \"Parameter Object\"",
     "A parameter of the operation cannot be read, so it is not known how it is written.",
     "parameters:\n- {$ref: '#/components/parameters/missing'}\n"},
    {"E0211", "server variable without default", "OpenAPI, \"Server Variable Object\"",
     "The URL of the server has a variable, and nothing says its value.",
     "servers:\n- url: https://{region}.example.com\n"},
    {"E0212", "no server", "OpenAPI, \"Server Object\"", "Nothing says where requests go. `--server` can say it, too.",
     "servers:\n- url: ftp://pets.example.com\n"},
    {"W0213", "server variable out of its enum", "OpenAPI, \"Server Variable Object\"",
     "The default of a server's variable must be one of its values.",
     "variables: {region: {default: moon, enum: [eu, us]}}\n"},
    {"W0214", "style that does not fit", "OpenAPI, \"Style Values\"",
     "A style belongs to certain places of parameters; the default is used.",
     "- {name: ids, in: query, style: simple}\n"},
    {"W0215", "unreadable request body", "OpenAPI, \"Request Body Object\"",
     "The operation's request body cannot be read, so its media types are not known.",
     "requestBody: {$ref: '#/components/requestBodies/missing'}\n"},
    {"E0220", "path parameter without a value", "Parameter Object",
     "A path with a hole in it leads to another operation, so the request is not sent (rule S5).",
     "- {name: petId, in: path, value: ''}\n"},
    {"E0221", "required parameter missing", "Parameter Object",
     "The operation requires a parameter that neither the step nor its workflow gives.",
     "- stepId: get\n  operationId: getPet # GET /pets/{petId}\n"},
    {"E0222", "parameter that cannot be written", "OpenAPI, \"Parameter Object\"",
     "The value cannot be written in the parameter's place or style, such as an object within an object in a query.",
     "- {name: X-Trace, in: header, value: \"two\\nlines\"}\n"},
    {"E0223", "body that cannot be written", "Request Body Object",
     "The payload cannot be written in the media type, such as a number as a form.",
     "contentType: application/x-www-form-urlencoded\npayload: 7\n"},
    {"W0224", "parameter left out", "Parameter Object",
     "The value of a parameter reaches nothing, so the parameter is not sent (rule S5).",
     "- {name: cursor, in: query, value: $steps.list.outputs.cursor}\n"},
    {"W0225", "parameter that the operation lacks", "Parameter Object",
     "The operation declares no such parameter. It is sent all the same (rule S28), and is likely to be ignored.",
     "- {name: limt, in: query, value: 10}\n"},
    {"E0226", "path that leaves its place", "Parameter Object",
     "A path parameter of `.` or `..` would lead to another path.", "- {name: petId, in: path, value: ..}\n"},
    {"W0227", "reserved character that splits the query", "OpenAPI, \"Parameter Object\"",
     "With `allowReserved`, an `&` in the value starts another parameter.",
     "- {name: words, in: query, allowReserved: true, schema: {type: string}} # and the value is 'a&b'\n"},
    {"W0228", "path parameter without a place", "Parameter Object",
     "The operation's path has no such part; the value is "
     "not sent.",
     "- {name: petId, in: path, value: 7}\n"},
    {"W0229", "body that is not its media type", "Request Body Object",
     "The payload is text that is not what its media type promises.",
     "contentType: application/json\npayload: '{\"name\": '\n"},
    {"W0230", "required body missing", "Request Body Object", "The operation requires a body and the step gives none.",
     "- stepId: add\n  operationId: addPet # POST /pets\n"},
    {"E0231", "method that is no token", "OpenAPI 3.2, \"Path Item Object\"",
     "A key of `additionalOperations` is sent as the method, and a method has no white space or punctuation in it.",
     "additionalOperations: {'COPY IT': {operationId: listPets}}\n"},
    {"W0232", "credentials that nobody gives", "OpenAPI: Security Requirement Object",
     "The operation asks for credentials, and neither the step nor `--auth` gives them. `arazzo show FILE --auth` "
     "lists "
     "what is asked for.",
     "- stepId: list\n  operationId: listPets # security: [{petAuth: []}]\n"},
    {"W0233", "body that the operation does not take", "Request Body Object; OpenAPI, \"Operation Object\"",
     "The operation declares no request body. The step's is sent all the same, and is likely to be ignored.",
     "- stepId: list\n  operationId: listPets # GET /pets\n  requestBody: {payload: {limit: 3}}\n"},
    {"W0234", "media type that the operation does not take", "Request Body Object",
     "The operation's request body has other media types.",
     "contentType: application/xml # the operation takes application/json\npayload: <pet/>\n"},
    {"W0235", "status that never comes", "Criterion Object; OpenAPI, \"Responses Object\"",
     "A condition tests for a status of success that the operation's answers do not have, so it never holds.",
     "successCriteria:\n- condition: $statusCode == 204 # the operation declares 200\n"},
    {"N0235", "status that is not declared", "Criterion Object; OpenAPI, \"Responses Object\"",
     "A condition tests for an error that the operation's document does not mention. Documents need not mention every "
     "error, so this may be right.",
     "onFailure:\n- {name: again, type: retry, criteria: [{condition: $statusCode == 503}]}\n"},
    {"W0236", "member that no answer has", "Runtime Expressions; OpenAPI, \"Response Object\"",
     "An expression or a query takes a member of an answer's body that the answer's schema does not have, though it "
     "declares others. Unless the server sends more than it says, it reaches nothing.",
     "outputs: {count: $response.body#/totl} # the schema has items and total\n"},
    {"N0237", "header that is not declared", "Runtime Expressions; OpenAPI, \"Response Object\"",
     "An expression takes a header that the operation's answers do not declare.",
     "outputs: {next: $response.header.X-Nxt}\n"},
    {"N0238", "property that the request's schema does not mention", "Request Body Object",
     "The payload has a property that the schema of the operation's body does not declare. It is sent, and is likely "
     "to be ignored.",
     "payload: {id: 1, name: Rex, nmae: Rex}\n"},
    {"W0239", "payload that its schema refuses", "Request Body Object",
     "A literal value of the payload has a type or value that the schema of the operation's body does not allow, or "
     "lacks a property that it requires.",
     "payload: {id: one, name: Rex} # the id is an integer\n"},
    {"E0240", "credential that would go astray", "OpenAPI: Security Requirement Object",
     "The credential was given for a scheme of which several sources with different servers have one of that name. "
     "Whose it is must be said: `--auth SOURCE.SCHEME=VALUE`.",
     "arazzo run pets.arazzo.yaml --auth bearerAuth=TOKEN\n"},

    /* ---- Schemas ---- */
    {"E0301", "no JSON Schema", "JSON Schema 2020-12", "A keyword of the schema has a value that it cannot have.",
     "inputs: {type: strng}\n"},
    {"E0302", "schema reference that leads nowhere", "JSON Schema 2020-12, \"$ref\"",
     "The `$ref` of a schema leads to nothing.", "inputs: {$ref: '#/components/inputs/missing'}\n"},
    {"E0303", "pattern that is no regular expression", "JSON Schema 2020-12, \"pattern\"",
     "The pattern of a schema cannot be read.",
     "inputs: {type: object, properties: {name: {type: string, pattern: '['}}}\n"},
    {"E0304", "vocabulary that is not known", "JSON Schema 2020-12, \"$vocabulary\"",
     "The schema's metaschema demands a vocabulary that is not carried out here.",
     "$vocabulary: {'https://example.com/own': true}\n"},

    /* ---- The Arazzo Description ---- */
    {"E0401", "required field missing", "Schema", "A field that the specification requires is not there.",
     "info: {title: Pets} # lacks 'version'\n"},
    {"E0402", "value of the wrong type", "Schema", "A field has a value of another type than the specification says.",
     "info: {title: Pets, version: 1}\n"},
    {"E0403", "value that is not allowed", "Schema",
     "A field has a value that is none of those the specification allows.", "- {name: limit, in: qurey, value: 7}\n"},
    {"E0404", "name given twice", "Schema", "Names and identifiers are unique within their list.",
     "- stepId: list\n  operationId: listPets\n- stepId: list\n  operationId: listPets\n"},
    {"E0405", "empty list", "Schema", "The list must have at least one entry.", "steps: []\n"},
    {"E0406", "fields that exclude each other",
     "Step Object; Parameter Object; Success Action Object; Failure Action Object",
     "Of several fields exactly one, or at most one, may be given. A `querystring` parameter excludes others of the "
     "query.",
     "- stepId: list\n  operationId: listPets\n  operationPath: '{$sourceDescriptions.pets.url}#/paths/~1pets/get'\n"},
    {"E0407", "expression without quotes", "Runtime Expressions",
     "`{$inputs.x}` without quotes is, in YAML, an object with a key `$inputs.x`.", "value: {$inputs.token}\n"},
    {"E0408", "no such step", "Step Object", "A step is named that the workflow does not have.",
     "onSuccess:\n- {name: next, type: goto, stepId: missing}\n"},
    {"E0409", "no such component", "Reusable Object",
     "`reference` names a component that `components` does not have, or one of another kind.",
     "parameters:\n- reference: $components.parameters.missing\n"},
    {"E0410", "no Arazzo document", "Arazzo Specification Object", "The document lacks the field `arazzo`.",
     "openapi: 3.1.0\n"},
    {"E0411", "version of Arazzo", "Versions", "Versions 1.0.x and 1.1.x are supported.", "arazzo: 2.0.0\n"},
    {"W0411", "field of a newer version", "Schema",
     "The field came with version 1.1.0 of the specification, and the document says that it is of an earlier one.",
     "arazzo: 1.0.1\n$self: https://example.com/pets.yaml\n"},
    {"E0412", "no URI reference", "Relative References in API URLs", "The text is no URI reference (RFC 3986).",
     "sourceDescriptions:\n- {name: pets, url: 'http://[', type: openapi}\n"},
    {"E0413", "circle", "Step Dependencies and Execution Order; Workflow Object",
     "Steps or workflows need each other in a circle, so that none can be the first.",
     "- {workflowId: a, dependsOn: [b], steps: [{stepId: s, operationId: listPets}]}\n- {workflowId: b, dependsOn: "
     "[a], steps: [{stepId: s, operationId: listPets}]}\n"},
    {"W0413", "steps out of order", "Step Dependencies and Execution Order",
     "A step needs what a later one puts out, so that the later one runs first.",
     "- stepId: get\n  operationId: getPet\n  parameters:\n  - {name: petId, in: path, value: "
     "$steps.list.outputs.id}\n- stepId: list\n  operationId: listPets\n  outputs: {id: $response.body#/items/0/id}\n"},
    {"E0414", "no such source description", "Source Description Object",
     "A source description is named that the document does not have, or one of another type.",
     "- stepId: list\n  operationId: $sourceDescriptions.missing.listPets\n"},
    {"E0415", "no such workflow", "Workflow Object", "A workflow is named that the document does not have.",
     "- stepId: call\n  workflowId: missing\n"},
    {"E0416", "no such operation", "Step Object", "An operation is named that the source does not have.",
     "- stepId: list\n  operationId: listPet\n"},
    {"E0417", "operation in several sources", "Step Object",
     "Several sources have an operation of this name; the one that is meant must be said.",
     "- stepId: list\n  operationId: list # write $sourceDescriptions.cats.list or $sourceDescriptions.dogs.list\n"},
    {"E0418", "operationPath that refers to no operation", "Step Object",
     "`operationPath` is an expression for the source's URL in braces, and a JSON Pointer to the operation.",
     "- stepId: list\n  operationPath: /pets\n"},
    {"W0419", "document that is referred to by another name", "Identity-Based Referencing",
     "The Arazzo document has a `$self`, and references to it must use that URI. The place where it lies is taken all "
     "the same.",
     "sourceDescriptions:\n- {name: shared, url: W0419.shared.arazzo.yaml, type: arazzo} # its $self is "
     "https://example.com/shared\n"},
    {"E0421", "step that needs a later one, with --strict", "Step Dependencies and Execution Order",
     "The step refers to an output of a step that stands after it, and no `dependsOn` says that they run in another "
     "order. By default they do, with W0413 (rule S24).",
     "- stepId: get\n  operationId: getPet\n  parameters:\n  - {name: petId, in: path, value: "
     "$steps.list.outputs.id}\n- stepId: list\n  operationId: listPets\n  outputs: {id: $response.body#/items/0/id}\n"},
    {"E0420", "AsyncAPI", "Step Object", "Steps on channels of AsyncAPI documents are not carried out by this version.",
     "- stepId: hear\n  channelPath: '{$sourceDescriptions.events.url}#/channels/pets'\n  action: receive\n"},

    {"W0420", "AsyncAPI, when a document is checked", "Step Object",
     "The step is checked like every other. It sends or receives messages, which is not carried out by this version: a "
     "run is refused with E0420.",
     "- stepId: hear\n  channelPath: '{$sourceDescriptions.events.url}#/channels/pets'\n  action: receive\n"},

    {"E0430", "unknown field", "Specification Extensions",
     "The object has no field of this name, so nobody reads it. Extensions start with `x-`.",
     "- stepId: list\n  operationId: listPets\n  sucessCriteria: [{condition: $statusCode == 200}]\n"},
    {"W0430", "field next to a reference", "Reusable Object",
     "A Reusable Object has `reference` and `value`; all else in it is ignored.",
     "- {reference: $components.parameters.page, in: query}\n"},
    {"W0431", "name with special characters", "Source Description Object; Workflow Object; Step Object",
     "Names should consist of letters, digits, `-` and `_`: expressions cannot refer to others.",
     "- stepId: get pets\n  operationId: listPets\n"},
    {"E0433", "field that does not belong here", "Step Object; Success Action Object; Failure Action Object",
     "The field is for another kind of step or parameter.",
     "onSuccess:\n- {name: go, type: goto, workflowId: other, parameters: [{name: id, in: query, value: 7}]}\n"},
    {"W0434", "field without effect", "Step Object; Success Action Object; Failure Action Object",
     "The field only counts for another kind of step or action.",
     "onSuccess:\n- {name: stop, type: end, stepId: list}\n"},
    {"W0435", "simple condition with a type and without a context", "Criterion Object",
     "Where a criterion has a `type`, the specification asks for a `context`, too. A simple condition does without.",
     "successCriteria:\n- {type: simple, condition: $statusCode == 200}\n"},

    {"N0422", "very many mistakes", "Schema",
     "So much is wrong with the document that the rest of it was not looked at.", "# each step misspelled\n"},
    {"N0426", "operation found elsewhere", "Source Description Object",
     "The source is not where the document says; its operation was found in the folder of `--source-dir` (rule S26).",
     "sourceDescriptions:\n- {name: pets, url: moved.yaml, type: openapi}\n"},
    {"W0427", "operation described twice", "Step Object",
     "Several sources describe the same operation of the same server; the first is used.",
     "- stepId: list\n  operationId: list # both sources describe it, and name the same server\n"},
    {"W0440", "input that is not declared", "Workflow Object; Runtime Expressions",
     "An expression refers to an input that the workflow's schema does not name. It reaches nothing unless somebody "
     "gives the input all the same.",
     "value: $inputs.tokn # the input is called token\n"},
    {"W0441", "no such step in an expression", "Runtime Expressions",
     "An expression refers to a step that the workflow does not have. Outputs of another workflow are reached by "
     "`$workflows`.",
     "value: $steps.missing.outputs.id\n"},
    {"W0442", "no such output", "Runtime Expressions",
     "An expression refers to an output that the step or workflow does not have, so it reaches nothing.",
     "- {stepId: list, operationId: listPets, outputs: {count: $response.body#/total}}\n- {stepId: again, operationId: "
     "listPets, parameters: [{name: limit, in: query, value: $steps.list.outputs.Count}]}\n"},
    {"W0443", "no such workflow, source or component in an expression", "Runtime Expressions",
     "An expression refers to a workflow, source description or component that the document does not have, so it "
     "reaches "
     "nothing.",
     "value: $workflows.missing.outputs.id\n"},
    {"W0444", "nothing to refer to yet", "Runtime Expressions",
     "The request or answer that the expression refers to does not exist where the expression stands: before the "
     "request "
     "is made, after the last step, or, with `--strict`, at a step that calls a workflow.",
     "value: $response.body#/total\n"},
    {"W0445", "step that is never reached", "Success Action Object",
     "An action without criteria always leads elsewhere, and nothing leads to the step.",
     "- {stepId: list, operationId: listPets, onSuccess: [{name: done, type: end}]}\n- {stepId: more, operationId: "
     "listPets}\n"},
    {"W0446", "action that is never taken", "Success Action Object; Failure Action Object",
     "The first action whose criteria pass is taken, and one that stands before has no criteria (rule S17).",
     "onSuccess:\n- {name: done, type: end}\n- {name: again, type: goto, stepId: list}\n"},
    {"W0448", "output without an expression", "Step Object; Workflow Object",
     "An output is an expression or a Selector Object. A text without one is always the same.",
     "outputs: {count: total}\n"},

    /* ---- Runs ---- */
    {"W0501", "output that reaches nothing", "Step Object",
     "The expression of an output reaches nothing in this run; the output is null (rule S4).",
     "outputs: {id: $response.body#/missing}\n"},
    {"W0502", "condition that cannot be evaluated", "Criterion Object, \"Evaluation Errors\"",
     "The condition could not be evaluated in this run, so it failed (rule S14).", NULL},
    {"W0503", "answer that is not what it says", "Runtime Expressions",
     "The body of an answer is not what its media type says; it is taken as text (rule S7).", NULL},
    {"W0504", "payload that reaches nothing", "Request Body Object",
     "The payload of a request reaches nothing in this run, so the request has no body; or a member of it does, and is "
     "null.",
     "requestBody: {payload: {id: $steps.create.outputs.missing}}\n"},
    {"W0506", "workflow before a retry that cannot run", "Failure Action Object",
     "The workflow that a retry runs first cannot be run with the inputs it is given.", NULL},
    {"W0520", "status that is not declared", "OpenAPI, \"Responses Object\"",
     "With --contract, an answer has a status that the operation declares, exactly, by a range or by `default`.",
     "responses:\n  '200': {description: ok} # and the server answers 418\n"},
    {"W0521", "media type that is not declared", "OpenAPI, \"Response Object\"",
     "With --contract, an answer with a body has one of the media types that are declared for its status.",
     "content: {application/json: {}} # and the server sends text/html\n"},
    {"W0522", "body missing, or not declared", "OpenAPI, \"Response Object\"",
     "With --contract, an answer has a body where one is declared, and none where it is declared that there is none.",
     "content: {application/json: {}} # and the server sends nothing\n"},
    {"W0523", "required header missing in an answer", "OpenAPI, \"Header Object\"",
     "With --contract, an answer has the headers that are declared as required.",
     "headers: {X-Total: {required: true, schema: {type: integer}}}\n"},
    {"W0524", "header that does not hold its schema", "OpenAPI, \"Header Object\"",
     "With --contract, the values of an answer's headers hold what is declared for them.",
     "headers: {X-Total: {schema: {type: integer}}} # and the server sends X-Total: many\n"},
    {"W0525", "body that does not hold its schema", "OpenAPI, \"Media Type Object\"",
     "With --contract, the body of an answer holds the schema that is declared for its media type. What is `writeOnly` "
     "is not expected in it.",
     "schema: {type: object, required: [id]} # and the server sends {}\n"},
    {"W0526", "answer that could not be checked", "OpenAPI, \"Media Type Object\"",
     "With --contract, a schema cannot be used, or takes too much work. Nothing is wrong with the answer as far as it "
     "was "
     "looked at; with --contract error no step fails by this.",
     "schema: {$ref: '#/components/schemas/Nothing'}\n"},
    {"E0501", "no such workflow in the document", "Workflow Object", "The workflow that was asked for does not exist.",
     NULL},
    {"E0507", "run in circles", "Success Action Object", "Steps were repeated more often than `--max-steps` allows.",
     NULL},
    {"E0508", "inputs of a workflow that is called", "Workflow Object",
     "A workflow is called with inputs that its schema refuses.", NULL},
    {"E0509", "workflows nested too deep", "Step Object", "Workflows call each other deeper than is followed.", NULL},
    {"E0510", "inputs that do not hold", "Workflow Object", "The inputs do not hold what their schema asks for.", NULL},
    {"W0511", "input that is not declared", "Workflow Object", "The workflow's schema names no such input.", NULL},

    /* ---- Sources ---- */
    {"E0601", "document that cannot be read", "Source Description Object",
     "The document is not there, or may not be read. `--source NAME=PATH` says where else it is; `--no-sources` does "
     "without.",
     "sourceDescriptions:\n- {name: pets, url: missing.yaml, type: openapi}\n"},

    /* ---- Configuration ---- */
    {"E0701", "nothing that can be configured", "docs/configuration.md",
     "The keys of `.arazzo.yaml` are names of options.", "servers: {pets: 'http://localhost:8080'}\n"},
    {"E0702", "value of a setting", "docs/configuration.md", "The option takes no such value.", "timeout: soon\n"},
    {"E0703", "credential in a configuration", "docs/configuration.md",
     "A configuration stands beside documents, where many can read it. It names the variables of the environment that "
     "hold credentials, and only such as are meant for arazzo.",
     "auth: {shopKey: s3cret}\n"},
    {"W0701", "configuration of another user", "docs/configuration.md",
     "A file that belongs neither to the owner of the document, nor to root, nor to who runs the command may have been "
     "put there to mislead.",
     NULL},
};

size_t rule_count(void) {
    return sizeof rules / sizeof *rules;
}

const rule *rule_at(size_t index) {
    return index < rule_count() ? &rules[index] : NULL;
}

const rule *rule_find(const char *code) {
    for (size_t i = 0; i < rule_count(); i++)
        if (strcmp(rules[i].code, code) == 0)
            return &rules[i];
    return NULL;
}

const char *diagnostic_severity_name(diagnostic_severity severity) {
    static const char *const names[] = {"error", "warning", "note"};
    return names[severity];
}

static diagnostic_severity severity_of(const rule *one) {
    return one->code[0] == 'E' ? DIAGNOSTIC_ERROR : one->code[0] == 'W' ? DIAGNOSTIC_WARNING : DIAGNOSTIC_NOTE;
}

/* ---- For a terminal ---- */

enum { WIDTH = 80 };

/* Words, broken so that lines stay within the width. */
static void append_wrapped(text *out, const char *words) {
    size_t column = 0;
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        if (column > 0 && column + 1 + length > WIDTH) {
            text_append_char(out, '\n');
            column = 0;
        }
        if (column > 0) {
            text_append_char(out, ' ');
            column++;
        }
        text_append(out, words, length);
        column += length;
        words += length + strspn(words + length, " ");
    }
    text_append_char(out, '\n');
}

static void append_indented(text *out, const char *lines) {
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        text_append_format(out, "    %.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

void rule_explain(const rule *one, text *out) {
    text_append_format(out, "%s[%s]: %s\n\n", diagnostic_severity_name(severity_of(one)), one->code, one->title);
    append_wrapped(out, one->explanation);
    if (one->example != NULL) {
        text_append_string(out, "\nFor example:\n\n");
        append_indented(out, one->example);
    }
    text_append_format(out, "\nSection: %s\n", one->section);
}

/* ---- As a page ---- */

typedef struct chapter {
    const char *digits; /* the first two of the code's */
    const char *title;
} chapter;

static const chapter chapters[] = {
    {"00", "Documents"}, {"01", "Expressions and conditions"}, {"02", "Operations"},
    {"03", "Schemas"},   {"04", "The Arazzo Description"},     {"05", "Runs"},
    {"06", "Sources"},
};

static void append_markdown(text *out, const rule *one) {
    static const char *const titles[] = {"Error", "Warning", "Note"};
    text_append_format(out, "### %s: %s\n\n%s. Section: %s.\n\n", one->code, one->title, titles[severity_of(one)],
                       one->section);
    text_append_format(out, "%s\n\n", one->explanation);
    if (one->example != NULL)
        text_append_format(out, "```yaml\n%s```\n\n", one->example);
}

void rules_markdown(text *out) {
    text_append_string(
        out, "# Diagnostics\n\n"
             "What `arazzo` can say about a document, by code. Codes are stable. `E` is an error: the document "
             "cannot be used.\n`W` is a warning: it can, though hardly as it was meant; `N` is a note. "
             "`arazzo validate --explain CODE` shows one of these entries,\n`--deny CODE` makes an error of a "
             "warning, `--allow CODE` leaves it out. Sections are those of the Arazzo Specification\nunless "
             "another document is named; rules S1 to S31 are liberties and decisions of the default profile.\n\n"
             "This page is generated: `arazzo validate --rules > docs/diagnostics.md`.\n\n");
    for (size_t c = 0; c < sizeof chapters / sizeof *chapters; c++) {
        text_append_format(out, "## %s\n\n", chapters[c].title);
        for (size_t i = 0; i < rule_count(); i++)
            if (strncmp(rules[i].code + 1, chapters[c].digits, 2) == 0)
                append_markdown(out, &rules[i]);
    }
    text_truncate(out, out->length - 1);
}

/*
 * auth.c: `--auth NAME=VALUE`, `ARAZZO_AUTH_…`, `--auth-file FILE`: from texts to credentials.
 *
 * A file that others can read is refused: what stands in it would be everybody's.
 */
#include "engine/cli/auth.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/text.h"
#include "engine/document/document.h"

typedef struct reading {
    session *at;
    arazzo_auth *auth;
    const auth_wanted *wanted;
    size_t count;
} reading;

void append_auth_variable(text *out, const char *source, const char *scheme) {
    const char *parts[] = {source, scheme};
    text_append_string(out, "ARAZZO_AUTH");
    for (size_t i = 0; i < 2; i++) {
        if (parts[i] == NULL)
            continue;
        text_append_char(out, '_');
        for (const char *at = parts[i]; *at != '\0'; at++)
            text_append_char(out, isalnum((unsigned char)*at) ? (char)toupper((unsigned char)*at) : '_');
    }
}

/* ---- Names ---- */

/* Which schemes are meant: *source is NULL for SCHEME. False when the document has none of that name. */
static bool read_name(const reading *r, const char *name, size_t length, char **source, const char **scheme) {
    for (size_t i = 0; i < r->count; i++) {
        const char *of = r->wanted[i].source->name, *known = r->wanted[i].scheme.name;
        size_t of_length = strlen(of), known_length = strlen(known);
        bool alone = length == known_length && memcmp(name, known, length) == 0;
        bool qualified = length == of_length + 1 + known_length && memcmp(name, of, of_length) == 0 &&
                         name[of_length] == '.' && memcmp(name + of_length + 1, known, known_length) == 0;
        if (!alone && !qualified)
            continue;
        *source = alone ? NULL : arena_copy(r->at->memory, of, of_length);
        *scheme = known;
        return true;
    }
    return false;
}

static bool refuse_name(const reading *r, const char *name, size_t length) {
    nearest search;
    nearest_start(&search, name, length);
    for (size_t i = 0; i < r->count; i++)
        nearest_try(&search, r->wanted[i].scheme.name);
    fprintf(r->at->err, "arazzo %s: no operation that is called asks for the credential '%.*s'", r->at->command,
            (int)length, name);
    if (search.best != NULL)
        fprintf(r->at->err, "; did you mean '%s'?", search.best);
    else if (r->count > 0)
        fprintf(r->at->err, "; they ask for '%s'%s", r->wanted[0].scheme.name, r->count > 1 ? ", and others" : "");
    fprintf(r->at->err, "\nTry 'arazzo show FILE --auth' to see what is asked for.\n");
    return false;
}

/* ---- Values ---- */

static json_t *scalar_text(const node *value) {
    size_t length;
    const char *text_of = node_source(value, &length);
    return text_of == NULL ? NULL : json_stringn(text_of, length);
}

/* A scalar as the text that was written, an object with such members; lists as they are. */
static json_t *credential_of(const node *value) {
    if (node_type(value) != NODE_MAPPING)
        return scalar_text(value);
    json_t *made = json_object();
    for (size_t i = 0; made != NULL && i < node_count(value); i++) {
        const node *member = node_value(value, i);
        json_t *one = node_type(member) == NODE_SEQUENCE ? node_json(member) : scalar_text(member);
        if (one == NULL || json_object_set_new(made, node_string(node_key(value, i), NULL), one) != 0) {
            json_decref(made);
            return NULL;
        }
    }
    return made;
}

static bool keep(reading *r, const char *source, const char *scheme, json_t *value) {
    bool kept = value != NULL && arazzo_auth_set(r->auth, source, scheme, value);
    json_decref(value);
    if (!kept)
        session_no_memory(r->at);
    return kept;
}

/* `{clientId: …}`, or the text itself. NULL after saying what is wrong. */
static json_t *parse_value(reading *r, const char *name, const char *written, size_t length) {
    if (written[0] != '{')
        return json_stringn(written, length);
    document *parsed = document_parse(written, length, name, NULL, &r->at->list);
    json_t *made = parsed == NULL ? NULL : credential_of(document_root(parsed));
    document_free(parsed);
    if (made == NULL) /* the diagnostics would show the secret */
        fprintf(r->at->err, "arazzo %s: the value of '%s' starts with '{' and is no object of texts\n", r->at->command,
                name);
    return made;
}

static bool take_value(reading *r, const char *source, const char *scheme, const char *value) {
    char *file = NULL, error[256] = "";
    size_t length = strlen(value);
    if (value[0] == '@') {
        file = fetch_file(value + 1, &length, error, sizeof error);
        if (file == NULL) {
            fprintf(r->at->err, "arazzo %s: the credential of '%s' cannot be read from %s: %s\n", r->at->command,
                    scheme, value + 1, error);
            return false;
        }
        while (length > 0 && (file[length - 1] == '\n' || file[length - 1] == '\r'))
            length--;
        value = file;
    }
    json_t *made = parse_value(r, scheme, value, length);
    free(file);
    return made != NULL && keep(r, source, scheme, made);
}

/* ---- The command line, the environment, the file ---- */

static bool read_option(reading *r, const char *given, bool many) {
    const char *equals = strchr(given, '=');
    if (equals == NULL || equals == given) {
        fprintf(r->at->err, "arazzo %s: --auth takes SCHEME=VALUE or SOURCE.SCHEME=VALUE\n", r->at->command);
        return false;
    }
    char *source;
    const char *scheme;
    size_t length = (size_t)(equals - given);
    if (!read_name(r, given, length, &source, &scheme))
        return many || refuse_name(r, given, length);
    return take_value(r, source, scheme, equals + 1);
}

/* A credential from a variable; *found when the variable holds one. */
static bool read_variable(reading *r, const char *variable, const char *source, const char *scheme, bool *found) {
    const char *value = variable == NULL ? NULL : getenv(variable);
    if (value == NULL || value[0] == '\0')
        return true;
    *found = true;
    return take_value(r, source, scheme, value);
}

static bool read_environment(reading *r) {
    for (size_t i = 0; i < r->count; i++) {
        const char *source = r->wanted[i].source->name, *scheme = r->wanted[i].scheme.name;
        const char *sources[] = {NULL, source};
        bool found = false;
        for (size_t j = 0; j < 2; j++) {
            text variable = TEXT_EMPTY;
            append_auth_variable(&variable, sources[j], scheme);
            bool taken = read_variable(r, text_peek(&variable), sources[j], scheme, &found);
            text_free(&variable);
            if (!taken)
                return false;
        }
        if (!found && !read_variable(r, config_variable(r->at->config, source, scheme), source, scheme, &found))
            return false;
    }
    return true;
}

/* Nobody but its owner can read it, and the owner is the one who runs the command (or root). */
static bool is_private(const session *at, const char *path) {
    struct stat about;
    if (stat(path, &about) != 0)
        return true; /* reading it says why */
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        fprintf(at->err, "arazzo %s: %s holds credentials and can be read by others; 'chmod 600 %s' mends that\n",
                at->command, path, path);
        return false;
    }
    if (about.st_uid != geteuid() && about.st_uid != 0) {
        fprintf(at->err, "arazzo %s: %s holds credentials and belongs to another user\n", at->command, path);
        return false;
    }
    return true;
}

/* What the document does not ask for is left alone: the file may serve many documents. */
static bool read_file(reading *r, const char *path) {
    char error[256] = "";
    size_t length;
    if (!is_private(r->at, path))
        return false;
    char *bytes = fetch_file(path, &length, error, sizeof error);
    if (bytes == NULL) {
        fprintf(r->at->err, "arazzo %s: the credentials cannot be read from %s: %s\n", r->at->command, path, error);
        return false;
    }
    document *parsed = document_parse(bytes, length, path, NULL, &r->at->list);
    free(bytes);
    const node *root = parsed == NULL ? NULL : document_root(parsed);
    bool right = root != NULL && node_type(root) == NODE_MAPPING;
    if (!right)
        fprintf(r->at->err, "arazzo %s: %s must hold an object: a credential for each scheme\n", r->at->command, path);
    for (size_t i = 0; right && i < node_count(root); i++) {
        size_t name_length;
        const char *name = node_string(node_key(root, i), &name_length), *scheme;
        char *source;
        if (read_name(r, name, name_length, &source, &scheme))
            right = keep(r, source, scheme, credential_of(node_value(root, i)));
    }
    document_free(parsed);
    return right;
}

arazzo_auth *read_auth(session *at, const arazzo_description *loaded, const auth_given *given) {
    reading r = {.at = at, .auth = arazzo_auth_new()};
    const char *file = given->file != NULL ? given->file : getenv("ARAZZO_AUTH_FILE");
    r.wanted = auth_list(loaded, at->memory, &r.count);
    bool right = r.auth != NULL && r.wanted != NULL;
    if (!right)
        session_no_memory(at);
    right = right && (file == NULL || file[0] == '\0' || read_file(&r, file)) && read_environment(&r);
    for (size_t i = 0; right && i < given->auth->count; i++)
        right = read_option(&r, given->auth->items[i], given->many);
    if (right)
        return r.auth;
    arazzo_auth_free(r.auth);
    return NULL;
}

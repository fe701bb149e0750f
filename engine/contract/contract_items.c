/* contract_items.c: sequential media types as arrays of their items, each event's data read as its schema says. */
#include "engine/contract/contract_internal.h"
#include "engine/operation/sequence.h"

bool contract_is_sequence(const char *type) {
    return sequence_is(type);
}

static json_t *read_data(void *user, const char *bytes, size_t length) {
    return schema_read_text(schema_member(user, "data", 4), bytes, length);
}

json_t *contract_items(const char *type, const char *bytes, size_t length, const schema *item, size_t *wrong,
                       bool *no_memory) {
    sequence_data read = {(void *)item, read_data};
    sequence_problem problem;
    json_t *made = sequence_items(type, bytes, length, &read, &problem);
    *no_memory = problem.no_memory;
    if (made == NULL && !problem.no_memory)
        *wrong = problem.index;
    return made;
}

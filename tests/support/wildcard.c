/* wildcard.c: backtracking matchers, one for the characters of a line and one for the lines of an output. */
#include "tests/support/wildcard.h"

#include <string.h>

static bool accept_any(const char *bytes, size_t length) {
    (void)bytes;
    (void)length;
    return true;
}

static size_t digits(const char *bytes, size_t length, size_t from) {
    size_t end = from;
    while (end < length && bytes[end] >= '0' && bytes[end] <= '9')
        end++;
    return end - from;
}

/* The length of the number (RFC 8259, section 6) at the start; 0: none. */
static size_t number_length(const char *bytes, size_t length) {
    size_t sign = length > 0 && bytes[0] == '-', whole = digits(bytes, length, sign), end = sign + whole;
    if (whole == 0 || (whole > 1 && bytes[sign] == '0'))
        return 0;
    if (end < length && bytes[end] == '.' && digits(bytes, length, end + 1) > 0)
        end += 1 + digits(bytes, length, end + 1);
    if (end < length && (bytes[end] == 'e' || bytes[end] == 'E')) {
        size_t exponent = end + 1;
        exponent += exponent < length && (bytes[exponent] == '+' || bytes[exponent] == '-');
        if (digits(bytes, length, exponent) > 0)
            end = exponent + digits(bytes, length, exponent);
    }
    return end;
}

static bool accept_number(const char *bytes, size_t length) {
    return length > 0 && number_length(bytes, length) == length;
}

static bool accept_port(const char *bytes, size_t length) {
    return length > 0 && length <= 5 && digits(bytes, length, 0) == length;
}

static bool accept_duration(const char *bytes, size_t length) {
    static const char *const units[] = {"µs", "ms", "s", "min"};
    size_t number = number_length(bytes, length);
    if (number == 0)
        return false;
    number += number < length && bytes[number] == ' ';
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strlen(units[i]) == length - number && memcmp(bytes + number, units[i], length - number) == 0)
            return true;
    }
    return false;
}

typedef struct wildcard {
    const char *spelling;
    bool (*accept)(const char *bytes, size_t length);
} wildcard;

static const wildcard wildcards[] = {
    {"⟨any⟩", accept_any},
    {"⟨number⟩", accept_number},
    {"⟨port⟩", accept_port},
    {"⟨ms⟩", accept_duration},
};

static const wildcard *wildcard_at(line expected) {
    for (size_t i = 0; i < sizeof wildcards / sizeof *wildcards; i++) {
        size_t length = strlen(wildcards[i].spelling);
        if (length <= expected.length && memcmp(expected.bytes, wildcards[i].spelling, length) == 0)
            return &wildcards[i];
    }
    return NULL;
}

static line after(line whole, size_t length) {
    return (line){whole.bytes + length, whole.length - length};
}

/* The depth is the number of wildcards in one line of a test. */
bool wildcard_line(line expected, line got) {
    while (expected.length > 0) {
        const wildcard *here = wildcard_at(expected);
        if (here != NULL) {
            line rest = after(expected, strlen(here->spelling));
            for (size_t taken = got.length + 1; taken-- > 0;) {
                if (here->accept(got.bytes, taken) && wildcard_line(rest, after(got, taken)))
                    return true;
            }
            return false;
        }
        if (got.length == 0 || expected.bytes[0] != got.bytes[0])
            return false;
        expected = after(expected, 1);
        got = after(got, 1);
    }
    return got.length == 0;
}

bool wildcard_lines_here(line expected) {
    static const char spelling[] = "⟨...⟩";
    return expected.length == strlen(spelling) && memcmp(expected.bytes, spelling, expected.length) == 0;
}

/* What the latest ⟨...⟩ takes grows by a line whenever what follows it does not match. */
bool wildcard_lines(const line *expected, size_t expected_count, const line *got, size_t got_count) {
    size_t e = 0, g = 0, resume_e = 0, resume_g = 0;
    bool can_resume = false;
    while (g < got_count) {
        if (e < expected_count && wildcard_lines_here(expected[e])) {
            resume_e = ++e;
            resume_g = g;
            can_resume = true;
        } else if (e < expected_count && wildcard_line(expected[e], got[g])) {
            e++;
            g++;
        } else if (can_resume) {
            e = resume_e;
            g = ++resume_g;
        } else {
            return false;
        }
    }
    while (e < expected_count && wildcard_lines_here(expected[e]))
        e++;
    return e == expected_count;
}

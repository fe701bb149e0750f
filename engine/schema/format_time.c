/* format_time.c: the formats `date`, `time`, `date-time` (RFC 3339, section 5.6) and `duration` (its appendix A). */
#include <string.h>

#include "engine/schema/schema_internal.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Exactly `count` digits from `at`: their value, or -1. */
static int number_at(const char *bytes, size_t length, size_t at, size_t count) {
    int value = 0;
    if (at + count > length)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(bytes[at + i]))
            return -1;
        value = value * 10 + (bytes[at + i] - '0');
    }
    return value;
}

/* full-date */
bool format_is_date(const char *bytes, size_t length) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = number_at(bytes, length, 0, 4), month = number_at(bytes, length, 5, 2),
        day = number_at(bytes, length, 8, 2);
    if (length != 10 || year < 0 || month < 1 || month > 12 || day < 1 || bytes[4] != '-' || bytes[7] != '-')
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

/* time-offset: in minutes */
static bool time_offset(const char *bytes, size_t length, int *minutes) {
    *minutes = 0;
    if (length == 1)
        return bytes[0] == 'Z' || bytes[0] == 'z';
    int hour = number_at(bytes, length, 1, 2), minute = number_at(bytes, length, 4, 2);
    if (length != 6 || (bytes[0] != '+' && bytes[0] != '-') || bytes[3] != ':' || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59)
        return false;
    *minutes = (hour * 60 + minute) * (bytes[0] == '+' ? 1 : -1);
    return true;
}

/* full-time. A leap second is the last of a day in UTC. */
bool format_is_time(const char *bytes, size_t length) {
    int hour = number_at(bytes, length, 0, 2), minute = number_at(bytes, length, 3, 2),
        second = number_at(bytes, length, 6, 2), offset;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || bytes[2] != ':' ||
        bytes[5] != ':')
        return false;
    size_t at = 8;
    if (at < length && bytes[at] == '.') {
        size_t start = ++at;
        while (at < length && is_digit(bytes[at]))
            at++;
        if (at == start)
            return false;
    }
    if (!time_offset(bytes + at, length - at, &offset))
        return false;
    int day = 24 * 60, universal = ((hour * 60 + minute - offset) % day + day) % day;
    return second < 60 || universal == day - 1;
}

bool format_is_date_time(const char *bytes, size_t length) {
    return length > 11 && (bytes[10] == 'T' || bytes[10] == 't') && format_is_date(bytes, 10) &&
           format_is_time(bytes + 11, length - 11);
}

/* Numbers with units, each the next of the last: `Y` may be followed by `M`, and not by `D`. */
static bool units(const char *bytes, size_t length, const char *names) {
    const char *last = NULL;
    for (size_t at = 0; at < length; at++) {
        size_t start = at;
        while (at < length && is_digit(bytes[at]))
            at++;
        const char *unit = at == start || at == length || bytes[at] == '\0' ? NULL : strchr(names, bytes[at]);
        if (unit == NULL || (last != NULL && unit != last + 1))
            return false;
        last = unit;
    }
    return last != NULL;
}

bool format_is_duration(const char *bytes, size_t length) {
    if (length < 2 || bytes[0] != 'P')
        return false;
    const char *time = memchr(bytes, 'T', length);
    size_t date = time == NULL ? length - 1 : (size_t)(time - bytes) - 1;
    if (time == NULL && units(bytes + 1, date, "W"))
        return true;
    return (date == 0 || units(bytes + 1, date, "YMD")) && (time == NULL || units(time + 1, length - date - 2, "HMS"));
}

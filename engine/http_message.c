/* http_message.c: lists of header fields. */
#include "engine/http_message.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool http_headers_add(http_headers *headers, arena *memory, const char *name, const char *value) {
    http_header *items = arena_room(memory, headers->items, headers->count, &headers->capacity, sizeof *items);
    http_header fresh = {arena_copy(memory, name, strlen(name)), arena_copy(memory, value, strlen(value))};
    if (items == NULL || fresh.name == NULL || fresh.value == NULL)
        return false;
    headers->items = items;
    items[headers->count++] = fresh;
    return true;
}

const char *http_headers_get(const http_headers *headers, const char *name) {
    for (size_t i = 0; i < headers->count; i++)
        if (strcasecmp(headers->items[i].name, name) == 0)
            return headers->items[i].value;
    return NULL;
}

bool http_date(const char *value, double *seconds) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int day, year, hour, minute, second;
    char month[4];
    if (sscanf(value, "%*3[A-Za-z], %2d%*1[- ]%3[A-Za-z]%*1[- ]%4d %2d:%2d:%2d GMT", &day, month, &year, &hour, &minute,
               &second) != 6)
        return false;
    const char *at = strstr(months, month);
    if (at == NULL || strlen(month) != 3 || (at - months) % 3 != 0)
        return false;
    /* Days since 1970 by the civil calendar: years start in March, so that the leap day comes last. */
    long m = (at - months) / 3 + 1, y = year - (m <= 2);
    long era = y / 400, of_era = y - era * 400;
    long of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    long days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    *seconds = (double)days * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}

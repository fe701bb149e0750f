/* options_line.c: values as words that command_line_parse() takes for the same values. */
#include "engine/cli/options_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void append_shell_word(text *out, const char *word) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        text_append_string(out, word);
        return;
    }
    text_append_char(out, '\'');
    for (; *word != '\0'; word++) {
        unsigned char byte = (unsigned char)*word;
        if (byte == '\'')
            text_append_string(out, "'\\''");
        else if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F)
            text_append_code_point(out, 0xFFFD);
        else
            text_append_char(out, *word);
    }
    text_append_char(out, '\'');
}

typedef struct writing {
    const command_option *option;
    option_line_filter *filter;
    void *user;
    text *out;
} writing;

static void put(const writing *w, const char *value) {
    const char *shown = value;
    if (!w->filter(w->user, w->option, value, &shown))
        return;
    if (w->option->letter != 0)
        text_append_format(w->out, " -%c", w->option->letter);
    else
        text_append_format(w->out, " --%s", w->option->name);
    if (shown == NULL)
        return;
    text_append_char(w->out, ' ');
    append_shell_word(w->out, shown);
}

static void put_number(const writing *w, double value) {
    char digits[32];
    const char *preset = w->option->preset;
    if (value == (preset == NULL ? 0 : strtod(preset, NULL)))
        return;
    snprintf(digits, sizeof digits, "%.15g", value);
    put(w, digits);
}

static void put_option(const writing *w, const void *field) {
    const value_list *list = field;
    const char *const *string = field;
    const char *word;
    switch (w->option->kind) {
    case OPTION_FLAG:
        if (*(const bool *)field)
            put(w, NULL);
        break;
    case OPTION_STRING:
        if (*string != NULL && (w->option->preset == NULL || strcmp(*string, w->option->preset) != 0))
            put(w, *string);
        break;
    case OPTION_NUMBER:
        put_number(w, *(const double *)field);
        break;
    case OPTION_COUNT:
        put_number(w, (double)*(const size_t *)field);
        break;
    case OPTION_LIST:
        for (size_t i = 0; i < list->count; i++)
            put(w, list->items[i]);
        break;
    case OPTION_CHOICE:
        word = w->option->words[*(const unsigned *)field];
        if (w->option->preset == NULL || strcmp(word, w->option->preset) != 0)
            put(w, word);
        break;
    }
}

void command_line_append(const command *of, const void *options, option_line_filter *filter, void *user, text *out) {
    for (const command_option *option = of->options; option != NULL && option->name != NULL; option++) {
        writing w = {.option = option, .filter = filter, .user = user, .out = out};
        put_option(&w, (const char *)options + option->field);
    }
}

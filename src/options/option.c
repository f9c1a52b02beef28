/* Parses option values into struct fields; never replaces one from a source that ranks higher. */
#include "options/option.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/number.h"
#include "base/string-pool.h"
#include "base/url.h"

void *option_value(struct option_place place)
{
	return (char *)place.group->values + place.row->offset;
}

static enum option_source *source_of(struct option_place place)
{
	return &place.group->sources[place.row - place.group->rows];
}

/* --- from text --- */

static int bad_value(const char *where, const char *text, const char *wanted,
		     struct pop3_error *err)
{
	return pop3_fail(err, POP3_E_USAGE, "%s: '%s' is not %s", where, text, wanted);
}

static int assign_flag(bool *value, const char *text, const char *where, struct pop3_error *err)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{ "", true },	{ "yes", true }, { "true", true },   { "on", true },
		{ "no", false }, { "false", false }, { "off", false },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(text, words[i].word) == 0) {
			*value = words[i].value;
			return 0;
		}
	}
	return bad_value(where, text, "yes or no", err);
}

static int assign_choice(int *value, const char *words, const char *text, const char *where,
			 struct pop3_error *err)
{
	const size_t length = strlen(text);
	int i = 1;

	for (const char *word = words; *word != '\0'; i++) {
		const size_t word_length = strcspn(word, "|");

		if (word_length == length && strncmp(word, text, length) == 0) {
			*value = i;
			return 0;
		}
		word += word_length;
		word += *word == '|';
	}
	return bad_value(where, text, words, err);
}

static int assign_path(struct string_pool *pool, const char **value, const char *text,
		       struct pop3_error *err)
{
	struct buffer path = { 0 };
	int result;

	result = file_expand(&path, text, err);
	if (result == 0) {
		*value = string_pool_add(pool, buffer_text(&path), err);
		result = *value != NULL ? 0 : -1;
	}
	buffer_release(&path);
	return result;
}

int option_assign(struct option_set *set, struct option_place place, const char *text,
		  enum option_source source, const char *where, struct pop3_error *err)
{
	enum option_source *const current = source_of(place);
	const enum option_source before = *current;
	void *const value = option_value(place);
	struct text_list *list;
	uint64_t number;

	if (source < before)
		return 0;
	*current = source;
	switch (place.row->type) {
	case OPTION_END:
		break;
	case OPTION_FLAG:
		return assign_flag(value, text, where, err);
	case OPTION_TEXT:
		*(const char **)value = text;
		return 0;
	case OPTION_PATH:
		return assign_path(set->pool, value, text, err);
	case OPTION_NUMBER:
		if (!number_parse(text, strlen(text), UINT32_MAX, &number))
			return bad_value(where, text, "a whole number", err);
		*(uint32_t *)value = (uint32_t)number;
		return 0;
	case OPTION_SIZE:
		if (!number_parse_size(text, value))
			return bad_value(where, text, "a size such as 500K or 10M", err);
		return 0;
	case OPTION_DURATION:
		if (!number_parse_duration(text, value))
			return bad_value(where, text, "a time such as 36h or 14d", err);
		return 0;
	case OPTION_AGE:
		if (!number_parse_age(text, time(NULL), value))
			return bad_value(where, text,
					 "a time such as 36h, 14d, yesterday or 2026-11-01", err);
		return 0;
	case OPTION_CHOICE:
		return assign_choice(value, place.row->argument, text, where, err);
	case OPTION_LIST:
		list = value;
		if (source > before)
			list->count = 0;
		if (list->count == TEXT_LIST_MAX)
			return pop3_fail(err, POP3_E_USAGE, "%s: used more than %d times", where,
					 TEXT_LIST_MAX);
		list->items[list->count++] = text;
		return 0;
	}
	return pop3_fail(err, POP3_E_BUG, "%s: internal error: an option without a type", where);
}

/* --- sets --- */

int option_set_add(struct option_set *set, const struct option_spec *rows, void *values,
		   size_t size, struct pop3_error *err)
{
	struct option_group *const group = &set->groups[set->count];
	size_t count = 0;

	while (rows[count].type != OPTION_END)
		count++;
	*group = (struct option_group){ rows, values, NULL };
	group->sources = calloc(count + 1, sizeof *group->sources);
	if (group->sources == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	set->count++;
	memset(values, 0, size);
	for (size_t i = 0; i < count; i++) {
		const struct option_place place = { group, &rows[i] };

		if (rows[i].initial != NULL &&
		    option_assign(set, place, rows[i].initial, FROM_BUILT_IN, rows[i].name,
				  err) < 0)
			return -1;
	}
	return 0;
}

void option_set_release(struct option_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		free(set->groups[i].sources);
	set->count = 0;
}

struct option_place option_find(const struct option_set *set, const char *name)
{
	for (size_t g = 0; g < set->count; g++) {
		const struct option_spec *row = set->groups[g].rows;

		for (; row->type != OPTION_END; row++)
			if (strcmp(row->name, name) == 0)
				return (struct option_place){ &set->groups[g], row };
	}
	return (struct option_place){ NULL, NULL };
}

enum option_source option_origin(const struct option_set *set, const char *name)
{
	const struct option_place place = option_find(set, name);

	return place.row != NULL ? *source_of(place) : FROM_NOWHERE;
}

/* --- back to text --- */

void option_print(struct buffer *out, struct option_place place)
{
	const char *const argument = place.row->argument;
	const void *const value = option_value(place);
	const struct text_list *list;
	const char *text;

	switch (place.row->type) {
	case OPTION_END:
		break;
	case OPTION_FLAG:
		buffer_append_text(out, *(const bool *)value ? "yes" : "no");
		break;
	case OPTION_TEXT:
	case OPTION_PATH:
		text = *(const char *const *)value;
		/* A URL with a password is refused later, and must not be printed. */
		if (text != NULL && strcmp(argument, "URL") == 0)
			url_print(out, text);
		else if (text != NULL)
			buffer_append_text(out, text);
		break;
	case OPTION_NUMBER:
		buffer_append_format(out, "%u", *(const uint32_t *)value);
		break;
	case OPTION_SIZE:
	case OPTION_DURATION:
	case OPTION_AGE:
		buffer_append_format(out, "%llu",
				     (unsigned long long)*(const uint64_t *)value);
		break;
	case OPTION_CHOICE:
		text = argument;
		for (int i = *(const int *)value; i > 1; i--)
			text += strcspn(text, "|") + 1;
		if (*(const int *)value > 0)
			buffer_append(out, text, strcspn(text, "|"));
		break;
	case OPTION_LIST:
		list = value;
		for (size_t i = 0; i < list->count; i++)
			buffer_append_format(out, "%s%s", i > 0 ? " " : "", list->items[i]);
		break;
	}
}

/* --- help --- */

#define HELP_WIDTH 80
#define HELP_COLUMN 30
#define CHOICE_MAX 22 /* octets of choices shown next to the name */

void help_wrap(FILE *out, int used, int indent, const char *text)
{
	for (bool first = true; *text != '\0'; first = false) {
		const int length = (int)strcspn(text, " ");

		if (!first && used + 1 + length > HELP_WIDTH)
			used = fprintf(out, "\n%*s", indent, "") - 1;
		else if (!first)
			used += fprintf(out, " ");
		used += fprintf(out, "%.*s", length, text);
		text += length;
		text += *text == ' ';
	}
	fputc('\n', out);
}

void option_print_table(FILE *out, const char *title, const struct option_spec *rows)
{
	struct buffer text = { 0 };

	fprintf(out, "%s:\n", title);
	for (; rows->type != OPTION_END; rows++) {
		const char *word = rows->argument;
		const bool words = rows->type == OPTION_CHOICE && strlen(word) > CHOICE_MAX;
		const char letter[] = { '-', rows->letter, ',', '\0' };
		int used = fprintf(out, "  %3s --%s", rows->letter != 0 ? letter : "", rows->name);

		if (word != NULL)
			used += fprintf(out, " %s", words ? "WORD" : word);
		if (used + 2 > HELP_COLUMN) {
			fputc('\n', out);
			used = 0;
		}
		buffer_clear(&text);
		buffer_append_text(&text, rows->help);
		if (rows->initial != NULL)
			buffer_append_format(&text, " (%s)", rows->initial);
		while (words && *word != '\0') {
			const size_t length = strcspn(word, "|");

			buffer_append_text(&text, word == rows->argument ? ": " : ", ");
			buffer_append(&text, word, length);
			word += length + (word[length] == '|');
		}
		fprintf(out, "%*s", HELP_COLUMN - used, "");
		help_wrap(out, HELP_COLUMN, HELP_COLUMN, buffer_text(&text));
	}
	buffer_release(&text);
}

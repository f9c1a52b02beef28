/* Translates option tables for getopt_long, and its results back to rows. */
#include "options/getopt.h"

#include <stdio.h>
#include <string.h>

#define LONG_BASE 256 /* getopt_long returns LONG_BASE + i for row i */

void getopt_table_begin(struct getopt_table *table, const char *mode)
{
	*table = (struct getopt_table){ .count = 0 };
	snprintf(table->letters, sizeof table->letters, "%s:", mode);
}

void getopt_table_add(struct getopt_table *table, const struct option_spec *rows)
{
	/* Already added: most tables are shared by several subcommands. */
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i] == rows)
			return;
	for (; rows->type != OPTION_END && table->count < ROWS_MAX; rows++) {
		const bool flag = rows->type == OPTION_FLAG;
		const size_t i = table->count;
		char *const end = table->letters + strlen(table->letters);

		if (getopt_table_find(table, rows->name, NULL) != NULL)
			continue;
		table->rows[i] = rows;
		table->longs[i] = (struct option){
			.name = rows->name, .has_arg = flag ? optional_argument : required_argument,
			.val = LONG_BASE + (int)i,
		};
		if (rows->letter != 0 && strchr(table->letters, rows->letter) == NULL)
			snprintf(end, 3, "%c%s", rows->letter, flag ? "" : ":");
		table->count++;
	}
}

static int fail_option(const struct getopt_table *table, int found, char **argv,
		       struct pop3_error *err)
{
	const char *const typed = argv[optind - 1];
	struct nearest nearest = { .word = NULL };
	char name[64];

	if (found == ':')
		return pop3_fail(err, POP3_E_USAGE, "option '%s' needs a value", typed);
	if (optopt != 0 && optopt < LONG_BASE)
		return pop3_fail(err, POP3_E_USAGE, "unknown option '-%c'; see '%s'", optopt,
				 table->page);
	snprintf(name, sizeof name, "%.*s", (int)strcspn(typed + 2, "="), typed + 2);
	getopt_table_find(table, name, &nearest);
	if (nearest.word != NULL)
		return pop3_fail(err, POP3_E_USAGE,
				 "unknown option '--%s' (did you mean '--%s'?); see '%s'", name,
				 nearest.word, table->page);
	return pop3_fail(err, POP3_E_USAGE, "unknown option '--%s'; see '%s'", name, table->page);
}

int getopt_next(const struct getopt_table *table, int argc, char **argv,
		const struct option_spec **row, const char **value, struct pop3_error *err)
{
	size_t length;
	int found;

	opterr = 0;
	found = getopt_long(argc, argv, table->letters, table->longs, NULL);
	*row = NULL;
	*value = optarg != NULL ? optarg : "";
	if (found == -1)
		return 0;
	if (found == '?' || found == ':')
		return fail_option(table, found, argv, err);
	if (found < LONG_BASE) {
		for (size_t i = 0; *row == NULL && i < table->count; i++)
			if (table->rows[i]->letter == found)
				*row = table->rows[i];
		return 0;
	}
	*row = table->rows[found - LONG_BASE];
	length = strlen((*row)->name);
	/* getopt_long accepts abbreviations, but a new option could make them ambiguous. */
	for (int i = optind - 1; i >= optind - 2 && i > 0; i--)
		if (strncmp(argv[i], "--", 2) == 0 &&
		    strncmp(argv[i] + 2, (*row)->name, length) == 0 &&
		    (argv[i][2 + length] == '\0' || argv[i][2 + length] == '='))
			return 0;
	return pop3_fail(err, POP3_E_USAGE, "options cannot be abbreviated (did you mean '--%s'?)",
			 (*row)->name);
}

const struct option_spec *getopt_table_find(const struct getopt_table *table, const char *name,
					    struct nearest *nearest)
{
	for (size_t i = 0; i < table->count; i++) {
		if (strcmp(table->rows[i]->name, name) == 0)
			return table->rows[i];
		if (nearest != NULL)
			nearest_offer(nearest, name, table->rows[i]->name);
	}
	return NULL;
}

#ifndef OPTIONS_GETOPT_H
#define OPTIONS_GETOPT_H

#include <getopt.h>

#include "options/option.h"

/* Parsing command lines with getopt_long and option tables. */

#define ROWS_MAX 160 /* options in all tables together, each name counted once */

struct getopt_table {
	struct option longs[ROWS_MAX + 1];
	const struct option_spec *rows[ROWS_MAX + 1]; /* row i belongs to longs[i] */
	size_t count;
	char letters[3 * ROWS_MAX + 4];
	char page[64]; /* the command that shows their help, for errors */
};

/* mode is "+" (stop at the first operand) or "". Then add any number of tables. */
void getopt_table_begin(struct getopt_table *table, const char *mode);
void getopt_table_add(struct getopt_table *table, const struct option_spec *rows);

/* The row of a long name, or NULL. Passes all names to nearest, which may be NULL. */
const struct option_spec *getopt_table_find(const struct getopt_table *table, const char *name,
					    struct nearest *nearest);

/*
 * The next option of a command line: its row and value, NULL at the end. Fails with POP3_E_USAGE,
 * naming the nearest option, for one that is unknown, abbreviated or lacks its value.
 */
int getopt_next(const struct getopt_table *table, int argc, char **argv,
		const struct option_spec **row, const char **value, struct pop3_error *err);

#endif

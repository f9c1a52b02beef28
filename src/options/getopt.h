#ifndef OPTIONS_GETOPT_H
#define OPTIONS_GETOPT_H

#include <getopt.h>

#include "cli/command.h"
#include "options/nearest.h"

/* All option tables of the program, and how getopt_long is fed from them. */

#define ROWS_MAX 160 /* options of all tables together, each name once */

struct getopt_table {
	struct option longs[ROWS_MAX + 1];
	const struct option_spec *rows[ROWS_MAX + 1]; /* row i is of longs[i] */
	size_t count;
	char letters[3 * ROWS_MAX + 4];
};

/* Begins with "+" (stop at the first operand) or "" in mode; then any number of tables. */
void getopt_table_begin(struct getopt_table *table, const char *mode);
void getopt_table_add(struct getopt_table *table, const struct option_spec *rows);

/* Everything that any subcommand takes. */
void getopt_table_add_all(struct getopt_table *table);

/*
 * The next option of a command line: its row and value, NULL at the end. Fails with POP3_E_USAGE,
 * naming the nearest option, for one that is unknown, abbreviated or lacks its value.
 */
int getopt_next(const struct getopt_table *table, int argc, char **argv,
		const struct option_spec **row, const char **value, struct pop3_error *err);

/* The row of a long name in any table of the program; offers all names to nearest. */
const struct option_spec *rows_find(const char *name, struct nearest *nearest);

/* The subcommand of that name, of a line's own too where in_line; fails with the nearest one. */
const struct command *command_find(const char *name, bool in_line, struct pop3_error *err);

/*
 * Whether a line of a batch can run it: it needs no more than the session that is there, or the
 * link where the batch manages a server.
 */
bool command_fits_line(const struct command *command, bool manages);

/* Calls for each table that applies to a command, with its title for help. */
void rows_each(const struct command *command,
	       void (*act)(void *arg, const char *title, const struct option_spec *rows), void *arg);

#endif

#ifndef OPTIONS_OPTION_H
#define OPTIONS_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"
#include "pop3/error.h"

/*
 * Options as typed rows. A row defines an option for getopt_long, --help, the completions and the
 * configuration file; its value is stored in a field of a plain struct. Tables end with { 0 }.
 */
enum option_type {
	OPTION_END,
	OPTION_FLAG,	 /* bool; "--name=no" resets it */
	OPTION_TEXT,	 /* const char * */
	OPTION_PATH,	 /* const char *; a leading "~" is expanded to $HOME */
	OPTION_NUMBER,	 /* uint32_t */
	OPTION_SIZE,	 /* uint64_t octets: 10M */
	OPTION_DURATION, /* uint64_t seconds: 14d */
	OPTION_AGE,	 /* the same before now: 14d, yesterday, 2026-11-01 */
	OPTION_CHOICE,	 /* int: which of the words in argument, "a|b|c", from 1; 0 = unset */
	OPTION_LIST,	 /* struct text_list: may be repeated */
};

#define TEXT_LIST_MAX 64

struct text_list {
	const char *items[TEXT_LIST_MAX];
	size_t count;
};

struct option_spec {
	enum option_type type;
	char letter; /* 0 = none; has the same meaning in every subcommand */
	const char *name;
	size_t offset;
	const char *argument; /* its name in help; for OPTION_CHOICE the words */
	const char *help;     /* a phrase without a full stop */
	const char *initial;  /* the default; NULL = all zero */
};

/* --- values --- */

/* The source of a value; a value from a higher source is never replaced by a lower one. */
enum option_source {
	FROM_NOWHERE,
	FROM_BUILT_IN,
	FROM_DEFAULTS,
	FROM_ACCOUNT,
	FROM_ENVIRONMENT,
	FROM_COMMAND_LINE,
};

/* A table, the struct it fills, and the source of each row's value. */
struct option_group {
	const struct option_spec *rows;
	void *values;
	enum option_source *sources; /* one per row */
};

#define OPTION_GROUPS_MAX 4

/* All options of one command line. Texts are borrowed from argv or owned by the pool. */
struct option_set {
	struct option_group groups[OPTION_GROUPS_MAX];
	size_t count;
	struct string_pool *pool;
};

/* A row and its group; row is NULL when there is none. */
struct option_place {
	const struct option_group *group;
	const struct option_spec *row;
};

/* Adds a table, zeroes its struct and sets the defaults. */
int option_set_add(struct option_set *set, const struct option_spec *rows, void *values,
		   size_t size, struct pop3_error *err);
void option_set_release(struct option_set *set);

/* Sets one option. where names the source in errors ("--tls", "config line 3"). */
int option_assign(struct option_set *set, struct option_place place, const char *text,
		  enum option_source source, const char *where, struct pop3_error *err);

/* Finds an option by its long name. */
struct option_place option_find(const struct option_set *set, const char *name);

/* The source of an option's value; FROM_NOWHERE when there is no such option. */
enum option_source option_origin(const struct option_set *set, const char *name);

/* The struct field of an option's value; its C type depends on the option's type. */
void *option_value(struct option_place place);

/* Appends a value as text, for "accounts --show". */
void option_print(struct buffer *out, struct option_place place);

/* --- help and suggestions --- */

/*
 * Prints text wrapped at column 80; further lines begin at indent. The first line already has
 * `used` columns. Ends with a newline.
 */
void help_wrap(FILE *out, int used, int indent, const char *text);

/* Prints a table as a section of a help page. */
void option_print_table(FILE *out, const char *title, const struct option_spec *rows);

/* The candidate nearest to a mistyped word. Starts zeroed; offer candidates, then read word. */
struct nearest {
	const char *word; /* borrowed; NULL while no candidate is near enough */
	size_t distance;
};

void nearest_offer(struct nearest *nearest, const char *typed, const char *candidate);

/* Writes " (did you mean 'X'?)" or "" into out, which has size octets. Returns out. */
const char *nearest_hint(const struct nearest *nearest, char *out, size_t size);

#endif

#ifndef OPTIONS_OPTION_H
#define OPTIONS_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"
#include "pop3/error.h"

/*
 * Options as typed rows. A row feeds getopt_long, --help, the completions and the configuration
 * file's keys; its value lands in a field of a plain struct. Tables end with { 0 }.
 */
enum option_type {
	OPTION_END,
	OPTION_FLAG,	 /* bool; "--name=no" takes it back */
	OPTION_TEXT,	 /* const char * */
	OPTION_PATH,	 /* const char *, "~" in front stands for $HOME */
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
	char letter; /* 0 for none; one letter means one thing in every subcommand */
	const char *name;
	size_t offset;
	const char *argument; /* its name in help; for OPTION_CHOICE the words */
	const char *help;     /* a phrase without a full stop */
	const char *initial;  /* what holds when nobody says anything, NULL = all zero */
};

/* --- values --- */

/* Where a value came from; a higher one is never replaced by a lower one. */
enum option_source {
	FROM_NOWHERE,
	FROM_BUILT_IN,
	FROM_DEFAULTS,
	FROM_ACCOUNT,
	FROM_ENVIRONMENT,
	FROM_COMMAND_LINE,
};

/* A table, the struct it fills, and a note a row of who filled it in. */
struct option_group {
	const struct option_spec *rows;
	void *values;
	enum option_source *sources; /* as many as rows */
};

#define OPTION_GROUPS_MAX 4

/* All the options of one command line. Texts are borrowed from argv or kept in the pool. */
struct option_set {
	struct option_group groups[OPTION_GROUPS_MAX];
	size_t count;
	struct string_pool *pool;
};

/* A row and the group it stands in; row NULL when there is none. */
struct option_place {
	const struct option_group *group;
	const struct option_spec *row;
};

/* Adds a table, zeroes its struct and gives each of its rows the built-in value. */
int option_set_add(struct option_set *set, const struct option_spec *rows, void *values,
		   size_t size, struct pop3_error *err);
void option_set_release(struct option_set *set);

/* Gives one option a value. where names the place for messages ("--tls", "config line 3"). */
int option_assign(struct option_set *set, struct option_place place, const char *text,
		  enum option_source source, const char *where, struct pop3_error *err);

/* The option of that long name. */
struct option_place option_find(const struct option_set *set, const char *name);

/* Where the value of an option came from; FROM_NOWHERE when there is no such option. */
enum option_source option_origin(const struct option_set *set, const char *name);

/* The field of the struct that an option's value is in, as its type has it. */
void *option_value(struct option_place place);

/* One value as text, as "accounts --show" prints it. */
void option_print(struct buffer *out, struct option_place place);

/* --- help and suggestions --- */

/*
 * Words of a text up to the 80th column, the others on lines of their own that begin at indent; so
 * many columns are used already. Ends the line.
 */
void help_wrap(FILE *out, int used, int indent, const char *text);

/* A table as a section of a help page. */
void option_print_table(FILE *out, const char *title, const struct option_spec *rows);

/* The word that is most like a mistyped one: feed it candidates, then ask. Zeroed = none yet. */
struct nearest {
	const char *word; /* borrowed; NULL while nothing is near enough */
	size_t distance;
};

void nearest_offer(struct nearest *nearest, const char *typed, const char *candidate);

/* " (did you mean 'X'?)" into out of size octets, or "". Returns out. */
const char *nearest_hint(const struct nearest *nearest, char *out, size_t size);

#endif

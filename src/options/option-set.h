#ifndef OPTIONS_OPTION_SET_H
#define OPTIONS_OPTION_SET_H

#include "base/buffer.h"
#include "options/option.h"
#include "pop3/error.h"

/* All options of one command line, and where each value came from. */

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
	const char *title;
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
int option_set_add(struct option_set *set, const char *title, const struct option_spec *rows,
		   void *values, size_t size, struct pop3_error *err);
void option_set_release(struct option_set *set);

/* Gives one option a value. where names the place for messages ("--tls", "config line 3"). */
int option_assign(struct option_set *set, struct option_place place, const char *text,
		  enum option_source source, const char *where, struct pop3_error *err);

/* The option of that long name. */
struct option_place option_find(const struct option_set *set, const char *name);

/* Where the value of an option came from; FROM_NOWHERE when there is no such option. */
enum option_source option_origin(const struct option_set *set, const char *name);

/* One value as text, as "accounts --show" prints it. */
void option_print(struct buffer *out, struct option_place place);

#endif

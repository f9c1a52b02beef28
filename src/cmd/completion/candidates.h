#ifndef CMD_COMPLETION_CANDIDATES_H
#define CMD_COMPLETION_CANDIDATES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "cli/command.h"
#include "options/getopt.h"

/*
 * Completion scripts, made from the option rows and the list of subcommands alone. One file and
 * one row a shell; what they share is below.
 */
struct completion_shell {
	const char *name;
	void (*print)(struct buffer *out);
};

extern const struct completion_shell completion_bash;
extern const struct completion_shell completion_zsh;
extern const struct completion_shell completion_fish;

/* All of them; ends with NULL. */
extern const struct completion_shell *const completion_shells[];

/* What can stand where an operand or the value of an option does. */
enum completion_kind {
	COMPLETE_NOTHING, /* no value, no operand */
	COMPLETE_ANY,	  /* a value that nobody can guess */
	COMPLETE_WORDS,
	COMPLETE_DESTINATION, /* a word; one that ends in a colon goes on with a path */
	COMPLETE_FILE,
	COMPLETE_FOLDER,
	COMPLETE_COMMAND,
	COMPLETE_ACCOUNT,
};

struct completion_value {
	enum completion_kind kind;
	const char *words; /* "a|b|c" for the two kinds that have them, else NULL */
};

struct completion_value completion_of_option(const struct option_spec *row);

/* The first operand, and those behind it. */
struct completion_value completion_of_first(const struct command *command);
struct completion_value completion_of_others(const struct command *command);

/* Each option table once, with those who take it: completion_takes tells. */
void completion_each_table(void (*act)(struct buffer *out, const struct option_spec *rows),
			   struct buffer *out);

/* Whether a subcommand has that table; NULL stands for none typed yet. */
bool completion_takes(const struct command *command, const struct option_spec *rows);

/* Each option name once, with those of its rows that come first. */
void completion_all_options(struct getopt_table *table);

/* "a|b|c" up to the first blank, with other separators. */
void completion_put_words(struct buffer *out, const char *words, const char *separator);

/* The names of the subcommands that take a table, separators between them. */
void completion_put_takers(struct buffer *out, const struct option_spec *rows,
			   const char *separator);

#endif

/* What the completion scripts of all shells share: which words can stand where. */
#include "cmd/completion/candidates.h"

#include <string.h>

#include "cli/connection.h"
#include "mail/delivery.h"
#include "options/general.h"

const struct completion_shell *const completion_shells[] = {
	&completion_bash, &completion_zsh, &completion_fish, NULL,
};

/* --- values --- */

#define DESTINATION(kind, scheme, operand) "|" scheme

/* Names of arguments, as the rows have them, that say more than the type does. */
static const struct {
	enum option_type type;
	const char *argument;
	struct completion_value value;
} named[] = {
	{ OPTION_PATH, "DIR", { COMPLETE_FOLDER, NULL } },
	{ OPTION_TEXT, "COMMAND", { COMPLETE_COMMAND, NULL } },
	{ OPTION_TEXT, "ACCOUNT", { COMPLETE_ACCOUNT, NULL } },
	{ OPTION_TEXT, "DEST", { COMPLETE_DESTINATION, "-" DELIVERY_KINDS(DESTINATION) } },
};

struct completion_value completion_of_option(const struct option_spec *row)
{
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
		if (row->type == named[i].type && row->argument != NULL &&
		    strcmp(row->argument, named[i].argument) == 0)
			return named[i].value;
	if (strcmp(row->name, "account") == 0)
		return (struct completion_value){ COMPLETE_ACCOUNT, NULL };
	switch (row->type) {
	case OPTION_END:
	case OPTION_FLAG:
		break;
	case OPTION_CHOICE:
		return (struct completion_value){ COMPLETE_WORDS, row->argument };
	case OPTION_PATH:
		return (struct completion_value){ COMPLETE_FILE, NULL };
	case OPTION_TEXT:
	case OPTION_NUMBER:
	case OPTION_SIZE:
	case OPTION_DURATION:
	case OPTION_LIST:
		return (struct completion_value){ COMPLETE_ANY, NULL };
	}
	return (struct completion_value){ COMPLETE_NOTHING, NULL };
}

struct completion_value completion_of_others(const struct command *command)
{
	if ((command->needs & NEEDS_MESSAGES) != 0)
		return (struct completion_value){ COMPLETE_WORDS,
						  "all|first:|last|last:|new|uid:|-" };
	if (strstr(command->operands, "FILE") != NULL)
		return (struct completion_value){ COMPLETE_FILE, NULL };
	return (struct completion_value){ COMPLETE_NOTHING, NULL };
}

/* "list|add|..." in front says what the first operand may be. */
struct completion_value completion_of_first(const struct command *command)
{
	if (memchr(command->operands, '|', strcspn(command->operands, " ")) != NULL)
		return (struct completion_value){ COMPLETE_WORDS, command->operands };
	return completion_of_others(command);
}

/* --- tables --- */

struct search {
	const struct option_spec *rows;
	bool found;
};

static void compare_table(void *arg, const char *title, const struct option_spec *rows)
{
	struct search *const search = arg;

	(void)title;
	search->found |= rows == search->rows;
}

bool completion_takes(const struct command *command, const struct option_spec *rows)
{
	struct search search = { rows, false };

	if (command == NULL)
		return rows == connection_options || rows == general_options;
	rows_each(command, compare_table, &search);
	return search.found;
}

struct walk {
	size_t place; /* of the subcommand whose tables these are */
	void (*act)(struct buffer *out, const struct option_spec *rows);
	struct buffer *out;
};

static void act_once(void *arg, const char *title, const struct option_spec *rows)
{
	const struct walk *const walk = arg;

	(void)title;
	for (size_t i = 0; i < walk->place; i++)
		if (completion_takes(commands[i], rows))
			return;
	walk->act(walk->out, rows);
}

void completion_each_table(void (*act)(struct buffer *out, const struct option_spec *rows),
			   struct buffer *out)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		struct walk walk = { i, act, out };

		rows_each(commands[i], act_once, &walk);
	}
}

void completion_all_options(struct getopt_table *table)
{
	getopt_table_begin(table, "");
	getopt_table_add_all(table);
}

/* --- text --- */

void completion_put_words(struct buffer *out, const char *words, const char *separator)
{
	for (const char *word = words;;) {
		const size_t length = strcspn(word, "| ");

		buffer_append(out, word, length);
		if (word[length] != '|')
			return;
		buffer_append_text(out, separator);
		word += length + 1;
	}
}

void completion_put_takers(struct buffer *out, const struct option_spec *rows,
			   const char *separator)
{
	bool first = true;

	for (size_t i = 0; commands[i] != NULL; i++) {
		if (!completion_takes(commands[i], rows))
			continue;
		buffer_append_format(out, "%s%s", first ? "" : separator, commands[i]->name);
		first = false;
	}
}

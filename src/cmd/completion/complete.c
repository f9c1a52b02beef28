/*
 * pop3 __complete WORD...: candidates for the last word of a command line, for the scripts in
 * completions/. Prints "words", "files", "directories" or "commands", a TAB, and the prefix of the
 * last word that is not replaced; then one line per candidate: the word, a TAB, its description.
 * Prints nothing when there are no candidates, and never connects to a server.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"
#include "base/text.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cmd/commands.h"
#include "mail/delivery.h"
#include "mail/selection.h"
#include "options/config.h"
#include "state/seen.h"

struct completion {
	struct invocation *in;
	struct buffer out;
	const char *last; /* the word to complete, */
	size_t front;	  /* and the length of the prefix to keep */

	/* Found in the words before it. */
	const struct command *command;
	const char *operand; /* the last operand */
	size_t operands;
	const struct option_spec *option; /* whose value comes next */
	const char *account, *server;
	bool ended; /* "--" was found */
};

/* --- answers --- */

static void put_kind(struct completion *c, const char *kind)
{
	buffer_append_format(&c->out, "%s\t%.*s\n", kind, (int)c->front, c->last);
}

static void begin_words(struct completion *c)
{
	if (c->out.length == 0)
		put_kind(c, "words");
}

static void offer_octets(struct completion *c, const char *word, size_t length, const char *help)
{
	begin_words(c);
	buffer_append(&c->out, word, length);
	buffer_append_format(&c->out, "\t%s\n", help);
}

static void offer(struct completion *c, const char *word, const char *help)
{
	if (!text_has_control(word))
		offer_octets(c, word, strlen(word), help);
}

/* Offers the words of "a|b|c", up to a blank. */
static void offer_list(struct completion *c, const char *list)
{
	for (;;) {
		const size_t length = strcspn(list, "| ");

		offer_octets(c, list, length, "");
		if (list[length] != '|')
			return;
		list += length + 1;
	}
}

/* --- values of options --- */

static const struct config *read_config(struct completion *c)
{
	struct getopt_table known;
	struct pop3_error ignored;

	if (c->in->config->path.length == 0) {
		command_all_options(&known, "");
		/* If the file has an error, use the accounts before it. */
		config_read(c->in->config, &known, c->in->set->pool, &ignored);
	}
	return c->in->config;
}

static void offer_accounts(struct completion *c)
{
	const struct config *const config = read_config(c);

	for (size_t i = 0; i < config->account_count; i++)
		offer(c, config->accounts[i], "");
}

static int offer_cursor(void *arg, const char *name, struct pop3_error *err)
{
	(void)err;
	offer(arg, name, "");
	return 0;
}

static void offer_cursors(struct completion *c)
{
	const char *const exported = getenv("POP3_ACCOUNT");
	struct pop3_error ignored;

	if (c->account != NULL || c->server != NULL)
		c->in->account = c->account;
	else if (exported != NULL && exported[0] != '\0')
		c->in->account = exported;
	else if (read_config(c)->account_count > 0)
		c->in->account = c->in->config->accounts[0];
	if (c->in->account != NULL && state_file_open(c->in, STATE_READ, 0, &ignored) == 0)
		seen_each_cursor(c->in->state, offer_cursor, c, &ignored);
}

/* Offers the kinds of destinations, or operands after a kind's colon. */
static void offer_destinations(struct completion *c)
{
#define DESTINATION(kind, scheme, operand) { scheme, operand },
	static const struct {
		const char *scheme, *operand;
	} kinds[] = { DELIVERY_KINDS(DESTINATION) };
#undef DESTINATION
	const size_t scheme = strcspn(c->last + c->front, ":") + 1;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strncmp(c->last + c->front, kinds[i].scheme, scheme) != 0)
			continue;
		c->front += scheme;
		put_kind(c, strcmp(kinds[i].operand, DELIVERY_COMMAND) == 0 ? "commands" : "files");
		return;
	}
	offer(c, "-", "");
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		offer(c, kinds[i].scheme, kinds[i].operand);
}

/* Completions that depend on the name of an option or of its argument, not on its type. */
static const struct {
	const char *name, *argument;
	void (*offer)(struct completion *c);
	const char *kind; /* what the shell completes itself, where offer is NULL */
} values[] = {
	{ "account", "NAME", offer_accounts, NULL },
	{ "show", "ACCOUNT", offer_accounts, NULL },
	{ "cursor", "NAME", offer_cursors, NULL },
	{ NULL, "DEST", offer_destinations, NULL },
	{ NULL, "COMMAND", NULL, "commands" },
	{ NULL, "DIR", NULL, "directories" },
	{ NULL, "FILE", NULL, "files" },
};

static void offer_values(struct completion *c, const struct option_spec *row)
{
	if (row->type == OPTION_FLAG)
		offer_list(c, "yes|no");
	if (row->type == OPTION_CHOICE)
		offer_list(c, row->argument);
	for (size_t i = 0; row->argument != NULL && i < sizeof values / sizeof values[0]; i++) {
		if ((values[i].name != NULL && strcmp(values[i].name, row->name) != 0) ||
		    strcmp(values[i].argument, row->argument) != 0)
			continue;
		if (values[i].offer != NULL)
			values[i].offer(c);
		else
			put_kind(c, values[i].kind);
	}
}

/* --- options --- */

struct search {
	const char *name; /* its length in octets; name NULL = use the letter */
	size_t length;
	char letter;
};

static const struct option_spec *find_in(const struct command *command, struct search search)
{
	const struct option_spec *tables[COMMAND_TABLES_MAX];
	const size_t count = command_tables(command, tables);

	for (size_t i = 0; i < count; i++)
		for (const struct option_spec *row = tables[i]; row->type != OPTION_END; row++)
			if (search.name == NULL ? row->letter == search.letter
						: strlen(row->name) == search.length &&
							  memcmp(row->name, search.name,
								 search.length) == 0)
				return row;
	return NULL;
}

/* Before the subcommand, an option of any subcommand may appear. */
static const struct option_spec *find_option(const struct completion *c, struct search search)
{
	const struct option_spec *found = NULL;

	if (c->command != NULL)
		return find_in(c->command, search);
	for (size_t i = 0; found == NULL && commands[i] != NULL; i++)
		found = find_in(commands[i], search);
	return found;
}

/* The option in a word like --tls=off, -aNAME or -qv; *value points into the word, or is NULL. */
static const struct option_spec *read_option(const struct completion *c, const char *word,
					     const char **value)
{
	const struct option_spec *row = NULL;

	*value = NULL;
	if (word[1] == '-') {
		const size_t length = strcspn(word, "=");

		*value = word[length] != '\0' ? word + length + 1 : NULL;
		return find_option(c, (struct search){ .name = word + 2, .length = length - 2 });
	}
	for (const char *letter = word + 1; *letter != '\0'; letter++) {
		row = find_option(c, (struct search){ .letter = *letter });
		if (row == NULL || row->type == OPTION_FLAG)
			continue;
		*value = letter[1] != '\0' ? letter + 1 : NULL;
		break;
	}
	return row;
}

static void offer_options(struct completion *c)
{
	const struct option_spec *tables[COMMAND_TABLES_MAX] = {
		connection_options, general_options,
	};
	const size_t count = c->command != NULL ? command_tables(c->command, tables) : 2;

	begin_words(c);
	for (size_t i = 0; i < count; i++) {
		for (const struct option_spec *row = tables[i]; row->type != OPTION_END; row++) {
			if (row->letter != 0 && c->last[1] == '\0')
				buffer_append_format(&c->out, "-%c\t%s\n", row->letter, row->help);
			buffer_append_format(&c->out, "--%s\t%s\n", row->name, row->help);
		}
	}
}

/* --- operands --- */

static bool begins_with(const char *verb, const char *word, size_t length)
{
	return strncmp(verb, word, length) == 0 && (verb[length] == ' ' || verb[length] == '\0');
}

/* A verb of two words, such as "get timeout", is completed word by word. */
static void offer_verbs(struct completion *c)
{
	const char *verb;

	for (size_t i = 0; (verb = admin_verb_name(i)) != NULL; i++) {
		const size_t first = strcspn(verb, " ");
		size_t earlier = 0;

		while (!begins_with(admin_verb_name(earlier), verb, first))
			earlier++;
		if (c->operands == 0 && earlier == i)
			offer_octets(c, verb, first, "");
		else if (c->operands == 1 && verb[first] == ' ' && strlen(c->operand) == first &&
			 strncmp(verb, c->operand, first) == 0)
			offer(c, verb + first + 1, "");
	}
}

static void offer_subcommands(struct completion *c)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		offer(c, commands[i]->name, commands[i]->summary);
}

static void offer_operands(struct completion *c)
{
	const char *const operands = c->command->operands;

	if (c->operands >= c->command->max)
		return;
	if ((c->command->needs & NEEDS_MESSAGES) != 0) {
		for (const struct selection_form *row = selection_forms; row->text != NULL; row++)
			offer(c, row->text, row->help);
		offer(c, "-", "read from stdin");
	} else if (c->command == &cmd_admin) {
		offer_verbs(c);
	} else if (c->command == &cmd_help) {
		offer_subcommands(c);
		for (const struct help_topic *topic = help_topics; topic->name != NULL; topic++)
			offer(c, topic->name, topic->summary);
	} else if (c->operands == 0 && memchr(operands, '|', strcspn(operands, " ")) != NULL) {
		offer_list(c, operands);
	} else if (strstr(operands, "FILE") != NULL) {
		put_kind(c, "files");
	}
}

/* --- the words --- */

static void note_value(struct completion *c, const struct option_spec *row, const char *value)
{
	if (strcmp(row->name, "account") == 0)
		c->account = value;
	if (strcmp(row->name, "server") == 0)
		c->server = value;
}

/* Interprets a word before the last one. False for an unknown subcommand. */
static bool read_word(struct completion *c, const char *word)
{
	struct pop3_error unknown;
	const char *value;

	if (c->option != NULL) {
		note_value(c, c->option, word);
		c->option = NULL;
	} else if (!c->ended && strcmp(word, "--") == 0) {
		c->ended = true;
	} else if (!c->ended && word[0] == '-' && word[1] != '\0') {
		const struct option_spec *const row = read_option(c, word, &value);

		if (row != NULL && value != NULL)
			note_value(c, row, value);
		else if (row != NULL && row->type != OPTION_FLAG)
			c->option = row;
	} else if (c->command == NULL) {
		c->command = command_find(word, false, &unknown);
		return c->command != NULL;
	} else {
		c->operand = word;
		c->operands++;
	}
	return true;
}

static void offer_all(struct completion *c)
{
	const char *value = NULL;
	const struct option_spec *row = c->option;
	const bool is_option = !c->ended && c->last[0] == '-';

	if (row == NULL && is_option) {
		row = read_option(c, c->last, &value);
		c->front = value != NULL ? (size_t)(value - c->last) : 0;
	}
	if (c->option != NULL || value != NULL) {
		if (row != NULL)
			offer_values(c, row);
	} else if (is_option) {
		offer_options(c);
	} else if (c->command != NULL) {
		offer_operands(c);
	} else {
		offer_subcommands(c);
	}
}

static int run(struct invocation *in, struct pop3_error *err)
{
	struct completion c = { .in = in };
	bool known = in->operand_count > 0;
	int result = 0;

	for (size_t i = 0; known && i + 1 < in->operand_count; i++)
		known = read_word(&c, in->operands[i]);
	if (known) {
		c.last = in->operands[in->operand_count - 1];
		offer_all(&c);
	}
	if (buffer_check(&c.out, POP3_E_MEMORY, err) < 0 ||
	    output_raw(in->output, buffer_text(&c.out), c.out.length, err) < 0)
		result = -1;
	buffer_release(&c.out);
	return result;
}

const struct command cmd_complete = {
	.name = "__complete", .summary = "Print completions for a shell", .operands = "WORD...",
	.max = OPERANDS_ANY, .run = run,
};

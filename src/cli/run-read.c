/* From the words of a command line to settings: the subcommand and its options. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/run.h"

/* --- which subcommand --- */

/* Sets the command that shows help on the options of a table. */
static void name_page(const struct run *run, struct getopt_table *table)
{
	snprintf(table->page, sizeof table->page, "%shelp%s%s", run->outer == NULL ? "pop3 " : "",
		 run->command != NULL ? " " : "", run->command != NULL ? run->command->name : "");
}

/* Finds the subcommand among the words; options of any kind may precede it. */
static int find_subcommand(struct run *run, int argc, char **argv, int *at,
			   struct pop3_error *err)
{
	struct getopt_table table;
	const struct option_spec *row;
	const char *value;

	command_all_options(&table, "+");
	name_page(run, &table);
	optind = 0;
	*at = 0;
	do {
		if (getopt_next(&table, argc, argv, &row, &value, err) < 0)
			return -1;
		run->general.help |= row != NULL && strcmp(row->name, "help") == 0;
		run->general.version |= row != NULL && strcmp(row->name, "version") == 0;
	} while (row != NULL);
	if (optind < argc)
		*at = optind;
	return 0;
}

/* Removes the subcommand from the words; run->command is NULL when there is none to run. */
static int take_subcommand(struct run *run, int *argc, char **argv, struct pop3_error *err)
{
	const char *const slash = strrchr(argv[0], '/');
	const char *const name = slash != NULL ? slash + 1 : argv[0];
	const bool in_management = run->outer != NULL && run->outer->connection.manages;
	int at;

	if (run->outer == NULL && strncmp(name, "pop3-", 5) == 0) {
		run->command = command_find(name + 5, false, err);
		return run->command != NULL ? 0 : -1;
	}
	if (find_subcommand(run, *argc, argv, &at, err) < 0)
		return -1;
	if (at == 0)
		return 0;
	/* In a batch of a management protocol, the verbs are commands of their own. */
	for (size_t i = 0; in_management && commands[i] != NULL; i++) {
		if (commands[i]->has_verb != NULL && commands[i]->has_verb(argv[at])) {
			run->command = commands[i];
			return 0;
		}
	}
	run->command = command_find(argv[at], run->outer != NULL, err);
	/* Moves the final NULL, too. */
	memmove(&argv[at], &argv[at + 1], (size_t)(*argc - at) * sizeof *argv);
	(*argc)--;
	return run->command != NULL ? 0 : -1;
}

/* --- which options --- */

static int add_groups(struct run *run, struct pop3_error *err)
{
	const struct command *const command = run->command;
	const unsigned needs = command->needs;
	struct option_set *const set = &run->set;

	set->pool = &run->pool;
	if (option_set_add(set, general_options, &run->general, sizeof run->general, err) < 0)
		return -1;
	if ((needs & NEEDS_MESSAGES) != 0 &&
	    option_set_add(set, message_options, &run->message_options,
			   sizeof run->message_options, err) < 0)
		return -1;
	/* Lines of a batch use its connection. */
	if ((needs & NEEDS_ANY_CONFIG) != 0 && run->outer == NULL &&
	    option_set_add(set, connection_options, &run->connection, sizeof run->connection,
			   err) < 0)
		return -1;
	if (command->options == NULL)
		return 0;
	run->own = calloc(1, command->options_size);
	if (run->own == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	return option_set_add(set, command->options, run->own, command->options_size, err);
}

static int read_words(struct run *run, int argc, char **argv, struct pop3_error *err)
{
	struct getopt_table table;
	const struct option_spec *row;
	const char *value;
	char where[64];

	getopt_table_begin(&table, "");
	name_page(run, &table);
	for (size_t i = 0; i < run->set.count; i++)
		getopt_table_add(&table, run->set.groups[i].rows);
	for (optind = 0;;) {
		if (getopt_next(&table, argc, argv, &row, &value, err) < 0)
			return -1;
		if (row == NULL)
			break;
		snprintf(where, sizeof where, "--%s", row->name);
		if (option_assign(&run->set, option_find(&run->set, row->name), value,
				  FROM_COMMAND_LINE, where, err) < 0)
			return -1;
	}
	run->in.operands = argv + optind;
	run->in.operand_count = (size_t)(argc - optind);
	return 0;
}

/* Whether the command line names an account or server, so that the environment's does not apply. */
static bool is_about_another(const struct run *run, const char *option)
{
	if ((run->command->needs & NEEDS_CONFIG) != 0)
		return true;
	if (strcmp(option, "account") == 0)
		return run->connection.server != NULL;
	return option_origin(&run->set, "account") == FROM_COMMAND_LINE;
}

static int read_environment(struct run *run, struct pop3_error *err)
{
	static const struct {
		const char *option, *variable;
	} variables[] = {
		{ "account", "POP3_ACCOUNT" },
		{ "server", "POP3_SERVER" },
		{ "user", "POP3_USER" },
	};

	for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
		const char *const value = getenv(variables[i].variable);
		const struct option_place place = option_find(&run->set, variables[i].option);

		if (value == NULL || value[0] == '\0' || place.row == NULL ||
		    is_about_another(run, variables[i].option))
			continue;
		if (option_assign(&run->set, place, value, FROM_ENVIRONMENT,
				  variables[i].variable, err) < 0)
			return -1;
	}
	return 0;
}

/* Without a named account or server, the first account of the file applies. */
static int read_config(struct run *run, struct pop3_error *err)
{
	struct connection *const c = &run->connection;
	struct getopt_table known;

	command_all_options(&known, "");
	if (config_read(&run->config, &known, &run->pool, err) < 0)
		return -1;
	if ((run->command->needs & NEEDS_CONFIG) != 0)
		return 0;
	if (c->account == NULL && c->server == NULL && run->config.account_count > 0)
		c->account = run->config.accounts[0];
	if (c->account != NULL && config_expect(&run->config, c->account, err) < 0)
		return -1;
	return config_apply(&run->config, c->account, &run->set, err);
}

/* Reads all options, each from the source with the highest precedence. */
static int read_options(struct run *run, int argc, char **argv, struct pop3_error *err)
{
	const struct command *const command = run->command;

	if (add_groups(run, err) < 0)
		return -1;
	/* A line's output has the batch's format, unless its own options change it. */
	if (run->outer != NULL)
		run->general = run->outer->general;
	if (read_words(run, argc, argv, err) < 0)
		return -1;
	if (run->general.help || run->general.version)
		return 0;
	if (run->in.operand_count < command->min)
		return pop3_fail(err, POP3_E_USAGE, "missing operand: %s %s", command->name,
				 command->operands);
	if (run->in.operand_count > command->max)
		return pop3_fail(err, POP3_E_USAGE, "unexpected operand '%s': %s%s%s",
				 run->in.operands[command->max], command->name,
				 command->operands[0] != '\0' ? " " : "", command->operands);
	/* Apply the settings of the batch's account to the options of the line's command. */
	if (run->outer != NULL)
		return config_apply(&run->outer->config, run->outer->connection.account, &run->set,
				    err);
	if ((command->needs & NEEDS_ANY_CONFIG) == 0)
		return 0;
	return read_environment(run, err) < 0 ? -1 : read_config(run, err);
}

int run_read(struct run *run, int argc, char **argv, struct pop3_error *err)
{
	if (run->outer == NULL && argc > 1 && strcmp(argv[1], command_for_shells->name) == 0) {
		run->command = command_for_shells;
		run->in.operands = argv + 2;
		run->in.operand_count = (size_t)argc - 2;
		return add_groups(run, err);
	}
	if (take_subcommand(run, &argc, argv, err) < 0)
		return -1;
	if (run->command == NULL && (run->general.help || run->general.version))
		return 0;
	if (run->command == NULL)
		return pop3_fail(err, POP3_E_USAGE, "missing subcommand; see 'pop3 help'");
	if (run->outer != NULL &&
	    !command_fits_line(run->command, run->outer->connection.manages))
		return pop3_fail(err, POP3_E_USAGE, "'%s' cannot be used in this batch",
				 run->command->name);
	return read_options(run, argc, argv, err);
}

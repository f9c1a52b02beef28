/* Finding subcommands and their options, and the functions that all of them may call. */
#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/report.h"
#include "cli/run.h"

const struct command *const *commands, *const *line_commands;
const struct command *command_for_shells;

#define FIELD(name) offsetof(struct general, name)

const struct option_spec general_options[] = {
	{ OPTION_FLAG, 0, "json", FIELD(json), NULL, "print one JSON object per line", NULL },
	{ OPTION_FLAG, '0', "null", FIELD(nul), NULL, "end records with NUL, in input too", NULL },
	{ OPTION_FLAG, 0, "header", FIELD(header), NULL,
	  "print a line of field names first", NULL },
	{ OPTION_FLAG, 0, "wide", FIELD(wide), NULL,
	  "do not cut columns to fit the terminal", NULL },
	{ OPTION_FLAG, 'q', "quiet", FIELD(quiet), NULL, "print no warnings", NULL },
	{ OPTION_FLAG, 'v', "verbose", FIELD(verbose), NULL,
	  "print each step and each oddity of the server", NULL },
	{ OPTION_FLAG, 'h', "help", FIELD(help), NULL, "show this help", NULL },
	{ OPTION_FLAG, 'V', "version", FIELD(version), NULL, "show the version", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* --- which options --- */

size_t command_tables(const struct command *command,
		      const struct option_spec *tables[COMMAND_TABLES_MAX])
{
	size_t count = 0;

	if (command->options != NULL)
		tables[count++] = command->options;
	if ((command->needs & NEEDS_MESSAGES) != 0)
		tables[count++] = message_options;
	if ((command->needs & NEEDS_ANY_CONFIG) != 0)
		tables[count++] = connection_options;
	tables[count++] = general_options;
	return count;
}

void command_all_options(struct getopt_table *table, const char *mode)
{
	const struct option_spec *tables[COMMAND_TABLES_MAX];

	getopt_table_begin(table, mode);
	for (size_t i = 0; commands[i] != NULL; i++) {
		const size_t count = command_tables(commands[i], tables);

		for (size_t t = 0; t < count; t++)
			getopt_table_add(table, tables[t]);
	}
}

/* --- which subcommand --- */

static const struct command *find_in(const struct command *const *list, const char *name,
				     struct nearest *nearest)
{
	for (; *list != NULL; list++) {
		if (strcmp((*list)->name, name) == 0)
			return *list;
		nearest_offer(nearest, name, (*list)->name);
	}
	return NULL;
}

const struct command *command_find(const char *name, bool in_line, struct pop3_error *err)
{
	struct nearest nearest = { .word = NULL };
	const struct command *command = find_in(commands, name, &nearest);

	if (command == NULL && in_line)
		command = find_in(line_commands, name, &nearest);
	if (command == NULL) {
		char hint[128];

		pop3_fail(err, POP3_E_USAGE, "unknown subcommand '%s'%s; see '%shelp'", name,
			  nearest_hint(&nearest, hint, sizeof hint), in_line ? "" : "pop3 ");
	}
	return command;
}

bool command_fits_line(const struct command *command, bool manages)
{
	const unsigned needs = command->needs;

	if ((needs & FITS_ANY_LINE) != 0)
		return true;
	if ((needs & (KEEPS_TRYING | RUNS_ONCE)) != 0 || command->conclude != NULL)
		return false;
	if ((needs & MANAGES) != 0 || (needs & NEEDS_SESSION) != 0)
		return manages == ((needs & MANAGES) != 0);
	return (needs & NEEDS_ACCOUNT) != 0;
}

/* --- for commands to call --- */

void warn(const struct invocation *in, const char *format, ...)
{
	char text[POP3_ERROR_TEXT + 128];
	va_list args;

	if (in->general->quiet)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	report_message(in->general->json, "warning", in->run->line, text);
}

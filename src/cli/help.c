/* Help made from the rows. */
#include <stdio.h>

#include "base/buffer.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/exit.h"

static void show_name(FILE *out, const struct command *command)
{
	fprintf(out, "  %-12s%s\n", command->name, command->summary);
}

static void show_overview(FILE *out)
{
	fputs("usage: pop3 [CONNECTION OPTION...] SUBCOMMAND [OPTION...] [MESSAGE...]\n\n", out);
	for (size_t i = 0; commands[i] != NULL; i++)
		show_name(out, commands[i]);
	fputs("\nMessages: 7  3-9  12-  1,4,6-8  all  first:N  last:N  last  new  uid:UID\n"
	      "          - reads records or selectors from stdin\n",
	      out);
	option_print_table(out, "Which server, as whom", connection_options);
	option_print_table(out, "General", general_options);
	fputs("\nExit status:\n", out);
	for (const struct exit_meaning *e = exit_meanings; e->meaning != NULL; e++)
		fprintf(out, "  %-4d%s\n", e->status, e->meaning);
	fputs("\n\"pop3 SUBCOMMAND --help\" and pop3(1) tell more.\n", out);
}

static void show_description(FILE *out, const struct command *command)
{
	struct buffer text = { 0 };

	command->describe(&text);
	fputs(buffer_text(&text), out);
	buffer_release(&text);
}

static void show_command(FILE *out, const struct command *command, bool in_line)
{
	struct command_table tables[COMMAND_TABLES_MAX];
	const size_t count = command_tables(command, tables);

	fprintf(out, "usage: %s%s [OPTION...]%s%s\n%s.\n", in_line ? "" : "pop3 ", command->name,
		command->operands[0] != '\0' ? " " : "", command->operands, command->summary);
	for (size_t i = 0; i < count; i++)
		/* The lines of a batch share its connection. */
		if (!in_line || tables[i].rows != connection_options)
			option_print_table(out, tables[i].title, tables[i].rows);
	if (command->describe != NULL)
		show_description(out, command);
}

int help_show(const struct general *general, const struct command *command, bool in_line,
	      struct pop3_error *err)
{
	if (general->version)
		printf("pop3 %s\n", POP3_VERSION);
	else if (command != NULL)
		show_command(stdout, command, in_line);
	else
		show_overview(stdout);
	return fflush(stdout) == 0 ? 0 : file_fail_stdout(err);
}

int help_show_lines(bool manages, struct pop3_error *err)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (command_fits_line(commands[i], manages))
			show_name(stdout, commands[i]);
	for (size_t i = 0; line_commands[i] != NULL; i++)
		if (command_fits_line(line_commands[i], manages))
			show_name(stdout, line_commands[i]);
	return fflush(stdout) == 0 ? 0 : file_fail_stdout(err);
}

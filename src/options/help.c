/* Help made from the rows. */
#include "options/help.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/connection.h"
#include "cli/exit.h"
#include "options/getopt.h"

#define HELP_COLUMN 30

static void print_row(FILE *out, const struct option_spec *row)
{
	/* A list of words is too long for the left side when it is long. */
	const bool words = row->type == OPTION_CHOICE && strlen(row->argument) > 20;
	int used = row->letter != 0 ? fprintf(out, "  -%c, --%s", row->letter, row->name)
				    : fprintf(out, "      --%s", row->name);

	if (row->argument != NULL)
		used += fprintf(out, " %s", words ? "WORD" : row->argument);
	if (used + 2 > HELP_COLUMN) {
		fputc('\n', out);
		used = 0;
	}
	fprintf(out, "%*s%s", HELP_COLUMN - used, "", row->help);
	if (row->initial != NULL)
		fprintf(out, " (%s)", row->initial);
	fputc('\n', out);
	for (const char *word = row->argument; words && *word != '\0';) {
		const int length = (int)strcspn(word, "|");

		fprintf(out, "%*s  %.*s\n", HELP_COLUMN, "", length, word);
		word += length;
		word += *word == '|';
	}
}

static void print_table(FILE *out, const char *title, const struct option_spec *rows)
{
	fprintf(out, "\n%s:\n", title);
	for (; rows->type != OPTION_END; rows++)
		print_row(out, rows);
}

static void print_any(void *out, const char *title, const struct option_spec *rows)
{
	print_table(out, title, rows);
}

/* The lines of a batch share its connection. */
static void print_of_line(void *out, const char *title, const struct option_spec *rows)
{
	if (rows != connection_options)
		print_table(out, title, rows);
}

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
	print_table(out, "Which server, as whom", connection_options);
	print_table(out, "General", general_options);
	fputs("\nExit status:\n", out);
	for (const struct exit_meaning *e = exit_meanings; e->meaning != NULL; e++)
		fprintf(out, "  %-4d%s\n", e->status, e->meaning);
	fputs("\n\"pop3 SUBCOMMAND --help\" and pop3(1) tell more.\n", out);
}

static void show_command(FILE *out, const struct command *command, bool in_line)
{
	fprintf(out, "usage: %s%s [OPTION...]%s%s\n%s.\n", in_line ? "" : "pop3 ", command->name,
		command->operands[0] != '\0' ? " " : "", command->operands, command->summary);
	rows_each(command, in_line ? print_of_line : print_any, out);
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

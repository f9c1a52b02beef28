/* Help generated from the tables: one page per subcommand, and shared pages. */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/exit.h"
#include "cli/select.h"
#include "mail/selection.h"

/* --- topics --- */

static void show_connection(FILE *out)
{
	option_print_table(out, "Which server, as whom", connection_options);
	fputs("\nA value is taken from the command line, or else from POP3_ACCOUNT, POP3_SERVER,\n"
	      "POP3_USER and POP3_PASSWORD, the account's section of the configuration\n"
	      "file, or its [defaults].\n", out);
}

static void show_messages(FILE *out)
{
	fputs("A MESSAGE is one of these; without any, a subcommand takes all.\n\n", out);
	fprintf(out, "  %-12s%s\n  %-12s%s\n", "7", "a number, valid in one session only",
		"1,4,6-8,12-", "numbers and ranges; 12- means up to the last one");
	for (const struct selection_form *form = selection_forms; form->text != NULL; form++)
		fprintf(out, "  %s%-*s%s\n", form->text, (int)(12 - strlen(form->text)),
			form->argument, form->help);
	fprintf(out, "  %-12s%s\n", "-",
		"read from stdin: records (by UID) or one MESSAGE per line");
	fputc('\n', out);
	option_print_table(out, "Filters: select only some of these", message_options);
}

static void show_output(FILE *out)
{
	option_print_table(out, "Output", general_options);
	fputs("\nRecords are lines of fields separated by TABs, in which backslash, TAB, CR, LF\n"
	      "and control characters are \\\\ \\t \\r \\n \\xHH. At a terminal they are aligned.\n"
	      "Records can be piped back in: pop3 list | pop3 dele -\n", out);
}

static void show_exit(FILE *out)
{
	fputs("Exit status:\n", out);
	for (const struct exit_meaning *e = exit_meanings; e->meaning != NULL; e++) {
		fprintf(out, "  %-4d", e->status);
		help_wrap(out, 6, 6, e->meaning);
	}
}

const struct help_topic help_topics[] = {
	{ "connection", "Which server, as whom, and how to get there", show_connection },
	{ "messages", "What a MESSAGE can be, and filters", show_messages },
	{ "output", "Output", show_output },
	{ "exit", "Exit statuses", show_exit },
	{ .name = NULL },
};

/* --- pages --- */

static void show_name(FILE *out, const struct command *command)
{
	fprintf(out, "  %-12s%s\n", command->name, command->summary);
}

/* in_line: without the connection options, which come from the batch. */
static void show_command(FILE *out, const struct command *command, bool in_line)
{
	const char *const program = in_line ? "" : "pop3 ";
	const bool has_messages = (command->needs & NEEDS_MESSAGES) != 0;
	const bool connects = !in_line && (command->needs & NEEDS_ANY_CONFIG) != 0;
	struct buffer text = { 0 };

	fprintf(out, "usage: %s%s [OPTION...]%s%s\n%s.\n", program, command->name,
		command->operands[0] != '\0' ? " " : "", command->operands, command->summary);
	if (command->options != NULL) {
		fputc('\n', out);
		option_print_table(out, "Options", command->options);
	}
	if (command->describe != NULL) {
		command->describe(&text);
		fputs(buffer_text(&text), out);
		buffer_release(&text);
	}
	if (has_messages) {
		fputs("\nMESSAGE: 7  3-9  12-  1,4,6-8", out);
		for (const struct selection_form *row = selection_forms; row->text != NULL; row++)
			fprintf(out, "  %s%s", row->text, row->argument);
		fputs("  -\n", out);
	}
	if (command->examples != NULL && !in_line)
		fprintf(out, "\nExamples:\n%s", command->examples);
	fprintf(out, "\nSee also: %shelp %s%soutput, exit\n", program,
		has_messages ? "messages, " : "", connects ? "connection, " : "");
}

int help_show(const struct general *general, const struct command *command, bool in_line,
	      struct pop3_error *err)
{
	if (general->version) {
		printf("pop3 %s\n", POP3_VERSION);
	} else if (command != NULL) {
		show_command(stdout, command, in_line);
	} else {
		puts("usage: pop3 [CONNECTION OPTION...] SUBCOMMAND [OPTION...] [MESSAGE...]\n");
		for (size_t i = 0; commands[i] != NULL; i++)
			show_name(stdout, commands[i]);
		fputs("\npop3 help SUBCOMMAND shows its options and examples. There is also\n"
		      "pop3 help", stdout);
		for (const struct help_topic *topic = help_topics; topic->name != NULL; topic++)
			printf("%s %s", topic == help_topics ? "" : ",", topic->name);
		puts(". The manual is pop3(1).");
	}
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

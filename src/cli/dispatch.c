/* One command line from its words to its exit status, and the one place that prints an error. */
#include "cli/dispatch.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "cli/exit.h"
#include "cli/help.h"
#include "cli/run.h"
#include "cli/signals.h"

static int status_of(const struct pop3_error *err)
{
	if (err->code == POP3_E_INTERRUPTED && signals_caught() != 0)
		return 128 + signals_caught();
	return exit_status(err->code);
}

static void report_json(const struct run *run, const struct pop3_error *err)
{
	struct buffer line = { 0 }, server = { 0 };

	buffer_append_format(&line, "{\"code\":\"%s\",\"exit\":%d,\"message\":\"",
			     exit_name(err->code), status_of(err));
	text_json(&line, err->text, strlen(err->text));
	buffer_append_text(&line, "\"");
	if (run->connection.url.host[0] != '\0') {
		connection_name(&run->connection, &server);
		buffer_append_text(&line, ",\"server\":\"");
		text_json(&line, buffer_text(&server), server.length);
		buffer_append_text(&line, "\"");
	}
	if (err->retry_after > 0)
		buffer_append_format(&line, ",\"retry_after\":%u", err->retry_after);
	fprintf(stderr, "%s}\n", buffer_text(&line));
	buffer_release(&line);
	buffer_release(&server);
}

static void report_text(const struct run *run, const struct pop3_error *err)
{
	struct buffer line = { 0 };

	if (run->connection.url.host[0] != '\0' && exit_is_of_server(err->code))
		buffer_append_format(&line, "%s: ", run->connection.url.host);
	text_escape(&line, err->text, strlen(err->text));
	fprintf(stderr, "pop3: %s\n", buffer_text(&line));
	buffer_release(&line);
}

/* A reader that has gone wants to hear no more, and "nothing" was only asked as a status. */
static void report(const struct run *run, const struct pop3_error *err)
{
	if (err->code == POP3_E_NOTHING || err->code == POP3_E_CLOSED)
		return;
	if (run->general.json)
		report_json(run, err);
	else
		report_text(run, err);
}

static int show_help(const struct run *run)
{
	if (run->general.version)
		printf("pop3 %s\n", POP3_VERSION);
	else if (run->command != NULL)
		help_command(stdout, run->command);
	else
		help_overview(stdout);
	if (fflush(stdout) == 0)
		return 0;
	perror("pop3: cannot write to stdout");
	return exit_status(POP3_E_IO);
}

int dispatch(int argc, char **argv)
{
	struct run run = { .cancel_fd = signals_catch() };
	struct pop3_error err = { .code = POP3_E_NONE };
	int result, status = 0;

	result = run_read(&run, argc, argv, &err);
	if (result == 0 && (run.general.help || run.general.version)) {
		status = show_help(&run);
	} else {
		if (result == 0)
			result = run_command(&run, &err);
		/* A failure that gave no reason must not look like a success. */
		if (result < 0 && err.code == POP3_E_NONE)
			pop3_fail(&err, POP3_E_BUG, "failed without a reason");
		if (result < 0) {
			report(&run, &err);
			status = status_of(&err);
		}
	}
	run_release(&run);
	return status;
}

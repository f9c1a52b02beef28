/* The one place that prints an error. */
#include "cli/report.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "cli/exit.h"

static void report_json(const struct connection *connection, const struct pop3_error *err)
{
	struct buffer line = { 0 }, server = { 0 };

	buffer_append_format(&line, "{\"code\":\"%s\",\"exit\":%d,\"message\":\"",
			     exit_name(err->code), exit_status_of(err));
	text_json(&line, err->text, strlen(err->text));
	buffer_append_text(&line, "\"");
	if (connection->target.host != NULL) {
		connection_name(connection, &server);
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

static void report_text(const struct connection *connection, const struct pop3_error *err)
{
	struct buffer line = { 0 };

	if (connection->target.host != NULL && exit_is_of_server(err->code))
		buffer_append_format(&line, "%s: ", connection->target.host);
	text_escape(&line, err->text, strlen(err->text));
	fprintf(stderr, "pop3: %s\n", buffer_text(&line));
	buffer_release(&line);
}

/* A reader that has gone wants to hear no more, and "nothing" was only asked as a status. */
void report_error(const struct connection *connection, bool json, const struct pop3_error *err)
{
	if (err->code == POP3_E_NOTHING || err->code == POP3_E_CLOSED)
		return;
	if (json)
		report_json(connection, err);
	else
		report_text(connection, err);
}

/* Messages on stderr: failures, warnings and notes, as lines of text or JSON objects. */
#include "cli/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/shell.h"
#include "base/text.h"
#include "cli/exit.h"
#include "cli/progress.h"

static void put(const char *text, const char *end)
{
	struct buffer line = { 0 };

	text_escape(&line, text, strlen(text));
	progress_hide();
	fprintf(stderr, "pop3: %s%s", buffer_text(&line), end);
	buffer_release(&line);
}

void report_question(const char *format, ...)
{
	char text[POP3_ERROR_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	put(text, " ");
}

static void append_member(struct buffer *object, const char *name, const char *value)
{
	buffer_append_format(object, "\"%s\":\"", name);
	text_json(object, value, strlen(value));
	buffer_append_octet(object, '"');
}

void report_message(bool json, const char *level, unsigned line, const char *text)
{
	struct buffer object = { 0 };

	if (!json) {
		put(text, "\n");
		return;
	}
	if (line > 0)
		buffer_append_format(&object, "\"line\":%u,", line);
	append_member(&object, "level", level);
	buffer_append_octet(&object, ',');
	append_member(&object, "message", text);
	progress_hide();
	fprintf(stderr, "{%s}\n", buffer_text(&object));
	buffer_release(&object);
}

/* --- failures --- */

/* Not for a reader that has closed stdout, nor for failures that are only an exit status. */
void report_error(const struct connection *connection, bool json, const struct pop3_error *err)
{
	const char *const host = connection->target.host;
	struct buffer line = { 0 }, server = { 0 };

	if (err->code == POP3_E_NOTHING || err->code == POP3_E_CLOSED)
		return;
	if (!json) {
		if (host != NULL && (failure_flags(err->code) & OF_SERVER) != 0)
			buffer_append_format(&line, "%s: ", host);
		buffer_append_text(&line, err->text);
		put(buffer_text(&line), "\n");
		buffer_release(&line);
		return;
	}
	append_member(&line, "code", failure_name(err->code));
	buffer_append_format(&line, ",\"exit\":%d,", exit_status_of(err));
	append_member(&line, "message", err->text);
	if (host != NULL) {
		connection_name(connection, &server);
		buffer_append_octet(&line, ',');
		append_member(&line, "server", buffer_text(&server));
	}
	if (err->retry_after > 0)
		buffer_append_format(&line, ",\"retry_after\":%u", err->retry_after);
	progress_hide();
	fprintf(stderr, "{%s}\n", buffer_text(&line));
	buffer_release(&line);
	buffer_release(&server);
}

static void append_value(struct buffer *line, const struct option_spec *row, const char *value)
{
	if (row->letter != 0)
		buffer_append_format(line, " -%c", row->letter);
	else
		buffer_append_format(line, " --%s", row->name);
	if (row->type == OPTION_FLAG)
		return;
	buffer_append_octet(line, ' ');
	shell_quote(line, value);
}

bool report_option(struct buffer *line, struct option_place place)
{
	const bool is_url = place.row->type == OPTION_TEXT &&
			    strcmp(place.row->argument, "URL") == 0;
	const char *const url = is_url ? *(const char *const *)option_value(place) : NULL;
	struct buffer value = { 0 };
	bool whole;

	option_print(&value, place);
	if (place.row->type == OPTION_LIST) {
		const struct text_list *const list = option_value(place);

		for (size_t i = 0; i < list->count; i++)
			append_value(line, place.row, list->items[i]);
	} else if (place.row->type != OPTION_FLAG || strcmp(buffer_text(&value), "yes") == 0) {
		append_value(line, place.row, buffer_text(&value));
	}
	whole = url == NULL || strcmp(url, buffer_text(&value)) == 0;
	buffer_release(&value);
	return whole;
}

/*
 * Repeats the options of the command line only: check reads the environment and configuration. A
 * line that lacks a password, such as a proxy's, would not work when it is pasted.
 */
void report_check(const struct option_set *set, const struct pop3_error *err)
{
	struct buffer line = { 0 };
	bool whole = true;

	if ((failure_flags(err->code) & OF_CHECK) == 0)
		return;
	for (size_t g = 0; g < set->count; g++) {
		const struct option_group *const group = &set->groups[g];
		const struct option_spec *row = group->rows;

		if (row != connection_options)
			continue;
		for (; row->type != OPTION_END; row++)
			if (group->sources[row - group->rows] == FROM_COMMAND_LINE &&
			    !report_option(&line, (struct option_place){ group, row }))
				whole = false;
	}
	progress_hide();
	if (whole)
		fprintf(stderr, "pop3: to find out why: pop3 check%s\n", buffer_text(&line));
	buffer_release(&line);
}

/* --- in records --- */

void output_failure(struct output *output, const struct pop3_error *why)
{
	if (!output_is_json(output))
		return;
	output_text(output, "code", failure_name(why->code));
	output_text(output, "error", why->text);
}

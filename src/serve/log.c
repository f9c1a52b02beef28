/* Formats and writes the server's log lines. Field values are escaped. */
#include "serve/log.h"

#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

static void put_text(struct buffer *out, const char *time_text, const char *event,
		     const struct log_field *fields)
{
	buffer_append_format(out, "pop3: %s %s", time_text, event);
	for (; fields != NULL && fields->name != NULL; fields++) {
		buffer_append_format(out, " %s=", fields->name);
		text_escape(out, fields->text, strlen(fields->text));
	}
}

static void put_json(struct buffer *out, const char *time_text, const char *event,
		     const struct log_field *fields)
{
	buffer_append_format(out, "{\"time\":\"%s\",\"event\":\"%s\"", time_text, event);
	for (; fields != NULL && fields->name != NULL; fields++) {
		buffer_append_format(out, ",\"%s\":\"", fields->name);
		text_json(out, fields->text, strlen(fields->text));
		buffer_append_octet(out, '"');
	}
	buffer_append_octet(out, '}');
}

void log_event(const struct event_log *log, const char *event, const struct log_field *fields)
{
	/* When poll reports a pipe writable, it accepts PIPE_BUF octets without blocking. */
	struct buffer line = { .limit = PIPE_BUF - 1 };
	struct pollfd writable = { .fd = log->fd, .events = POLLOUT };
	char time_text[CLOCK_TEXT];

	if (log->fd < 0 || !clock_text(time(NULL), time_text) || poll(&writable, 1, 0) != 1)
		return;
	if (log->json)
		put_json(&line, time_text, event, fields);
	else
		put_text(&line, time_text, event, fields);
	if (!line.over_limit && !line.no_memory) {
		line.data[line.length] = '\n';
		(void)file_write_all(log->fd, line.data, line.length + 1);
	}
	buffer_release(&line);
}

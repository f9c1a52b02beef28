/* The conversation for a person: a trace file with times and directions, notes on stderr. */
#include "cli/trace.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/deadline.h"
#include "base/text.h"

static void add_time(struct buffer *line)
{
	struct timespec now;
	struct tm local;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &local);
	strftime(text, sizeof text, "%H:%M:%S", &local);
	buffer_append_format(line, "%s.%06ld ", text, now.tv_nsec / 1000);
}

static void hear(struct pop3_tracer *tracer, enum pop3_direction direction, const char *text,
		 size_t length)
{
	static const char marks[] = { [POP3_SENT] = '>', [POP3_RECEIVED] = '<', [POP3_NOTED] = '*' };
	struct observation *const o = (struct observation *)tracer;
	struct buffer line = { 0 };
	struct pop3_error ignored;

	if (o->trace >= 0) {
		add_time(&line);
		buffer_append_format(&line, "%c ", marks[direction]);
		text_escape(&line, text, length);
		buffer_append_octet(&line, '\n');
		/* A trace that cannot be written is no reason to stop the work it watches. */
		if (deadline_write(o->timeouts, o->trace, "the trace", buffer_text(&line),
				   line.length, &ignored) < 0)
			o->trace = -1;
	}
	if (o->notes && direction == POP3_NOTED) {
		buffer_clear(&line);
		text_escape(&line, text, length);
		fprintf(stderr, "pop3: %s\n", buffer_text(&line));
	}
	buffer_release(&line);
}

int observation_open(struct observation *o, const char *path, bool verbose,
		     const struct pop3_timeouts *timeouts, struct pop3_error *err)
{
	*o = (struct observation){
		.tracer = { hear }, .trace = -1, .notes = verbose, .timeouts = timeouts,
	};
	if (path == NULL)
		return 0;
	o->trace = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (o->trace < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot write the trace '%s'", path);
	return 0;
}

void observation_close(struct observation *o)
{
	/* A zeroed one was never opened. */
	if (o->tracer.trace != NULL && o->trace >= 0)
		close(o->trace);
	o->trace = -1;
}

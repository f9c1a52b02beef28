/* The conversation for debugging: a trace file with times and directions, notes on stderr. */
#include "cli/trace.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/deadline.h"
#include "base/text.h"
#include "cli/progress.h"
#include "cli/report.h"

static void write_line(struct pop3_tracer *tracer, enum pop3_direction direction, const char *text,
		       size_t length)
{
	static const char marks[] = {
		[POP3_SENT] = '>', [POP3_RECEIVED] = '<', [POP3_NOTED] = '*', [POP3_STEP] = '*',
	};
	struct trace *const t = (struct trace *)tracer;
	struct buffer line = { 0 };
	struct pop3_error ignored;

	if (t->fd == STDERR_FILENO)
		progress_hide();
	if (t->fd >= 0) {
		struct timespec now;
		struct tm local;
		char seconds[32];

		clock_gettime(CLOCK_REALTIME, &now);
		localtime_r(&now.tv_sec, &local);
		strftime(seconds, sizeof seconds, "%H:%M:%S", &local);
		buffer_append_format(&line, "%s.%06ld %c ", seconds, now.tv_nsec / 1000,
				     marks[direction]);
		text_escape(&line, text, length);
		buffer_append_octet(&line, '\n');
		/* A trace that cannot be written must not stop the run. */
		if (deadline_write(t->timeouts, t->fd, "the trace", buffer_text(&line),
				   line.length, &ignored) < 0)
			t->fd = -1;
	}
	if (t->general->verbose && t->fd != STDERR_FILENO && direction >= POP3_NOTED) {
		buffer_clear(&line);
		buffer_append(&line, text, length);
		report_message(t->general->json, "note", 0, buffer_text(&line));
	}
	buffer_release(&line);
}

int trace_open(struct trace *t, const char *path, const struct general *general,
	       const struct pop3_timeouts *timeouts, struct pop3_error *err)
{
	*t = (struct trace){
		.tracer = { write_line }, .fd = -1, .general = general, .timeouts = timeouts,
	};
	if (path == NULL)
		return 0;
	if (strcmp(path, "-") == 0) {
		t->fd = STDERR_FILENO;
		return 0;
	}
	t->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (t->fd < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot write the trace to '%s'", path);
	return 0;
}

void trace_close(struct trace *t)
{
	/* A zeroed trace was never opened. */
	if (t->tracer.trace != NULL && t->fd > STDERR_FILENO)
		close(t->fd);
	t->fd = -1;
}

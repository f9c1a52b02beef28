/* Lines from a descriptor, read as they arrive. */
#include "base/lines.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/deadline.h"

#define READ_OCTETS 65536

/* The end of the next line, NULL while it is incomplete. */
static const char *line_end(const struct lines *lines)
{
	const char *const from = buffer_text(&lines->text) + lines->begin;
	const size_t left = lines->text.length - lines->begin;
	const char *const end = memchr(from, lines->end, left);

	/* The last line may lack its line end. */
	return end == NULL && lines->ended && left > 0 ? from + left : end;
}

static int read_more(struct lines *lines, struct pop3_error *err)
{
	char *room;
	ssize_t got;

	buffer_drop(&lines->text, lines->begin);
	lines->begin = 0;
	if (lines->text.length > lines->limit)
		return pop3_fail(err, POP3_E_USAGE, "line %u is longer than %zu octets",
				 lines->number + 1, lines->limit);
	room = buffer_room(&lines->text, READ_OCTETS);
	if (room == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	got = read(lines->fd, room, READ_OCTETS);
	if (got < 0 && errno != EINTR && errno != EAGAIN)
		return pop3_fail_errno(err, POP3_E_IO, "cannot read %s", lines->what);
	lines->ended = got == 0;
	buffer_grew(&lines->text, got > 0 ? (size_t)got : 0);
	return 0;
}

int lines_next(struct lines *lines, const struct pop3_timeouts *timeouts, const char **line,
	       size_t *length, struct pop3_error *err)
{
	const char *end;

	while ((end = line_end(lines)) == NULL) {
		if (lines->ended)
			return 0;
		if (deadline_wait(timeouts, lines->fd, POLLIN,
				  deadline_after(timeouts, 0), err) < 0 ||
		    read_more(lines, err) < 0)
			return -1;
	}
	*line = buffer_text(&lines->text) + lines->begin;
	*length = (size_t)(end - *line);
	lines->begin += *length + (lines->begin + *length < lines->text.length);
	lines->number++;
	return 1;
}

bool lines_ready(struct lines *lines)
{
	struct pop3_error later;

	while (line_end(lines) == NULL && !lines->ended) {
		struct pollfd polled = { .fd = lines->fd, .events = POLLIN };

		if (poll(&polled, 1, 0) <= 0)
			return false;
		/* lines_next reports the error. */
		if (read_more(lines, &later) < 0)
			return true;
	}
	return true;
}

void lines_release(struct lines *lines)
{
	buffer_release(&lines->text);
}

/* LF to CRLF, dot-stuffing and TOP's limit: pure, a line at a time by memchr. */
#include "serve/maildrop/dot-stuffing.h"

#include <string.h>

void sender_init(struct sender *sender)
{
	*sender = (struct sender){ .place = SENDER_LINE_START };
}

void sender_init_top(struct sender *sender, uint64_t lines)
{
	*sender = (struct sender){
		.place = SENDER_LINE_START, .limited = true, .lines_left = lines,
	};
}

/* Octets of one line, without its LF. */
static char *put_span(struct sender *sender, const char *in, size_t length, char *out)
{
	const bool begins = sender->place == SENDER_LINE_START;

	if (length == 0)
		return out;
	if (begins && in[0] == '.')
		*out++ = '.';
	memcpy(out, in, length);
	if (in[length - 1] != '\r')
		sender->place = SENDER_IN_LINE;
	else
		sender->place = begins && length == 1 ? SENDER_START_CR : SENDER_AFTER_CR;
	return out + length;
}

static char *put_line_end(struct sender *sender, char *out)
{
	const bool has_cr = sender->place == SENDER_AFTER_CR || sender->place == SENDER_START_CR;
	const bool empty = sender->place == SENDER_LINE_START || sender->place == SENDER_START_CR;

	if (!has_cr)
		*out++ = '\r';
	*out++ = '\n';
	sender->place = SENDER_LINE_START;
	if (!sender->limited)
		return out;
	if (sender->in_body)
		sender->lines_left--;
	else
		sender->in_body = empty;
	sender->done = sender->in_body && sender->lines_left == 0;
	return out;
}

size_t sender_feed(struct sender *sender, const char *in, size_t length, char *out)
{
	const char *const end = in + length;
	char *put = out;

	while (in < end && !sender->done) {
		const char *const line_feed = memchr(in, '\n', (size_t)(end - in));
		const char *const stop = line_feed != NULL ? line_feed : end;

		put = put_span(sender, in, (size_t)(stop - in), put);
		if (line_feed != NULL)
			put = put_line_end(sender, put);
		in = stop + 1;
	}
	return (size_t)(put - out);
}

size_t sender_end(struct sender *sender, char *out)
{
	static const char end[] = "\r\n.\r\n";
	const size_t skip = sender->place == SENDER_LINE_START ? 2 : 0;

	memcpy(out, end + skip, sizeof end - 1 - skip);
	return sizeof end - 1 - skip;
}

void sender_count(struct sender_count *count, const char *in, size_t length)
{
	const char *const end = in + length;

	for (const char *at = in; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
		if ((at > in ? at[-1] : count->last) != '\r')
			count->octets++;
	count->octets += length;
	if (length > 0)
		count->last = end[-1];
}

uint64_t sender_count_end(const struct sender_count *count)
{
	return count->octets + (count->octets > 0 && count->last != '\n' ? 2 : 0);
}

/* Converts LF to CRLF, adds dot-stuffing and applies TOP's line limit. Pure. */
#include "serve/maildrop/dot-stuffing.h"

#include <string.h>

/* Copies octets of one line, without its LF. */
static char *put_span(struct dot_stuffing *stuffing, const char *in, size_t length, char *out)
{
	const bool begins = stuffing->place == STUFFING_LINE_START;

	if (length == 0)
		return out;
	if (begins && in[0] == '.')
		*out++ = '.';
	memcpy(out, in, length);
	if (in[length - 1] != '\r')
		stuffing->place = STUFFING_IN_LINE;
	else
		stuffing->place = begins && length == 1 ? STUFFING_START_CR : STUFFING_AFTER_CR;
	return out + length;
}

static char *put_line_end(struct dot_stuffing *stuffing, char *out)
{
	const enum dot_stuffing_place place = stuffing->place;
	const bool empty = place == STUFFING_LINE_START || place == STUFFING_START_CR;

	if (place != STUFFING_AFTER_CR && place != STUFFING_START_CR)
		*out++ = '\r';
	*out++ = '\n';
	stuffing->place = STUFFING_LINE_START;
	if (!stuffing->limited)
		return out;
	if (stuffing->in_body)
		stuffing->lines_left--;
	else
		stuffing->in_body = empty;
	stuffing->done = stuffing->in_body && stuffing->lines_left == 0;
	return out;
}

size_t dot_stuffing_feed(struct dot_stuffing *stuffing, const char *in, size_t length, char *out)
{
	const char *const end = in + length;
	char *put = out;

	while (in < end && !stuffing->done) {
		const char *const line_feed = memchr(in, '\n', (size_t)(end - in));
		const char *const stop = line_feed != NULL ? line_feed : end;

		put = put_span(stuffing, in, (size_t)(stop - in), put);
		if (line_feed != NULL)
			put = put_line_end(stuffing, put);
		in = stop + 1;
	}
	return (size_t)(put - out);
}

size_t dot_stuffing_end(struct dot_stuffing *stuffing, char *out)
{
	static const char end[] = "\r\n.\r\n";
	const size_t skip = stuffing->place == STUFFING_LINE_START ? 2 : 0;

	memcpy(out, end + skip, sizeof end - 1 - skip);
	return sizeof end - 1 - skip;
}

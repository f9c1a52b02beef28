/* Sending messages in any chunks: line ends, dot-stuffing, TOP, sizes. */
#include "serve/maildrop/dot-stuffing.h"

#include "check.h"
#include "mail/eol.h"

#define WHOLE (-1) /* RETR, not TOP */

static const struct {
	const char *name;
	const char *in;
	size_t in_length;
	int lines;
	const char *out;
	size_t out_length;
} messages[] = {
	{ "empty", OCTETS(""), WHOLE, OCTETS(".\r\n") },
	{ "LF", OCTETS("a\nb\n"), WHOLE, OCTETS("a\r\nb\r\n.\r\n") },
	{ "CRLF", OCTETS("a\r\nb\r\n"), WHOLE, OCTETS("a\r\nb\r\n.\r\n") },
	{ "no final line end", OCTETS("a\nb"), WHOLE, OCTETS("a\r\nb\r\n.\r\n") },
	{ "final CR", OCTETS("a\r"), WHOLE, OCTETS("a\r\r\n.\r\n") },
	{ "bare CR", OCTETS("a\rb\n\r\n"), WHOLE, OCTETS("a\rb\r\n\r\n.\r\n") },
	{ "two CR", OCTETS("\r\r\n"), WHOLE, OCTETS("\r\r\n.\r\n") },
	{ "dots", OCTETS(".\n..\n.a\na.\n"), WHOLE, OCTETS("..\r\n...\r\n..a\r\na.\r\n.\r\n") },
	{ "a dot at the end", OCTETS("\n."), WHOLE, OCTETS("\r\n..\r\n.\r\n") },
	{ "a dot after a bare CR", OCTETS("\r.\n"), WHOLE, OCTETS("\r.\r\n.\r\n") },
	{ "CRLF dot CRLF", OCTETS("\r\n.\r\n"), WHOLE, OCTETS("\r\n..\r\n.\r\n") },
	{ "NUL", OCTETS("a\0\n\0"), WHOLE, OCTETS("a\0\r\n\0\r\n.\r\n") },
	{ "TOP 0", OCTETS("H: v\n\nb1\nb2\n"), 0, OCTETS("H: v\r\n\r\n.\r\n") },
	{ "TOP 1", OCTETS("H: v\n\nb1\nb2\n"), 1, OCTETS("H: v\r\n\r\nb1\r\n.\r\n") },
	{ "TOP of more lines than the body has", OCTETS("H: v\r\n\r\nb1"), 9,
	  OCTETS("H: v\r\n\r\nb1\r\n.\r\n") },
	{ "TOP without a body", OCTETS("H: v\nI: w"), 0, OCTETS("H: v\r\nI: w\r\n.\r\n") },
	{ "TOP without a header", OCTETS("\nb1\n.b2\n"), 2, OCTETS("\r\nb1\r\n..b2\r\n.\r\n") },
	{ "TOP, an empty line of the body", OCTETS("\n\n\nx\n"), 2, OCTETS("\r\n\r\n\r\n.\r\n") },
};

static size_t send_in_steps(size_t row, size_t step, char *out)
{
	const char *in = messages[row].in;
	size_t left = messages[row].in_length, length = 0;
	struct dot_stuffing stuffing = {
		.limited = messages[row].lines != WHOLE, .lines_left = (uint64_t)messages[row].lines,
	};

	while (left > 0 && !stuffing.done) {
		const size_t taken = left < step ? left : step;

		length += dot_stuffing_feed(&stuffing, in, taken, out + length);
		in += taken;
		left -= taken;
	}
	return length + dot_stuffing_end(&stuffing, out + length);
}

static const struct {
	const char *name;
	const char *in;
	size_t in_length;
	int64_t octets;
} sizes[] = {
	{ "size of an empty message", OCTETS(""), 0 },
	{ "size with LF", OCTETS("a\nb\n"), 6 },
	{ "size with CRLF", OCTETS("a\r\nb\r\n"), 6 },
	{ "size without a final line end", OCTETS("a"), 3 },
	{ "size with a final CR", OCTETS("a\r"), 4 },
	{ "size with dots", OCTETS(".\n.\n"), 6 },
	{ "size of line feeds", OCTETS("\n\n\n"), 6 },
};

static int64_t count_in_steps(size_t row, size_t step)
{
	struct octet_count count = { 0 };

	for (size_t at = 0; at < sizes[row].in_length; at += step) {
		const size_t left = sizes[row].in_length - at;

		octet_count_feed(&count, sizes[row].in + at, left < step ? left : step);
	}
	return (int64_t)octet_count_end(&count);
}

int main(void)
{
	char out[64];

	for (size_t row = 0; row < ROWS(messages); row++)
		for (size_t step = 1; step <= messages[row].in_length + 1; step++)
			check_octets(messages[row].name, out, send_in_steps(row, step, out),
				     messages[row].out, messages[row].out_length);
	for (size_t row = 0; row < ROWS(sizes); row++)
		for (size_t step = 1; step <= sizes[row].in_length + 1; step++)
			check_number(sizes[row].name, count_in_steps(row, step),
				     sizes[row].octets);
	return check_end();
}

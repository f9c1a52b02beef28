/* Command lines: read in any chunks, split into arguments, limited in length. */
#include "serve/session/request.h"

#include "base/buffer.h"
#include "check.h"
#include "serve/line-reader.h"

#define LIMIT 8

static const struct request_verb verbs[] = {
	{ "USER", 1, 1, 1, true, NULL },
	{ "LIST", 2, 0, 1, false, NULL },
	{ "TOP", 2, 2, 2, false, NULL },
	{ "CAPA", 3, 0, 0, false, NULL },
	{ 0 },
};

static const struct {
	const char *line;
	size_t length;
	unsigned state;
	enum request_found found;
	size_t count;
	const char *first;
} requests[] = {
	{ OCTETS("USER ann"), 1, REQUEST_FOUND, 1, "ann" },
	{ OCTETS("uSeR  a b "), 1, REQUEST_FOUND, 1, " a b " },
	{ OCTETS("USER "), 1, REQUEST_FOUND, 1, "" },
	{ OCTETS("USER"), 1, REQUEST_BAD_ARGUMENTS, 0, NULL },
	{ OCTETS("USER a\0b"), 1, REQUEST_BAD_ARGUMENTS, 0, NULL },
	{ OCTETS("USER a\tb"), 1, REQUEST_BAD_ARGUMENTS, 0, NULL },
	{ OCTETS("USER a\177"), 1, REQUEST_BAD_ARGUMENTS, 0, NULL },
	{ OCTETS("USER \303\251"), 1, REQUEST_FOUND, 1, "\303\251" },
	{ OCTETS("USER ann"), 2, REQUEST_WRONG_PHASE, 0, NULL },
	{ OCTETS("LIST"), 2, REQUEST_FOUND, 0, NULL },
	{ OCTETS("LIST "), 2, REQUEST_FOUND, 0, NULL },
	{ OCTETS("LIST  7 "), 2, REQUEST_FOUND, 1, "7" },
	{ OCTETS("LIST 7 8"), 2, REQUEST_BAD_ARGUMENTS, 1, NULL },
	{ OCTETS("TOP 1"), 2, REQUEST_BAD_ARGUMENTS, 1, NULL },
	{ OCTETS("TOP 1 2"), 2, REQUEST_FOUND, 2, "1" },
	{ OCTETS("CAPA x"), 1, REQUEST_BAD_ARGUMENTS, 0, NULL },
	{ OCTETS("CAPAX"), 1, REQUEST_UNKNOWN, 0, NULL },
	{ OCTETS("CAP"), 1, REQUEST_UNKNOWN, 0, NULL },
	{ OCTETS(" CAPA"), 1, REQUEST_UNKNOWN, 0, NULL },
	{ OCTETS(""), 1, REQUEST_UNKNOWN, 0, NULL },
	{ OCTETS("\0"), 1, REQUEST_UNKNOWN, 0, NULL },
};

static void check_requests(void)
{
	for (size_t row = 0; row < ROWS(requests); row++) {
		struct request request;
		char line[32] = { 0 };

		memcpy(line, requests[row].line, requests[row].length);
		check_number(requests[row].line,
			     request_parse(verbs, requests[row].state, line,
					   requests[row].length, &request),
			     requests[row].found);
		check_number("the number of arguments", (int64_t)request.count,
			     (int64_t)requests[row].count);
		if (requests[row].first != NULL)
			check_text("the first argument", request.arguments[0],
				   requests[row].first);
	}
}

/* The lines found: each in brackets, or "!" for one that is too long. */
static const struct {
	const char *in;
	size_t length;
	const char *found;
} inputs[] = {
	{ OCTETS("a\r\nb\nc"), "[a][b]" },
	{ OCTETS("\r\n\n"), "[][]" },
	{ OCTETS("\r\r\n"), "[\r]" },
	{ OCTETS("12345678\r\n12345678\nx\n"), "[12345678][12345678][x]" },
	{ OCTETS("123456789\r\nx\n"), "![x]" },
	{ OCTETS("123456789\nx\n"), "![x]" },
	{ OCTETS("1234567890123456789012345\r\nx\n12345678901\n"), "![x]!" },
};

static void find_lines(size_t row, size_t step, struct buffer *found)
{
	struct line_reader reader = { .limit = LIMIT };
	struct evbuffer *const input = evbuffer_new();
	char line[LIMIT + 2];
	size_t length;

	for (size_t at = 0; at < inputs[row].length; at += step) {
		const size_t left = inputs[row].length - at;
		enum line_found result;

		evbuffer_add(input, inputs[row].in + at, left < step ? left : step);
		while ((result = line_take(&reader, input, line, &length)) != LINE_NONE)
			if (result == LINE_WHOLE)
				buffer_append_format(found, "[%s]", line);
			else
				buffer_append_text(found, "!");
	}
	evbuffer_free(input);
}

static void check_endless_line(void)
{
	struct line_reader reader = { .limit = LIMIT };
	struct evbuffer *const input = evbuffer_new();
	enum line_found found = LINE_NONE;
	char line[LIMIT + 2];
	size_t given = 0, length;

	for (; found == LINE_NONE && given < 1000000; given += 1000) {
		for (size_t i = 0; i < 1000; i++)
			evbuffer_add(input, "x", 1);
		found = line_take(&reader, input, line, &length);
	}
	check_number("an endless line", found, LINE_ENDLESS);
	check_number("an endless line is ended early", given < 70000, true);
	evbuffer_free(input);
}

int main(void)
{
	check_requests();
	for (size_t row = 0; row < ROWS(inputs); row++) {
		for (size_t step = 1; step <= inputs[row].length; step++) {
			struct buffer found = { 0 };

			find_lines(row, step, &found);
			check_text(inputs[row].found, buffer_text(&found), inputs[row].found);
			buffer_release(&found);
		}
	}
	check_endless_line();
	return check_end();
}

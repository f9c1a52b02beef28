/* Command lines of clients: the same in any chunks, with arguments within the line. */
#include <event2/buffer.h>

#include "base/text.h"
#include "fuzz.h"
#include "serve/line-reader.h"
#include "serve/session/request.h"

#define LIMIT 40

static const struct request_verb verbs[] = {
	{ "USER", 1, 1, 1, true, NULL }, { "LIST", 2, 0, 1, false, NULL },
	{ "TOP", 2, 2, 2, false, NULL }, { "QUIT", 3, 0, 0, false, NULL },
	{ 0 },
};

static void check_request(char *line, size_t length)
{
	struct request request;
	const char *const end = line + length;

	if (request_parse(verbs, 2, line, length, &request) != REQUEST_FOUND)
		return;
	must(request.count >= request.verb->min && request.count <= request.verb->max,
	     "the number of arguments is one that the verb takes");
	for (size_t i = 0; i < request.count; i++) {
		const char *const argument = request.arguments[i];

		must(argument >= line && argument + strlen(argument) <= end,
		     "arguments are within the line");
		must(!text_has_control(argument), "arguments have no control characters");
		must(request.verb->whole_rest || strchr(argument, ' ') == NULL,
		     "arguments have no spaces");
	}
}

/* Appends each line in brackets, or "!" if it is too long. */
static void take_lines(struct input input, size_t step, struct buffer *found)
{
	struct line_reader reader = { .limit = LIMIT };
	struct evbuffer *const octets = evbuffer_new();
	enum line_found result;
	size_t length;

	while (input.length > 0) {
		const struct input chunk = input_take(&input, step);
		char *const line = malloc(LIMIT + 2);

		evbuffer_add(octets, chunk.data, chunk.length);
		while ((result = line_take(&reader, octets, line, &length)) != LINE_NONE) {
			must(result == LINE_TOO_LONG || length <= LIMIT,
			     "lines are not longer than the limit");
			buffer_append_octet(found, result == LINE_WHOLE ? '[' : '!');
			buffer_append(found, line, result == LINE_WHOLE ? length : 0);
			buffer_append_octet(found, ']');
			if (result == LINE_WHOLE)
				check_request(line, length);
		}
		free(line);
	}
	evbuffer_free(octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 2, 7, 41 };
	const struct input input = input_of(data, size);
	struct buffer whole = { 0 };

	take_lines(input, SIZE_MAX, &whole);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		struct buffer cut = { 0 };

		take_lines(input, steps[i], &cut);
		must(buffer_equals(&cut, buffer_text(&whole), whole.length),
		     "chunks do not matter");
		buffer_release(&cut);
	}
	buffer_release(&whole);
	return 0;
}

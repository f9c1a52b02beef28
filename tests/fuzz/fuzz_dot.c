/* Removing dot-stuffing: the same in any chunks, and as in a plain implementation. */
#include "pop3/dot.h"
#include "stuffing.h"

/* Decodes chunks of at most step octets. Returns the octets consumed, or -1 without an end. */
static ptrdiff_t decode(const struct input *text, bool bare_lf, size_t step, struct buffer *body)
{
	size_t at = 0;
	struct dot dot;

	dot_init(&dot, bare_lf);
	while (at < text->length && !dot.done) {
		struct input rest = { text->data + at, text->length - at };
		const struct input chunk = input_take(&rest, step);
		char *const copy = input_copy(&chunk);
		struct dot_span span;

		at += dot_next(&dot, copy, chunk.length, &span);
		buffer_append(body, span.data, span.length);
		free(copy);
	}
	return dot.done ? (ptrdiff_t)at : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input text = input_of(data, size);
	const bool bare_lf = input_octet(&text) % 2 != 0;
	struct buffer expected = { 0 };
	const ptrdiff_t taken = stuffing_undo(text.data, text.length, bare_lf, &expected);
	static const size_t steps[] = { 1, 2, 3, 7, SIZE_MAX };

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		struct buffer body = { 0 };

		must(decode(&text, bare_lf, steps[i], &body) == taken,
		     "the end of the body is found");
		/* Without an end, octets that may belong to it are not output. */
		must(taken < 0 ? body.length <= expected.length
			       : buffer_equals(&body, expected.data, expected.length),
		     "the body is the one sent");
		must(body.length == 0 || memcmp(body.data, expected.data, body.length) == 0,
		     "a cut-off body is a prefix of it");
		buffer_release(&body);
	}
	buffer_release(&expected);
	return 0;
}

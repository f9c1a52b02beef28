/* One message in an mbox: the same in any chunks, and a reader of mboxrd gets it back. */
#include "mail/mboxrd.h"

#include "fuzz.h"

static void convert(const struct input *message, bool crlf, size_t step, struct buffer *out)
{
	struct mboxrd mbox = { .crlf = false };
	struct input rest = *message;

	mboxrd_begin(&mbox, crlf, 0, out);
	while (rest.length > 0) {
		const struct input chunk = input_take(&rest, step);

		mboxrd_feed(&mbox, chunk.data, chunk.length);
	}
	mboxrd_end(&mbox);
	mboxrd_release(&mbox);
}

/* Reads an mboxrd: drops the From_ line and removes one ">" where one was added. */
static void read_back(const struct buffer *mbox, struct buffer *out)
{
	const char *const end = mbox->data + mbox->length;
	const char *line = memchr(mbox->data, '\n', mbox->length);

	for (line++; line < end;) {
		const char *const lf = memchr(line, '\n', (size_t)(end - line));
		const size_t quotes = strspn(line, ">");

		must(strncmp(line, "From ", 5) != 0, "only the first line begins a message");
		if (quotes > 0 && strncmp(line + quotes, "From ", 5) == 0)
			line++;
		must(lf != NULL, "an mbox ends with a line end");
		buffer_append(out, line, (size_t)(lf + 1 - line));
		line = lf + 1;
	}
}

static void check_reader(const struct input *message, const struct buffer *mbox, bool crlf)
{
	struct buffer expected = { 0 }, read = { 0 };
	struct eol eol = { false };

	if (crlf) {
		buffer_append(&expected, message->data, message->length);
	} else {
		eol_feed(&eol, message->data, message->length, &expected);
		eol_end(&eol, &expected);
	}
	read_back(mbox, &read);
	must(read.length > expected.length, "an empty line follows the message");
	must(expected.length == 0 || memcmp(read.data, expected.data, expected.length) == 0,
	     "a reader gets the original message");
	must(read.length - expected.length <= 4, "only line ends follow the message");
	buffer_release(&expected);
	buffer_release(&read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input message = input_of(data, size);
	const bool crlf = input_octet(&message) % 2 != 0;
	static const size_t steps[] = { 1, 2, 5, 64 };
	struct buffer whole = { 0 };

	convert(&message, crlf, SIZE_MAX, &whole);
	must(strncmp(whole.data, "From ", 5) == 0, "an mbox begins with a From_ line");
	check_reader(&message, &whole, crlf);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		struct buffer cut = { 0 };

		convert(&message, crlf, steps[i], &cut);
		must(buffer_equals(&cut, whole.data, whole.length), "chunks do not matter");
		buffer_release(&cut);
	}
	buffer_release(&whole);
	return 0;
}

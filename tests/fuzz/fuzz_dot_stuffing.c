/* Sending a stored message: the same in any chunks, its size is right, and it can be read back. */
#include "serve/maildrop/dot-stuffing.h"

#include "mail/eol.h"
#include "stuffing.h"

static void send_whole(struct input message, struct dot_stuffing stuffing, size_t step, struct buffer *out)
{
	while (message.length > 0 && !stuffing.done) {
		const struct input chunk = input_take(&message, step);
		char *const room = buffer_room(out, 2 * chunk.length);

		buffer_grew(out, dot_stuffing_feed(&stuffing, chunk.data, chunk.length, room));
	}
	buffer_grew(out, dot_stuffing_end(&stuffing, buffer_room(out, DOT_STUFFING_END_MAX)));
}

/* Puts a CR before every LF, and a line end at the end. */
static void convert(const struct input *message, struct buffer *out)
{
	for (size_t i = 0; i < message->length; i++) {
		if (message->data[i] == '\n' && (i == 0 || message->data[i - 1] != '\r'))
			buffer_append_octet(out, '\r');
		buffer_append_octet(out, message->data[i]);
	}
	if (message->length > 0 && message->data[message->length - 1] != '\n')
		buffer_append_text(out, "\r\n");
}

static uint64_t count(struct input message, size_t step)
{
	struct octet_count counted = { .octets = 0 };

	while (message.length > 0) {
		const struct input chunk = input_take(&message, step);

		octet_count_feed(&counted, chunk.data, chunk.length);
	}
	return octet_count_end(&counted);
}

static void check(const struct input *message, bool is_top, uint64_t lines, size_t step)
{
	struct buffer sent = { 0 }, cut = { 0 }, body = { 0 }, expected = { 0 };
	const struct dot_stuffing stuffing = { .limited = is_top, .lines_left = lines };

	send_whole(*message, stuffing, SIZE_MAX, &sent);
	send_whole(*message, stuffing, step, &cut);
	must(buffer_equals(&cut, sent.data, sent.length), "chunks do not matter");
	must(stuffing_undo(sent.data, sent.length, false, &body) == (ptrdiff_t)sent.length,
	     "the message ends where its end line is");
	convert(message, &expected);
	must(is_top ? body.length <= expected.length : body.length == expected.length,
	     "the size is that of the stored message");
	must(body.length == 0 || memcmp(body.data, expected.data, body.length) == 0,
	     "the stored message is sent");
	must(count(*message, step) == expected.length, "the announced size is right");
	buffer_release(&sent);
	buffer_release(&cut);
	buffer_release(&body);
	buffer_release(&expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input message = input_of(data, size);
	const unsigned lines = input_octet(&message) % 4;

	for (size_t step = 1; step < 8; step += 2) {
		check(&message, false, 0, step);
		check(&message, true, lines, step);
	}
	return 0;
}

/* Encoded words: any octets can be decoded, and decoding reverses encoding. */
#include "mail/encoded.h"

#include "base/base64.h"
#include "base/text.h"
#include "fuzz.h"

static bool is_utf8(const char *text, size_t length)
{
	uint32_t code;

	for (size_t at = 0; at < length;) {
		const size_t octets = text_utf8(text + at, length - at, &code);

		if (octets == 0)
			return false;
		at += octets;
	}
	return true;
}

static bool is_safe(const struct buffer *text)
{
	uint32_t code;

	for (size_t at = 0; at < text->length; at += text_utf8(text->data + at, text->length - at, &code))
		if (text_utf8(text->data + at, text->length - at, &code) == 0 || code < 0x20 ||
		    (code >= 0x7f && code < 0xa0))
			return false;
	return true;
}

static void check_round_trip(const struct buffer *word, const struct input *text)
{
	struct buffer decoded = { 0 };

	encoded_decode(&decoded, word->data, word->length);
	must(buffer_equals(&decoded, text->data, text->length), "decoding reverses encoding");
	buffer_release(&decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct input text = input_of(data, size);
	struct buffer out = { 0 }, b = { 0 }, q = { 0 }, shown = { 0 };

	encoded_decode(&out, text.data, size);
	must(memmem(data, size, "=?", 2) != NULL || buffer_equals(&out, data, size),
	     "text without encoded words does not change");
	must(!is_utf8(text.data, size) || is_utf8(buffer_text(&out), out.length),
	     "decoded words are UTF-8");
	text_escape(&shown, buffer_text(&out), out.length);
	must(is_safe(&shown), "decoded text is UTF-8 without control characters");
	if (size > 0 && is_utf8(text.data, size)) {
		buffer_append_text(&b, "=?UTF-8?B?");
		base64_encode(&b, data, size);
		buffer_append_text(&q, "=?utf-8?q?");
		for (size_t i = 0; i < size; i++)
			buffer_append_format(&q, "=%02X", data[i]);
		buffer_append_text(&b, "?=");
		buffer_append_text(&q, "?=");
		check_round_trip(&b, &text);
		check_round_trip(&q, &text);
	}
	buffer_release(&out);
	buffer_release(&shown);
	buffer_release(&b);
	buffer_release(&q);
	return 0;
}

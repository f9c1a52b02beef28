/* Base64: decoding reverses encoding, and only encoded text can be decoded. */
#include "base/base64.h"

#include "fuzz.h"

/* Compares all but the last character before the padding, which may contain unused bits. */
static size_t meaning_length(const struct input *text)
{
	size_t length = text->length;

	while (length > 0 && text->data[length - 1] == '=')
		length--;
	return length > 0 && length < text->length ? length - 1 : length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct input text = input_of(data, size);
	struct buffer encoded = { 0 }, decoded = { 0 };

	base64_encode(&encoded, data, size);
	must(encoded.length == (size + 2) / 3 * 4, "three octets are encoded as four");
	must(base64_decode(&decoded, buffer_text(&encoded), encoded.length),
	     "encoded text can be decoded");
	must(buffer_equals(&decoded, data, size), "decoding reverses encoding");

	buffer_clear(&encoded);
	buffer_clear(&decoded);
	if (base64_decode(&decoded, text.data, size)) {
		base64_encode(&encoded, buffer_text(&decoded), decoded.length);
		must(encoded.length == size &&
			     memcmp(buffer_text(&encoded), data, meaning_length(&text)) == 0,
		     "only encoded text is valid base64");
	} else {
		must(decoded.length == 0, "invalid base64 appends nothing");
	}
	buffer_release(&encoded);
	buffer_release(&decoded);
	return 0;
}

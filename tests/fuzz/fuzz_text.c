/* Escaping text: no control characters remain, and unescaping restores it. */
#include "base/text.h"

#include <iconv.h>

#include "cli/terminal.h"
#include "fuzz.h"

/* Counts the characters of a text with the C library; -1 if it is not UTF-8. */
static ptrdiff_t characters(const struct buffer *text, uint32_t *out, size_t most)
{
	const iconv_t way = iconv_open("UTF-32LE", "UTF-8");
	char *in = text->data, *to = (char *)out;
	size_t in_left = text->length, out_left = most * sizeof *out;
	const size_t result = text->length > 0 ? iconv(way, &in, &in_left, &to, &out_left) : 0;

	iconv_close(way);
	return result == 0 ? (ptrdiff_t)(most - out_left / sizeof *out) : -1;
}

static bool is_harmless(uint32_t c)
{
	return c >= 0x20 && (c < 0x7f || c > 0x9f) && (c < 0x202a || c > 0x202e) &&
	       (c < 0x2066 || c > 0x2069) && c != 0x200e && c != 0x200f && c != 0xfeff;
}

static void check_escaped(const struct buffer *escaped)
{
	uint32_t *const text = calloc(escaped->length + 1, sizeof *text);
	const ptrdiff_t count = characters(escaped, text, escaped->length);

	must(count >= 0, "escaped text is UTF-8");
	for (ptrdiff_t i = 0; i < count; i++)
		must(is_harmless(text[i]), "escaped text is harmless");
	must(locale_columns(buffer_text(escaped), escaped->length) <= 2 * escaped->length,
	     "a character has at most two columns");
	free(text);
}

/* The length of the escape that starts at a backslash (RFC 8259 section 7); 0 = invalid. */
static size_t json_escape(const char *text)
{
	if (text[1] == 'u')
		return strspn(text + 2, "0123456789abcdefABCDEF") >= 4 ? 6 : 0;
	return text[1] != '\0' && strchr("\"\\/bfnrt", text[1]) != NULL ? 2 : 0;
}

static void check_json(const struct buffer *json)
{
	uint32_t *const text = calloc(json->length + 1, sizeof *text);

	must(characters(json, text, json->length) >= 0, "JSON is UTF-8");
	for (size_t i = 0; i < json->length;) {
		const char c = json->data[i];
		const size_t octets = c == '\\' ? json_escape(json->data + i) : 1;

		must(octets > 0, "JSON escapes are valid");
		must((unsigned char)c >= 0x20 && c != '"', "JSON is escaped");
		i += octets;
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct input text = input_of(data, size);
	struct buffer escaped = { 0 }, back = { 0 }, json = { 0 };

	text_escape(&escaped, text.data, size);
	check_escaped(&escaped);
	text_unescape(&back, buffer_text(&escaped), escaped.length);
	must(buffer_equals(&back, data, size), "unescaping restores the text");
	text_json(&json, text.data, size);
	check_json(&json);
	buffer_clear(&back);
	text_unescape(&back, text.data, size);
	must(back.length <= size, "unescaping does not lengthen the text");
	buffer_release(&escaped);
	buffer_release(&back);
	buffer_release(&json);
	return 0;
}

/* Untrusted text: UTF-8 validation and escaping for display. */
#include "base/text.h"

#include <string.h>
#include <strings.h>

size_t text_utf8(const char *text, size_t length, uint32_t *code_point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char first = (unsigned char)text[0];
	size_t octets;
	uint32_t code;

	if (first < 0x80) {
		*code_point = first;
		return 1;
	}
	octets = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (first < 0xc2 || first > 0xf4 || octets > length)
		return 0;
	code = first & (0xffU >> (octets + 1));
	for (size_t i = 1; i < octets; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (code < least[octets] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*code_point = code;
	return octets;
}

/* The length of an incomplete character: its first octet and the valid octets that follow it. */
static size_t broken_length(const char *text, size_t length)
{
	const unsigned char *const octet = (const unsigned char *)text;
	const size_t whole = octet[0] >= 0xf0 ? 4 : octet[0] >= 0xe0 ? 3 : 2;
	const unsigned char least = octet[0] == 0xe0 ? 0xa0 : octet[0] == 0xf0 ? 0x90 : 0x80;
	const unsigned char most = octet[0] == 0xed ? 0x9f : octet[0] == 0xf4 ? 0x8f : 0xbf;
	size_t octets = 1;

	if (octet[0] < 0xc2 || octet[0] > 0xf4 || length < 2 || octet[1] < least || octet[1] > most)
		return 1;
	while (octets < whole && octets < length && (octet[octets] & 0xc0) == 0x80)
		octets++;
	return octets;
}

void text_append_valid(struct buffer *out, const char *text, size_t length)
{
	size_t start = 0, i = 0;
	uint32_t code;

	while (i < length) {
		const size_t octets = text_utf8(text + i, length - i, &code);

		if (octets > 0) {
			i += octets;
			continue;
		}
		buffer_append(out, text + start, i - start);
		buffer_append_text(out, TEXT_REPLACEMENT);
		start = i += broken_length(text + i, length - i);
	}
	buffer_append(out, text + start, i - start);
}

/*
 * Control characters, and format characters that reorder or hide the text around them. The joiners
 * U+200C and U+200D are allowed: Persian and emoji need them.
 */
static bool is_unsafe(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0xad || code == 0x61c ||
	       code == 0x200b || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
	       code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

static void escape_octets(struct buffer *out, const char *octets, size_t length)
{
	static const char shorthands[] = "\\\\\tt\rr\nn";

	for (size_t i = 0; i < length; i++) {
		const char *found = NULL;

		for (const char *s = shorthands; *s != '\0'; s += 2)
			if (octets[i] == *s)
				found = s + 1;
		if (found != NULL)
			buffer_append_format(out, "\\%c", *found);
		else
			buffer_append_format(out, "\\x%02X", (unsigned char)octets[i]);
	}
}

/* The number of leading octets that need no escaping in records or JSON, usually all of them. */
static size_t plain_length(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length && text[i] >= ' ' && text[i] <= '~' && text[i] != '\\' && text[i] != '"')
		i++;
	return i;
}

void text_escape(struct buffer *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		const size_t plain = plain_length(text + i, length - i);
		uint32_t code = 0;
		size_t octets;

		buffer_append(out, text + i, plain);
		i += plain;
		if (i == length)
			break;
		octets = text_utf8(text + i, length - i, &code);
		if (octets == 0 || code == '\\' || is_unsafe(code))
			escape_octets(out, text + i, octets != 0 ? octets : 1);
		else
			buffer_append(out, text + i, octets);
		i += octets != 0 ? octets : 1;
	}
}

/* Whether the text is an incomplete character, or a CR that may be the first half of a CR LF. */
static bool is_begun(const char *text, size_t length)
{
	const unsigned char first = (unsigned char)text[0];
	const size_t whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;

	if (first == '\r')
		return length == 1;
	return first >= 0xc2 && first <= 0xf4 && length < whole &&
	       broken_length(text, length) == length;
}

size_t text_show(struct buffer *out, const char *text, size_t length)
{
	size_t i = 0;

	while (i < length && !is_begun(text + i, length - i)) {
		uint32_t code = 0;
		const size_t octets = text_utf8(text + i, length - i, &code);

		if (code == '\r' && text[i + 1] == '\n') {
			i++; /* only the LF is written */
			continue;
		}
		if (octets > 0 && (!is_unsafe(code) || code == '\n' || code == '\t'))
			buffer_append(out, text + i, octets);
		else
			escape_octets(out, text + i, octets != 0 ? octets : 1);
		i += octets != 0 ? octets : 1;
	}
	return i;
}

int text_hex_octet(const char digits[2])
{
	int octet = 0;

	for (int i = 0; i < 2; i++) {
		const char lower_case = digits[i] | 0x20;

		if (digits[i] >= '0' && digits[i] <= '9')
			octet = octet * 16 + digits[i] - '0';
		else if (lower_case >= 'a' && lower_case <= 'f')
			octet = octet * 16 + lower_case - 'a' + 10;
		else
			return -1;
	}
	return octet;
}

void text_unescape(struct buffer *out, const char *text, size_t length)
{
	static const char letters[] = { '\\', 't', 'r', 'n' }, meanings[] = "\\\t\r\n";

	for (size_t i = 0; i < length; i++) {
		const bool is_escape = text[i] == '\\' && length - i > 1;
		const char *const found =
			is_escape ? memchr(letters, text[i + 1], sizeof letters) : NULL;
		char octet = text[i];

		if (found != NULL) {
			octet = meanings[found - letters];
			i++;
		} else if (is_escape && text[i + 1] == 'x' && length - i > 3 &&
			   text_hex_octet(text + i + 2) >= 0) {
			octet = (char)text_hex_octet(text + i + 2);
			i += 3;
		}
		buffer_append_octet(out, octet);
	}
}

/* U+EF80 to U+EFFF, private-use characters that text_json uses for octets that are not UTF-8. */
static bool represents_octet(uint32_t code)
{
	return code >= 0xef80 && code <= 0xefff;
}

void text_json(struct buffer *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		const size_t plain = plain_length(text + i, length - i);
		uint32_t code;
		size_t octets;

		buffer_append(out, text + i, plain);
		i += plain;
		if (i == length)
			break;
		octets = text_utf8(text + i, length - i, &code);
		if (octets == 0 || represents_octet(code)) {
			buffer_append_format(out, "\\uEF%02X", (unsigned char)text[i++]);
			continue;
		}
		if (code == '"' || code == '\\')
			buffer_append_format(out, "\\%c", (char)code);
		else if (!is_unsafe(code))
			buffer_append(out, text + i, octets);
		else if (code > 0xffff)
			buffer_append_format(out, "\\u%04X\\u%04X", 0xd7c0 + (code >> 10),
					     0xdc00 + (code & 0x3ff));
		else
			buffer_append_format(out, "\\u%04X", code);
		i += octets;
	}
}

/* Appends a character as UTF-8, or the octet that it represents. */
static void append_character(struct buffer *out, uint32_t code)
{
	if (code < 0x80 || represents_octet(code)) {
		buffer_append_octet(out, (char)(code & 0xff));
		return;
	}
	if (code > 0xffff)
		buffer_append_octet(out, (char)(0xf0 | code >> 18));
	if (code > 0x7ff)
		buffer_append_octet(out, (char)(code > 0xffff ? 0x80 | (code >> 12 & 0x3f)
							      : 0xe0 | code >> 12));
	buffer_append_octet(out, (char)(code > 0x7ff ? 0x80 | (code >> 6 & 0x3f)
						     : 0xc0 | code >> 6));
	buffer_append_octet(out, (char)(0x80 | (code & 0x3f)));
}

/* Reads the UTF-16 code unit of "\uXXXX" at text; -1 when it is not one. */
static int32_t read_unit(const char *text, size_t length)
{
	if (length < 6 || text[0] != '\\' || text[1] != 'u' || text_hex_octet(text + 2) < 0 ||
	    text_hex_octet(text + 4) < 0)
		return -1;
	return text_hex_octet(text + 2) << 8 | text_hex_octet(text + 4);
}

/* Reads the JSON escape at text. Returns its length in octets, or 0 when it is not an escape. */
static size_t read_json_escape(const char *text, size_t length, uint32_t *code)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *const found = length > 1 ? memchr(letters, text[1], sizeof letters - 1) : NULL;
	const int32_t high = read_unit(text, length);
	int32_t low;

	if (found != NULL) {
		*code = (unsigned char)meanings[found - letters];
		return 2;
	}
	if (high < 0 || (high >= 0xdc00 && high <= 0xdfff))
		return 0;
	*code = (uint32_t)high;
	if (high < 0xd800 || high > 0xdbff)
		return 6;
	low = read_unit(text + 6, length - 6);
	if (low < 0xdc00 || low > 0xdfff)
		return 0;
	*code = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
	return 12;
}

bool text_unjson(struct buffer *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		uint32_t code;
		const size_t octets =
			text[i] == '\\' ? read_json_escape(text + i, length - i, &code)
					: text_utf8(text + i, length - i, &code);

		if (octets == 0 || text[i] == '"' || (unsigned char)text[i] < 0x20)
			return false;
		append_character(out, code);
		i += octets;
	}
	return true;
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

void text_hex(char *out, const unsigned char *octets, size_t length)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		*out++ = digits[octets[i] >> 4];
		*out++ = digits[octets[i] & 15];
	}
	*out = '\0';
}

bool text_equal_nocase(const char *a, size_t a_length, const char *b)
{
	for (size_t i = 0; i < a_length; i++)
		if (b[i] == '\0' || lower(a[i]) != lower(b[i]))
			return false;
	return b[a_length] == '\0';
}

bool text_starts_nocase(const char *text, size_t length, const char *prefix)
{
	for (size_t i = 0; prefix[i] != '\0'; i++)
		if (i >= length || lower(text[i]) != lower(prefix[i]))
			return false;
	return true;
}

bool text_has_form(const char *text, size_t length, const char *form)
{
	size_t i = 0;

	while (i < length && form[i] != '\0' &&
	       (form[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == form[i]))
		i++;
	return i == length && form[i] == '\0';
}

bool text_has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

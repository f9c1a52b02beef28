/* Untrusted text: UTF-8 validation, escaping for records, JSON. */
#include "base/text.h"

#include "check.h"

#define BAD 0 /* length of an invalid character */

static const struct {
	const char *name;
	const char *text;
	size_t length;
	int64_t octets;
	uint32_t code_point;
} characters[] = {
	{ "NUL", OCTETS("\0"), 1, 0 },
	{ "ASCII", OCTETS("ab"), 1, 'a' },
	{ "DEL", OCTETS("\x7f"), 1, 0x7f },
	{ "U+0080", OCTETS("\xc2\x80"), 2, 0x80 },
	{ "U+07FF", OCTETS("\xdf\xbf"), 2, 0x7ff },
	{ "U+0800", OCTETS("\xe0\xa0\x80"), 3, 0x800 },
	{ "U+D7FF", OCTETS("\xed\x9f\xbf"), 3, 0xd7ff },
	{ "U+E000", OCTETS("\xee\x80\x80"), 3, 0xe000 },
	{ "U+FFFF", OCTETS("\xef\xbf\xbf"), 3, 0xffff },
	{ "U+10000", OCTETS("\xf0\x90\x80\x80"), 4, 0x10000 },
	{ "U+10FFFF", OCTETS("\xf4\x8f\xbf\xbf"), 4, 0x10ffff },
	{ "U+110000", OCTETS("\xf4\x90\x80\x80"), BAD, 0 },
	{ "a surrogate", OCTETS("\xed\xa0\x80"), BAD, 0 },
	{ "the last surrogate", OCTETS("\xed\xbf\xbf"), BAD, 0 },
	{ "overlong slash in two", OCTETS("\xc0\xaf"), BAD, 0 },
	{ "overlong DEL in two", OCTETS("\xc1\xbf"), BAD, 0 },
	{ "overlong in three", OCTETS("\xe0\x9f\xbf"), BAD, 0 },
	{ "overlong in four", OCTETS("\xf0\x8f\xbf\xbf"), BAD, 0 },
	{ "a continuation octet alone", OCTETS("\x80"), BAD, 0 },
	{ "five octets", OCTETS("\xf8\x88\x80\x80\x80"), BAD, 0 },
	{ "FE", OCTETS("\xfe"), BAD, 0 },
	{ "FF", OCTETS("\xff"), BAD, 0 },
	{ "one of two", OCTETS("\xc3"), BAD, 0 },
	{ "two of three", OCTETS("\xe2\x82"), BAD, 0 },
	{ "three of four", OCTETS("\xf0\x9f\x98"), BAD, 0 },
	{ "two and a letter", OCTETS("\xe2\x82x"), BAD, 0 },
};

struct row {
	const char *name;
	const char *text;
	size_t length;
	const char *expected;
};

static const struct row escapes[] = {
	{ "nothing", OCTETS(""), "" },
	{ "plain text", OCTETS("plain text ~"), "plain text ~" },
	{ "shorthands", OCTETS("a\\b\tc\rd\ne"), "a\\\\b\\tc\\rd\\ne" },
	{ "NUL", OCTETS("a\0b"), "a\\x00b" },
	{ "a terminal's escape", OCTETS("\x1b[31m"), "\\x1B[31m" },
	{ "bell and backspace", OCTETS("\a\b\v\f"), "\\x07\\x08\\x0B\\x0C" },
	{ "DEL", OCTETS("\x7f"), "\\x7F" },
	{ "C1 as UTF-8", OCTETS("\xc2\x9b" "31m"), "\\xC2\\x9B31m" },
	{ "C1 as an octet", OCTETS("\x9b" "31m"), "\\x9B31m" },
	{ "no-break space is a character", OCTETS("\xc2\xa0"), "\xc2\xa0" },
	{ "letters of UTF-8", OCTETS("café 日本 😀"), "café 日本 😀" },
	{ "Latin-1", OCTETS("caf\xe9!"), "caf\\xE9!" },
	{ "half a character", OCTETS("\xe2\x82"), "\\xE2\\x82" },
	{ "half a character, then a whole one", OCTETS("\xe2\x82\xc3\xa9"), "\\xE2\\x82é" },
	{ "overlong NUL", OCTETS("\xc0\x80"), "\\xC0\\x80" },
	{ "a surrogate", OCTETS("\xed\xa0\x80"), "\\xED\\xA0\\x80" },
	{ "right-to-left override", OCTETS("a\xe2\x80\xae" "b"), "a\\xE2\\x80\\xAEb" },
	{ "left-to-right mark", OCTETS("\xe2\x80\x8e"), "\\xE2\\x80\\x8E" },
	{ "isolates", OCTETS("\xe2\x81\xa6\xe2\x81\xa9"), "\\xE2\\x81\\xA6\\xE2\\x81\\xA9" },
	{ "Arabic letter mark", OCTETS("\xd8\x9c"), "\\xD8\\x9C" },
	{ "line and paragraph separator", OCTETS("\xe2\x80\xa8\xe2\x80\xa9"),
	  "\\xE2\\x80\\xA8\\xE2\\x80\\xA9" },
	{ "zero width space", OCTETS("\xe2\x80\x8b"), "\\xE2\\x80\\x8B" },
	{ "soft hyphen", OCTETS("\xc2\xad"), "\\xC2\\xAD" },
	{ "byte order mark", OCTETS("\xef\xbb\xbf"), "\\xEF\\xBB\\xBF" },
	{ "tags", OCTETS("\xf3\xa0\x81\x81"), "\\xF3\\xA0\\x81\\x81" },
	{ "joiners are kept", OCTETS("\xe2\x80\x8c\xe2\x80\x8d"), "\xe2\x80\x8c\xe2\x80\x8d" },
	{ "an escape is escaped", OCTETS("\\x1B"), "\\\\x1B" },
};

static const struct {
	const char *name;
	const char *text;
	size_t length;
	const char *expected;
	size_t expected_length;
} unescapes[] = {
	{ "unescape: nothing", OCTETS(""), OCTETS("") },
	{ "unescape: shorthands", OCTETS("\\\\\\t\\r\\n"), OCTETS("\\\t\r\n") },
	{ "unescape: hex", OCTETS("\\x1B\\xfF\\x00"), OCTETS("\x1b\xff\0") },
	{ "unescape: an escaped backslash and x41", OCTETS("\\\\x41"), OCTETS("\\x41") },
	{ "unescape: no escape", OCTETS("\\q\\"), OCTETS("\\q\\") },
	{ "unescape: half a hex", OCTETS("\\x4"), OCTETS("\\x4") },
	{ "unescape: no hex", OCTETS("\\xg0\\x0g"), OCTETS("\\xg0\\x0g") },
	{ "unescape: capital X", OCTETS("\\X41"), OCTETS("\\X41") },
	{ "unescape: a backslash before NUL", OCTETS("\\\0"), OCTETS("\\\0") },
};

/* The octets after a bar are left for the next call. */
static const struct row shows[] = {
	{ "show: lines and TABs", OCTETS("a\r\n\tb\n"), "a\n\tb\n|" },
	{ "show: a backslash", OCTETS("a\\b"), "a\\b|" },
	{ "show: escape sequences", OCTETS("\x1b[2J\x1b]0;x\x07"), "\\x1B[2J\\x1B]0;x\\x07|" },
	{ "show: controls and NUL", OCTETS("\b\0\x7f"), "\\x08\\x00\\x7F|" },
	{ "show: a CR within a line", OCTETS("a\rb\r\r\n"), "a\\rb\\r\n|" },
	{ "show: C1 as octets and in UTF-8", OCTETS("\x9bm\xc2\x9bm"), "\\x9Bm\\xC2\\x9Bm|" },
	{ "show: what turns text around", OCTETS("\xe2\x80\xae"), "\\xE2\\x80\\xAE|" },
	{ "show: UTF-8", OCTETS("é日😀"), "é日😀|" },
	{ "show: Latin-1", OCTETS("\xe9t\xe9 "), "\\xE9t\\xE9 |" },
	{ "show: a CR may begin a line end", OCTETS("a\r"), "a|\r" },
	{ "show: a character that may go on", OCTETS("a\xf0\x9f\x98"), "a|\xf0\x9f\x98" },
	{ "show: one that cannot", OCTETS("a\xe0\x80"), "a\\xE0\\x80|" },
};

static const struct row jsons[] = {
	{ "JSON nothing", OCTETS(""), "" },
	{ "JSON plain text", OCTETS("a/b 'c'"), "a/b 'c'" },
	{ "JSON quote and backslash", OCTETS("\"\\"), "\\\"\\\\" },
	{ "JSON controls", OCTETS("\0\t\n\x1b\x7f"), "\\u0000\\u0009\\u000A\\u001B\\u007F" },
	{ "JSON C1", OCTETS("\xc2\x9b"), "\\u009B" },
	{ "JSON letters", OCTETS("café 日本 😀"), "café 日本 😀" },
	{ "JSON Latin-1", OCTETS("caf\xe9"), "caf\\uEFE9" },
	{ "JSON half a character", OCTETS("\xe2\x82"), "\\uEFE2\\uEF82" },
	{ "JSON a surrogate", OCTETS("\xed\xa0\x80"), "\\uEFED\\uEFA0\\uEF80" },
	{ "JSON a character that represents an octet", OCTETS("\uefe9"), "\\uEFEE\\uEFBF\\uEFA9" },
	{ "JSON its neighbours", OCTETS("\uef7f\uf000"), "\uef7f\uf000" },
	{ "JSON right-to-left override", OCTETS("\xe2\x80\xae"), "\\u202E" },
	{ "JSON line separator", OCTETS("\xe2\x80\xa8"), "\\u2028" },
	{ "JSON byte order mark", OCTETS("\xef\xbb\xbf"), "\\uFEFF" },
	{ "JSON a tag in two units", OCTETS("\xf3\xa0\x81\x81"), "\\uDB40\\uDC41" },
};

static const struct row valid[] = {
	{ "valid: nothing", OCTETS(""), "" },
	{ "valid: text", OCTETS("café 日本 😀\\"), "café 日本 😀\\" },
	{ "valid: Latin-1", OCTETS("caf\xe9!"), "caf\ufffd!" },
	{ "valid: half a character is one", OCTETS("\xe2\x82"), "\ufffd" },
	{ "valid: three quarters are one", OCTETS("\xf0\x9f\x92x"), "\ufffdx" },
	{ "valid: half a character, then a whole one", OCTETS("\xe2\x82\xc3\xa9"), "\ufffdé" },
	{ "valid: continuation octets alone", OCTETS("\x80\xbf"), "\ufffd\ufffd" },
	{ "valid: overlong", OCTETS("\xe0\x80\x80"), "\ufffd\ufffd\ufffd" },
	{ "valid: a surrogate", OCTETS("\xed\xa0\x80"), "\ufffd\ufffd\ufffd" },
	{ "valid: above U+10FFFF", OCTETS("\xf4\x90\x80\x80"), "\ufffd\ufffd\ufffd\ufffd" },
};

static const struct {
	const char *name;
	const char *text;
	const char *word;
	bool equal, starts;
} words[] = {
	{ "the same", "OK", "OK", true, true },
	{ "another case", "oK", "Ok", true, true },
	{ "longer", "OKAY", "ok", false, true },
	{ "shorter", "O", "OK", false, false },
	{ "an empty text and a word", "", "OK", false, false },
	{ "a word and an empty text", "OK", "", false, true },
	{ "two empty texts", "", "", true, true },
	{ "only letters have case", "[\\]^_@", "{|}~\x7f`", false, false },
	{ "8-bit octets have no case", "\xc9", "\xe9", false, false },
};

static void read_everything(const char *text, size_t length)
{
	struct buffer out = { 0 };
	uint32_t code_point;

	text_escape(&out, text, length);
	text_unescape(&out, text, length);
	text_json(&out, text, length);
	text_append_valid(&out, text, length);
	text_show(&out, text, length);
	text_equal_nocase(text, length, "OK");
	if (length > 0)
		text_utf8(text, length, &code_point);
	buffer_release(&out);
}

static void show(struct buffer *out, const char *text, size_t length)
{
	const size_t taken = text_show(out, text, length);

	buffer_append_octet(out, '|');
	buffer_append(out, text + taken, length - taken);
}

static void check_rows(const struct row *rows, size_t count,
		       void (*write)(struct buffer *out, const char *text, size_t length))
{
	struct buffer out = { 0 };

	for (size_t i = 0; i < count; i++) {
		buffer_clear(&out);
		write(&out, rows[i].text, rows[i].length);
		check_text(rows[i].name, buffer_text(&out), rows[i].expected);
		check_prefixes(rows[i].text, rows[i].length, read_everything);
	}
	buffer_release(&out);
}

static void check_characters(void)
{
	for (size_t i = 0; i < ROWS(characters); i++) {
		uint32_t code = 0;

		check_number(characters[i].name,
			     (int64_t)text_utf8(characters[i].text, characters[i].length, &code),
			     characters[i].octets);
		check_number(characters[i].name, code, characters[i].code_point);
		check_prefixes(characters[i].text, characters[i].length, read_everything);
	}
}

static void check_unescapes(void)
{
	struct buffer out = { 0 };

	for (size_t i = 0; i < ROWS(unescapes); i++) {
		buffer_clear(&out);
		text_unescape(&out, unescapes[i].text, unescapes[i].length);
		check_octets(unescapes[i].name, out.data, out.length, unescapes[i].expected,
			     unescapes[i].expected_length);
		check_prefixes(unescapes[i].text, unescapes[i].length, read_everything);
	}
	buffer_release(&out);
}

/* Every pair of octets survives escaping and unescaping, and the escaped form is harmless. */
static void check_there_and_back(void)
{
	struct buffer shown = { 0 }, json = { 0 }, back = { 0 };
	bool same = true, harmless = true;

	for (unsigned pair = 0; pair < 0x10000; pair++) {
		const char octets[] = { (char)(pair >> 8), (char)(pair & 0xff) };

		buffer_clear(&shown);
		buffer_clear(&back);
		text_escape(&shown, octets, sizeof octets);
		text_unescape(&back, shown.data, shown.length);
		same = same && back.length == sizeof octets &&
		       memcmp(back.data, octets, sizeof octets) == 0;
		buffer_clear(&json);
		buffer_clear(&back);
		text_json(&json, octets, sizeof octets);
		same = same && text_unjson(&back, json.data, json.length) &&
		       back.length == sizeof octets &&
		       memcmp(back.data, octets, sizeof octets) == 0;
		harmless = harmless && strlen(shown.data) == shown.length &&
			   !text_has_control(shown.data);
	}
	check_number("every pair of octets is restored", same, true);
	check_number("every pair of octets is escaped", harmless, true);
	buffer_release(&shown);
	buffer_release(&json);
	buffer_release(&back);
}

static void check_words(void)
{
	for (size_t i = 0; i < ROWS(words); i++) {
		const size_t length = strlen(words[i].text);

		check_number(words[i].name, text_equal_nocase(words[i].text, length, words[i].word),
			     words[i].equal);
		check_number(words[i].name,
			     text_starts_nocase(words[i].text, length, words[i].word),
			     words[i].starts);
	}
}

static void check_controls(void)
{
	for (int octet = 1; octet < 256; octet++) {
		const char text[] = { 'a', (char)octet, '\0' };
		const bool control = octet < 0x20 || octet == 0x7f;

		if (text_has_control(text) != control)
			check_number("each control character", octet, -1);
	}
	check_number("no control character in an empty text", text_has_control(""), false);
	check_number("no control character in UTF-8", text_has_control("café"), false);
	check_number("a control character at the end", text_has_control("café\n"), true);
}

static void check_form(void)
{
	static const struct {
		const char *text;
		bool has_form;
	} rows[] = {
		{ "2026-11", true }, { "9999-00", true }, { "2026-1", false }, { "2026-111", false },
		{ "2026/11", false }, { "2026-1:", false }, { "2026-1/", false }, { "", false },
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_number(rows[i].text,
			     text_has_form(rows[i].text, strlen(rows[i].text), "0000-00"),
			     rows[i].has_form);
	check_number("only the given length counts", text_has_form("2026-111", 7, "0000-00"), true);
}

static void check_hex(void)
{
	static const unsigned char octets[] = { 0x00, 0x0f, 0xa9, 0xff };
	char hex[2 * sizeof octets + 1];

	text_hex(hex, octets, sizeof octets);
	check_text("hexadecimal digits", hex, "000fa9ff");
	text_hex(hex, octets, 0);
	check_text("hexadecimal digits of no octets", hex, "");
}

int main(void)
{
	check_characters();
	check_rows(escapes, ROWS(escapes), text_escape);
	check_unescapes();
	check_there_and_back();
	check_rows(shows, ROWS(shows), show);
	check_rows(jsons, ROWS(jsons), text_json);
	check_rows(valid, ROWS(valid), text_append_valid);
	check_words();
	check_controls();
	check_form();
	check_hex();
	return check_end();
}

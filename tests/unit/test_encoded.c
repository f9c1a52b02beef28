/* Decoding encoded words. */
#include "mail/encoded.h"

#include <time.h>

#include "field.h"
#include "mail/header.h"

static const struct {
	const char *name;
	const char *value;
	size_t length;
	const char *decoded;
	size_t decoded_length;
} rows[] = {
	{ "nothing", OCTETS(""), OCTETS("") },
	{ "plain text", OCTETS("hello, world"), OCTETS("hello, world") },
	{ "Q", OCTETS("=?utf-8?Q?caf=C3=A9?="), OCTETS("café") },
	{ "B", OCTETS("=?utf-8?B?Y2Fmw6k=?="), OCTETS("café") },
	{ "lower case encodings", OCTETS("=?utf-8?q?a?= =?utf-8?b?Yg==?="), OCTETS("ab") },
	{ "lower case hex", OCTETS("=?utf-8?q?caf=c3=a9?="), OCTETS("café") },
	{ "an underscore is a blank in Q", OCTETS("=?utf-8?Q?a_b=5Fc?="), OCTETS("a b_c") },
	{ "character sets in any case", OCTETS("=?Iso-8859-1?Q?caf=E9?="), OCTETS("café") },
	{ "windows-1252", OCTETS("=?windows-1252?Q?=80_5?="), OCTETS("€ 5") },
	{ "KOI8-R", OCTETS("=?koi8-r?B?8NLJ18XU?="), OCTETS("Привет") },
	{ "ISO-2022-JP", OCTETS("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?="), OCTETS("日本") },
	{ "Shift_JIS", OCTETS("=?Shift_JIS?Q?=93=FA=96=7B?="), OCTETS("日本") },
	{ "Big5", OCTETS("=?big5?Q?=A4=A4?="), OCTETS("中") },
	{ "GB18030", OCTETS("=?gb18030?Q?=D6=D0?="), OCTETS("中") },
	{ "UTF-7", OCTETS("=?utf-7?Q?caf+AOk-?="), OCTETS("café") },
	{ "UTF-16BE", OCTETS("=?utf-16be?Q?=00a=00b?="), OCTETS("ab") },
	{ "a colon in the character set", OCTETS("=?ISO_8859-1:1987?Q?=E9?="), OCTETS("é") },
	{ "US-ASCII", OCTETS("=?us-ascii?Q?Keith?="), OCTETS("Keith") },
	{ "a language", OCTETS("=?utf-8*en?Q?caf=C3=A9?="), OCTETS("café") },
	{ "a language with a region", OCTETS("=?utf-8*de-CH?B?Y2Fmw6k=?="), OCTETS("café") },
	{ "an empty language", OCTETS("=?utf-8*?Q?a?="), OCTETS("a") },
	{ "an empty Q", OCTETS("[=?utf-8?Q?\?=]"), OCTETS("[]") },
	{ "an empty B", OCTETS("[=?utf-8?B?\?=]"), OCTETS("[]") },

	{ "text around", OCTETS("Re: =?utf-8?Q?caf=C3=A9?= au lait"), OCTETS("Re: café au lait") },
	{ "in quotes", OCTETS("\"=?utf-8?Q?caf=C3=A9?=\" <a@b>"), OCTETS("\"café\" <a@b>") },
	{ "in parentheses", OCTETS("(=?utf-8?Q?a?= =?utf-8?Q?b?=)"), OCTETS("(ab)") },
	{ "in a word", OCTETS("x=?utf-8?Q?a?=y"), OCTETS("xay") },
	{ "other =? before", OCTETS("=?=?=?utf-8?Q?a?="), OCTETS("=?=?a") },
	{ "8-bit around", OCTETS("\xff =?utf-8?Q?a?= \xc3\xa9"), OCTETS("\xff a \xc3\xa9") },
	{ "NUL around", OCTETS("\0=?utf-8?Q?a?=\0"), OCTETS("\0a\0") },
	{ "controls within", OCTETS("=?utf-8?Q?=00=1B=0D=0A?="), OCTETS("\0\x1b\r\n") },

	{ "blanks between words dropped", OCTETS("=?utf-8?Q?a?=  \t =?utf-8?Q?b?="), OCTETS("ab") },
	{ "no blanks between words", OCTETS("=?utf-8?Q?a?==?utf-8?Q?b?="), OCTETS("ab") },
	{ "blanks before text kept", OCTETS("=?utf-8?Q?a?=  b =?utf-8?Q?c?="), OCTETS("a  b c") },
	{ "outer blanks kept", OCTETS(" =?utf-8?Q?a?= "), OCTETS(" a ") },
	{ "words of two character sets", OCTETS("=?utf-8?Q?=C3=A9?= =?latin1?Q?=E9?="),
	  OCTETS("éé") },
	{ "words of two encodings", OCTETS("=?utf-8?Q?=C3=A9?= =?utf-8?B?w6k=?="), OCTETS("éé") },
	{ "words of two languages", OCTETS("=?utf-8*fr?Q?=C3?= =?UTF-8*en?Q?=A9?="), OCTETS("é") },
	{ "a character split in two, Q", OCTETS("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9!?="),
	  OCTETS("café!") },
	{ "a character split in two, B", OCTETS("=?utf-8?B?Y2Fmww==?= =?UTF-8?b?qSE=?="),
	  OCTETS("café!") },
	{ "a character split in three", OCTETS("=?utf-8?Q?=E2?= =?utf-8?Q?=82?= =?utf-8?Q?=AC?="),
	  OCTETS("€") },
	{ "a character split over two encodings", OCTETS("=?utf-8?Q?=C3?= =?utf-8?B?qQ==?="),
	  OCTETS("é") },
	{ "a character split over two names of a character set",
	  OCTETS("=?shift_jis?B?k/qW?= =?x-sjis?Q?{?="), OCTETS("日本") },
	{ "no character is split over two character sets",
	  OCTETS("=?utf-8?B?8J+S?= =?ISO-8859-1?B?qQ==?="), OCTETS("\ufffd©") },
	{ "a shift state kept over words",
	  OCTETS("=?iso-2022-jp?B?GyRCRnw=?= =?iso-2022-jp?B?S1wbKEI=?="), OCTETS("日本") },
	{ "a shift state ends with its run",
	  OCTETS("=?iso-2022-jp?B?GyRCRnxLXA==?= - =?iso-2022-jp?Q?ab?="), OCTETS("日本 - ab") },

	{ "a broken word among good ones",
	  OCTETS("=?utf-8?Q?a?= =?utf-8?Q?=FF?= =?utf-8?Q?b?="), OCTETS("a\ufffdb") },
	{ "broken base64 among good ones",
	  OCTETS("=?utf-8?B?YQ==?= =?utf-8?B?Y?= =?utf-8?B?Yg==?="), OCTETS("a =?utf-8?B?Y?= b") },
	{ "an unknown character set", OCTETS("=?x-none?Q?a?= b"), OCTETS("a b") },
	{ "an unknown character set, no UTF-8", OCTETS("=?x-none?Q?a=E9b?="), OCTETS("a\ufffdb") },
	{ "words of an unknown character set", OCTETS("=?x-none?Q?a?=  =?x-none?B?Yg==?="),
	  OCTETS("ab") },
	{ "nothing in an unknown character set", OCTETS("=?x-none?Q?\?= b"),
	  OCTETS("=?x-none?Q?\?= b") },
	{ "an unknown encoding", OCTETS("=?utf-8?X?a?="), OCTETS("=?utf-8?X?a?=") },
	{ "no encoding", OCTETS("=?utf-8??a?="), OCTETS("=?utf-8??a?=") },
	{ "two letters for the encoding", OCTETS("=?utf-8?QQ?a?="), OCTETS("=?utf-8?QQ?a?=") },
	{ "no character set", OCTETS("=??Q?a?="), OCTETS("=??Q?a?=") },
	{ "only a language", OCTETS("=?*en?Q?a?="), OCTETS("=?*en?Q?a?=") },
	{ "iconv options", OCTETS("=?utf-8//IGNORE?Q?=FF?="), OCTETS("=?utf-8//IGNORE?Q?=FF?=") },
	{ "a character set of 64 octets",
	  OCTETS("=?aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb?Q?a?="),
	  OCTETS("=?aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb?Q?a?=") },
	{ "no end", OCTETS("=?utf-8?Q?a"), OCTETS("=?utf-8?Q?a") },
	{ "half an end", OCTETS("=?utf-8?Q?a?"), OCTETS("=?utf-8?Q?a?") },
	{ "not closed before another word", OCTETS("=?utf-8?Q?a =?utf-8?Q?b?="),
	  OCTETS("=?utf-8?Q?a b") },
	{ "a blank within", OCTETS("=?utf-8?Q?a b?="), OCTETS("a b") },
	{ "a TAB within", OCTETS("=?utf-8?Q?a\tb?="), OCTETS("a b") },
	{ "8-bit within", OCTETS("=?utf-8?Q?\xc3\xa9?="), OCTETS("é") },
	{ "a question mark within", OCTETS("=?utf-8?Q?a?b?="), OCTETS("a?b") },
	{ "a question mark last", OCTETS("=?utf-8?Q?a\?\?="), OCTETS("a?") },
	{ "no hexadecimal digits after =", OCTETS("=?utf-8?Q?=G0?="), OCTETS("=G0") },
	{ "half a hex", OCTETS("=?utf-8?Q?=C?="), OCTETS("=C") },
	{ "= at the end", OCTETS("=?utf-8?Q?a=?="), OCTETS("a=") },
	{ "base64 without padding", OCTETS("=?utf-8?B?YQ?="), OCTETS("a") },
	{ "base64 with half of its padding", OCTETS("=?utf-8?B?YQ=?="), OCTETS("a") },
	{ "base64 with too much padding", OCTETS("=?utf-8?B?YQ=====?="), OCTETS("a") },
	{ "padding after complete base64", OCTETS("=?utf-8?B?YWJj=?="), OCTETS("abc") },
	{ "padding within base64", OCTETS("=?utf-8?B?YQ==Yg==?="), OCTETS("ab") },
	{ "padding that completes no group", OCTETS("=?utf-8?B?Y=W=Jj?="), OCTETS("abc") },
	{ "truncated base64", OCTETS("=?utf-8?B?YWJjZ?="), OCTETS("abc") },
	{ "blanks within base64", OCTETS("=?utf-8?B?YW Jj?="), OCTETS("abc") },
	{ "blanks in place of base64 letters", OCTETS("=?utf-8?B?YQ==?= =?utf-8?B?UEgR lqZ?= b"),
	  OCTETS("a =?utf-8?B?UEgR lqZ?= b") },
	{ "base64url instead of base64", OCTETS("=?utf-8?B?Y*==?="), OCTETS("=?utf-8?B?Y*==?=") },
	{ "octets that are not UTF-8", OCTETS("=?utf-8?Q?=FF=FE?="), OCTETS("\ufffd\ufffd") },
	{ "a surrogate", OCTETS("=?utf-8?Q?=ED=A0=80?="), OCTETS("\ufffd\ufffd\ufffd") },
	{ "half a character", OCTETS("=?utf-8?Q?=C3?= x"), OCTETS("\ufffd x") },
	{ "8-bit in US-ASCII", OCTETS("=?us-ascii?Q?=E9?="), OCTETS("é") },
	{ "half a unit of UTF-16", OCTETS("=?utf-16be?Q?=00a=00?="), OCTETS("a\ufffd") },
	{ "half a pair of UTF-16", OCTETS("=?utf-16be?Q?=D8=00=00a?="), OCTETS("\ufffda") },
	{ "half-width kana in ISO-2022-JP", OCTETS("=?iso-2022-jp?B?GyhJMTIbKEI=?="),
	  OCTETS("ｱｲ") },
	{ "half a kanji in ISO-2022-JP", OCTETS("=?iso-2022-jp?B?GyRCRnxLGyhCIQ==?="),
	  OCTETS("日\ufffd!") },
	{ "JIS X 0212 in ISO-2022-JP", OCTETS("=?iso-2022-jp?B?GyQoRDAhGyhC?="), OCTETS("丂") },
};

static void decode(const char *text, size_t length)
{
	struct buffer out = { 0 };

	encoded_decode(&out, text, length);
	buffer_release(&out);
}

static void check_all_octets(void)
{
	struct buffer value = { 0 }, out = { 0 };

	for (int octet = 0; octet < 256; octet++)
		buffer_append_octet(&value, (char)octet);
	encoded_decode(&out, value.data, value.length);
	check_octets("every octet is accepted", out.data, out.length, value.data, value.length);
	buffer_release(&value);
	buffer_release(&out);
}

/* Much longer than the limit of 75 octets in RFC 2047 section 2, and than one conversion chunk. */
static void check_long_word(void)
{
	struct buffer value = { 0 }, out = { 0 }, expected = { 0 };

	buffer_append_text(&value, "=?iso-8859-1?Q?");
	for (int i = 0; i < 200000; i++) {
		buffer_append_text(&value, "=E9");
		buffer_append_text(&expected, "é");
	}
	buffer_append_text(&value, "?=");
	encoded_decode(&out, value.data, value.length);
	check_number("a word of megabytes", out.length == expected.length &&
		     memcmp(out.data, expected.data, out.length) == 0, true);
	buffer_release(&value);
	buffer_release(&out);
	buffer_release(&expected);
}

static void decode_many(const char *name, const char *unit, const char *last, size_t expected)
{
	struct buffer value = { 0 }, out = { 0 };
	const clock_t start = clock();

	while (value.length < 1024 * 1024)
		buffer_append_text(&value, unit);
	buffer_append_text(&value, last);
	encoded_decode(&out, value.data, value.length);
	check_number(name, (int64_t)out.length, (int64_t)expected);
	printf("# %s: %.3f s\n", name, (double)(clock() - start) / CLOCKS_PER_SEC);
	buffer_release(&value);
	buffer_release(&out);
}

/* Decoding must not take quadratic time, whatever octet is repeated. */
static void check_megabytes(void)
{
	decode_many("starts without an end", "=?a?q?x", "", 1048579);
	decode_many("starts with one end", "=?a?q?x", "?=", 1048573);
	decode_many("starts without an encoding", "=?a?", "", 1048576);
	decode_many("languages", "=?a*", "", 1048576);
	decode_many("ends", "?=", "", 1048576);
	decode_many("empty words", "=?a?b?!?=", "", 1048581);
	decode_many("a run with a broken end", "=?utf-8?Q?a?= ", "=?utf-8?Q?=FF?=", 74902);
}

static void check_limit(void)
{
	struct buffer out = { .limit = 4 };
	struct pop3_error err;

	encoded_decode(&out, OCTETS("=?utf-8?Q?abc?= =?utf-8?Q?=C3=A9?="));
	check_number("the buffer's limit holds", buffer_check(&out, POP3_E_PROTOCOL, &err), -1);
	check_number("the buffer's limit is not exceeded", out.length <= 4, true);
	buffer_release(&out);
}

static bool is_right(const struct field_row *row)
{
	struct buffer value = { 0 }, text = { 0 };
	bool right = false;

	header_unfold(&value, buffer_text(&row->columns[0]), row->columns[0].length);
	encoded_decode(&text, buffer_text(&value), value.length);
	for (size_t i = 1; i < row->count && !right; i++)
		right = text.length == row->columns[i].length &&
			memcmp(buffer_text(&text), buffer_text(&row->columns[i]), text.length) == 0;
	if (!right)
		check_print("got", buffer_text(&text), text.length);
	buffer_release(&value);
	buffer_release(&text);
	return right;
}

int main(void)
{
	struct buffer out = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		buffer_clear(&out);
		encoded_decode(&out, rows[i].value, rows[i].length);
		check_octets(rows[i].name, out.data, out.length, rows[i].decoded,
			     rows[i].decoded_length);
		check_prefixes(rows[i].value, rows[i].length, decode);
	}
	decode(NULL, 0);
	check_all_octets();
	check_long_word();
	check_megabytes();
	check_limit();
	field_check("tests/field/encoded-words.tsv", is_right);
	field_check("tests/field/encoded-words-more.tsv", is_right);
	buffer_release(&out);
	return check_end();
}

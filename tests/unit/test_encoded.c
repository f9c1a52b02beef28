/* Encoded-words: what becomes UTF-8, what stays as it is. */
#include "mail/encoded.h"

#include "check.h"

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
	{ "underscore is a blank in Q", OCTETS("=?utf-8?Q?a_b=5Fc?="), OCTETS("a b_c") },
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

	{ "blanks between words go", OCTETS("=?utf-8?Q?a?=  \t =?utf-8?Q?b?="), OCTETS("ab") },
	{ "no blanks between words", OCTETS("=?utf-8?Q?a?==?utf-8?Q?b?="), OCTETS("ab") },
	{ "blanks before text stay", OCTETS("=?utf-8?Q?a?=  b =?utf-8?Q?c?="), OCTETS("a  b c") },
	{ "blanks outside stay", OCTETS(" =?utf-8?Q?a?= "), OCTETS(" a ") },
	{ "words of two character sets", OCTETS("=?utf-8?Q?=C3=A9?= =?latin1?Q?=E9?="),
	  OCTETS("éé") },
	{ "words of two encodings", OCTETS("=?utf-8?Q?=C3=A9?= =?utf-8?B?w6k=?="), OCTETS("éé") },
	{ "words of two languages", OCTETS("=?utf-8*fr?Q?=C3?= =?UTF-8*en?Q?=A9?="), OCTETS("é") },
	{ "a character cut in two, Q", OCTETS("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9!?="),
	  OCTETS("café!") },
	{ "a character cut in two, B", OCTETS("=?utf-8?B?Y2Fmww==?= =?UTF-8?b?qSE=?="),
	  OCTETS("café!") },
	{ "a character cut in three", OCTETS("=?utf-8?Q?=E2?= =?utf-8?Q?=82?= =?utf-8?Q?=AC?="),
	  OCTETS("€") },
	{ "a character cut over two encodings stays",
	  OCTETS("=?utf-8?Q?=C3?= =?utf-8?B?qQ==?="), OCTETS("=?utf-8?Q?=C3?= =?utf-8?B?qQ==?=") },
	{ "a shift that lasts over a word",
	  OCTETS("=?iso-2022-jp?B?GyRCRnw=?= =?iso-2022-jp?B?S1wbKEI=?="), OCTETS("日本") },
	{ "a shift does not outlast its run",
	  OCTETS("=?iso-2022-jp?B?GyRCRnxLXA==?= - =?iso-2022-jp?Q?ab?="), OCTETS("日本 - ab") },

	{ "a broken word among good ones",
	  OCTETS("=?utf-8?Q?a?= =?utf-8?Q?=FF?= =?utf-8?Q?b?="), OCTETS("a =?utf-8?Q?=FF?= b") },
	{ "broken base64 among good ones",
	  OCTETS("=?utf-8?B?YQ==?= =?utf-8?B?Y?= =?utf-8?B?Yg==?="), OCTETS("a =?utf-8?B?Y?= b") },
	{ "an unknown character set", OCTETS("=?x-none?Q?a?= b"), OCTETS("=?x-none?Q?a?= b") },
	{ "unknown ones keep their blanks", OCTETS("=?x-none?Q?a?=  =?x-none?Q?b?="),
	  OCTETS("=?x-none?Q?a?=  =?x-none?Q?b?=") },
	{ "an unknown encoding", OCTETS("=?utf-8?X?a?="), OCTETS("=?utf-8?X?a?=") },
	{ "no encoding", OCTETS("=?utf-8??a?="), OCTETS("=?utf-8??a?=") },
	{ "two letters for the encoding", OCTETS("=?utf-8?QQ?a?="), OCTETS("=?utf-8?QQ?a?=") },
	{ "no character set", OCTETS("=??Q?a?="), OCTETS("=??Q?a?=") },
	{ "only a language", OCTETS("=?*en?Q?a?="), OCTETS("=?*en?Q?a?=") },
	{ "orders to iconv", OCTETS("=?utf-8//IGNORE?Q?=FF?="), OCTETS("=?utf-8//IGNORE?Q?=FF?=") },
	{ "a character set of 64 octets",
	  OCTETS("=?aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb?Q?a?="),
	  OCTETS("=?aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb?Q?a?=") },
	{ "no end", OCTETS("=?utf-8?Q?a"), OCTETS("=?utf-8?Q?a") },
	{ "half an end", OCTETS("=?utf-8?Q?a?"), OCTETS("=?utf-8?Q?a?") },
	{ "a blank within", OCTETS("=?utf-8?Q?a b?="), OCTETS("=?utf-8?Q?a b?=") },
	{ "8-bit within", OCTETS("=?utf-8?Q?\xc3\xa9?="), OCTETS("=?utf-8?Q?\xc3\xa9?=") },
	{ "a question mark within", OCTETS("=?utf-8?Q?a?b?="), OCTETS("=?utf-8?Q?a?b?=") },
	{ "no hex behind =", OCTETS("=?utf-8?Q?=G0?="), OCTETS("=?utf-8?Q?=G0?=") },
	{ "half a hex", OCTETS("=?utf-8?Q?=C?="), OCTETS("=?utf-8?Q?=C?=") },
	{ "= at the end", OCTETS("=?utf-8?Q?a=?="), OCTETS("=?utf-8?Q?a=?=") },
	{ "base64 without padding", OCTETS("=?utf-8?B?YQ?="), OCTETS("=?utf-8?B?YQ?=") },
	{ "base64 of other letters", OCTETS("=?utf-8?B?Y*==?="), OCTETS("=?utf-8?B?Y*==?=") },
	{ "octets that are no UTF-8", OCTETS("=?utf-8?Q?=FF=FE?="), OCTETS("=?utf-8?Q?=FF=FE?=") },
	{ "a surrogate", OCTETS("=?utf-8?Q?=ED=A0=80?="), OCTETS("=?utf-8?Q?=ED=A0=80?=") },
	{ "half a character", OCTETS("=?utf-8?Q?=C3?= x"), OCTETS("=?utf-8?Q?=C3?= x") },
	{ "8-bit in US-ASCII", OCTETS("=?us-ascii?Q?=E9?="), OCTETS("=?us-ascii?Q?=E9?=") },
	{ "half a unit of UTF-16", OCTETS("=?utf-16be?Q?=00a=00?="),
	  OCTETS("=?utf-16be?Q?=00a=00?=") },
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
	check_octets("every octet passes", out.data, out.length, value.data, value.length);
	buffer_release(&value);
	buffer_release(&out);
}

/* Far over the 75 octets of RFC 2047 section 2, and over one chunk of the conversion. */
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

/* One broken word must not make a long run of good ones be read again and again. */
static void check_long_run(void)
{
	struct buffer value = { 0 }, out = { 0 };

	for (int i = 0; i < 20000; i++)
		buffer_append_text(&value, "=?utf-8?Q?a?= ");
	buffer_append_text(&value, "=?utf-8?Q?=FF?=");
	encoded_decode(&out, value.data, value.length);
	check_number("a long run with a broken end", (int64_t)out.length,
		     20000 + (int64_t)strlen(" =?utf-8?Q?=FF?="));
	buffer_release(&value);
	buffer_release(&out);
}

static void check_limit(void)
{
	struct buffer out = { .limit = 4 };
	struct pop3_error err;

	encoded_decode(&out, OCTETS("=?utf-8?Q?abc?= =?utf-8?Q?=C3=A9?="));
	check_number("the buffer's limit holds", buffer_check(&out, POP3_E_PROTOCOL, &err), -1);
	check_number("and nothing is beyond it", out.length <= 4, true);
	buffer_release(&out);
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
	check_long_run();
	check_limit();
	buffer_release(&out);
	return check_end();
}

/* Base64 encoding, and strict decoding. */
#include "base/base64.h"

#include "check.h"

/* The test vectors of RFC 4648 section 10, and binary data. */
static const struct {
	const char *name;
	const char *octets;
	size_t length;
	const char *text;
} pairs[] = {
	{ "empty", OCTETS(""), "" },
	{ "f", OCTETS("f"), "Zg==" },
	{ "fo", OCTETS("fo"), "Zm8=" },
	{ "foo", OCTETS("foo"), "Zm9v" },
	{ "foob", OCTETS("foob"), "Zm9vYg==" },
	{ "fooba", OCTETS("fooba"), "Zm9vYmE=" },
	{ "foobar", OCTETS("foobar"), "Zm9vYmFy" },
	{ "the NULs of AUTH PLAIN", OCTETS("\0ann\0secret"), "AGFubgBzZWNyZXQ=" },
	{ "a NUL at the end", OCTETS("a\0"), "YQA=" },
	{ "the last two letters of the alphabet", OCTETS("\xfb\xff\xbf"), "+/+/" },
	{ "all ones", OCTETS("\xff\xff\xff"), "////" },
	{ "more than a line of MIME",
	  OCTETS("012345678901234567890123456789012345678901234567890123456789"),
	  "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5" },
};

static const struct {
	const char *name;
	const char *text;
	size_t length;
} broken[] = {
	{ "not base64", OCTETS("go ahead") },
	{ "one letter", OCTETS("Z") },
	{ "two letters", OCTETS("Zg") },
	{ "missing padding", OCTETS("Zg=") },
	{ "only padding", OCTETS("====") },
	{ "only two of padding", OCTETS("==") },
	{ "too much padding", OCTETS("Z===") },
	{ "padding in the middle", OCTETS("Zg==Zg==") },
	{ "padding before a letter", OCTETS("Zg=v") },
	{ "a leading blank", OCTETS(" Zm9v") },
	{ "a blank within", OCTETS("Zm 9") },
	{ "blanks of a whole group", OCTETS("Zm9v    ") },
	{ "a trailing line end", OCTETS("Zm9v\r\n") },
	{ "a line end that fills the group", OCTETS("Zm9vZm\r\n") },
	{ "letters of base64url", OCTETS("-_-_") },
	{ "a NUL", OCTETS("Zm9\0") },
	{ "8-bit", OCTETS("Zm9\xff") },
};

static void decode(const char *text, size_t length)
{
	struct buffer out = { 0 };

	base64_decode(&out, text, length);
	base64_encode(&out, text, length);
	buffer_release(&out);
}

static void check_pairs(void)
{
	struct buffer out = { 0 };

	for (size_t i = 0; i < ROWS(pairs); i++) {
		buffer_clear(&out);
		base64_encode(&out, pairs[i].octets, pairs[i].length);
		check_text(pairs[i].name, buffer_text(&out), pairs[i].text);
		buffer_clear(&out);
		check_number(pairs[i].name,
			     base64_decode(&out, pairs[i].text, strlen(pairs[i].text)), true);
		check_octets(pairs[i].name, out.data, out.length, pairs[i].octets,
			     pairs[i].length);
		check_prefixes(pairs[i].text, strlen(pairs[i].text), decode);
	}
	buffer_release(&out);
}

static void check_broken(void)
{
	struct buffer out = { 0 };

	buffer_append_text(&out, "kept");
	for (size_t i = 0; i < ROWS(broken); i++) {
		check_number(broken[i].name, base64_decode(&out, broken[i].text, broken[i].length),
			     false);
		check_prefixes(broken[i].text, broken[i].length, decode);
	}
	check_text("the buffer keeps its content", buffer_text(&out), "kept");
	check_number("the buffer accepts more", base64_decode(&out, "IQ==", 4), true);
	check_text("more is appended to its content", buffer_text(&out), "kept!");
	buffer_release(&out);
}

static void check_limits(void)
{
	struct buffer out = { .limit = 3 };
	struct pop3_error err;

	check_number("decoding up to the limit", base64_decode(&out, "Zm9v", 4), true);
	check_number("decoding over the limit", base64_decode(&out, "Zm9v", 4), false);
	buffer_clear(&out);
	base64_encode(&out, "f", 1);
	check_number("encoding over the limit", buffer_check(&out, POP3_E_USAGE, &err), -1);
	check_number("over the limit is a usage error", err.code, POP3_E_USAGE);
	buffer_release(&out);
}

int main(void)
{
	check_pairs();
	check_broken();
	check_limits();
	return check_end();
}

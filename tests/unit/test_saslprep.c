/* SASLprep: the examples in RFC 4013 section 3, and prohibited input. */
#include "pop3/saslprep.h"

#include "check.h"

static const struct {
	const char *title;
	const char *text;
	const char *name;     /* the prepared user name, NULL = refused */
	const char *password; /* the prepared password, NULL = refused */
} preparations[] = {
	{ "soft hyphen", "I\xc2\xadX", "IX", "IX" },
	{ "no change", "user", "user", "user" },
	{ "case is kept", "USER", "USER", "USER" },
	{ "NFKC", "\xc2\xaa", "a", "a" },
	{ "a Roman numeral", "\xe2\x85\xa8", "IX", "IX" },
	{ "a control character", "\x07", NULL, NULL },
	{ "both directions", "\xd8\xa7\x31", NULL, NULL },
	{ "an ideographic space", "a\xe3\x80\x80" "b", "a b", "a b" },
	{ "composed", "u\xcc\x88", "\xc3\xbc", "\xc3\xbc" },
	{ "eleven times as long", "\xef\xb7\xba",
	  "\xd8\xb5\xd9\x84\xd9\x89 \xd8\xa7\xd9\x84\xd9\x84\xd9\x87 "
	  "\xd8\xb9\xd9\x84\xd9\x8a\xd9\x87 \xd9\x88\xd8\xb3\xd9\x84\xd9\x85",
	  "\xd8\xb5\xd9\x84\xd9\x89 \xd8\xa7\xd9\x84\xd9\x84\xd9\x87 "
	  "\xd8\xb9\xd9\x84\xd9\x8a\xd9\x87 \xd9\x88\xd8\xb3\xd9\x84\xd9\x85" },
	{ "not in Unicode 3.2", "\xf0\x9f\x94\x91", "\xf0\x9f\x94\x91", NULL },
	{ "private use", "\xee\x80\x80", NULL, NULL },
	{ "not UTF-8", "a\xff", NULL, NULL },
	{ "truncated UTF-8", "a\xc3", NULL, NULL },
	{ "overlong UTF-8", "\xc0\xaf", NULL, NULL },
	{ "a surrogate", "\xed\xa0\x80", NULL, NULL },
	{ "nothing", "", NULL, NULL },
	{ "nothing left after mapping", "\xc2\xad", NULL, NULL },
};

static void check_prepared(const char *title, const char *text, const char *expected,
			   int (*prepare)(struct buffer *out, const char *text, size_t length,
					  struct pop3_error *err))
{
	struct buffer out = { 0 };
	struct pop3_error err = { 0 };
	const int result = prepare(&out, text, strlen(text), &err);

	check_number(title, result, expected != NULL ? 0 : -1);
	check_number(title, err.code, expected != NULL ? POP3_E_NONE : POP3_E_USAGE);
	if (expected != NULL)
		check_text(title, buffer_text(&out), expected);
	buffer_release(&out);
}

static void check_nul(void)
{
	struct buffer out = { 0 };
	struct pop3_error err = { 0 };

	check_number("a NUL", saslprep_password(&out, OCTETS("a\0b"), &err), -1);
	check_number("a NUL is a usage error", err.code, POP3_E_USAGE);
	check_number("no text", saslprep_password(&out, NULL, 0, &err), -1);
	check_number("a failure appends nothing", (int64_t)out.length, 0);
	buffer_release(&out);
}

static void check_appending(void)
{
	struct buffer out = { 0 };
	struct pop3_error err = { 0 };

	buffer_append_text(&out, "n=");
	saslprep_name(&out, OCTETS("\xc2\xaa"), &err);
	check_text("the result is appended to the buffer", out.data, "n=a");
	buffer_release(&out);
}

int main(void)
{
	for (size_t i = 0; i < ROWS(preparations); i++) {
		check_prepared(preparations[i].title, preparations[i].text, preparations[i].name,
			       saslprep_name);
		check_prepared(preparations[i].title, preparations[i].text,
			       preparations[i].password, saslprep_password);
	}
	check_nul();
	check_appending();
	return check_end();
}

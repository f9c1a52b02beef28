/* netrc(5): finding the password of a host and a user, as ftp and curl do. */
#include "cli/netrc.h"

#include "check.h"

static const struct {
	const char *name, *text, *host, *user;
	const char *password; /* NULL = none */
} rows[] = {
	{ "one line", "machine h login ann password p", "h", "ann", "p" },
	{ "several lines", "machine h\n\tlogin ann\r\n  password p\n", "h", "ann", "p" },
	{ "another host", "machine h login ann password p", "i", "ann", NULL },
	{ "a longer host", "machine host login ann password p", "ho", "ann", NULL },
	{ "hosts in either case", "machine H.Example login ann password p", "h.example", "ann",
	  "p" },
	{ "another user", "machine h login ann password p", "h", "bob", NULL },
	{ "users in one case only", "machine h login Ann password p", "h", "ann", NULL },
	{ "no login named", "machine h password p", "h", "ann", "p" },
	{ "any user", "machine h login ann password p", "h", NULL, "p" },
	{ "the first that fits", "machine h login ann password 1\nmachine h login ann password 2",
	  "h", "ann", "1" },
	{ "the second user",
	  "machine h login bob password 1\nmachine h login ann password 2", "h", "ann", "2" },
	{ "password before login", "machine h password p login ann", "h", "ann", "p" },
	{ "password before another login", "machine h password p login bob", "h", "ann", NULL },
	{ "default", "machine i login ann password 1\ndefault login ann password 2", "h", "ann",
	  "2" },
	{ "default comes last", "machine h login ann password 1\ndefault password 2", "h", "ann",
	  "1" },
	{ "no password", "machine h login ann\nmachine i password p", "h", "ann", NULL },
	{ "an account", "machine h login ann account x password p", "h", "ann", "p" },
	{ "a comment", "# machine h login ann password x\nmachine h login ann password p", "h",
	  "ann", "p" },
	{ "a # in a password", "machine h login ann password #p", "h", "ann", "#p" },
	{ "quotes", "machine h login ann password \"two words\"", "h", "ann", "two words" },
	{ "a quote without end", "machine h login ann password \"p", "h", "ann", "\"p" },
	{ "a quote in quotes", "machine h login ann password \"a\\\"b\"", "h", "ann", "a\"b" },
	{ "a backslash in quotes", "machine h login ann password \"a\\\\\"", "h", "ann", "a\\" },
	{ "blanks in quotes by name", "machine h login ann password \"\\t\\n\\r\\x\"", "h", "ann",
	  "\t\n\rx" },
	{ "a backslash without quotes", "machine h login ann password a\\\"b", "h", "ann", "a\\\"b" },
	{ "an escaped quote is no end", "machine h login ann password \"a\\\"", "h", "ann", "\"a\\\"" },
	{ "escapes in a login", "machine h login \"a\\\\n\" password p", "h", "a\\n", "p" },
	{ "a byte order mark", "\xef\xbb\xbfmachine h login ann password p", "h", "ann", "p" },
	{ "a comment after the byte order mark",
	  "\xef\xbb\xbf# machine h login ann password x", "h", "ann",
	  NULL },
	{ "a macro is passed over",
	  "macdef init\nmachine h login ann password x\n\nmachine h login ann password p", "h",
	  "ann", "p" },
	{ "a macro without end", "macdef init\nmachine h login ann password x", "h", "ann", NULL },
	{ "passwords that are key words", "machine h login ann password machine", "h", "ann",
	  "machine" },
	{ "a user named login", "machine h login login password p", "h", "login", "p" },
	{ "cut off", "machine h login ann password", "h", "ann", NULL },
	{ "8-bit", "machine h login ann password p\xe4ss", "h", "ann", "p\xe4ss" },
	{ "empty", "", "h", "ann", NULL },
	{ "nonsense", "foo bar baz", "h", "ann", NULL },
};

static void read_text(const char *text, size_t length)
{
	char *const copy = malloc(length + 1);
	const char *password;
	size_t password_length;

	if (copy == NULL)
		abort();
	memcpy(copy, text, length);
	netrc_find(copy, length, "h", "ann", &password, &password_length);
	free(copy);
}

int main(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *password = "";
		size_t length = 0;
		char *const text = strdup(rows[i].text);
		const bool found = netrc_find(text, strlen(text), rows[i].host, rows[i].user,
					      &password, &length);

		check_number(rows[i].name, found, rows[i].password != NULL);
		if (found && rows[i].password != NULL)
			check_octets("password", password, length, rows[i].password,
				     strlen(rows[i].password));
		free(text);
		check_prefixes(rows[i].text, strlen(rows[i].text), read_text);
	}
	return check_end();
}

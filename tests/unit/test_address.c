/* Extracting addresses from header fields. */
#include "mail/address.h"

#include <time.h>

#include "check.h"

static const struct {
	const char *name;
	const char *value;
	size_t length;
	const char *addresses;
} rows[] = {
	{ "nothing", OCTETS(""), "" },
	{ "blanks", OCTETS(" \t\r\n "), "" },
	{ "an address", OCTETS("ann@example.org"), "ann@example.org" },
	{ "a name", OCTETS("Ann Smith <ann@example.org>"), "ann@example.org" },
	{ "a name in quotes", OCTETS("\"Smith, Ann\" <ann@example.org>"), "ann@example.org" },
	{ "a name with an address in it", OCTETS("ann@bank.example <x@evil.example>"),
	  "x@evil.example" },
	{ "a quoted name with an address in it",
	  OCTETS("\"ann@bank.example\" <x@evil.example>"), "x@evil.example" },
	{ "a quoted name with an angle", OCTETS("\"a <b@c>\" <d@e>"), "d@e" },
	{ "a quoted quote", OCTETS("\"a \\\" <b@c>,\" <d@e>"), "d@e" },
	{ "no name", OCTETS("<ann@example.org>"), "ann@example.org" },
	{ "several", OCTETS("a@b, C <c@d>,\r\n\te@f"), "a@b, c@d, e@f" },
	{ "commas without addresses", OCTETS(",,a@b,, ,c@d,"), "a@b, c@d" },
	{ "an encoded name", OCTETS("=?utf-8?Q?M=C3=BCller,_Ann?= <a@b>"), "a@b" },
	{ "an encoded name with an angle", OCTETS("=?UTF-8?Q?<?= <a@b.c>"), "a@b.c" },
	{ "an encoded name and an address", OCTETS("=?utf-8?Q?Ann?= a@b"), "a@b" },
	{ "only an encoded name", OCTETS("=?utf-8?Q?Ann?="), "" },
	{ "a trailing comment", OCTETS("ann@example.org (Ann, Smith <x@y>)"), "ann@example.org" },
	{ "comments everywhere", OCTETS("(a)ann(b)@(c)example(d).org(e)"), "ann@example.org" },
	{ "comments in comments", OCTETS("a@b (c (d, e@f) g)"), "a@b" },
	{ "comments in angles", OCTETS("Ann <(c)a(>)@b>"), "a@b" },
	{ "an unclosed comment", OCTETS("a@b (c, d@e"), "a@b" },
	{ "a quoted local part", OCTETS("\"ann smith\"@example.org"), "\"ann smith\"@example.org" },
	{ "a quoted local part in angles", OCTETS("Ann <\"a, b>\"@c>"), "\"a, b>\"@c" },
	{ "an @ in a quoted local part", OCTETS("\"a@b\"@c"), "\"a@b\"@c" },
	{ "a domain literal", OCTETS("a@[192.0.2.1], b@[IPv6:::1]"), "a@[192.0.2.1], b@[IPv6:::1]" },
	{ "an unclosed domain literal", OCTETS("a@[192.0.2.1"), "a@[192.0.2.1" },
	{ "a group", OCTETS("Friends: a@b, C <c@d>;"), "a@b, c@d" },
	{ "a group and an address", OCTETS("Friends: a@b; c@d"), "a@b, c@d" },
	{ "an empty group", OCTETS("undisclosed-recipients:;"), "" },
	{ "an empty group in quotes", OCTETS("\"Undisclosed, recipients\": ;"), "" },
	{ "a group without semicolon", OCTETS("Friends: a@b"), "a@b" },
	{ "a route", OCTETS("<@a,@b:c@d>"), "c@d" },
	{ "blanks around dots", OCTETS("ann . smith @ example . org"), "ann.smith@example.org" },
	{ "a name without angles", OCTETS("Ann Smith ann@example.org"), "ann@example.org" },
	{ "a trailing name, no angles", OCTETS("ann@example.org Ann Smith"), "ann@example.org" },
	{ "a local user", OCTETS("root"), "root" },
	{ "a user and a comment", OCTETS("MAILER-DAEMON (Mail Delivery System)"), "MAILER-DAEMON" },
	{ "a local user in angles", OCTETS("<MAILER-DAEMON>"), "MAILER-DAEMON" },
	{ "only a name", OCTETS("Ann Smith"), "" },
	{ "only a name in quotes", OCTETS("\"Ann\""), "" },
	{ "empty angles", OCTETS("Ann <>"), "" },
	{ "an unclosed angle", OCTETS("Ann <a@b"), "a@b" },
	{ "an extra angle", OCTETS("Ann <a@b>>, c@d"), "a@b, c@d" },
	{ "two in angles", OCTETS("<a@b> <c@d>"), "a@b, c@d" },
	{ "an unclosed quote", OCTETS("\"Ann <a@b>"), "a@b" },
	{ "an escaped comma", OCTETS("a\\,b@c"), "a\\,b@c" },
	{ "8-bit", OCTETS("Gr\xfc\xdf <a@caf\xc3\xa9.example>"), "a@caf\xc3\xa9.example" },
	{ "a backslash at the end", OCTETS("a@b\\"), "a@b\\" },
};

static void read_addresses(const char *text, size_t length)
{
	struct buffer out = { 0 };

	address_append_all(&out, text, length);
	buffer_release(&out);
}

/* Hostile fields must not take quadratic time. */
static void check_time(void)
{
	static const char *const units[] = {
		"(", "\"", "\\\"", "<", "[", "=?a?q?x", "a@b,", "a ", "<a@b>", ":", "\"a\"",
	};
	const clock_t start = clock();

	for (size_t i = 0; i < ROWS(units); i++) {
		struct buffer value = { 0 };

		while (value.length < 1024 * 1024)
			buffer_append_text(&value, units[i]);
		read_addresses(value.data, value.length);
		buffer_release(&value);
	}
	printf("# megabytes: %.3f s\n", (double)(clock() - start) / CLOCKS_PER_SEC);
}

int main(void)
{
	struct buffer out = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		buffer_clear(&out);
		address_append_all(&out, rows[i].value, rows[i].length);
		check_text(rows[i].name, buffer_text(&out), rows[i].addresses);
		check_prefixes(rows[i].value, rows[i].length, read_addresses);
	}
	buffer_clear(&out);
	buffer_append_text(&out, "x");
	address_append_all(&out, OCTETS("a@b, c@d"));
	check_text("appended to other text", buffer_text(&out), "xa@b, c@d");
	check_time();
	buffer_release(&out);
	return check_end();
}

/* User names, addresses to listen on, and the order of a Maildir's files. */
#include "check.h"
#include "serve/address.h"
#include "serve/maildrop/maildrop.h"
#include "serve/users/users.h"

static const struct {
	const char *name;
	bool ok;
} names[] = {
	{ "ann", true },
	{ "ann@example.org", true },
	{ "a.b-c_d+e", true },
	{ "\303\204nnchen", true },
	{ "", false },
	{ ".", false },
	{ "..", false },
	{ ".hidden", false },
	{ "-option", false },
	{ "a/b", false },
	{ "/", false },
	{ "../a", false },
	{ "a\\b", false },
	{ "a:b", false },
	{ "a b", false },
	{ "a\nb", false },
	{ "a\177", false },
	{ "a\302\205b", false }, /* C1 */
	{ "a\302\240b", false }, /* no-break space */
	{ "a\377b", false },
	{ "a\300\257b", false }, /* an overlong "/" */
};

static void check_name_lengths(void)
{
	char name[USER_NAME_MAX + 2];

	memset(name, 'x', sizeof name);
	name[USER_NAME_MAX + 1] = '\0';
	check_number("a name that is too long", user_name_ok(name), false);
	name[USER_NAME_MAX] = '\0';
	check_number("the longest name", user_name_ok(name), true);
}

static const struct {
	const char *text, *host, *port; /* NULL = refused */
} addresses[] = {
	{ "127.0.0.1:110", "127.0.0.1", "110" },
	{ "localhost:0", "localhost", "0" },
	{ "[::1]:995", "::1", "995" },
	{ "*:110", "", "110" },
	{ ":110", "", "110" },
	{ "127.0.0.1", NULL, NULL },
	{ "127.0.0.1:", NULL, NULL },
	{ "127.0.0.1:65536", NULL, NULL },
	{ "127.0.0.1:+1", NULL, NULL },
	{ "127.0.0.1:x", NULL, NULL },
	{ "::1:110", NULL, NULL },
	{ "[::1]", NULL, NULL },
	{ "[::1:110", NULL, NULL },
	{ "[:110", "[", "110" }, /* parsed as a host name */
	{ "x:110", "x", "110" },
	{ "", NULL, NULL },
};

static void check_host_lengths(void)
{
	char text[ADDRESS_HOST_MAX + sizeof "x:1"];
	struct address address;
	struct pop3_error err;

	memset(text, 'x', sizeof text);
	memcpy(text + ADDRESS_HOST_MAX + 1, ":1", sizeof ":1");
	check_number("a host that is too long", address_parse(text, &address, &err), -1);
	check_number("the longest host", address_parse(text + 1, &address, &err), 0);
	check_number("the longest host does not resolve",
		     address_resolve(&address, SOCK_STREAM, &err) == NULL, true);
	check_number("an unknown host is a host error", err.code, POP3_E_HOST);
}

static void check_address(const char *text, const char *host, const char *port)
{
	struct address address;
	struct pop3_error err;
	const bool parsed = address_parse(text, &address, &err) == 0;

	check_number(text, parsed, host != NULL);
	if (!parsed || host == NULL)
		return;
	check_text("the address's host", address.host, host);
	check_text("the address's port", address.port, port);
}

static const struct {
	const char *a, *b;
	int order;
} pairs[] = {
	{ "1.a", "1.a", 0 },
	{ "1.a:2,S", "1.a", 0 },
	{ "1.a:2,S", "1.a:2,RS", 0 },
	{ "9.a", "10.a", -1 },
	{ "10.a", "10.b", -1 },
	{ "10.a", "10.ab", -1 },
	{ "a", "1", -1 },
	{ "\377", "a", 1 },
};

int main(void)
{
	for (size_t row = 0; row < ROWS(names); row++)
		check_number(names[row].name, user_name_ok(names[row].name), names[row].ok);
	check_name_lengths();
	for (size_t row = 0; row < ROWS(addresses); row++)
		check_address(addresses[row].text, addresses[row].host, addresses[row].port);
	check_host_lengths();
	for (size_t row = 0; row < ROWS(pairs); row++) {
		check_number(pairs[row].a, maildrop_compare(pairs[row].a, pairs[row].b),
			     pairs[row].order);
		check_number(pairs[row].b, maildrop_compare(pairs[row].b, pairs[row].a),
			     -pairs[row].order);
	}
	return check_end();
}

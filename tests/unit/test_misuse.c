/* What the library refuses before anything is sent, and limits that are too large to reach. */
#include "check.h"
#include "mail/filter.h"
#include "net/stream.h"
#include "pop3/listing-lines.h"
#include "pop3/session.h"
#include "pop3/wire.h"

static void check_refused(const char *text, bool refused, const struct pop3_error *err)
{
	check_text(text, refused ? err->text : "", text);
}

static void test_accounts(void)
{
	const struct pop3_timeouts timeouts = { .cancel_fd = -1 };
	char host[300];
	struct pop3_error err = { .text = "" };

	check_refused("unknown login mechanism 'x'",
		      pop3_session_open(&(struct pop3_account){ .host = "h", .auth = "x" }, &err) == NULL,
		      &err);
	memset(host, 'a', sizeof host - 1);
	host[sizeof host - 1] = '\0';
	check_refused("the host name is too long for a proxy",
		      proxy_connect("http://127.0.0.1:1", host, 110, 0, &timeouts, 0, &err) == NULL, &err);
}

static void test_limits(void)
{
	struct pop3_listing many = {
		.entries = calloc(POP3_LISTING_MESSAGES, sizeof *many.entries),
		.count = POP3_LISTING_MESSAGES,
	};
	struct listing_cursor cursor = { .next = POP3_LISTING_MESSAGES };
	struct filter filter = { .count = FILTER_PATTERNS };
	struct pop3_error err = { .text = "" };

	check_refused("more than 10000000 messages",
		      listing_add_octets(&many, &cursor, OCTETS("1 1"), &err) < 0, &err);
	many.uids_length = POP3_LISTING_UID_OCTETS;
	check_refused("the UIDs take more than 1073741824 octets",
		      pop3_listing_set_uid(&many, 0, "a", 1, &err) < 0, &err);
	free(many.entries);
	check_refused("more than 64 patterns", filter_add(&filter, "a~b", &err) < 0, &err);
}

static void test_commands(void)
{
	struct wire wire = { .stream = NULL };
	struct pop3_error err = { .text = "" };

	check_refused("a control character cannot be sent in a command",
		      wire_command(&wire, OCTETS("TOP 1\r\nDELE 1"), 0, &err) < 0, &err);
}

int main(void)
{
	test_commands();
	test_accounts();
	test_limits();
	return check_end();
}

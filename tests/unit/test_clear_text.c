/* To which hosts and sockets clear text may be sent. */
#include "admin/clear-text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include "check.h"
#include "net/resolve.h"

static const struct {
	const char *address;
	bool loopback;
} rows[] = {
	{ "127.0.0.1", true },
	{ "127.255.255.254", true },
	{ "::1", true },
	{ "::ffff:127.0.0.1", true },
	{ "126.255.255.255", false },
	{ "128.0.0.1", false },
	{ "0.0.0.0", false },
	{ "192.0.2.1", false },
	{ "::", false },
	{ "::2", false },
	{ "::127.0.0.1", false },
	{ "::ffff:192.0.2.1", false },
	{ "2001:db8::1", false },
};

static void test_addresses(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sockaddr_storage address = { .ss_family = AF_INET6 };
		struct sockaddr_in *const v4 = (void *)&address;
		struct sockaddr_in6 *const v6 = (void *)&address;

		if (inet_pton(AF_INET6, rows[i].address, &v6->sin6_addr) != 1) {
			address.ss_family = AF_INET;
			inet_pton(AF_INET, rows[i].address, &v4->sin_addr);
		}
		check_number(rows[i].address, address_is_loopback((void *)&address),
			     rows[i].loopback);
	}
}

static void test_accounts(void)
{
	const struct pop3_account here = { .host = "127.0.0.1" };
	const struct pop3_account elsewhere = { .host = "192.0.2.1" };
	const struct pop3_account proxy = { .host = "127.0.0.1", .proxy = "http://127.0.0.1:1" };
	struct pop3_error err;

	check_number("this machine", clear_text_check_account(&here, &err), 0);
	check_number("another machine", clear_text_check_account(&elsewhere, &err), -1);
	check_number("another machine is a usage error", err.code, POP3_E_USAGE);
	check_number("a proxy on this machine", clear_text_check_account(&proxy, &err), -1);
}

static void test_sockets(void)
{
	struct pop3_error err;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		abort();
	check_number("a socket without an address", clear_text_check_socket(ends[0], &err), -1);
	close(ends[0]);
	close(ends[1]);
	check_number("a closed socket", clear_text_check_socket(ends[0], &err), -1);
}

int main(void)
{
	test_addresses();
	test_accounts();
	test_sockets();
	return check_end();
}

/* Refuses to send clear text to other machines. */
#include "admin/clear-text.h"

#include <netdb.h>

#include "base/deadline.h"
#include "net/resolve.h"

int clear_text_refuse(struct pop3_error *err)
{
	return pop3_fail(err, POP3_E_USAGE, "this protocol sends secrets in clear text, and the "
					    "server is another machine: use --tunnel, or allow it "
					    "with --insecure");
}

int clear_text_check_account(const struct pop3_account *account, struct pop3_error *err)
{
	const struct pop3_timeouts *const timeouts = &account->timeouts;
	struct addrinfo *found;
	bool any = false;

	if (account->proxy != NULL)
		return clear_text_refuse(err);
	found = resolve(account->host, account->port, account->family, timeouts,
			deadline_after(timeouts, timeouts->connect_ms), err);
	if (found == NULL)
		return -1;
	for (const struct addrinfo *address = found; address != NULL; address = address->ai_next)
		any = any || address_is_loopback(address->ai_addr);
	freeaddrinfo(found);
	return any ? 0 : clear_text_refuse(err);
}

int clear_text_check_socket(int fd, struct pop3_error *err)
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof address;

	if (getpeername(fd, (struct sockaddr *)&address, &size) == 0 &&
	    address_is_loopback((const struct sockaddr *)&address))
		return 0;
	return clear_text_refuse(err);
}

/* Whether clear text may go to a peer. */
#include "admin/clear-text.h"

#include <netdb.h>
#include <netinet/in.h>

#include "base/deadline.h"
#include "net/resolve.h"

bool peer_is_loopback(const struct sockaddr *address)
{
	const struct sockaddr_in *const v4 = (const void *)address;
	const struct sockaddr_in6 *const v6 = (const void *)address;

	if (address->sa_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	if (address->sa_family != AF_INET6)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ||
	       (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) &&
		v6->sin6_addr.s6_addr[12] == IN_LOOPBACKNET);
}

int peer_refuse(struct pop3_error *err)
{
	return pop3_fail(err, POP3_E_USAGE, "the protocol sends secrets in clear, and the server "
			 "is not this machine: use --tunnel, or --insecure to allow it");
}

int peer_check_account(const struct pop3_account *account, struct pop3_error *err)
{
	const struct pop3_timeouts *const timeouts = &account->timeouts;
	struct addrinfo *found;
	bool any = false;

	if (account->proxy != NULL)
		return peer_refuse(err);
	found = resolve(account->host, account->port, account->family, timeouts,
			deadline_after(timeouts, timeouts->connect_ms), err);
	if (found == NULL)
		return -1;
	for (const struct addrinfo *address = found; address != NULL; address = address->ai_next)
		any = any || peer_is_loopback(address->ai_addr);
	freeaddrinfo(found);
	return any ? 0 : peer_refuse(err);
}

int peer_check_socket(int fd, struct pop3_error *err)
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof address;

	if (getpeername(fd, (struct sockaddr *)&address, &size) == 0 &&
	    peer_is_loopback((const struct sockaddr *)&address))
		return 0;
	return peer_refuse(err);
}

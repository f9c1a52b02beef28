/*
 * Chooses between tunnel, proxy and direct connection. A separate file so that tests can replace
 * it.
 */
#include "net/stream.h"

struct stream *stream_dial(const struct pop3_account *account, uint16_t port, int64_t deadline,
			   struct pop3_error *err)
{
	if (account->tunnel != NULL)
		return tunnel_open(account->tunnel, err);
	if (account->proxy != NULL)
		return proxy_connect(account->proxy, account->host, port, account->family,
				     &account->timeouts, deadline, err);
	return tcp_connect(account->host, port, account->family, &account->timeouts, deadline,
			   account->diagnostics, err);
}

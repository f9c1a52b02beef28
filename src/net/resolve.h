#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <netdb.h>
#include <stdint.h>

#include "pop3/account.h"
#include "pop3/error.h"

/*
 * The addresses of a host for TCP, to be freed with freeaddrinfo; NULL with POP3_E_HOST when there
 * are none, or as deadline_wait fails. Literals are answered at once; "[v6]" may be bracketed.
 */
struct addrinfo *resolve(const char *host, uint16_t port, int family,
			 const struct pop3_timeouts *timeouts, int64_t deadline,
			 struct pop3_error *err);

#endif

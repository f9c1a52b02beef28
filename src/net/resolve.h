#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "pop3/account.h"
#include "pop3/error.h"

/*
 * The addresses of a host for TCP, to be freed with freeaddrinfo; NULL with POP3_E_HOST when there
 * are none, or as deadline_wait fails. Literals are answered at once; "[v6]" may be bracketed.
 */
struct addrinfo *resolve(const char *host, uint16_t port, int family,
			 const struct pop3_timeouts *timeouts, int64_t deadline,
			 struct pop3_error *err);

/* Whether an address is this machine's own: 127.0.0.0/8, also inside IPv6, or ::1. */
bool address_is_loopback(const struct sockaddr *address);

#endif

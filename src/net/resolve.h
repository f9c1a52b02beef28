#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "pop3/account.h"
#include "pop3/error.h"

/*
 * Looks up the addresses of a host for TCP; the caller frees them with freeaddrinfo. Returns NULL
 * with POP3_E_HOST when there are none, or when deadline_wait fails. A numeric address needs no
 * lookup.
 */
struct addrinfo *resolve(const char *host, uint16_t port, int family,
			 const struct pop3_timeouts *timeouts, int64_t deadline,
			 struct pop3_error *err);

/* Whether an address is loopback: 127.0.0.0/8, also mapped into IPv6, or ::1. */
bool address_is_loopback(const struct sockaddr *address);

#endif

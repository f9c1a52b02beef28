#ifndef SERVE_ADDRESS_H
#define SERVE_ADDRESS_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "pop3/error.h"

#define ADDRESS_HOST_MAX 255 /* octets */

/* "HOST:PORT", "[V6]:PORT", "*:PORT" or ":PORT"; host "" = all addresses. */
struct address {
	char host[ADDRESS_HOST_MAX + 1];
	char port[6]; /* digits */
};

int address_parse(const char *text, struct address *address, struct pop3_error *err);

/* The addresses to bind to; free with freeaddrinfo. Fails with POP3_E_HOST. */
struct addrinfo *address_resolve(const struct address *address, int kind, struct pop3_error *err);

bool address_is_literal(const char *text);

/* The port of an IPv4 or IPv6 socket address, in host byte order. */
uint16_t address_port(const struct sockaddr *address);

#endif

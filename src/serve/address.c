/* Parses and resolves the addresses to listen on. */
#include "serve/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

static int fail(const char *text, struct pop3_error *err)
{
	if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0')
		return pop3_fail(err, POP3_E_USAGE,
				 "'%s' is not ADDRESS:PORT: use 127.0.0.1:%s for this machine "
				 "alone, or *:%s for all addresses", text, text, text);
	return pop3_fail(err, POP3_E_USAGE, "'%s' is not ADDRESS:PORT", text);
}

int address_parse(const char *text, struct address *address, struct pop3_error *err)
{
	const char *const colon = strrchr(text, ':');
	const char *host = text;
	size_t length = colon != NULL ? (size_t)(colon - text) : 0;
	uint64_t port;

	if (colon == NULL || !number_parse(colon + 1, strlen(colon + 1), UINT16_MAX, &port))
		return fail(text, err);
	if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
		host++;
		length -= 2;
	} else if (memchr(host, ':', length) != NULL) {
		return fail(text, err);
	}
	if (length == 1 && host[0] == '*')
		length = 0;
	if (length > ADDRESS_HOST_MAX)
		return fail(text, err);
	memcpy(address->host, host, length);
	address->host[length] = '\0';
	snprintf(address->port, sizeof address->port, "%u", (unsigned)port);
	return 0;
}

struct addrinfo *address_resolve(const struct address *address, int kind, struct pop3_error *err)
{
	const struct addrinfo hints = {
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = kind,
	};
	struct addrinfo *found = NULL;
	const int status = getaddrinfo(address->host[0] != '\0' ? address->host : NULL,
				       address->port, &hints, &found);

	if (status == 0)
		return found;
	pop3_fail(err, POP3_E_HOST, "cannot listen on '%s': %s", address->host,
		  gai_strerror(status));
	return NULL;
}

bool address_is_literal(const char *text)
{
	struct in6_addr octets;

	return inet_pton(AF_INET, text, &octets) == 1 || inet_pton(AF_INET6, text, &octets) == 1;
}

uint16_t address_port(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
	return ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port);
}

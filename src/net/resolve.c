/* Host name lookup with a time-out, which getaddrinfo lacks. */
#include "net/resolve.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounded-call.h"
#include "net/stream.h"

struct lookup {
	struct bounded_call call; /* first: the thread sees no more of it */
	int status;
	struct addrinfo hints;
	struct addrinfo *found;
	char service[8];
	char host[];
};

static void release_lookup(struct bounded_call *call)
{
	struct lookup *const lookup = (struct lookup *)call;

	if (lookup->found != NULL)
		freeaddrinfo(lookup->found);
	free(lookup);
}

static void look_up(struct bounded_call *call)
{
	struct lookup *const lookup = (struct lookup *)call;

	lookup->status = getaddrinfo(lookup->host, lookup->service, &lookup->hints, &lookup->found);
}

struct addrinfo *resolve(const char *host, uint16_t port, int family,
			 const struct pop3_timeouts *timeouts, int64_t deadline,
			 struct pop3_error *err)
{
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	struct lookup *lookup;
	char service[8];

	snprintf(service, sizeof service, "%u", (unsigned)port);
	hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
	if (getaddrinfo(host, service, &hints, &found) == 0)
		return found;
	hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
	lookup = calloc(1, sizeof *lookup + strlen(host) + 1);
	if (lookup == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	lookup->call = (struct bounded_call){ .work = look_up, .release = release_lookup };
	lookup->hints = hints;
	memcpy(lookup->service, service, sizeof service);
	memcpy(lookup->host, host, strlen(host) + 1);
	if (bounded_call_run(&lookup->call, timeouts, deadline, err) < 0) {
		pop3_context(err, "looking up '%s'", host);
	} else if (lookup->status == EAI_AGAIN) {
		pop3_fail(err, POP3_E_TIMEOUT, "no name server answered a query for '%s'", host);
	} else if (lookup->status != 0 || lookup->found == NULL) {
		pop3_fail(err, POP3_E_HOST, "host '%s' not found: %s", host,
			  gai_strerror(lookup->status));
	} else {
		found = lookup->found;
		lookup->found = NULL;
	}
	bounded_call_leave(&lookup->call); /* frees lookup */
	/* cppcheck-suppress memleak */
	return found;
}

bool address_is_loopback(const struct sockaddr *address)
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

/*
 * Host name lookup with a time-out, which getaddrinfo lacks: a thread calls it and reports through
 * a pipe. When the caller gives up first, the thread frees the memory that they share.
 */
#include "net/resolve.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/stream.h"

struct lookup {
	atomic_int holders; /* thread and caller: the last one to leave frees the memory */
	int done[2];	    /* a pipe: readable when the lookup is done */
	int status;
	struct addrinfo hints;
	struct addrinfo *found;
	char service[8];
	char host[];
};

static void release_lookup(struct lookup *lookup)
{
	if (atomic_fetch_sub(&lookup->holders, 1) != 1)
		return;
	if (lookup->found != NULL)
		freeaddrinfo(lookup->found);
	close(lookup->done[0]);
	close(lookup->done[1]);
	free(lookup);
}

static void *look_up(void *arg)
{
	struct lookup *const lookup = arg;

	lookup->status = getaddrinfo(lookup->host, lookup->service, &lookup->hints, &lookup->found);
	if (write(lookup->done[1], "", 1) != 1)
		lookup->status = EAI_SYSTEM;
	release_lookup(lookup);
	return NULL;
}

/* Blocks all signals in the new thread, so that the caller's threads handle them. */
static bool start_thread(struct lookup *lookup)
{
	sigset_t all, before;
	pthread_t thread;
	int failure;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failure = pthread_create(&thread, NULL, look_up, lookup);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failure == 0)
		pthread_detach(thread);
	return failure == 0;
}

static struct lookup *begin_lookup(const char *host, const char *service,
				   const struct addrinfo *hints)
{
	const size_t length = strlen(host) + 1;
	struct lookup *const lookup = calloc(1, sizeof *lookup + length);

	if (lookup == NULL)
		return NULL;
	if (pipe2(lookup->done, O_CLOEXEC) < 0) {
		free(lookup);
		return NULL;
	}
	atomic_init(&lookup->holders, 2);
	lookup->hints = *hints;
	memcpy(lookup->service, service, strlen(service) + 1);
	memcpy(lookup->host, host, length);
	if (!start_thread(lookup)) {
		atomic_store(&lookup->holders, 1);
		release_lookup(lookup);
		return NULL;
	}
	return lookup;
}

static struct addrinfo *take_addresses(struct lookup *lookup, const char *host,
				       struct pop3_error *err)
{
	struct addrinfo *found = NULL;
	char done;

	/* Reading from the pipe orders the thread's writes before our reads. */
	if (read(lookup->done[0], &done, 1) == 1)
		found = lookup->found;
	if (found != NULL)
		lookup->found = NULL;
	if (lookup->status == EAI_AGAIN)
		pop3_fail(err, POP3_E_HOST, "no name server answered for '%s'", host);
	else if (lookup->status != 0 || found == NULL)
		pop3_fail(err, POP3_E_HOST, "host '%s' not found: %s", host,
			  gai_strerror(lookup->status));
	return found;
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
	lookup = begin_lookup(host, service, &hints);
	if (lookup == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "cannot look up '%s'", host);
		return NULL;
	}
	if (deadline_wait(timeouts, lookup->done[0], POLLIN, deadline, err) < 0)
		pop3_context(err, "looking up '%s'", host);
	else
		found = take_addresses(lookup, host, err);
	release_lookup(lookup);
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

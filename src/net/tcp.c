/*
 * Streams over TCP sockets. Connecting tries every address of a host, alternating between the
 * address families; the next attempt starts when one fails or after 250 ms (RFC 8305 sections 4,
 * 5).
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/resolve.h"
#include "net/stream.h"
#include "pop3/diagnostics.h"

#define ATTEMPT_DELAY_MS 250
#define ADDRESSES_MAX POP3_DIAGNOSTICS_ADDRESSES /* maximum number tried */

static ssize_t outcome(ssize_t result, ssize_t wants, const char *what, struct pop3_error *err)
{
	if (result >= 0)
		return result;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return wants;
	return pop3_fail_errno(err, POP3_E_LOST, "%s", what);
}

ssize_t socket_read(struct stream *stream, void *data, size_t length, struct pop3_error *err)
{
	ssize_t got;

	do
		got = recv(stream->fd, data, length, 0);
	while (got < 0 && errno == EINTR);
	stream->drained = got > 0 && (size_t)got < length;
	return outcome(got, STREAM_WANTS_READ, "the connection was lost", err);
}

ssize_t socket_write(struct stream *stream, const void *data, size_t length,
		     struct pop3_error *err)
{
	ssize_t put;

	do
		put = send(stream->fd, data, length, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	return outcome(put, STREAM_WANTS_WRITE, "the connection was lost", err);
}

static void close_socket(struct stream *stream)
{
	close(stream->fd);
	free(stream);
}

static const struct stream_kind socket_kind = {
	.name = "socket", .read = socket_read, .write = socket_write, .close = close_socket,
};

struct stream *socket_stream(int fd, struct pop3_error *err)
{
	struct stream *const stream = malloc(sizeof *stream);

	if (stream == NULL) {
		close(fd);
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	*stream = (struct stream){ .kind = &socket_kind, .fd = fd };
	return stream;
}

/* Concurrent connection attempts, of which the first to succeed is used. */
struct race {
	const struct addrinfo *addresses[ADDRESSES_MAX];
	struct pollfd attempts[ADDRESSES_MAX + 1]; /* the last one polls cancel_fd */
	int failures[ADDRESSES_MAX]; /* errno of each failed attempt, otherwise 0 */
	size_t count, started, running;
	size_t winner;
	int last_errno;
};

/* The resolver returns an address twice if a hosts file lists the name twice. */
static bool is_listed(const struct race *race, const struct addrinfo *info)
{
	for (size_t i = 0; i < race->count; i++)
		if (race->addresses[i]->ai_addrlen == info->ai_addrlen &&
		    memcmp(race->addresses[i]->ai_addr, info->ai_addr, info->ai_addrlen) == 0)
			return true;
	return false;
}

/* Alternates between the address families, starting with that of the resolver's first result. */
static void order_addresses(struct race *race, const struct addrinfo *found)
{
	const int first_family = found->ai_family;
	const struct addrinfo *next[2] = { found, found };

	for (int turn = 0; race->count < ADDRESSES_MAX; turn = !turn) {
		while (next[turn] != NULL && (next[turn]->ai_family == first_family) == (turn == 1))
			next[turn] = next[turn]->ai_next;
		if (next[turn] != NULL) {
			if (!is_listed(race, next[turn]))
				race->addresses[race->count++] = next[turn];
			next[turn] = next[turn]->ai_next;
		} else if (next[!turn] == NULL) {
			return;
		}
	}
}

static void fail_attempt(struct race *race, size_t i, int failure)
{
	race->failures[i] = race->last_errno = failure;
	if (race->attempts[i].fd >= 0)
		close(race->attempts[i].fd);
	race->attempts[i].fd = -1;
}

static void start_next(struct race *race)
{
	const size_t i = race->started++;
	const struct addrinfo *const address = race->addresses[i];
	const int on = 1;
	const int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	race->attempts[i] = (struct pollfd){ .fd = fd, .events = POLLOUT };
	if (fd >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	}
	if (fd < 0 ||
	    (connect(fd, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS))
		fail_attempt(race, i, errno);
	else
		race->running++;
}

/* Returns the socket of the first connected attempt, or -1. Closes attempts that failed. */
static int winner(struct race *race)
{
	for (size_t i = 0; i < race->started; i++) {
		int failure = 0;
		socklen_t size = sizeof failure;
		const int fd = race->attempts[i].fd;

		if (fd < 0 || race->attempts[i].revents == 0)
			continue;
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size);
		race->running--;
		if (failure != 0) {
			fail_attempt(race, i, failure);
			continue;
		}
		race->attempts[i].fd = -1;
		race->winner = i;
		return fd;
	}
	return -1;
}

/* Returns the connected socket. */
static int run_race(struct race *race, const struct pop3_timeouts *timeouts, int64_t deadline,
		    struct pop3_error *err)
{
	for (;;) {
		const int64_t now = clock_ms();
		int64_t wait = -1;
		struct pollfd *cancel;
		int fd;

		if (race->started < race->count)
			start_next(race);
		if (race->running == 0 && race->started < race->count)
			continue;
		if (race->running == 0) {
			errno = race->last_errno;
			return pop3_fail_errno(err, POP3_E_CONNECT, "cannot connect");
		}
		if (race->started < race->count)
			wait = ATTEMPT_DELAY_MS;
		if (deadline != 0 && now >= deadline)
			return pop3_fail(err, POP3_E_TIMEOUT, "timed out");
		if (deadline != 0 && (wait < 0 || deadline - now < wait))
			wait = deadline - now;
		cancel = &race->attempts[race->started];
		*cancel = (struct pollfd){
			.fd = timeouts->cancel_fd > 0 ? timeouts->cancel_fd : -1, .events = POLLIN,
		};
		if (poll(race->attempts, race->started + 1, (int)wait) < 0) {
			if (errno == EINTR)
				continue;
			return pop3_fail_errno(err, POP3_E_IO, "poll");
		}
		if (cancel->revents != 0)
			return pop3_fail(err, POP3_E_INTERRUPTED, "interrupted");
		fd = winner(race);
		if (fd >= 0)
			return fd;
	}
}

static void note_addresses(const struct race *race, bool connected,
			   struct pop3_diagnostics *diagnostics)
{
	diagnostics->address_count = race->count;
	for (size_t i = 0; i < race->count; i++) {
		struct pop3_address *const address = &diagnostics->addresses[i];
		const struct addrinfo *const info = race->addresses[i];

		if (getnameinfo(info->ai_addr, info->ai_addrlen, address->text,
				sizeof address->text, NULL, 0, NI_NUMERICHOST) != 0)
			address->text[0] = '\0';
		address->failure = race->failures[i];
		address->attempt = i >= race->started		   ? POP3_NOT_TRIED
				   : connected && i == race->winner ? POP3_CONNECTED
				   : race->failures[i] != 0	   ? POP3_FAILED
								   : POP3_NOT_CONNECTED;
	}
}

struct stream *tcp_connect(const char *host, uint16_t port, int family,
			   const struct pop3_timeouts *timeouts, int64_t deadline,
			   struct pop3_diagnostics *diagnostics, struct pop3_error *err)
{
	struct race race = { .count = 0 };
	struct addrinfo *const found = resolve(host, port, family, timeouts, deadline, err);
	int fd;

	if (found == NULL)
		return NULL;
	order_addresses(&race, found);
	fd = run_race(&race, timeouts, deadline, err);
	if (diagnostics != NULL)
		note_addresses(&race, fd >= 0, diagnostics);
	for (size_t i = 0; i < race.started; i++)
		if (race.attempts[i].fd >= 0)
			close(race.attempts[i].fd);
	freeaddrinfo(found);
	if (fd < 0) {
		pop3_context(err, "'%s' port %u", host, (unsigned)port);
		return NULL;
	}
	return socket_stream(fd, err);
}

/*
 * Simulates a distant server: delay PORT MILLISECONDS prints its own port and forwards connections
 * from there to PORT on loopback, so that every round trip takes that long, including the one that
 * opens the connection. Octets get a time when they arrive and are sent when they are due; the rate
 * is not limited.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 65536
#define CHUNKS 1024 /* maximum in transit in one direction */

struct chunk {
	int64_t due;
	size_t length, sent;
	char *octets;
};

/* One direction of a connection: a ring of chunks. */
struct way {
	int from, to;
	int64_t delay; /* µs */
	struct chunk chunks[CHUNKS];
	size_t oldest, count;
	bool ended;
};

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void wait_until(int64_t due)
{
	const struct timespec then = { due / 1000000, due % 1000000 * 1000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, NULL);
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* --- one direction --- */

static struct chunk *oldest(struct way *way)
{
	return way->count > 0 ? &way->chunks[way->oldest] : NULL;
}

static void take(struct way *way)
{
	struct chunk *const chunk = &way->chunks[(way->oldest + way->count) % CHUNKS];
	ssize_t got;

	if (chunk->octets == NULL)
		chunk->octets = malloc(CHUNK);
	got = chunk->octets != NULL ? read(way->from, chunk->octets, CHUNK) : -1;
	way->ended = got <= 0;
	chunk->length = got > 0 ? (size_t)got : 0; /* an empty chunk marks the end */
	chunk->sent = 0;
	chunk->due = now_us() + way->delay;
	way->count++;
}

/* Returns false if the other side accepts no more for now. */
static bool pass_oldest(struct way *way)
{
	struct chunk *const chunk = oldest(way);
	ssize_t put;

	if (chunk->length == 0)
		shutdown(way->to, SHUT_WR);
	put = chunk->length == 0 ? 0 : send(way->to, chunk->octets + chunk->sent,
					    chunk->length - chunk->sent, MSG_DONTWAIT);
	if (put > 0)
		chunk->sent += (size_t)put;
	if (chunk->sent < chunk->length)
		return false;
	way->oldest = (way->oldest + 1) % CHUNKS;
	way->count--;
	return true;
}

static bool is_due(struct way *way, int64_t now)
{
	return way->count > 0 && oldest(way)->due <= now;
}

/* --- a connection --- */

static int64_t next_due(struct way *ways, int64_t now)
{
	int64_t next = INT64_MAX;

	for (int i = 0; i < 2; i++)
		if (ways[i].count > 0 && oldest(&ways[i])->due > now &&
		    oldest(&ways[i])->due < next)
			next = oldest(&ways[i])->due;
	return next;
}

static void wait_for_work(struct way *ways, struct pollfd *polled)
{
	const int64_t now = now_us(), next = next_due(ways, now);
	const struct timespec left = { (next - now) / 1000000, (next - now) % 1000000 * 1000 };

	for (int i = 0; i < 2; i++) {
		const bool reads = !ways[i].ended && ways[i].count < CHUNKS;

		polled[i] = (struct pollfd){ reads ? ways[i].from : -1, POLLIN, 0 };
		polled[2 + i] = (struct pollfd){ is_due(&ways[i], now) ? ways[i].to : -1,
						 POLLOUT, 0 };
	}
	ppoll(polled, 4, next == INT64_MAX ? NULL : &left, NULL);
}

static void carry(struct way *ways)
{
	struct pollfd polled[4];

	while (!ways[0].ended || !ways[1].ended || ways[0].count + ways[1].count > 0) {
		wait_for_work(ways, polled);
		for (int i = 0; i < 2; i++) {
			if ((polled[2 + i].revents & (POLLERR | POLLHUP)) != 0)
				return;
			if (polled[i].revents != 0)
				take(&ways[i]);
			while (is_due(&ways[i], now_us()) && pass_oldest(&ways[i]))
				continue;
		}
	}
}

static int dial(uint16_t port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
		fail("connect");
	return fd;
}

/*
 * The client's kernel has opened the connection at once. To make opening it cost a round trip, the
 * server is connected one and a half round trips later, and what the client sends meanwhile counts
 * as sent after one.
 */
static void bridge(int client, uint16_t port, int64_t round_trip)
{
	static struct way ways[2];
	const int64_t opened = now_us();
	const int on = 1;
	int server;

	wait_until(opened + round_trip * 3 / 2);
	server = dial(port);
	setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	/* What the client has sent while connecting is due now. */
	ways[0] = (struct way){ .from = client, .to = server, .delay = 0 };
	ways[1] = (struct way){ .from = server, .to = client, .delay = round_trip / 2 };
	if (poll(&(struct pollfd){ client, POLLIN, 0 }, 1, 0) > 0)
		take(&ways[0]);
	ways[0].delay = round_trip / 2;
	carry(ways);
}

int main(int count, char **arguments)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	const int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (count != 3)
		return fputs("usage: delay PORT MILLISECONDS\n", stderr), 2;
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 16) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) < 0)
		fail("listen");
	printf("%u\n", ntohs(address.sin_port));
	fflush(stdout);
	for (;;) {
		const int client = accept(listener, NULL, NULL);

		if (client >= 0 && fork() == 0) {
			close(listener);
			bridge(client, (uint16_t)strtol(arguments[1], NULL, 10),
			       atoll(arguments[2]) * 1000);
			_exit(0);
		}
		close(client);
	}
}

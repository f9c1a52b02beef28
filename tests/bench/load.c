/*
 * A load for a POP3 server: N clients at once, each with one session after the other.
 *
 *	load [--tls] PORT CLIENTS SECONDS COMMAND [LAST]
 *
 * Client N logs in as userN with the password "secret". A session sends everything in one write:
 * login, COMMAND (with LAST, once per number up to LAST in place of its "#"), QUIT; its answers are
 * counted and discarded. Prints sessions, octets and seconds, and fails if a session fails. Those
 * still running after SECONDS are not counted but completed, so that their maildrops are unlocked.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 65536
#define SHORT 4096 /* octets of an answer that are inspected */
#define CLIENTS_MAX 1000

struct client {
	int fd;
	SSL *tls; /* NULL = clear text */
	char *text;
	size_t length, sent;
	short events;
};

static struct {
	int port;
	SSL_CTX *tls; /* NULL = clear text */
	size_t sessions, octets, running;
} load;

static void fail(const char *what)
{
	fprintf(stderr, "load: %s\n", what);
	exit(1);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- a session --- */

static void dial(struct client *client)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons((uint16_t)load.port),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int on = 1;

	load.running++;
	client->sent = 0;
	client->events = POLLIN | POLLOUT;
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (connect(client->fd, (const struct sockaddr *)&address, sizeof address) < 0 &&
	    errno != EINPROGRESS)
		fail("cannot connect");
	if (load.tls == NULL)
		return;
	client->tls = SSL_new(load.tls);
	SSL_set_fd(client->tls, client->fd);
	SSL_set_connect_state(client->tls);
}

static void hang_up(struct client *client)
{
	SSL_free(client->tls);
	client->tls = NULL;
	close(client->fd);
	client->fd = -1; /* poll ignores it */
	load.sessions++;
	load.running--;
}

/* Returns whether octets were sent, and sets the events to wait for. */
static bool send_some(struct client *client)
{
	const size_t left = client->length - client->sent;
	ssize_t put;

	if (left == 0)
		return false;
	put = client->tls != NULL ?
		      SSL_write(client->tls, client->text + client->sent, (int)left) :
		      write(client->fd, client->text + client->sent, left);
	if (put > 0)
		client->sent += (size_t)put;
	client->events = POLLIN;
	if (put <= 0 && (client->tls == NULL || SSL_want_write(client->tls)))
		client->events |= POLLOUT;
	return put > 0;
}

/* Returns the octets read, 0 at the end, -1 if there are none at the moment. */
static ssize_t receive_some(struct client *client, char *chunk)
{
	const ssize_t got = client->tls != NULL ? SSL_read(client->tls, chunk, CHUNK) :
						  read(client->fd, chunk, CHUNK);

	if (got > 0)
		return got;
	if (client->tls != NULL)
		return SSL_get_error(client->tls, (int)got) == SSL_ERROR_WANT_READ ? -1 : 0;
	if (got < 0 && errno != EAGAIN)
		fail("connection lost");
	return got;
}

static void advance(struct client *client)
{
	static char chunk[CHUNK];
	ssize_t got;

	while (send_some(client))
		continue;
	while ((got = receive_some(client, chunk)) > 0) {
		load.octets += (size_t)got;
		if (got < SHORT && memmem(chunk, (size_t)got, "-ERR", strlen("-ERR")) != NULL)
			fail("a command was refused");
	}
	/* Reading may have completed the handshake that writing was waiting for. */
	while (got < 0 && send_some(client))
		continue;
	if (got == 0 && client->sent < client->length)
		fail("a session ended early");
	if (got == 0)
		hang_up(client);
}

/* --- all clients --- */

static void write_text(struct client *client, int number, const char *command, int last)
{
	const char *const sign = strchr(command, '#');
	FILE *const text = open_memstream(&client->text, &client->length);

	if (text == NULL)
		fail("out of memory");
	fprintf(text, "USER user%d\r\nPASS secret\r\n", number);
	for (int i = 1; i <= last; i++) {
		if (sign == NULL)
			fprintf(text, "%s\r\n", command);
		else
			fprintf(text, "%.*s%d%s\r\n", (int)(sign - command), command, i, sign + 1);
	}
	fprintf(text, "QUIT\r\n");
	fclose(text);
}

static void wait_for(struct client *clients, size_t count)
{
	static struct pollfd waiting[CLIENTS_MAX];

	for (size_t i = 0; i < count; i++)
		waiting[i] = (struct pollfd){ clients[i].fd, clients[i].events, 0 };
	poll(waiting, count, -1);
	for (size_t i = 0; i < count; i++)
		if (waiting[i].revents != 0)
			advance(&clients[i]);
}

static void run(struct client *clients, size_t count, double limit)
{
	const double start = seconds();
	double now;

	while ((now = seconds()) < start + limit) {
		for (size_t i = 0; i < count; i++)
			if (clients[i].fd < 0)
				dial(&clients[i]);
		wait_for(clients, count);
	}
	printf("%zu %zu %.3f\n", load.sessions, load.octets, now - start);
	while (load.running > 0)
		wait_for(clients, count);
}

int main(int count, char **arguments)
{
	static struct client clients[CLIENTS_MAX];
	const bool tls = count > 1 && strcmp(arguments[1], "--tls") == 0;
	char **const words = arguments + 1 + tls;
	const int given = count - 1 - tls;
	long clients_count;

	if (given < 4 || (clients_count = strtol(words[1], NULL, 10)) < 1 || clients_count > CLIENTS_MAX)
		fail("usage: load [--tls] PORT CLIENTS SECONDS COMMAND [LAST]");
	load.port = (int)strtol(words[0], NULL, 10);
	load.tls = tls ? SSL_CTX_new(TLS_client_method()) : NULL;
	for (long i = 0; i < clients_count; i++) {
		write_text(&clients[i], (int)i + 1, words[3],
			   given > 4 ? (int)strtol(words[4], NULL, 10) : 1);
		clients[i].fd = -1;
	}
	run(clients, (size_t)clients_count, strtod(words[2], NULL));
	return 0;
}

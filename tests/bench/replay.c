/*
 * The floor: a client that sends everything at once and discards the answers.
 *
 *	replay [--tls] [--copy] PORT USER PASSWORD [COMMAND [LAST]]
 *
 * COMMAND is sent as it is, or with LAST once per number up to LAST, in place of its "#". With
 * --copy the answers are copied to stdout, which is the minimal cost of reading and writing them.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 65536
#define WOULD_BLOCK (-1)
#define BROKEN (-2)

static struct {
	int fd;
	SSL *tls; /* NULL = clear text */
} line;

static void fail(const char *what)
{
	fprintf(stderr, "replay: %s\n", what);
	exit(1);
}

/* --- the connection --- */

static void dial(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int on = 1;

	line.fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(line.fd, (struct sockaddr *)&address, sizeof address) < 0)
		fail("cannot connect");
	setsockopt(line.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void start_tls(void)
{
	SSL_CTX *const context = SSL_CTX_new(TLS_client_method());

	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
					  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(context, 1);
	SSL_CTX_set_default_read_buffer_len(context, 32768);
	line.tls = SSL_new(context);
	SSL_set_fd(line.tls, line.fd);
	if (SSL_connect(line.tls) != 1)
		fail("no TLS");
}

static ssize_t outcome_tls(int result)
{
	const int why = SSL_get_error(line.tls, result);

	if (result > 0 || why == SSL_ERROR_ZERO_RETURN)
		return result > 0 ? result : 0;
	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? WOULD_BLOCK : BROKEN;
}

static ssize_t send_some(const char *octets, size_t length)
{
	if (line.tls != NULL)
		return outcome_tls(SSL_write(line.tls, octets, (int)length));
	return write(line.fd, octets, length);
}

static ssize_t receive_some(char *octets, size_t length)
{
	if (line.tls != NULL)
		return outcome_tls(SSL_read(line.tls, octets, (int)length));
	return read(line.fd, octets, length);
}

/* --- what is sent --- */

static size_t append_command(char *out, size_t room, const char *command, int number)
{
	const char *const sign = strchr(command, '#');

	if (sign == NULL)
		return (size_t)snprintf(out, room, "%s\r\n", command);
	return (size_t)snprintf(out, room, "%.*s%d%s\r\n", (int)(sign - command), command,
				number, sign + 1);
}

static char *script(char **arguments, int count, size_t *length)
{
	const char *const command = count > 3 ? arguments[3] : "NOOP";
	const int last = count > 4 ? (int)strtol(arguments[4], NULL, 10) : 1;
	const size_t room = ((size_t)last + 3) * (strlen(command) + 16) + 1024;
	char *const text = malloc(room);

	if (text == NULL)
		fail("out of memory");
	*length = (size_t)snprintf(text, room, "USER %s\r\nPASS %s\r\n", arguments[1], arguments[2]);
	for (int i = 1; i <= last; i++)
		*length += append_command(text + *length, room - *length, command, i);
	*length += (size_t)snprintf(text + *length, room - *length, "QUIT\r\n");
	return text;
}

/* --- the run --- */

static void write_all(const char *octets, size_t length)
{
	while (length > 0) {
		const ssize_t put = write(STDOUT_FILENO, octets, length);

		if (put < 0)
			fail("cannot write");
		octets += put;
		length -= (size_t)put;
	}
}

static void exchange(const char *text, size_t length, bool copy)
{
	static char chunk[CHUNK];
	ssize_t got, put;

	for (;;) {
		while ((got = receive_some(chunk, sizeof chunk)) > 0)
			if (copy)
				write_all(chunk, (size_t)got);
		if (got != WOULD_BLOCK)
			return;
		put = length > 0 ? send_some(text, length) : 0;
		if (put > 0) {
			text += put;
			length -= (size_t)put;
		}
		poll(&(struct pollfd){ line.fd, POLLIN | (length > 0 ? POLLOUT : 0), 0 }, 1, -1);
	}
}

int main(int count, char **arguments)
{
	bool copy = false, tls = false;
	size_t length;
	char *text;

	for (count--, arguments++; count > 0 && arguments[0][0] == '-'; count--, arguments++) {
		copy = copy || strcmp(arguments[0], "--copy") == 0;
		tls = tls || strcmp(arguments[0], "--tls") == 0;
	}
	if (count < 3)
		fail("usage: replay [--tls] [--copy] PORT USER PASSWORD [COMMAND [LAST]]");
	text = script(arguments, count, &length);
	dial((int)strtol(arguments[0], NULL, 10));
	if (tls)
		start_tls();
	fcntl(line.fd, F_SETFL, O_NONBLOCK);
	exchange(text, length, copy);
	return 0;
}

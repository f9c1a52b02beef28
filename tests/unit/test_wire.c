/*
 * Pipelining over small socket buffers: client and server must not deadlock, although the server
 * answers each command completely before it reads the next one.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "pop3/wire.h"

#define COMMANDS 2000
#define ANSWER_LINES 100 /* in total more than the buffers of sockets and wire hold */

static void hold_little(int fd)
{
	const int least = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
}

/* The server. Exits with 0 if it received all commands. */
static int answer_all(int fd)
{
	static const char expected[] = "NOOP\r\n", line[] = "an answer's line, of 32 octets\r\n";
	char command[sizeof expected - 1];

	for (size_t i = 0; i < COMMANDS; i++) {
		if (recv(fd, command, sizeof command, MSG_WAITALL) != sizeof command ||
		    memcmp(command, expected, sizeof command) != 0)
			return 1;
		for (size_t j = 0; j < ANSWER_LINES; j++)
			if (send(fd, line, sizeof line - 1, MSG_NOSIGNAL) != sizeof line - 1)
				return 1;
	}
	return 0;
}

static size_t ask_all(int fd)
{
	const struct pop3_timeouts timeouts = { .progress_ms = 10000, .cancel_fd = -1 };
	struct pop3_error err = { .code = POP3_E_NONE };
	struct wire_line line;
	struct wire wire;
	size_t lines = 0;

	if (wire_open(&wire, socket_stream(fd, &err), &timeouts, NULL, &err) < 0)
		return 0;
	for (size_t i = 0; i < COMMANDS; i++)
		wire_command(&wire, "NOOP", 4, 4, &err);
	while (lines < COMMANDS * ANSWER_LINES && wire_line(&wire, &line, &err) == 0)
		lines++;
	check_number("no error", err.code, POP3_E_NONE);
	wire_close(&wire);
	return lines;
}

int main(void)
{
	int ends[2], status = -1;
	pid_t server;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return 1;
	hold_little(ends[0]);
	hold_little(ends[1]);
	server = fork();
	if (server == 0) {
		close(ends[0]);
		_exit(answer_all(ends[1]));
	}
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	check_number("answers", ask_all(ends[0]), COMMANDS * ANSWER_LINES);
	waitpid(server, &status, 0);
	check_number("the server's status", status, 0);
	return check_end();
}

/* A command in place of a connection: a socket pair is its stdin and stdout. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/shell.h"
#include "net/stream.h"

#define GRACE_MS 1000 /* time for the command to end after its stdin is closed */

struct tunnel {
	struct stream stream;
	pid_t child;
};

/* Closes the command's stdin, then gives it GRACE_MS to end by itself. */
static void close_tunnel(struct stream *stream)
{
	static const struct pop3_timeouts none = { .cancel_fd = -1 };
	struct tunnel *const tunnel = (struct tunnel *)stream;
	struct pop3_error ignored;
	int status;

	close(stream->fd);
	shell_wait(tunnel->child, &none, clock_ms() + GRACE_MS, &status, &ignored);
	free(tunnel);
}

static const struct stream_kind tunnel_kind = {
	.name = "tunnel", .read = socket_read, .write = socket_write, .close = close_tunnel,
};

struct stream *tunnel_open(const char *command, struct pop3_error *err)
{
	struct tunnel *const tunnel = calloc(1, sizeof *tunnel);
	int ends[2], result;

	if (tunnel == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		pop3_fail_errno(err, POP3_E_CONNECT, "cannot set up the tunnel");
		goto failed;
	}
	/* asks = true: ssh may have to ask for a password. */
	result = shell_spawn(command, ends[1], ends[1], true, &tunnel->child, err);
	close(ends[1]);
	if (result < 0) {
		close(ends[0]);
		pop3_context(err, "tunnel");
		goto failed;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	tunnel->stream = (struct stream){ .kind = &tunnel_kind, .fd = ends[0] };
	return &tunnel->stream;
failed:
	free(tunnel);
	return NULL;
}

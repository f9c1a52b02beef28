/* A command in place of a connection: one socket pair is its stdin and its stdout. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/stream.h"

#define GRACE_MS 1000 /* for a command to end by itself once its stdin is closed */

struct tunnel {
	struct stream stream;
	struct stream *socket;
	pid_t child;
};

static ssize_t read_tunnel(struct stream *stream, void *data, size_t length,
			   struct pop3_error *err)
{
	return stream_read(((struct tunnel *)stream)->socket, data, length, err);
}

static ssize_t write_tunnel(struct stream *stream, const void *data, size_t length,
			    struct pop3_error *err)
{
	return stream_write(((struct tunnel *)stream)->socket, data, length, err);
}

static void reap(pid_t child)
{
	struct pollfd ended = { .fd = pidfd_open(child, 0), .events = POLLIN };

	if (ended.fd < 0 || poll(&ended, 1, GRACE_MS) != 1)
		kill(-child, SIGKILL);
	if (ended.fd >= 0)
		close(ended.fd);
	waitpid(child, NULL, 0);
}

static void close_tunnel(struct stream *stream)
{
	struct tunnel *const tunnel = (struct tunnel *)stream;

	stream_close(tunnel->socket);
	reap(tunnel->child);
	free(tunnel);
}

static const struct stream_kind tunnel_kind = {
	.name = "tunnel", .read = read_tunnel, .write = write_tunnel, .close = close_tunnel,
};

/* In a process group of its own: a shell's children end with it, and Ctrl-C is ours to handle. */
static int spawn_shell(const char *command, int end, pid_t *child)
{
	char *const arguments[] = { (char *)"sh", (char *)"-c", (char *)command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int failure;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	failure = posix_spawn(child, "/bin/sh", &actions, &attributes, arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failure;
}

struct stream *tunnel_open(const char *command, struct pop3_error *err)
{
	struct tunnel *const tunnel = calloc(1, sizeof *tunnel);
	int ends[2];

	if (tunnel == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		pop3_fail_errno(err, POP3_E_CONNECT, "cannot set up the tunnel");
		free(tunnel);
		return NULL;
	}
	errno = spawn_shell(command, ends[1], &tunnel->child);
	close(ends[1]);
	if (errno != 0) {
		pop3_fail_errno(err, POP3_E_CONNECT, "cannot run the tunnel '%s'", command);
		close(ends[0]);
		free(tunnel);
		return NULL;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	tunnel->stream = (struct stream){ .kind = &tunnel_kind, .fd = ends[0] };
	tunnel->socket = socket_stream(ends[0], err);
	if (tunnel->socket == NULL) {
		reap(tunnel->child);
		free(tunnel);
		return NULL;
	}
	return &tunnel->stream;
}

/* Runs the user's command strings with /bin/sh, within a time limit. */
#include "base/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline.h"

static bool has_terminal(void)
{
	const int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	const bool foreground = terminal >= 0 && tcgetpgrp(terminal) == getpgrp();

	if (terminal >= 0)
		close(terminal);
	return foreground;
}

/* The command gets these descriptors under the numbers of their places. */
struct inherited {
	int fd, place;
};

/* Returns an error number. */
static int spawn(const char *command, const struct inherited inherited[2], bool asks, pid_t *child)
{
	char *const arguments[] = { (char *)"sh", (char *)"-c", (char *)command, NULL };
	const short own_group = !asks || !has_terminal() ? POSIX_SPAWN_SETPGROUP : 0;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int failure = 0;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGXFSZ);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGDEF | own_group));
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawn_file_actions_init(&actions);
	for (size_t i = 0; failure == 0 && i < 2; i++)
		if (inherited[i].fd >= 0)
			failure = posix_spawn_file_actions_adddup2(&actions, inherited[i].fd,
								   inherited[i].place);
	if (failure == 0)
		failure = posix_spawn(child, "/bin/sh", &actions, &attributes, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return failure;
}

static int fail_spawn(const char *command, int failure, struct pop3_error *err)
{
	errno = failure;
	return pop3_fail_errno(err, POP3_E_IO, "cannot run '%s'", command);
}

int shell_spawn(const char *command, int in, int out, bool asks, pid_t *child,
		struct pop3_error *err)
{
	/* The caller passes a descriptor as stdin so that the command does not consume ours. */
	const struct inherited inherited[] = { { in, STDIN_FILENO }, { out, STDOUT_FILENO } };
	const int failure = spawn(command, inherited, asks, child);

	return failure == 0 ? 0 : fail_spawn(command, failure, err);
}

/* The shell waits in the first line: a line from the gate, or its end. */
int shell_spawn_held(const char *command, int out, pid_t *child, int *gate,
		     struct pop3_error *err)
{
	struct buffer held = { 0 };
	int ends[2], place = 9, failure;

	/* A number of one digit, as shells want it, of no descriptor that the command inherits. */
	while (place > STDERR_FILENO && fcntl(place, F_GETFD) == 0)
		place--;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail_spawn(command, errno, err);
	buffer_append_format(&held, "read -r _ <&%d || exit; exec %d<&-\n%s", place, place,
			     command);
	failure = place == STDERR_FILENO ? EMFILE : held.no_memory ? ENOMEM : 0;
	if (failure == 0) {
		const struct inherited inherited[] = { { out, STDOUT_FILENO }, { ends[0], place } };

		failure = spawn(held.data, inherited, true, child);
	}
	buffer_release(&held);
	close(ends[0]);
	*gate = ends[1];
	if (failure == 0)
		return 0;
	close(ends[1]);
	return fail_spawn(command, failure, err);
}

void shell_release(int gate)
{
	/* A command that was killed meanwhile needs no line. */
	if (write(gate, "\n", 1) < 0)
		errno = 0;
	close(gate);
}

void shell_end(pid_t child)
{
	if (getpgid(child) == child)
		kill(-child, SIGKILL);
	kill(child, SIGKILL);
}

int shell_descriptor(pid_t child)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, child, 0);
#else
	(void)child;
	return -1;
#endif
}

/* Fallback without a pidfd: polls until the child has ended. */
static int poll_for_end(pid_t child, const struct pop3_timeouts *timeouts, int64_t deadline,
			struct pop3_error *err)
{
	siginfo_t ended = { 0 };

	while (waitid(P_PID, (id_t)child, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       ended.si_pid == 0) {
		const int64_t next = clock_ms() + SHELL_POLL_MS;

		if (deadline != 0 && deadline <= next)
			return deadline_wait(timeouts, -1, 0, deadline, err);
		if (deadline_pause(timeouts, SHELL_POLL_MS, err) < 0)
			return -1;
	}
	return 0;
}

int shell_wait(pid_t child, const struct pop3_timeouts *timeouts, int64_t deadline, int *status,
	       struct pop3_error *err)
{
	const int ended = shell_descriptor(child);
	int result;
	pid_t got;

	if (ended < 0) {
		result = poll_for_end(child, timeouts, deadline, err);
	} else {
		result = deadline_wait(timeouts, ended, POLLIN, deadline, err);
		close(ended);
	}
	if (result < 0)
		shell_end(child);
	while ((got = waitpid(child, status, 0)) < 0 && errno == EINTR)
		continue;
	if (result == 0 && got < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot get the exit status of a command");
	return result;
}

void shell_quote(struct buffer *out, const char *text)
{
	const bool plain = text[0] != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-")] == '\0';

	if (plain) {
		buffer_append_text(out, text);
		return;
	}
	buffer_append_octet(out, '\'');
	for (; *text != '\0'; text++)
		if (*text == '\'')
			buffer_append_text(out, "'\\''");
		else
			buffer_append_octet(out, *text);
	buffer_append_octet(out, '\'');
}

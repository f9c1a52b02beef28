/* The user's own command strings, run by /bin/sh, and never for longer than allowed. */
#include "base/shell.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline.h"

static int spawn(const char *command, const posix_spawn_file_actions_t *actions, bool own_group,
		 pid_t *child)
{
	char *const arguments[] = { (char *)"sh", (char *)"-c", (char *)command, NULL };
	const short flags =
		(short)(POSIX_SPAWN_SETSIGDEF | (own_group ? POSIX_SPAWN_SETPGROUP : 0));
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int failure;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, flags);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	failure = posix_spawn(child, "/bin/sh", actions, &attributes, arguments, environ);
	posix_spawnattr_destroy(&attributes);
	return failure;
}

int shell_spawn(const char *command, int in, int out, bool own_group, pid_t *child,
		struct pop3_error *err)
{
	posix_spawn_file_actions_t actions;
	int failure = 0;

	posix_spawn_file_actions_init(&actions);
	/* A command that reads our stdin instead would take nothing for all there is. */
	if (in >= 0)
		failure = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (failure == 0 && out >= 0)
		failure = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (failure == 0)
		failure = spawn(command, &actions, own_group, child);
	posix_spawn_file_actions_destroy(&actions);
	errno = failure;
	if (failure != 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot run '%s'", command);
	return 0;
}

static void end(pid_t child)
{
	if (getpgid(child) == child)
		kill(-child, SIGKILL);
	kill(child, SIGKILL);
}

int shell_wait(pid_t child, const struct pop3_timeouts *timeouts, int64_t deadline, int *status,
	       struct pop3_error *err)
{
	const int ended = pidfd_open(child, 0);
	pid_t got;
	int result;

	if (ended < 0)
		result = pop3_fail_errno(err, POP3_E_IO, "cannot wait for a command");
	else
		result = deadline_wait(timeouts, ended, POLLIN, deadline, err);
	if (ended >= 0)
		close(ended);
	if (result < 0)
		end(child);
	while ((got = waitpid(child, status, 0)) < 0 && errno == EINTR)
		continue;
	if (result == 0 && got < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot tell how a command ended");
	return result;
}

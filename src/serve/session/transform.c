/* Runs the transform command: reads its output without blocking, kills and reaps it. */
#include "serve/session/transform.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/shell.h"

struct transform {
	pid_t pid;
	int ended;  /* pidfd, readable once the program has ended; -1 = unsupported */
	int output; /* -1 once the program has closed it */
	bool timed_out;
	int64_t polled_ms; /* time spent polling for its end, without a pidfd */
	struct timeval timeout;
	struct event_base *base;
	struct event *event;
	void (*ready)(void *of);
	void *of;
};

#define VARIABLES 3

/* A copy of the environment with three more variables, which own holds. NULL when out of memory. */
static char **extend_environment(const struct transform_task *task, struct buffer own[VARIABLES])
{
	size_t count = 0, copied = 0;
	char **entries;

	buffer_append_format(&own[0], "POP3_USER=%s", task->user);
	buffer_append_format(&own[1], "POP3_UID=%s", task->uid);
	buffer_append_format(&own[2], "POP3_OCTETS=%" PRIu64, task->octets);
	if (own[0].no_memory || own[1].no_memory || own[2].no_memory)
		return NULL;
	while (environ[count] != NULL)
		count++;
	entries = calloc(count + VARIABLES + 1, sizeof *entries);
	if (entries == NULL)
		return NULL;
	/* Do not pass on the server's own variables, such as the management secret. */
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], "POP3_", 5) != 0)
			entries[copied++] = environ[i];
	for (size_t i = 0; i < VARIABLES; i++)
		entries[copied++] = own[i].data;
	return entries;
}

/*
 * Runs the command in a process group of its own and with default signals, whatever the server
 * inherited or changed.
 */
static int spawn_program(struct transform *transform, const struct transform_task *task,
			 int output, char *const *environment)
{
	char name[] = "sh", option[] = "-c";
	char *const words[] = { name, option, (char *)task->command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int result;

	posix_spawnattr_init(&attributes);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
	/* Each can run out of memory. Without its stdin, the program would see an empty message. */
	posix_spawn_file_actions_init(&actions);
	result = posix_spawn_file_actions_adddup2(&actions, task->message, STDIN_FILENO);
	if (result == 0)
		result = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	if (result == 0)
		result = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
							  O_WRONLY, 0);
	if (result == 0)
		result = posix_spawn(&transform->pid, "/bin/sh", &actions, &attributes, words,
				     environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	errno = result;
	return result == 0 ? 0 : -1;
}

struct transform *transform_start(const struct transform_task *task, struct pop3_error *err)
{
	struct transform *const transform = calloc(1, sizeof *transform);
	struct buffer variables[VARIABLES] = { { 0 } };
	char **environment = NULL;
	int ends[2], result = -1;

	if (transform == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	*transform = (struct transform){
		.ended = -1, .output = -1, .base = task->base, .timeout = *task->timeout,
		.ready = task->ready, .of = task->of,
	};
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
		transform->output = ends[0];
		environment = extend_environment(task, variables);
		/* The program's end of the pipe must block, as programs expect. */
		if (environment != NULL && fcntl(ends[1], F_SETFL, 0) == 0)
			result = spawn_program(transform, task, ends[1], environment);
		close(ends[1]);
	}
	for (size_t i = 0; i < VARIABLES; i++)
		buffer_release(&variables[i]);
	free(environment);
	if (result == 0) {
		transform->ended = shell_descriptor(transform->pid);
		return transform;
	}
	pop3_fail_errno(err, POP3_E_SYS_TEMP, "cannot start the transformation");
	transform_end(transform);
	return NULL;
}

static void output_ready(evutil_socket_t fd, short what, void *argument)
{
	struct transform *const transform = argument;

	(void)fd;
	if ((what & EV_TIMEOUT) != 0)
		transform->timed_out = true;
	transform->ready(transform->of);
}

static ssize_t wait_for(struct transform *transform, int fd)
{
	if (transform->event != NULL)
		event_free(transform->event);
	transform->event = event_new(transform->base, fd, EV_READ, output_ready, transform);
	if (transform->event == NULL || event_add(transform->event, &transform->timeout) < 0)
		return TRANSFORM_FAILED;
	return TRANSFORM_WAITS;
}

static void poll_again(evutil_socket_t fd, short what, void *argument)
{
	const struct transform *const transform = argument;

	(void)fd;
	(void)what;
	transform->ready(transform->of);
}

static const struct timeval poll_pause = { .tv_usec = SHELL_POLL_MS * 1000L };

static ssize_t wait_for_end(struct transform *transform)
{
	const int64_t limit = transform->timeout.tv_sec * 1000 + transform->timeout.tv_usec / 1000;

	if (transform->ended >= 0)
		return wait_for(transform, transform->ended);
	transform->polled_ms += SHELL_POLL_MS;
	transform->event = evtimer_new(transform->base, poll_again, transform);
	if (transform->polled_ms > limit || transform->event == NULL ||
	    event_add(transform->event, &poll_pause) < 0)
		return TRANSFORM_FAILED;
	return TRANSFORM_WAITS;
}

ssize_t transform_read(struct transform *transform, void *data, size_t length)
{
	siginfo_t status = { 0 };
	ssize_t got = 0;

	if (transform->timed_out)
		return TRANSFORM_FAILED;
	if (transform->output >= 0)
		got = read(transform->output, data, length);
	if (got > 0)
		return got;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return wait_for(transform, transform->output);
	if (got < 0)
		return TRANSFORM_FAILED;
	if (transform->event != NULL)
		event_free(transform->event);
	transform->event = NULL;
	if (transform->output >= 0)
		close(transform->output);
	transform->output = -1;
	if (waitid(P_PID, (id_t)transform->pid, &status, WEXITED | WNOHANG | WNOWAIT) < 0)
		return TRANSFORM_FAILED;
	if (status.si_pid == 0)
		return wait_for_end(transform);
	return status.si_code == CLD_EXITED && status.si_status == 0 ? TRANSFORM_ENDED :
								       TRANSFORM_FAILED;
}

static void release(struct transform *transform)
{
	if (transform->event != NULL)
		event_free(transform->event);
	if (transform->ended >= 0)
		close(transform->ended);
	free(transform);
}

static int wait_to_reap(struct transform *transform);

/* Reaps the killed program without blocking: if it still runs, tries again later. */
static void reap(evutil_socket_t fd, short what, void *argument)
{
	struct transform *const transform = argument;
	siginfo_t status = { 0 };

	(void)fd;
	(void)what;
	if (waitid(P_PID, (id_t)transform->pid, &status, WEXITED | WNOHANG) == 0 &&
	    status.si_pid == 0 && wait_to_reap(transform) == 0)
		return;
	release(transform);
}

static int wait_to_reap(struct transform *transform)
{
	if (transform->event != NULL)
		event_free(transform->event);
	transform->event = event_new(transform->base, transform->ended,
				     transform->ended >= 0 ? EV_READ : 0, reap, transform);
	if (transform->event == NULL)
		return -1;
	return event_add(transform->event, transform->ended >= 0 ? NULL : &poll_pause);
}

void transform_end(struct transform *transform)
{
	if (transform == NULL)
		return;
	if (transform->output >= 0)
		close(transform->output);
	/* The program is not reaped yet, so the group's ID cannot have been reused. */
	if (transform->pid > 0) {
		kill(-transform->pid, SIGKILL);
		if (wait_to_reap(transform) == 0)
			return;
	}
	release(transform);
}

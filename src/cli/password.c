/* Where a password comes from. Never from an argument, and never in ordinary memory. */
#include "cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/file.h"
#include "base/number.h"
#include "base/shell.h"

#define CHUNK 4096

/* --- the first line of a descriptor --- */

static ssize_t read_chunk(int fd, char *chunk, const struct pop3_timeouts *timeouts,
			  int64_t deadline, struct pop3_error *err)
{
	for (;;) {
		ssize_t got;

		if (deadline_wait(timeouts, fd, POLLIN, deadline, err) < 0)
			return -1;
		got = read(fd, chunk, CHUNK);
		if (got >= 0)
			return got;
		if (errno != EINTR && errno != EAGAIN)
			return pop3_fail_errno(err, POP3_E_IO, "cannot read the password");
	}
}

/* Reads up to LF and removes the LF or CRLF. The rest of the input is read and dropped. */
static int read_line(int fd, const struct pop3_timeouts *timeouts, int64_t deadline,
		     bool to_the_end, struct pop3_secret *secret, struct pop3_error *err)
{
	char chunk[CHUNK];
	bool ended = false;
	ssize_t got;
	int result = 0;

	while (result == 0 && (!ended || to_the_end) &&
	       (got = read_chunk(fd, chunk, timeouts, deadline, err)) != 0) {
		const char *const lf = got > 0 ? memchr(chunk, '\n', (size_t)got) : NULL;
		const size_t length = lf != NULL ? (size_t)(lf - chunk) : (size_t)got;

		if (got < 0)
			result = -1;
		else if (!ended)
			result = pop3_secret_append(secret, chunk, length, err);
		ended = ended || lf != NULL;
	}
	explicit_bzero(chunk, sizeof chunk);
	if (secret->length > 0 && secret->text[secret->length - 1] == '\r')
		secret->text[--secret->length] = '\0';
	return result;
}

/* --- the sources --- */

int password_hold_command(const char *command, struct password_command *held,
			  struct pop3_error *err)
{
	int ends[2], result;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot run the password command");
	result = shell_spawn_held(command, ends[1], &held->child, &held->gate, err);
	close(ends[1]);
	held->output = ends[0];
	if (result < 0)
		close(ends[0]);
	return result;
}

void password_drop_command(struct password_command *held)
{
	int status;

	if (held->child == 0)
		return;
	close(held->gate);
	close(held->output);
	shell_end(held->child);
	while (waitpid(held->child, &status, 0) < 0 && errno == EINTR)
		continue;
	held->child = 0;
}

/* The command may ask for a passphrase at the terminal. */
static int from_command(const struct password_sources *sources, int64_t deadline,
			struct pop3_secret *secret, struct pop3_error *err)
{
	const char *const command = sources->command;
	struct password_command own = { .child = 0 };
	struct password_command *const held = sources->held != NULL ? sources->held : &own;
	struct pop3_error late;
	int status = 0, result;
	pid_t child;

	if (held->child == 0 && password_hold_command(command, held, err) < 0)
		return -1;
	child = held->child;
	held->child = 0;
	shell_release(held->gate);
	result = read_line(held->output, sources->timeouts, deadline, true, secret, err);
	close(held->output);
	/* The shell may have exited while its children still hold our stderr. */
	if (result < 0)
		shell_end(child);
	if (shell_wait(child, sources->timeouts, result < 0 ? clock_ms() : deadline, &status,
		       result < 0 ? &late : err) < 0 ||
	    result < 0)
		return pop3_context(err, "password command '%s'", command);
	if (status != 0)
		return pop3_fail(err, POP3_E_CONFIG, "the password command '%s' failed", command);
	return 0;
}

static int fail_file(const char *path, struct pop3_error *err)
{
	return pop3_fail_errno(err, POP3_E_NO_ACCOUNT, "cannot open the password file '%s'", path);
}

static int from_file(const struct password_sources *sources, int64_t deadline,
		     struct pop3_secret *secret, struct pop3_error *err)
{
	const int fd = open(sources->file, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return fail_file(sources->file, err);
	result = read_line(fd, sources->timeouts, deadline, false, secret, err);
	close(fd);
	return result;
}

static int parse_descriptor(const char *text, int *fd, struct pop3_error *err)
{
	uint64_t number;

	if (!number_parse(text, strlen(text), INT32_MAX, &number))
		return pop3_fail(err, POP3_E_USAGE, "'%s' is not a file descriptor number", text);
	*fd = (int)number;
	if (fcntl(*fd, F_GETFD) < 0)
		return pop3_fail_errno(err, POP3_E_USAGE,
				       "cannot use file descriptor %d for the password", *fd);
	return 0;
}

static int from_fd(const struct password_sources *sources, int64_t deadline,
		   struct pop3_secret *secret, struct pop3_error *err)
{
	int fd;

	if (parse_descriptor(sources->fd, &fd, err) < 0)
		return -1;
	return read_line(fd, sources->timeouts, deadline, false, secret, err);
}

static int from_terminal(const struct password_sources *sources, struct pop3_secret *secret,
			 struct pop3_error *err)
{
	const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios before, silent;
	int result;

	if (terminal < 0 || tcgetattr(terminal, &before) < 0) {
		if (terminal >= 0)
			close(terminal);
		return 0;
	}
	silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	tcsetattr(terminal, TCSAFLUSH, &silent);
	result = file_write_all(terminal, sources->prompt, strlen(sources->prompt));
	if (result == 0)
		result = read_line(terminal, sources->timeouts,
				   deadline_after(sources->timeouts, 0), false, secret, err);
	tcsetattr(terminal, TCSAFLUSH, &before);
	file_write_all(terminal, "\n", 1);
	close(terminal);
	return result;
}

int password_check(const struct password_sources *sources, struct pop3_error *err)
{
	int fd;

	if (sources->command != NULL)
		return 0;
	if (sources->file == NULL)
		return sources->fd == NULL ? 0 : parse_descriptor(sources->fd, &fd, err);
	return access(sources->file, R_OK) == 0 ? 0 : fail_file(sources->file, err);
}

int password_from(const struct password_sources *sources, struct pop3_secret *secret,
		  struct pop3_error *err)
{
	const int64_t deadline =
		deadline_after(sources->timeouts, sources->timeouts->progress_ms);

	int result;

	if (sources->command != NULL)
		result = from_command(sources, deadline, secret, err);
	else if (sources->file != NULL)
		result = from_file(sources, deadline, secret, err);
	else if (sources->fd != NULL)
		result = from_fd(sources, deadline, secret, err);
	else
		return sources->prompt != NULL ? from_terminal(sources, secret, err) : 0;
	/* A source that was named but is empty is an error: do not try the next one. */
	if (result == 0 && secret->length == 0)
		return pop3_fail(err, POP3_E_CONFIG, "the password is empty");
	return result;
}

/* --- the environment --- */

int password_from_environment(const char *variable, struct pop3_secret *secret,
			      struct pop3_error *err)
{
	char *const value = getenv(variable);
	int result;

	if (value == NULL)
		return 0;
	result = pop3_secret_append(secret, value, strlen(value), err);
	explicit_bzero(value, strlen(value));
	unsetenv(variable);
	return result;
}

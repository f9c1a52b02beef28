/*
 * Where a password comes from, and which of these places a connection uses. Never from an argument,
 * and never in ordinary memory.
 */
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
#include "cli/netrc.h"

#define CHUNK 4096
#define NETRC_LIMIT (1024UL * 1024)

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

/* The command waits until it is released. */
static int hold_command(const char *command, struct password_command *held, struct pop3_error *err)
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

	if (held->child == 0 && hold_command(command, held, err) < 0)
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

int password_from(const struct password_sources *sources, struct pop3_secret *secret,
		  struct pop3_error *err)
{
	const struct pop3_timeouts *const timeouts = sources->timeouts;
	const int64_t deadline = deadline_after(timeouts, timeouts->progress_ms);
	int fd, result;

	if (sources->command != NULL) {
		result = from_command(sources, deadline, secret, err);
	} else if (sources->file != NULL) {
		fd = open(sources->file, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return fail_file(sources->file, err);
		result = read_line(fd, timeouts, deadline, false, secret, err);
		close(fd);
	} else if (sources->fd != NULL) {
		if (parse_descriptor(sources->fd, &fd, err) < 0)
			return -1;
		result = read_line(fd, timeouts, deadline, false, secret, err);
	} else if (sources->prompt != NULL) {
		return from_terminal(sources, secret, err);
	} else {
		return 0;
	}
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

/* --- the choice of a connection --- */

static int from_netrc(const struct connection *c, struct pop3_secret *secret,
		      struct pop3_error *err)
{
	const char *const named = getenv("NETRC");
	struct buffer path = { 0 }, text = { .limit = NETRC_LIMIT };
	const char *password;
	size_t length;
	int result = 0;

	/* Without a home directory there is no ~/.netrc. */
	if (named == NULL && file_expand(&path, "~/.netrc", err) < 0)
		return err->code == POP3_E_CONFIG ? 0 : -1;
	if (named != NULL && file_expand(&path, named, err) < 0)
		return -1;
	/* It may be a symbolic link of the user's; what counts is the file that it leads to. */
	if (file_read_private(buffer_text(&path), 0, &text) == 0) {
		if (text.length > 0 && netrc_find(text.data, text.length, c->url.host, c->user,
						  &password, &length))
			result = pop3_secret_append(secret, password, length, err);
	} else if (errno == EPERM) {
		result = pop3_fail(err, POP3_E_CONFIG,
				   "'%s' is readable by other users: run chmod 600 on it",
				   buffer_text(&path));
	} else if (errno == 0) {
		result = pop3_fail(err, POP3_E_CONFIG, "'%s' is larger than %lu octets",
				   buffer_text(&path), NETRC_LIMIT);
	} else if (errno != ENOENT && errno != ENOTDIR) {
		result = pop3_fail_errno(err, POP3_E_CONFIG, "cannot read '%s'",
					 buffer_text(&path));
	}
	buffer_wipe(&text);
	buffer_release(&text);
	buffer_release(&path);
	return result;
}

static const char *option_from(const struct connection *c, enum option_source origin,
			       const char *name, const char *value)
{
	return option_origin(c->set, name) == origin ? value : NULL;
}

/* A secret that was read before is moved; otherwise the options of this origin are the sources. */
static bool choose_from(struct connection *c, enum option_source origin)
{
	struct pop3_secret *const at_hand = origin == FROM_ENVIRONMENT ? &c->in_environment
					    : origin == c->config_origin ? &c->in_config
									 : NULL;
	struct password_sources *const sources = &c->sources;

	if (at_hand != NULL && at_hand->length > 0) {
		c->secret = *at_hand;
		*at_hand = (struct pop3_secret){ .text = NULL };
		return true;
	}
	sources->command = option_from(c, origin, "password-command", c->password_command);
	sources->file = option_from(c, origin, "password-file", c->password_file);
	sources->fd = option_from(c, origin, "password-fd", c->password_fd);
	return sources->command != NULL || sources->file != NULL || sources->fd != NULL;
}

/* What can be found out without reading, since a source may give its password only once. */
static int check_sources(const struct password_sources *sources, struct pop3_error *err)
{
	int fd;

	if (sources->command != NULL)
		return 0;
	if (sources->file == NULL && sources->fd != NULL)
		return parse_descriptor(sources->fd, &fd, err);
	if (sources->file != NULL && access(sources->file, R_OK) < 0)
		return fail_file(sources->file, err);
	return 0;
}

static int fail_no_password(struct pop3_error *err)
{
	return pop3_fail(err, POP3_E_USAGE, "no password: use --password-command, "
					    "--password-file, --password-fd or $POP3_PASSWORD");
}

int password_choose(struct connection *c, struct pop3_error *err)
{
	/* The password of an account named on the command line precedes $POP3_PASSWORD. */
	const bool named = option_origin(c->set, "account") == FROM_COMMAND_LINE;
	const enum option_source origins[] = {
		FROM_COMMAND_LINE, named ? FROM_ACCOUNT : FROM_ENVIRONMENT,
		named ? FROM_ENVIRONMENT : FROM_ACCOUNT, FROM_DEFAULTS,
	};
	bool chosen = false;

	if (c->password_chosen)
		return 0;
	c->sources = (struct password_sources){ .timeouts = &c->target.timeouts, .held = &c->held };
	for (size_t i = 0; !chosen && i < sizeof origins / sizeof origins[0]; i++)
		chosen = choose_from(c, origins[i]);
	pop3_secret_wipe(&c->in_environment);
	pop3_secret_wipe(&c->in_config);
	if (chosen && check_sources(&c->sources, err) < 0)
		return -1;
	if (!chosen && from_netrc(c, &c->secret, err) < 0)
		return -1;
	c->prompts = !chosen && c->secret.length == 0;
	if (c->prompts) {
		const int terminal =
			c->no_input ? -1 : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

		if (terminal < 0)
			return fail_no_password(err);
		close(terminal);
	}
	c->password_chosen = true;
	return 0;
}

int password_hold(struct connection *c, struct pop3_error *err)
{
	if (c->sources.command == NULL)
		return 0;
	return hold_command(c->sources.command, &c->held, err);
}

int password_find(struct connection *c, struct pop3_error *err)
{
	struct buffer prompt = { 0 };
	int result;

	if (password_choose(c, err) < 0)
		return -1;
	if (c->secret.length > 0)
		return 0;
	if (c->prompts) {
		buffer_append_text(&prompt, "Password for ");
		connection_name(c, &prompt);
		buffer_append_text(&prompt, ": ");
		c->sources.prompt = buffer_text(&prompt);
	}
	result = password_from(&c->sources, &c->secret, err);
	c->sources.prompt = NULL;
	buffer_release(&prompt);
	if (result == 0 && c->secret.length == 0)
		result = fail_no_password(err);
	c->password_failed = result < 0;
	/* A password that was read only in part is useless. */
	if (result < 0)
		pop3_secret_wipe(&c->secret);
	return result;
}

void password_release(struct connection *c)
{
	struct password_command *const held = &c->held;
	int status;

	pop3_secret_wipe(&c->secret);
	pop3_secret_wipe(&c->in_environment);
	pop3_secret_wipe(&c->in_config);
	if (held->child == 0)
		return;
	close(held->gate);
	close(held->output);
	shell_end(held->child);
	while (waitpid(held->child, &status, 0) < 0 && errno == EINTR)
		continue;
	held->child = 0;
}

/* Where a password comes from. Never from an argument, and never in ordinary memory. */
#include "cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
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

/* The command may ask for a passphrase at the terminal. */
static int from_command(const struct password_sources *sources, int64_t deadline,
			struct pop3_secret *secret, struct pop3_error *err)
{
	const char *const command = sources->command;
	int ends[2], status = 0, result;
	struct pop3_error late;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot run the password command");
	result = shell_spawn(command, -1, ends[1], true, &child, err);
	close(ends[1]);
	if (result < 0) {
		close(ends[0]);
		return -1;
	}
	result = read_line(ends[0], sources->timeouts, deadline, true, secret, err);
	close(ends[0]);
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

static int from_file(const struct password_sources *sources, int64_t deadline,
		     struct pop3_secret *secret, struct pop3_error *err)
{
	const int fd = open(sources->file, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return pop3_fail_errno(err, POP3_E_NO_ACCOUNT, "cannot open the password file '%s'",
				       sources->file);
	result = read_line(fd, sources->timeouts, deadline, false, secret, err);
	close(fd);
	return result;
}

static int from_fd(const struct password_sources *sources, int64_t deadline,
		   struct pop3_secret *secret, struct pop3_error *err)
{
	uint64_t fd;

	if (!number_parse(sources->fd, strlen(sources->fd), INT32_MAX, &fd))
		return pop3_fail(err, POP3_E_USAGE, "'%s' is not a file descriptor number",
				 sources->fd);
	if (fcntl((int)fd, F_GETFD) < 0)
		return pop3_fail_errno(err, POP3_E_USAGE,
				       "cannot use file descriptor %d for the password",
				       (int)fd);
	return read_line((int)fd, sources->timeouts, deadline, false, secret, err);
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
		result = read_line(terminal, sources->timeouts, 0, false, secret, err);
	tcsetattr(terminal, TCSAFLUSH, &before);
	file_write_all(terminal, "\n", 1);
	close(terminal);
	return result;
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

/* --- of a connection --- */

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
	if (file_read_private(buffer_text(&path), &text) == 0) {
		if (text.length > 0 && netrc_find(text.data, text.length, c->url.host, c->user, &password,
			       &length))
			result = pop3_secret_append(secret, password, length, err);
	} else if (errno == EPERM) {
		result = pop3_fail(err, POP3_E_CONFIG,
				   "'%s' is readable by other users: run chmod 600 on it",
				   buffer_text(&path));
	}
	buffer_wipe(&text);
	buffer_release(&text);
	buffer_release(&path);
	return result;
}

/* Only the options that came from this place. */
static void sources_at(const struct connection *c, enum option_source origin,
		       struct password_sources *sources)
{
	const struct {
		const char *name, *value, **place;
	} rows[] = {
		{ "password-command", c->password_command, &sources->command },
		{ "password-file", c->password_file, &sources->file },
		{ "password-fd", c->password_fd, &sources->fd },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (option_origin(c->set, rows[i].name) == origin)
			*rows[i].place = rows[i].value;
}

static int ask(struct connection *c, struct pop3_error *err)
{
	struct password_sources sources = { .timeouts = &c->target.timeouts };
	struct buffer prompt = { 0 };
	int result;

	if (c->no_input)
		return 0;
	buffer_append_text(&prompt, "Password for ");
	connection_name(c, &prompt);
	buffer_append_text(&prompt, ": ");
	sources.prompt = buffer_text(&prompt);
	result = password_from(&sources, &c->secret, err);
	c->typed = true;
	buffer_release(&prompt);
	return result;
}

static int from_origin(struct connection *c, enum option_source origin, struct pop3_error *err)
{
	struct password_sources sources = { .timeouts = &c->target.timeouts };
	struct pop3_secret *const at_hand = origin == FROM_ENVIRONMENT ? &c->in_environment
					    : origin == c->config_origin ? &c->in_config
									 : NULL;

	if (at_hand != NULL && at_hand->length > 0) {
		c->secret = *at_hand;
		*at_hand = (struct pop3_secret){ .text = NULL };
		return 0;
	}
	sources_at(c, origin, &sources);
	return password_from(&sources, &c->secret, err);
}

int password_find(struct connection *c, struct pop3_error *err)
{
	/* The password of an account named on the command line precedes $POP3_PASSWORD. */
	const bool named = option_origin(c->set, "account") == FROM_COMMAND_LINE;
	const enum option_source origins[] = {
		FROM_COMMAND_LINE, named ? FROM_ACCOUNT : FROM_ENVIRONMENT,
		named ? FROM_ENVIRONMENT : FROM_ACCOUNT, FROM_DEFAULTS,
	};
	int result = 0;

	if (c->secret_found)
		return 0;
	for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++)
		if (result == 0 && c->secret.length == 0)
			result = from_origin(c, origins[i], err);
	pop3_secret_wipe(&c->in_environment);
	pop3_secret_wipe(&c->in_config);
	if (result == 0 && c->secret.length == 0)
		result = from_netrc(c, &c->secret, err);
	if (result == 0 && c->secret.length == 0)
		result = ask(c, err);
	/* A password that was read only in part is useless. */
	if (result < 0)
		pop3_secret_wipe(&c->secret);
	c->secret_found = c->secret.length > 0;
	if (result < 0 || c->secret_found)
		return result;
	return pop3_fail(err, POP3_E_USAGE, "no password: use --password-command, "
					    "--password-file, --password-fd or $POP3_PASSWORD");
}

/* Which of the places that may have it a connection's password comes from. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/netrc.h"
#include "cli/password.h"

#define NETRC_LIMIT (1024UL * 1024)

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
		if (text.length > 0 && netrc_find(text.data, text.length, c->url.host, c->user,
						  &password, &length))
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

/* A secret from this place that was read before, or else the options that came from it. */
static bool choose_from(struct connection *c, enum option_source origin)
{
	struct password_sources *const sources = &c->sources;
	struct pop3_secret *const at_hand = origin == FROM_ENVIRONMENT ? &c->in_environment
					    : origin == c->config_origin ? &c->in_config
									 : NULL;

	if (at_hand != NULL && at_hand->length > 0) {
		c->secret = *at_hand;
		*at_hand = (struct pop3_secret){ .text = NULL };
		return true;
	}
	if (option_origin(c->set, "password-command") == origin)
		sources->command = c->password_command;
	if (option_origin(c->set, "password-file") == origin)
		sources->file = c->password_file;
	if (option_origin(c->set, "password-fd") == origin)
		sources->fd = c->password_fd;
	return sources->command != NULL || sources->file != NULL || sources->fd != NULL;
}

static bool choose_origin(struct connection *c)
{
	/* The password of an account named on the command line precedes $POP3_PASSWORD. */
	const bool named = option_origin(c->set, "account") == FROM_COMMAND_LINE;
	const enum option_source origins[] = {
		FROM_COMMAND_LINE, named ? FROM_ACCOUNT : FROM_ENVIRONMENT,
		named ? FROM_ENVIRONMENT : FROM_ACCOUNT, FROM_DEFAULTS,
	};
	bool chosen = false;

	for (size_t i = 0; !chosen && i < sizeof origins / sizeof origins[0]; i++)
		chosen = choose_from(c, origins[i]);
	pop3_secret_wipe(&c->in_environment);
	pop3_secret_wipe(&c->in_config);
	return chosen;
}

static int fail_no_password(struct pop3_error *err)
{
	return pop3_fail(err, POP3_E_USAGE, "no password: use --password-command, "
					    "--password-file, --password-fd or $POP3_PASSWORD");
}

static bool has_terminal(void)
{
	const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (terminal >= 0)
		close(terminal);
	return terminal >= 0;
}

int password_choose(struct connection *c, struct pop3_error *err)
{
	if (c->password_chosen)
		return 0;
	c->sources = (struct password_sources){ .timeouts = &c->target.timeouts, .held = &c->held };
	if (choose_origin(c)) {
		if (password_check(&c->sources, err) < 0)
			return -1;
	} else if (from_netrc(c, &c->secret, err) < 0) {
		return -1;
	} else if (c->secret.length == 0) {
		if (c->no_input || !has_terminal())
			return fail_no_password(err);
		c->prompts = true;
	}
	c->password_chosen = true;
	return 0;
}

int password_hold(struct connection *c, struct pop3_error *err)
{
	if (c->sources.command == NULL)
		return 0;
	return password_hold_command(c->sources.command, &c->held, err);
}

static int ask(struct connection *c, struct pop3_error *err)
{
	struct buffer prompt = { 0 };
	int result;

	buffer_append_text(&prompt, "Password for ");
	connection_name(c, &prompt);
	buffer_append_text(&prompt, ": ");
	c->sources.prompt = buffer_text(&prompt);
	result = password_from(&c->sources, &c->secret, err);
	c->sources.prompt = NULL;
	buffer_release(&prompt);
	return result == 0 && c->secret.length == 0 ? fail_no_password(err) : result;
}

int password_find(struct connection *c, struct pop3_error *err)
{
	int result;

	if (password_choose(c, err) < 0)
		return -1;
	if (c->secret.length > 0)
		return 0;
	result = c->prompts ? ask(c, err) : password_from(&c->sources, &c->secret, err);
	c->password_failed = result < 0;
	/* A password that was read only in part is useless. */
	if (result < 0)
		pop3_secret_wipe(&c->secret);
	return result;
}

void password_release(struct connection *c)
{
	pop3_secret_wipe(&c->secret);
	pop3_secret_wipe(&c->in_environment);
	pop3_secret_wipe(&c->in_config);
	password_drop_command(&c->held);
}

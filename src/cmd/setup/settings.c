/* Decides what an account's section contains, and where its password is stored. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/file.h"
#include "cmd/setup/setup.h"
#include "options/config.h"
#include "pop3/session.h"

/* --- the password, for later runs --- */

/* Reads a line from the terminal: yes, unless it begins with n or N. */
static int confirm(const struct setup *setup, const char *question, bool *yes,
		   struct pop3_error *err)
{
	const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	char answer[256];
	ssize_t got = 0;
	int result;

	if (terminal < 0)
		return 0;
	file_write_all(terminal, question, strlen(question));
	result = deadline_wait(&setup->connection->target.timeouts, terminal, POLLIN, 0, err);
	if (result == 0)
		got = read(terminal, answer, sizeof answer);
	*yes = got > 0 && answer[0] != 'n' && answer[0] != 'N';
	close(terminal);
	return result;
}

int setup_keep_password(struct setup *setup, struct pop3_error *err)
{
	const struct keeper *const keeper = keeper_choose();
	struct buffer question = { 0 }, command = { 0 };
	bool yes = false;
	int result;

	buffer_append_format(&question, "Store the password in %s? [Y/n] ", keeper->name);
	result = confirm(setup, buffer_text(&question), &yes, err);
	if (result == 0 && yes) {
		keeper_store_command(keeper, setup->name, buffer_text(&setup->folder), &command);
		result = file_make_folders(buffer_text(&setup->folder)) == 0
				 ? keeper_store(buffer_text(&command), &setup->connection->secret,
						&setup->connection->target.timeouts, err)
				 : pop3_fail_errno(err, POP3_E_DESTINATION, "cannot create '%s'",
						   buffer_text(&setup->folder));
		setup->keeper = result == 0 ? keeper : NULL;
	}
	buffer_release(&question);
	buffer_release(&command);
	return result;
}

/* --- the section --- */

/* Command-line options that later sessions need as well. */
static void put_options(const struct setup *setup, struct section *section)
{
	static const char others[] = " account server user tls auth max-time no-input trace "
				     "password-fd retry no-sandbox ";
	const struct option_set *const set = setup->in->set;
	struct buffer value = { 0 }, word = { 0 };

	for (const struct option_spec *row = connection_options; row->type != OPTION_END; row++) {
		char key[CONFIG_NAME_MAX];

		buffer_clear(&word);
		buffer_append_format(&word, " %s ", row->name);
		if (option_origin(set, row->name) != FROM_COMMAND_LINE ||
		    strstr(others, buffer_text(&word)) != NULL)
			continue;
		buffer_clear(&value);
		option_print(&value, option_find(set, row->name));
		snprintf(key, sizeof key, "%s", row->name);
		for (char *dash = key; (dash = strchr(dash, '-')) != NULL;)
			*dash = '_';
		section_put(section, key, buffer_text(&value));
	}
	buffer_release(&value);
	buffer_release(&word);
}

static bool has_password_option(const struct setup *setup)
{
	return option_origin(setup->in->set, "password-command") == FROM_COMMAND_LINE ||
	       option_origin(setup->in->set, "password-file") == FROM_COMMAND_LINE;
}

static void put_password(const struct setup *setup, struct section *section)
{
	const struct keeper *const keeper = setup->keeper != NULL ? setup->keeper : keeper_choose();
	const char *const folder = buffer_text(&setup->folder);
	struct buffer text = { 0 };

	if (setup->keeper == NULL) {
		keeper_store_command(keeper, setup->name, folder, &text);
		section_comment(section, "To store the password: ", buffer_text(&text));
		buffer_clear(&text);
	}
	keeper_value(keeper, setup->name, folder, &text);
	if (setup->keeper != NULL || !setup->writes)
		section_put(section, keeper->key, buffer_text(&text));
	else
		section_propose(section, keeper->key, buffer_text(&text));
	buffer_release(&text);
}

static bool defaults_have(const struct config *config, const char *key)
{
	for (size_t i = 0; i < config->count; i++)
		if (strcmp(config->entries[i].section, CONFIG_DEFAULTS) == 0 &&
		    strcmp(config->entries[i].key, key) == 0)
			return true;
	return false;
}

void setup_put_section(const struct setup *setup, struct section *section)
{
	const struct connection *const c = setup->connection;

	section_begin(section, setup->in->output, setup->name);
	section_put(section, "server", buffer_text(&setup->url));
	section_put(section, "user", setup->user);
	if (c->target.auth != NULL)
		section_put(section, "auth", c->target.auth);
	if (c->target.tls == POP3_TLS_OFF)
		section_put(section, "tls", "off");
	put_options(setup, section);
	if (setup_wants_token(setup) && !has_password_option(setup))
		section_propose(section, "password_command",
				"a command that prints an access token");
	else if (pop3_auth_needs_password(c->target.auth) && !has_password_option(setup))
		put_password(setup, section);
	if (!defaults_have(setup->in->config, "output"))
		section_put(section, "output", "maildir:~/Maildir");
}

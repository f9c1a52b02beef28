/*
 * An account's section of the configuration file: decides what it contains and where the password
 * is stored, prints it, and appends it to the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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
	char answer[256] = "";
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
	const char *const directory = buffer_text(&setup->directory);
	struct buffer question = { 0 }, command = { 0 };
	bool yes = false;
	int result;

	buffer_append_format(&question, "Store the password in %s? [Y/n] ", keeper->name);
	result = confirm(setup, buffer_text(&question), &yes, err);
	if (result == 0 && yes) {
		keeper_store_command(keeper, setup->name, directory, &command);
		if (file_make_directories(directory) < 0)
			result = pop3_fail_errno(err, POP3_E_DESTINATION, "cannot create '%s'",
						 directory);
		else
			result = keeper_store(buffer_text(&command), &setup->connection->secret,
					      &setup->connection->target.timeouts, err);
		setup->keeper = result == 0 ? keeper : NULL;
	}
	buffer_release(&question);
	buffer_release(&command);
	return result;
}

/* --- its contents --- */

static void put(struct section *section, const char *key, const char *value)
{
	buffer_append_format(&section->text, "%s = %s\n", key, value);
	if (output_is_json(section->output))
		output_text(section->output, key, value);
}

static void propose(struct section *section, const char *key, const char *value)
{
	buffer_append_format(&section->text, "# %s = %s\n", key, value);
}

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
		put(section, key, buffer_text(&value));
	}
	buffer_release(&value);
	buffer_release(&word);
}

static void put_password(const struct setup *setup, struct section *section)
{
	const struct keeper *const keeper = setup->keeper != NULL ? setup->keeper : keeper_choose();
	const char *const directory = buffer_text(&setup->directory);
	struct buffer text = { 0 };

	if (setup->keeper == NULL) {
		keeper_store_command(keeper, setup->name, directory, &text);
		buffer_append_format(&section->text, "# To store the password: %s\n",
				     buffer_text(&text));
		buffer_clear(&text);
	}
	keeper_value(keeper, setup->name, directory, &text);
	if (setup->keeper != NULL || !setup->writes)
		put(section, keeper->key, buffer_text(&text));
	else
		propose(section, keeper->key, buffer_text(&text));
	buffer_release(&text);
}

void setup_put_section(const struct setup *setup, struct section *section)
{
	const struct connection *const c = setup->connection;
	const struct option_set *const set = setup->in->set;
	const struct config *const config = setup->in->config;
	struct output *const output = setup->in->output;
	const bool has_password = option_origin(set, "password-command") == FROM_COMMAND_LINE ||
				  option_origin(set, "password-file") == FROM_COMMAND_LINE;
	bool has_output = false;

	*section = (struct section){ .output = output };
	buffer_append_format(&section->text, "[%s]\n", setup->name);
	if (output_is_json(output)) {
		output_begin(output);
		output_text(output, "account", setup->name);
	}
	put(section, "server", buffer_text(&setup->url));
	put(section, "user", setup->user);
	if (c->target.auth != NULL)
		put(section, "auth", c->target.auth);
	if (c->target.tls == POP3_TLS_OFF)
		put(section, "tls", "off");
	put_options(setup, section);
	if (setup_wants_token(setup) && !has_password)
		propose(section, "password_command", "a command that prints an access token");
	else if (pop3_auth_needs_password(c->target.auth) && !has_password)
		put_password(setup, section);
	for (size_t i = 0; i < config->count; i++)
		has_output = has_output ||
			     (strcmp(config->entries[i].section, CONFIG_DEFAULTS) == 0 &&
			      strcmp(config->entries[i].key, "output") == 0);
	if (!has_output)
		put(section, "output", "maildir:~/Maildir");
}

/* --- its output --- */

int section_print(struct section *section, struct pop3_error *err)
{
	if (buffer_check(&section->text, POP3_E_MEMORY, err) < 0)
		return -1;
	if (output_is_json(section->output))
		return output_end(section->output, err);
	return output_raw(section->output, section->text.data, section->text.length, err);
}

static int append(int fd, const struct buffer *text)
{
	struct buffer whole = { 0 };
	struct stat before;
	char last = '\n';
	int result;

	if (fstat(fd, &before) < 0)
		return -1;
	/* Ends an unfinished last line, and leaves an empty line before the section. */
	if (before.st_size > 0 && pread(fd, &last, 1, before.st_size - 1) == 1 && last != '\n')
		buffer_append_octet(&whole, '\n');
	if (before.st_size > 0)
		buffer_append_octet(&whole, '\n');
	buffer_append(&whole, text->data, text->length);
	result = whole.no_memory ? -1 : file_write_all(fd, whole.data, whole.length);
	if (result == 0)
		result = fsync(fd);
	if (result < 0) {
		const int reason = errno;

		/* An incomplete section would be a different account. */
		if (ftruncate(fd, before.st_size) == 0)
			fsync(fd);
		errno = reason;
	}
	buffer_release(&whole);
	return result;
}

int section_append(const struct section *section, const char *path, struct pop3_error *err)
{
	struct buffer directory = { 0 };
	int fd = -1, result;

	if (buffer_check(&section->text, POP3_E_MEMORY, err) < 0)
		return -1;
	file_directory_of(&directory, path);
	result = file_make_directories(buffer_text(&directory));
	buffer_release(&directory);
	if (result == 0)
		fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	result = fd >= 0 ? append(fd, &section->text) : -1;
	if (result < 0)
		pop3_fail_errno(err, POP3_E_DESTINATION, "cannot write '%s'", path);
	if (fd >= 0)
		close(fd);
	return result;
}

void section_release(struct section *section)
{
	buffer_release(&section->text);
}

/* Where a password is stored, and the commands that store and print it. */
#include "cmd/setup/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/file.h"
#include "base/shell.h"

/* --- the choice --- */

static bool has_program(const char *program)
{
	const char *path = getenv("PATH");
	struct buffer file = { 0 };
	bool found = false;

	while (!found && path != NULL && *path != '\0') {
		const size_t length = strcspn(path, ":");

		buffer_clear(&file);
		buffer_append(&file, path, length);
		buffer_append_format(&file, "/%s", program);
		found = length > 0 && access(buffer_text(&file), X_OK) == 0;
		path += length + (path[length] == ':');
	}
	buffer_release(&file);
	return found;
}

static bool has_keyring(void)
{
	return getenv("DBUS_SESSION_BUS_ADDRESS") != NULL && has_program("secret-tool");
}

static bool has_pass(void)
{
	const char *const named = getenv("PASSWORD_STORE_DIR");
	struct buffer path = { 0 };
	struct pop3_error ignored;
	bool result = has_program("pass");

	if (file_expand(&path, named != NULL ? named : "~/.password-store", &ignored) < 0)
		result = false;
	buffer_append_text(&path, "/.gpg-id");
	result = result && access(buffer_text(&path), R_OK) == 0;
	buffer_release(&path);
	return result;
}

static const struct keeper keepers[] = {
	{ "secret-tool", "password_command", has_keyring,
	  "secret-tool store --label=mail account %s service pop3",
	  "secret-tool lookup account %s service pop3" },
	{ "pass", "password_command", has_pass, "pass insert -m pop3/%s >/dev/null",
	  "pass show pop3/%s" },
	{ "a file", "password_file", NULL, "umask 077 && cat >%s", "%s" },
};

const struct keeper *keeper_choose(void)
{
	const struct keeper *keeper = keepers;

	while (keeper->is_usable != NULL && !keeper->is_usable())
		keeper++;
	return keeper;
}

/* --- its commands --- */

static void append_path(const char *account, const char *directory, struct buffer *out)
{
	buffer_append_format(out, "%s/%s.password", directory, account);
}

static void fill_in(const char *command, const char *word, struct buffer *out)
{
	const char *const mark = strstr(command, "%s");

	buffer_append(out, command, (size_t)(mark - command));
	shell_quote(out, word);
	buffer_append_text(out, mark + 2);
}

void keeper_store_command(const struct keeper *keeper, const char *account, const char *directory,
			  struct buffer *out)
{
	struct buffer path = { 0 };

	if (keeper->is_usable == NULL)
		append_path(account, directory, &path);
	else
		buffer_append_text(&path, account);
	fill_in(keeper->store, buffer_text(&path), out);
	buffer_release(&path);
}

/* Paths in the configuration are not quoted, since no shell reads them. */
void keeper_value(const struct keeper *keeper, const char *account, const char *directory,
		  struct buffer *out)
{
	if (keeper->is_usable == NULL)
		append_path(account, directory, out);
	else
		fill_in(keeper->fetch, account, out);
}

/* --- storing --- */

int keeper_store(const char *command, const struct pop3_secret *password,
		 const struct pop3_timeouts *timeouts, struct pop3_error *err)
{
	const int64_t deadline = deadline_after(timeouts, timeouts->progress_ms);
	const struct pop3_timeouts until = {
		.until_ms = deadline, .cancel_fd = timeouts->cancel_fd,
	};
	int ends[2], status = 0, result;
	struct pop3_error late;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot run '%s'", command);
	result = shell_spawn(command, ends[0], -1, true, &child, err);
	close(ends[0]);
	if (result < 0) {
		close(ends[1]);
		return -1;
	}
	result = deadline_write(&until, ends[1], "the command", password->text, password->length,
				err);
	if (result == 0)
		result = deadline_write(&until, ends[1], "the command", "\n", 1, err);
	close(ends[1]);
	if (result < 0)
		shell_end(child);
	if (shell_wait(child, timeouts, deadline, &status, result < 0 ? &late : err) < 0 ||
	    result < 0)
		return pop3_context(err, "'%s'", command);
	if (status != 0)
		return pop3_fail(err, POP3_E_CONFIG, "'%s' failed: the password is not stored",
				 command);
	return 0;
}

/* --add-user: adds one user to the users file, without a running server. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "serve/maildrop/maildirs.h"
#include "serve/serve.h"
#include "serve/users/users.h"

/* NULL owner = the user running this command. */
static int set_owner(const char *path, const struct passwd *owner, struct pop3_error *err)
{
	if (owner == NULL || lchown(path, owner->pw_uid, owner->pw_gid) == 0)
		return 0;
	return pop3_fail_errno(err, POP3_E_IO, "cannot change the owner of '%s'", path);
}

static bool is_missing(const char *path)
{
	struct stat status;

	return lstat(path, &status) < 0 && errno == ENOENT;
}

static int set_mailbox_owner(const char *path, const struct passwd *owner, struct pop3_error *err)
{
	static const char *const directories[] = { "/tmp", "/new", "/cur", "" };
	int result = 0;

	for (size_t i = 0; result == 0 && i < sizeof directories / sizeof directories[0]; i++) {
		struct buffer directory = { 0 };

		buffer_append_format(&directory, "%s%s", path, directories[i]);
		result = buffer_check(&directory, POP3_E_IO, err);
		if (result == 0)
			result = set_owner(directory.data, owner, err);
		buffer_release(&directory);
	}
	return result;
}

static int make_mailbox(const char *root, const char *name, const struct passwd *owner,
			struct pop3_error *err)
{
	const bool root_is_new = is_missing(root);
	struct buffer path = { 0 };
	bool is_new;
	int mailbox = -1, result = -1;

	if (file_make_directories(root) < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot create '%s'", root);
	if (root_is_new && set_owner(root, owner, err) < 0)
		return -1;
	buffer_append_format(&path, "%s/%s", root, name);
	is_new = is_missing(buffer_text(&path));
	if (buffer_check(&path, POP3_E_IO, err) == 0)
		mailbox = maildirs_open(root, name, err);
	if (mailbox >= 0) {
		close(mailbox);
		result = 0;
	}
	if (mailbox >= 0 && is_new)
		result = set_mailbox_owner(path.data, owner, err);
	buffer_release(&path);
	return result;
}

/* Creates the mailbox first: a mailbox without a user does no harm. */
static int add_user(struct users *users, const struct serve_settings *settings, const char *name,
		    const char *hash, struct pop3_error *err)
{
	const bool is_new = is_missing(users->path);
	const struct passwd *const owner = settings->user != NULL ? getpwnam(settings->user) : NULL;

	if (settings->user != NULL && owner == NULL)
		return pop3_fail(err, POP3_E_CONFIG, "no user '%s' on this machine",
				 settings->user);
	if (settings->root != NULL && user_name_ok(name) && users_find(users, name) == NULL &&
	    make_mailbox(settings->root, name, owner, err) < 0)
		return -1;
	if (users_add(users, name, hash, err) < 0)
		return -1;
	if (is_new)
		return set_owner(users->path, owner, err);
	return 0;
}

int serve_add_user(const struct serve_settings *settings, const char *name,
		   const struct pop3_secret *password, struct pop3_error *err)
{
	struct users users;
	char *hash;
	int result;

	if (settings->users == NULL)
		return pop3_fail(err, POP3_E_USAGE, "missing option: --users");
	if (password->length == 0 || strlen(password->text) != password->length)
		return pop3_fail(err, POP3_E_USAGE, "the password is empty or contains a NUL");
	if (users_open(&users, settings->users, err) < 0)
		return -1;
	hash = password_hash(password->text, err);
	result = hash == NULL ? -1 : add_user(&users, settings, name, hash, err);
	free(hash);
	users_release(&users);
	return result;
}

/* --add-user: a user more, without a server running. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "serve/maildrop/maildirs.h"
#include "serve/serve.h"
#include "serve/users/users.h"

static int make_mailbox(const char *root, const char *name, struct pop3_error *err)
{
	int mailbox;

	if (file_make_folders(root) < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot make '%s'", root);
	mailbox = maildirs_open(root, name, err);
	if (mailbox < 0)
		return -1;
	close(mailbox);
	return 0;
}

/* The mailbox first: one without a user does no harm. */
static int add_user(struct users *users, const char *root, const char *name, const char *hash,
		    struct pop3_error *err)
{
	if (root != NULL && user_name_ok(name) && make_mailbox(root, name, err) < 0)
		return -1;
	return users_add(users, name, hash, err);
}

int serve_add_user(const struct serve_settings *settings, const char *name,
		   const struct pop3_secret *password, struct pop3_error *err)
{
	struct users users;
	char *hash;
	int result;

	if (settings->users == NULL)
		return pop3_fail(err, POP3_E_USAGE, "no file of users: --users");
	if (password->length == 0 || strlen(password->text) != password->length)
		return pop3_fail(err, POP3_E_USAGE, "the password is empty or holds a NUL");
	if (users_open(&users, settings->users, err) < 0)
		return -1;
	hash = password_hash(password->text, err);
	result = hash == NULL ? -1 : add_user(&users, settings->root, name, hash, err);
	free(hash);
	users_release(&users);
	return result;
}

/* --try: the Maildirs of a directory as mailboxes that any password opens, without a users file. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "serve/maildrop/maildirs.h"
#include "serve/serve.h"
#include "serve/users/users.h"

#define FIRST_USER "test" /* where there is no Maildir yet */

static bool is_maildir(int directory, const char *name)
{
	struct buffer path = { 0 };
	struct stat status;
	bool result;

	buffer_append_format(&path, "%s/new", name);
	result = user_name_ok(name) && fstatat(directory, buffer_text(&path), &status, 0) == 0 &&
		 S_ISDIR(status.st_mode);
	buffer_release(&path);
	return result;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The passwords are not looked at, but an unknown name's is checked against one of these. */
static int write_users(struct serve_trial *trial, struct pop3_error *err)
{
	char *const hash = password_hash("try", err);
	struct buffer text = { 0 };
	int result = -1;

	if (hash == NULL)
		return -1;
	for (size_t i = 0; i < trial->count; i++)
		buffer_append_format(&text, "%s:%s\n", trial->users[i], hash);
	free(hash);
	trial->fd = file_create_unnamed();
	if (!text.no_memory && trial->fd >= 0)
		result = file_write_all(trial->fd, text.data, text.length);
	buffer_release(&text);
	snprintf(trial->path, sizeof trial->path, "/dev/fd/%d", trial->fd);
	return result == 0 ? 0 : pop3_fail_errno(err, POP3_E_IO, "cannot write the list of users");
}

int serve_trial_open(struct serve_trial *trial, const char *root, struct pop3_error *err)
{
	const struct dirent *entry;
	DIR *directory;

	*trial = (struct serve_trial){ .fd = -1 };
	directory = file_make_directories(root) == 0 ? opendir(root) : NULL;
	if (directory == NULL)
		return pop3_fail_errno(err, POP3_E_CONFIG, "cannot open '%s'", root);
	while (trial->count < SERVE_TRIAL_USERS && (entry = readdir(directory)) != NULL) {
		if (!is_maildir(dirfd(directory), entry->d_name))
			continue;
		trial->users[trial->count] = strdup(entry->d_name);
		trial->count += trial->users[trial->count] != NULL;
	}
	closedir(directory);
	qsort(trial->users, trial->count, sizeof *trial->users, compare_names);
	if (trial->count == 0) {
		const int mailbox = maildirs_open(root, FIRST_USER, err);

		if (mailbox < 0)
			return -1;
		close(mailbox);
		trial->users[0] = strdup(FIRST_USER);
		if (trial->users[0] == NULL)
			return pop3_fail(err, POP3_E_MEMORY, "out of memory");
		trial->count = 1;
	}
	return write_users(trial, err);
}

void serve_trial_release(struct serve_trial *trial)
{
	for (size_t i = 0; i < trial->count; i++)
		free(trial->users[i]);
	if (trial->fd >= 0)
		close(trial->fd);
}

/* The users: a sorted list in memory, and its file. */
#include "serve/users/users.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"

#define LOCK_TRIES 100

bool user_name_ok(const char *name)
{
	const size_t length = strlen(name);

	if (length == 0 || length > USER_NAME_MAX || name[0] == '.' || name[0] == '-')
		return false;
	for (size_t i = 0; i < length;) {
		uint32_t code = 0;
		const size_t octets = text_utf8(name + i, length - i, &code);

		if (octets == 0 || code <= ' ' || (code >= 0x7f && code <= 0xa0) ||
		    code == '/' || code == ':' || code == '\\')
			return false;
		i += octets;
	}
	return true;
}

/*
 * Locks the file against changes by other processes, and creates it if missing. A change replaces
 * the whole file, so the lock counts only if it is on the current one. Closing the returned
 * descriptor unlocks it.
 */
static int lock_file(const char *path, struct pop3_error *err)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		const int fd = open(path, O_RDONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0600);
		struct stat held, named;

		if (fd < 0)
			return pop3_fail_errno(err, POP3_E_IO, "cannot open '%s'", path);
		if (flock(fd, LOCK_EX) == 0 && fstat(fd, &held) == 0 && stat(path, &named) == 0 &&
		    held.st_ino == named.st_ino && held.st_dev == named.st_dev)
			return fd;
		close(fd);
	}
	return pop3_fail(err, POP3_E_IO, "cannot lock '%s'", path);
}

/* Writes and syncs a file with the owner and mode of the old one. */
static int write_synced(const char *name, const struct stat *old, const struct buffer *text)
{
	mode_t mode = old->st_mode & 0777;
	int fd, result;

	unlink(name);
	fd = file_create(AT_FDCWD, name);
	if (fd < 0)
		return -1;
	/* If the group cannot be set, the file's own group must not get the old one's access. */
	if (fchown(fd, old->st_uid, old->st_gid) < 0 && fchown(fd, (uid_t)-1, old->st_gid) < 0)
		mode &= ~(mode_t)070;
	result = fchmod(fd, mode);
	if (result == 0)
		result = file_write_all(fd, buffer_text(text), text->length);
	if (result == 0)
		result = fsync(fd);
	if (close(fd) < 0)
		result = -1;
	return result;
}

/* Replaces the locked file, or what it links to. The new one is synced before it is renamed. */
static int write_file(const char *path, const struct buffer *text, struct pop3_error *err)
{
	char *const real = realpath(path, NULL);
	struct buffer temporary = { 0 };
	struct stat old;
	int result = -1;

	if (real == NULL)
		return pop3_fail_errno(err, POP3_E_IO, "cannot write '%s'", path);
	buffer_append_format(&temporary, "%s.%ld.new", real, (long)getpid());
	if (temporary.no_memory)
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
	else if (stat(real, &old) < 0 || write_synced(temporary.data, &old, text) < 0 ||
		 rename(temporary.data, real) < 0)
		pop3_fail_errno(err, POP3_E_IO, "cannot write '%s'", real);
	else
		result = 0;
	if (result == 0)
		(void)file_sync_directory_of(real); /* on failure: the file is already in place */
	else
		unlink(buffer_text(&temporary));
	buffer_release(&temporary);
	free(real);
	return result;
}

static void release_list(struct users *users)
{
	free(users->list);
	buffer_release(&users->text);
}

void users_release(struct users *users)
{
	release_list(users);
	free(users->path);
	*users = (struct users){ 0 };
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct user *)a)->name, ((const struct user *)b)->name);
}

struct user *users_find(const struct users *users, const char *name)
{
	const struct user wanted = { .name = name };

	if (users->count == 0)
		return NULL;
	return bsearch(&wanted, users->list, users->count, sizeof wanted, compare_names);
}

/* Rendezvous hashing: when users are added or removed, the result changes for few names. */
const char *users_stand_in(const struct users *users, const char *name)
{
	const uint64_t own = hash_octets(name, strlen(name)) * 31;
	const char *found = NULL;
	uint64_t highest = 0;

	for (size_t i = 0; i < users->count; i++) {
		const struct user *const user = &users->list[i];
		uint64_t pair;

		/* A locked user: crypt(3) would reject this hash at once. */
		if (strchr("!*", user->hash[0]) != NULL)
			continue;
		pair = own ^ hash_octets(user->name, strlen(user->name));
		if (found != NULL && pair <= highest)
			continue;
		highest = pair;
		found = user->hash;
	}
	return found;
}

/* Splits the text in place. */
static int read_lines(struct users *users, struct pop3_error *err)
{
	char *next = users->text.data;

	for (size_t number = 1; next != NULL; number++) {
		char *const line = next, *const end = strchr(line, '\n');
		char *colon;

		next = end != NULL ? end + 1 : NULL;
		if (end != NULL)
			*end = '\0';
		if (line[0] == '\0')
			continue;
		colon = strchr(line, ':');
		if (colon == NULL || colon[1] == '\0')
			return pop3_fail(err, POP3_E_CONFIG, "'%s' line %zu is not 'name:hash'",
					 users->path, number);
		*colon = '\0';
		if (!user_name_ok(line))
			return pop3_fail(err, POP3_E_CONFIG,
					 "'%s' line %zu: invalid user name '%s'", users->path,
					 number, line);
		users->list[users->count++] = (struct user){ .name = line, .hash = colon + 1 };
	}
	return 0;
}

/* Builds the list from the text. */
static int read_text(struct users *users, struct pop3_error *err)
{
	size_t lines = 1;

	if (strlen(buffer_text(&users->text)) != users->text.length)
		return pop3_fail(err, POP3_E_CONFIG, "'%s' contains a NUL", users->path);
	for (size_t i = 0; i < users->text.length; i++)
		lines += users->text.data[i] == '\n';
	users->list = calloc(lines, sizeof *users->list);
	if (users->list == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (read_lines(users, err) < 0)
		return -1;
	qsort(users->list, users->count, sizeof *users->list, compare_names);
	for (size_t i = 1; i < users->count; i++)
		if (strcmp(users->list[i - 1].name, users->list[i].name) == 0)
			return pop3_fail(err, POP3_E_CONFIG, "'%s' has the user '%s' twice",
					 users->path, users->list[i].name);
	return 0;
}

/* Replaces the list. Keeps the users' statistics, and the proof if the hash is unchanged. */
static void replace(struct users *users, const struct users *fresh)
{
	for (size_t i = 0; i < fresh->count; i++) {
		struct user *const user = &fresh->list[i];
		const struct user *const old = users_find(users, user->name);

		if (old == NULL)
			continue;
		user->last_login = old->last_login;
		user->logged_in_at = old->logged_in_at;
		user->octets = old->octets;
		user->messages = old->messages;
		if (strcmp(user->hash, old->hash) == 0)
			user->proof = old->proof;
	}
	release_list(users);
	*users = *fresh;
}

int users_reload(struct users *users, struct pop3_error *err)
{
	const char *const path = users->path;
	struct users fresh = { .path = users->path, .text = { .limit = USERS_FILE_MAX } };
	int result;

	/* A missing file is an empty one. */
	if (file_read_regular(AT_FDCWD, path, 0, &fresh.text) == 0 || errno == ENOENT)
		result = read_text(&fresh, err);
	else if (errno == 0)
		result = pop3_fail(err, POP3_E_CONFIG, "'%s' is too long", path);
	else if (errno == EINVAL)
		result = pop3_fail(err, POP3_E_CONFIG, "'%s' is not a regular file", path);
	else
		result = pop3_fail_errno(err, POP3_E_CONFIG, "cannot read '%s'", path);
	if (result == 0)
		replace(users, &fresh);
	else
		release_list(&fresh);
	return result;
}

int users_open(struct users *users, const char *path, struct pop3_error *err)
{
	*users = (struct users){ .path = strdup(path) };
	if (users->path == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (users_reload(users, err) == 0)
		return 0;
	users_release(users);
	return -1;
}

/* Changes user old to name and hash. NULL old = add, NULL name = remove, NULL hash = keep it. */
struct change {
	const char *old, *name, *hash;
};

static int check_change(const struct users *users, const struct change *change,
			struct pop3_error *err)
{
	const bool renames = change->name != NULL &&
			     (change->old == NULL || strcmp(change->old, change->name) != 0);

	if (change->old != NULL && users_find(users, change->old) == NULL)
		return pop3_fail(err, POP3_E_NO_ACCOUNT, "no user '%s'", change->old);
	if (renames && !user_name_ok(change->name))
		return pop3_fail(err, POP3_E_USAGE, "invalid user name '%s'", change->name);
	if (renames && users_find(users, change->name) != NULL)
		return pop3_fail(err, POP3_E_REFUSED, "user '%s' exists already", change->name);
	return 0;
}

/* Builds the new list first: once the file has changed, nothing may fail. */
static int apply_change(struct users *users, const struct change *change, struct pop3_error *err)
{
	struct users fresh = { .path = users->path };
	struct buffer text = { .limit = USERS_FILE_MAX };
	int result;

	for (size_t i = 0; i < users->count; i++) {
		const struct user *const user = &users->list[i];

		if (change->old == NULL || strcmp(user->name, change->old) != 0)
			buffer_append_format(&text, "%s:%s\n", user->name, user->hash);
		else if (change->name != NULL)
			buffer_append_format(&text, "%s:%s\n", change->name,
					     change->hash != NULL ? change->hash : user->hash);
	}
	if (change->old == NULL)
		buffer_append_format(&text, "%s:%s\n", change->name, change->hash);
	result = buffer_check(&text, POP3_E_IO, err);
	if (result == 0) {
		buffer_append(&fresh.text, buffer_text(&text), text.length);
		result = buffer_check(&fresh.text, POP3_E_IO, err);
	}
	if (result == 0)
		result = read_text(&fresh, err);
	if (result == 0)
		result = write_file(users->path, &text, err);
	if (result == 0)
		replace(users, &fresh);
	else
		release_list(&fresh);
	buffer_release(&text);
	return result;
}

static int change_file(struct users *users, const struct change *change, struct pop3_error *err)
{
	const int lock = lock_file(users->path, err);
	int result;

	if (lock < 0)
		return -1;
	result = users_reload(users, err);
	if (result == 0)
		result = check_change(users, change, err);
	if (result == 0)
		result = apply_change(users, change, err);
	close(lock);
	return result;
}

int users_add(struct users *users, const char *name, const char *hash, struct pop3_error *err)
{
	return change_file(users, &(struct change){ .name = name, .hash = hash }, err);
}

int users_remove(struct users *users, const char *name, struct pop3_error *err)
{
	return change_file(users, &(struct change){ .old = name }, err);
}

int users_rename(struct users *users, const char *name, const char *new_name,
		 struct pop3_error *err)
{
	return change_file(users, &(struct change){ .old = name, .name = new_name }, err);
}

int users_set_hash(struct users *users, const char *name, const char *hash,
		   struct pop3_error *err)
{
	return change_file(users, &(struct change){ .old = name, .name = name, .hash = hash },
			   err);
}

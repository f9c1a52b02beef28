#ifndef SERVE_USERS_USERS_H
#define SERVE_USERS_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/buffer.h"
#include "pop3/error.h"
#include "serve/users/password-hash.h"

#define USER_NAME_MAX 128 /* octets; a mailbox is a folder of that name */
#define USERS_FILE_MAX 67108864 /* octets */

struct user {
	const char *name, *hash;
	struct password_proof proof;
	int64_t last_login; /* clock_ms, 0 = never */
	time_t logged_in_at;	    /* the same as a date */
	uint64_t octets, messages; /* sent since the start */
};

/*
 * The file of lines "name:hash", and the same in memory, sorted by name. A change reads the file
 * again first, so that what others wrote in between stays, and puts a new file in its place.
 */
struct users {
	char *path;
	struct buffer text; /* what names and hashes point into */
	struct user *list;
	size_t count;
};

/*
 * Whether a name can be a user's: UTF-8 without blanks, controls, "/", ":" and "\", not beginning
 * with "." or "-". No path made of it leaves its folder.
 */
bool user_name_ok(const char *name);

/* Fails with POP3_E_CONFIG, naming file and line. A file that is missing has no users. */
int users_open(struct users *users, const char *path, struct pop3_error *err);
void users_release(struct users *users);

/* Reads the file again; after a failure the users are those of before. */
int users_reload(struct users *users, struct pop3_error *err);

/* Borrowed until the next change. */
struct user *users_find(const struct users *users, const char *name);

/*
 * A user's hash to try in place of that of a name without one: always the same user's for a name,
 * so that the time it takes tells nothing. NULL when no user has one. Borrowed likewise.
 */
const char *users_stand_in(const struct users *users, const char *name);

/*
 * Changes, in the file first. They fail with POP3_E_NO_ACCOUNT for an unknown name, with
 * POP3_E_REFUSED for one that is taken, with POP3_E_USAGE for one that cannot be, or with
 * POP3_E_IO; then nothing has changed.
 */
int users_add(struct users *users, const char *name, const char *hash, struct pop3_error *err);
int users_remove(struct users *users, const char *name, struct pop3_error *err);
int users_rename(struct users *users, const char *name, const char *new_name,
		 struct pop3_error *err);
int users_set_hash(struct users *users, const char *name, const char *hash,
		   struct pop3_error *err);

#endif

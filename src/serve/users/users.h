#ifndef SERVE_USERS_USERS_H
#define SERVE_USERS_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/buffer.h"
#include "pop3/error.h"
#include "serve/users/password-hash.h"

#define USER_NAME_MAX 128 /* octets; a mailbox is a directory of that name */
#define USERS_FILE_MAX 67108864 /* octets */

struct user {
	const char *name, *hash;
	struct password_proof proof;
	int64_t last_login; /* clock_ms, 0 = never */
	time_t logged_in_at;	    /* the same in calendar time */
	uint64_t octets, messages; /* sent since the server started */
};

/*
 * The users file, with lines "name:hash", and its contents in memory, sorted by name. A change
 * first rereads the file, to keep what other processes wrote in between, and then replaces it.
 */
struct users {
	char *path;
	struct buffer text; /* the file's text, which names and hashes point into */
	struct user *list;
	size_t count;
};

/*
 * Whether a user name is valid: UTF-8 without blanks, controls, "/", ":" and "\", not beginning
 * with "." or "-". A valid name is safe as a file name.
 */
bool user_name_ok(const char *name);

/* Fails with POP3_E_CONFIG, naming file and line. A missing file counts as an empty one. */
int users_open(struct users *users, const char *path, struct pop3_error *err);
void users_release(struct users *users);

/* Reads the file again; on failure the users are unchanged. */
int users_reload(struct users *users, struct pop3_error *err);

/* Borrowed until the next change. */
struct user *users_find(const struct users *users, const char *name);

/*
 * An existing user's hash to check passwords of an unknown name against, so that the time taken
 * does not reveal which names exist. The same name always gets the same user's hash. NULL = no user
 * has one. Borrowed until the next change.
 */
const char *users_stand_in(const struct users *users, const char *name);

/*
 * Change the file, then the list; on failure neither has changed. POP3_E_NO_ACCOUNT: unknown name.
 * POP3_E_REFUSED: the name is taken. POP3_E_USAGE: the name is invalid. Otherwise POP3_E_IO.
 */
int users_add(struct users *users, const char *name, const char *hash, struct pop3_error *err);
int users_remove(struct users *users, const char *name, struct pop3_error *err);
int users_rename(struct users *users, const char *name, const char *new_name,
		 struct pop3_error *err);
int users_set_hash(struct users *users, const char *name, const char *hash,
		   struct pop3_error *err);

#endif

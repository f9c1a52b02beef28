#ifndef SERVE_MAILDROP_MAILDROP_H
#define SERVE_MAILDROP_MAILDROP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/error.h"

/*
 * A mailbox as one session sees it: the messages that were there when it was opened, numbered from
 * 0 in the order of delivery. A message is identified by its base name (the part before the ":",
 * which never changes) and its inode, so that changes by other programs never make it mistake one
 * message for another. Owned by one thread at a time.
 */
#define MAILDROP_NAMES_MAX (1U << 30) /* octets of all file names together */
#define MAILDROP_UID_MAX 70	      /* octets (RFC 1939 section 7) */

struct maildrop_message {
	uint64_t octets; /* as sent */
	uint64_t inode;
	uint32_t name; /* offset in names */
	uint32_t marked; /* round of its last DELE; deleted if that is drop->round */
	bool in_new;
	bool gone; /* removed by another program */
};

struct maildrop {
	int fd; /* the Maildir; holds the session's lock while open */
	int directories[2]; /* cur and new, by in_new; open, so later symbolic links do no harm */
	char *path; /* the Maildir, for error messages */
	struct buffer names;
	struct maildrop_message *messages;
	size_t count, capacity;
	uint32_t round;	   /* RSET begins a new one, which drops all marks */
	size_t unmarked;	   /* number of unmarked messages */
	uint64_t octets, all_octets; /* of the unmarked messages, and of all */
	bool inodes_match; /* readdir and stat report the same inodes */
	struct measuring *measuring; /* state of maildrop_measure while it is running */
};

/*
 * Opens and locks the mailbox, creates it if missing, and lists its messages. Call it in a thread,
 * and call maildrop_measure before using the result. Fails with POP3_E_IN_USE, POP3_E_IO or
 * POP3_E_MEMORY.
 */
struct maildrop *maildrop_open(const char *root, const char *user, struct pop3_error *err);
void maildrop_close(struct maildrop *drop); /* NULL is fine; nothing is removed */

/*
 * Fills in the sizes. Reads every message whose size is neither in its name nor in the cache;
 * messages that cannot be read are dropped from the list. Returns 1 if unfinished at the time until
 * (clock_ms), 0 when done, -1 with POP3_E_MEMORY.
 */
int maildrop_measure(struct maildrop *drop, int64_t until, struct pop3_error *err);

/* DELE marks a message, RSET removes all marks. */
void maildrop_mark(struct maildrop *drop, size_t index);
bool maildrop_is_marked(const struct maildrop *drop, size_t index);
void maildrop_unmark_all(struct maildrop *drop);

/*
 * Opens a message for reading; returns its descriptor and sets stored to its size on disk. Fails
 * with POP3_E_NO_MESSAGE if another program has removed it, with POP3_E_MEMORY when out of memory
 * or descriptors, which is temporary.
 */
int maildrop_open_message(struct maildrop *drop, size_t index, uint64_t *stored,
			  struct pop3_error *err);

/* The UID: the base name, or "sha256-…" of it if it is not a valid UID. */
void maildrop_uid(const struct maildrop *drop, size_t index, char uid[MAILDROP_UID_MAX + 1]);

/*
 * The UPDATE state: removes the marked messages, moves the others from new to cur, and syncs. Fails
 * with POP3_E_IO if a message could not be removed. Call it in a thread.
 */
int maildrop_update(struct maildrop *drop, size_t *removed, struct pop3_error *err);

/* Internal to src/serve/maildrop: a message's file name, and the directory it is in. */
const char *maildrop_name(const struct maildrop *drop, const struct maildrop_message *message);
int maildrop_directory(const struct maildrop *drop, const struct maildrop_message *message);

/* Compares base names: the order of delivery. */
int maildrop_compare(const char *a, const char *b);

/* Lists the messages that are now in cur and new, without their sizes. */
int maildrop_scan(struct maildrop *drop, struct pop3_error *err);

/* Finds messages that other programs have renamed, by base name; marks removed ones as gone. */
int maildrop_scan_again(struct maildrop *drop, struct pop3_error *err);

void measuring_release(struct measuring *measuring); /* NULL is fine */

#endif

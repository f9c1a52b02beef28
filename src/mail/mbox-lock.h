#ifndef MAIL_MBOX_LOCK_H
#define MAIL_MBOX_LOCK_H

#include "base/buffer.h"
#include "pop3/account.h"

/* An mbox locked as other programs expect it: fcntl on the file and FILE.lock beside it. */
struct mbox_lock {
	int fd;		    /* of the mbox, -1 while unlocked */
	const char *mark;   /* of whoever takes it: no other run at work has the same */
	struct buffer path; /* of the dot lock; empty where the folder allows none */
};

/* Opens (creating it, 0600) and locks; POP3_E_LOCKED when others hold it past the time-out. */
int mbox_lock(struct mbox_lock *lock, const char *path, const struct pop3_timeouts *timeouts,
	      struct pop3_error *err);
void mbox_unlock(struct mbox_lock *lock);

/* Removes a dot lock that a crash has left, though nothing is to be delivered. */
void mbox_lock_tidy(struct mbox_lock *lock, const char *path);

#endif

#ifndef SERVE_MAILDROP_MAILDIRS_H
#define SERVE_MAILDROP_MAILDIRS_H

#include "pop3/error.h"

/*
 * A user's mailbox is the Maildir ROOT/USER. Callers check names with user_name_ok first; symbolic
 * links are not followed.
 */

/*
 * Opens the directory; creates it, and new, cur and tmp, if missing. If run by root, new
 * directories get the owner of their parent. Fails with POP3_E_IO.
 */
int maildirs_open(const char *root, const char *user, struct pop3_error *err);

/* Fails with POP3_E_REFUSED if the new name has a mailbox; a missing one is not a failure. */
int maildirs_rename(const char *root, const char *user, const char *new_user,
		   struct pop3_error *err);

/*
 * Discarding only moves a mailbox to the bin, which is fast. Emptying the bin removes the discarded
 * mailboxes, which can take long; it may run in a thread.
 */
int maildirs_discard(const char *root, const char *user, struct pop3_error *err);
void maildirs_empty_bin(const char *root);

#endif

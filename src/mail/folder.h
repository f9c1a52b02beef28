#ifndef MAIL_FOLDER_H
#define MAIL_FOLDER_H

#include <stdbool.h>

#include "mail/delivery.h"

/* Folders that messages are delivered into: opened without following a link, names never reused. */

/*
 * Opens a folder; refuses links and what is no folder. One that is missing is made (0700), unless
 * it must exist.
 */
int folder_open(int parent, const char *path, bool must_exist, struct pop3_error *err);

/* Moves a file to a name that must not exist yet; errno is EEXIST when it does. */
int folder_move(int from, const char *old_name, int to, const char *new_name);

/* Removes what begins with prefix: leftovers of ours. */
int folder_remove(int folder, const char *prefix, struct pop3_error *err);

int folder_sync(int folder, struct pop3_error *err);

#endif

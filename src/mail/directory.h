#ifndef MAIL_DIRECTORY_H
#define MAIL_DIRECTORY_H

#include <dirent.h>
#include <stdbool.h>

#include "mail/delivery.h"

/* Directories for deliveries: opened without following symbolic links, file names never reused. */

/*
 * Opens a directory; refuses symbolic links and other files. A missing one is created (0700),
 * unless must_exist is set.
 */
int directory_open(int parent, const char *path, bool must_exist, struct pop3_error *err);

/* Moves a file to a name that must not exist yet: -1 with errno EEXIST if it does. */
int directory_move(int from, const char *old_name, int to, const char *new_name);

/* In these, path is for errors. */
DIR *directory_list(int directory, const char *path, struct pop3_error *err);
int directory_sync(int directory, const char *path, struct pop3_error *err);

/* Removes all files whose names begin with prefix, leftovers of ours. */
int directory_remove(int directory, const char *path, const char *prefix, struct pop3_error *err);

#endif

#ifndef CLI_NETRC_H
#define CLI_NETRC_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A password in the text of a netrc file: of the first "machine HOST" whose login is the user's or
 * not given, or of "default". False when there is none. The result is borrowed from the text, in
 * which quoted words are written anew without their backslashes: it is good for one call.
 */
bool netrc_find(char *text, size_t length, const char *host, const char *user,
		const char **password, size_t *password_length);

#endif

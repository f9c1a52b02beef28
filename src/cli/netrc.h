#ifndef CLI_NETRC_H
#define CLI_NETRC_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds the password in the text of a netrc file: of the first "machine HOST" whose login is the
 * user or missing, or of "default". False when there is none. The result is borrowed from the text,
 * which can be searched only once, since quoted words are unquoted in place.
 */
bool netrc_find(char *text, size_t length, const char *host, const char *user,
		const char **password, size_t *password_length);

#endif

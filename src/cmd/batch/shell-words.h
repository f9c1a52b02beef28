#ifndef CMD_BATCH_SHELL_WORDS_H
#define CMD_BATCH_SHELL_WORDS_H

#include <stddef.h>

#include "pop3/error.h"

/*
 * Splits a line of a batch into words, quoted as in a shell: '...', "..." and backslash; '#' at the
 * start of a word begins a comment. There are no expansions.
 */
#define SHELL_WORDS_MAX 4096 /* of one line */

struct shell_words {
	char **items; /* ends with NULL; the strings are in storage */
	size_t count;
	char *storage;
};

/*
 * Puts the program's name before the words of the line. Fails with POP3_E_USAGE or POP3_E_MEMORY;
 * words must be released even then.
 */
int shell_words_split(struct shell_words *words, const char *program, const char *line,
		      size_t length, struct pop3_error *err);
void shell_words_release(struct shell_words *words);

#endif

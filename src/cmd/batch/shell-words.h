#ifndef CMD_BATCH_SHELL_WORDS_H
#define CMD_BATCH_SHELL_WORDS_H

#include <stddef.h>

#include "pop3/error.h"

/*
 * A line of a batch as words, quoted as in a shell: '...', "..." and backslash, a comment behind
 * '#' where a word would begin. Nothing is expanded.
 */
#define SHELL_WORDS_MAX 4096 /* of one line */

struct shell_words {
	char **items; /* ends with NULL; the texts lie in storage */
	size_t count;
	char *storage;
};

/*
 * The first word is the one before those of the line: the program's name. POP3_E_USAGE or _MEMORY;
 * to be released then as well.
 */
int shell_words_split(struct shell_words *words, const char *program, const char *line, size_t length,
		struct pop3_error *err);
void shell_words_release(struct shell_words *words);

#endif

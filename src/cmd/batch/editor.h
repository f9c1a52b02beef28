#ifndef CMD_BATCH_EDITOR_H
#define CMD_BATCH_EDITOR_H

#include <stdbool.h>

#define PROMPT "pop3> "

/* Lines edited with libedit, with history, and TAB to complete subcommands. */
struct editor;

/*
 * NULL if libedit is not there or memory is short. manages: offer the subcommands for managing a
 * server.
 */
struct editor *editor_open(bool manages);

/* The next line with its line end, borrowed until the next call; NULL at the end or if interrupted. */
const char *editor_line(struct editor *editor, int *length);

void editor_close(struct editor *editor); /* NULL is fine */

#endif

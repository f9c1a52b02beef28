#ifndef CMD_BATCH_PROMPT_H
#define CMD_BATCH_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/error.h"

/* Lines typed at a terminal: with editing, history, and TAB to complete subcommands. */
struct prompt;

/* Whether both input and output are a terminal. */
bool prompt_is_possible(void);

struct prompt *prompt_open(bool manages, struct pop3_error *err);

/*
 * Reads the next line, without its line end: 1, or 0 at the end of input, or -1. An interrupt
 * discards the line and starts again. Borrowed until the next call.
 */
int prompt_line(struct prompt *prompt, const char **line, size_t *length, struct pop3_error *err);

void prompt_close(struct prompt *prompt); /* NULL is fine */

#endif

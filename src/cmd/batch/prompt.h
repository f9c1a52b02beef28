#ifndef CMD_BATCH_PROMPT_H
#define CMD_BATCH_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/error.h"

/* Lines that a person types: edited, with a history, the TAB key completing subcommands. */
struct prompt;

/* Whether a person sits at both ends. */
bool prompt_is_possible(void);

struct prompt *prompt_open(bool manages, struct pop3_error *err);

/*
 * The next line without its end: 1, or 0 when the person has ended the input, or -1. An interrupt
 * starts the line anew. Borrowed until the next call.
 */
int prompt_line(struct prompt *prompt, const char **line, size_t *length, struct pop3_error *err);

void prompt_close(struct prompt *prompt); /* NULL is fine */

#endif

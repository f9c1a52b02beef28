#ifndef CLI_ARENA_H
#define CLI_ARENA_H

#include "pop3/error.h"

/* Texts that live until the end of a run. A zeroed arena is empty. */
struct arena {
	struct arena_text *newest;
};

/* A copy of the text, or NULL with POP3_E_MEMORY. */
char *arena_keep(struct arena *arena, const char *text, struct pop3_error *err);

void arena_release(struct arena *arena);

#endif

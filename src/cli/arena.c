/* Texts that live until the end of a run, given back all at once. */
#include "cli/arena.h"

#include <stdlib.h>
#include <string.h>

struct arena_text {
	struct arena_text *older;
	char text[];
};

char *arena_keep(struct arena *arena, const char *text, struct pop3_error *err)
{
	const size_t size = strlen(text) + 1;
	struct arena_text *const kept = malloc(sizeof *kept + size);

	if (kept == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	kept->older = arena->newest;
	memcpy(kept->text, text, size);
	arena->newest = kept;
	return kept->text;
}

void arena_release(struct arena *arena)
{
	while (arena->newest != NULL) {
		struct arena_text *const older = arena->newest->older;

		free(arena->newest);
		arena->newest = older;
	}
}

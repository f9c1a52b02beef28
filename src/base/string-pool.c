/* Strings that live until the end of the run and are freed together. */
#include "base/string-pool.h"

#include <stdlib.h>
#include <string.h>

struct pooled_string {
	struct pooled_string *older;
	char text[];
};

char *string_pool_add(struct string_pool *pool, const char *text, struct pop3_error *err)
{
	const size_t size = strlen(text) + 1;
	struct pooled_string *const kept = malloc(sizeof *kept + size);

	if (kept == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	kept->older = pool->newest;
	memcpy(kept->text, text, size);
	pool->newest = kept;
	return kept->text;
}

void string_pool_release(struct string_pool *pool)
{
	while (pool->newest != NULL) {
		struct pooled_string *const older = pool->newest->older;

		free(pool->newest);
		pool->newest = older;
	}
}

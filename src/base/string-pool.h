#ifndef BASE_STRING_POOL_H
#define BASE_STRING_POOL_H

#include "pop3/error.h"

/* Strings that live until the end of the run. A zeroed pool is empty. */
struct string_pool {
	struct pooled_string *newest;
};

/* Returns a copy of the text, or NULL with POP3_E_MEMORY. */
char *string_pool_add(struct string_pool *pool, const char *text, struct pop3_error *err);

void string_pool_release(struct string_pool *pool);

#endif

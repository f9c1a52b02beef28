#ifndef POP3_CACHE_H
#define POP3_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/account.h"
#include "pop3/capa.h"

/*
 * What an earlier run learnt of a server and can be learnt again: its greeting, its capabilities,
 * whether pipelining broke, and a TLS ticket. One private file for each server, user and way to
 * trust; nothing in it is ever believed beyond what the server then confirms. Losing it costs a
 * round trip. No function fails: without a cache all goes on.
 */
struct cache {
	struct buffer path; /* empty: no cache */
	struct buffer head; /* the first lines of the file: whom it is about */
	struct buffer greeting;
	struct pop3_capa capa;
	bool known; /* greeting and capa are of an earlier run */
	int64_t learnt; /* when, in seconds since 1970 */
	bool lock_step;
	struct buffer ticket;
	bool changed; /* to be written at the end */
};

void cache_load(struct cache *cache, const struct pop3_account *account);

/* Whether what is known was learnt of late, behind the same greeting, APOP's timestamp apart. */
bool cache_knows(const struct cache *cache, const char *greeting);

/* Takes note of what this connection said. */
void cache_learn(struct cache *cache, const char *greeting, const struct pop3_capa *capa);
void cache_learn_ticket(struct cache *cache, const struct buffer *ticket);
void cache_learn_lock_step(struct cache *cache, bool lock_step);

/* Forgets what was known but the ticket. */
void cache_forget(struct cache *cache);

/* Writes the file when something changed. */
void cache_save(struct cache *cache);
void cache_release(struct cache *cache);

#endif

#ifndef POP3_CACHE_H
#define POP3_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/account.h"
#include "pop3/capa.h"

/*
 * What earlier runs learned about a server and can be learned again: its greeting, its
 * capabilities, whether pipelining is broken, and a TLS ticket. There is one private file for each
 * combination of server, user and trust settings. Nothing in it is relied on unless the server
 * confirms it. Losing it costs a round trip. Functions do not fail: without a cache everything
 * still works.
 */
struct cache {
	struct buffer path; /* empty = no cache */
	struct buffer head; /* the first lines of the file, which identify the account */
	struct buffer greeting;
	struct pop3_capa capa;
	bool known; /* greeting and capa were read from the cache */
	int64_t learnt; /* when, in seconds since 1970 */
	bool lock_step;
	bool stalled; /* a pipelined command was not answered, perhaps because it was lost */
	struct buffer ticket;
	bool changed; /* must be saved */
};

void cache_load(struct cache *cache, const struct pop3_account *account);

/* Whether the cached data is recent and for the same greeting, ignoring APOP's timestamp. */
bool cache_knows(const struct cache *cache, const char *greeting);

/* Record what this connection received. */
void cache_learn(struct cache *cache, const char *greeting, const struct pop3_capa *capa);
void cache_learn_ticket(struct cache *cache, const struct buffer *ticket);
void cache_learn_lock_step(struct cache *cache, bool lock_step);

/* Whether this session stalled so. After two in a row, pipelining counts as broken. */
void cache_learn_stall(struct cache *cache, bool stalled);

/* Writes the file if anything changed. */
void cache_save(struct cache *cache);
void cache_release(struct cache *cache);

#endif

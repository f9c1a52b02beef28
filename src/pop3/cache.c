/* What earlier runs learned about a server: a small private text file that may be deleted. */
#include "pop3/cache.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"

#define FILE_LIMIT (512UL * 1024)
#define CAPA_SECONDS (INT64_C(24) * 60 * 60) /* use capabilities this long without asking */

/* --- the cache file's name --- */

/* Distinguishes NULL from an empty part. Escaped parts contain no TAB. */
static void add_part(struct buffer *key, const char *part)
{
	buffer_append_text(key, part != NULL ? "\t=" : "\t-");
	if (part != NULL)
		text_escape(key, part, strlen(part));
}

/* Proxy and tunnel may contain a password, and no security depends on them: a hash is enough. */
static void add_route(struct buffer *key, const char *way)
{
	buffer_append_format(key, "\t%016" PRIx64,
			     way != NULL ? hash_octets(way, strlen(way)) : 0);
}

/*
 * The first lines of each file identify the account. They are compared as a whole, because the
 * file's name is only a hash.
 */
static void write_head(struct buffer *head, const struct pop3_account *account)
{
	const struct pop3_trust *const trust = &account->trust;

	buffer_append_format(head, "pop3 cache 2\nkey\t%u\t%d", (unsigned)account->port,
			     (int)account->tls);
	add_part(head, account->host);
	add_part(head, account->user);
	add_route(head, account->proxy);
	add_route(head, account->tunnel);
	add_part(head, trust->ca_file);
	add_part(head, trust->ca_dir);
	add_part(head, trust->cert);
	add_part(head, trust->key);
	add_part(head, trust->name);
	buffer_append_format(head, "\t%d\t%d", trust->tls_1_3_only, trust->no_verify);
	for (size_t i = 0; i < trust->pin_count; i++)
		add_part(head, trust->pins[i]);
	buffer_append_text(head, "\n");
}

/* --- reading --- */

static bool read_line(struct cache *cache, const char *line, size_t length)
{
	struct buffer capa = { 0 };
	struct pop3_error ignored;
	uint64_t seconds;

	if (text_starts_nocase(line, length, "greeting ")) {
		text_unescape(&cache->greeting, line + 9, length - 9);
		cache->known = true;
		return true;
	}
	if (text_starts_nocase(line, length, "learnt ")) {
		if (number_prefix(line + 7, length - 7, &seconds) != length - 7 ||
		    seconds > INT64_MAX)
			return false;
		cache->learnt = (int64_t)seconds;
		return true;
	}
	if (text_starts_nocase(line, length, "capa ")) {
		bool added;

		text_unescape(&capa, line + 5, length - 5);
		added = pop3_capa_add(&cache->capa, buffer_text(&capa), capa.length, &ignored) == 0;
		buffer_release(&capa);
		return added;
	}
	if (text_starts_nocase(line, length, "ticket "))
		return base64_decode(&cache->ticket, line + 7, length - 7);
	if (text_equal_nocase(line, length, "lock-step"))
		return cache->lock_step = true;
	if (text_equal_nocase(line, length, "stalled"))
		return cache->stalled = true;
	return false;
}

/* Everything except the ticket. */
static void forget(struct cache *cache)
{
	pop3_capa_release(&cache->capa);
	buffer_clear(&cache->greeting);
	cache->known = cache->lock_step = cache->stalled = false;
	cache->changed = true;
}

void cache_load(struct cache *cache, const struct pop3_account *account)
{
	struct buffer file = { .limit = FILE_LIMIT };
	struct buffer *const head = &cache->head;
	const char *line = "", *end;

	if (account->cache_dir == NULL)
		return;
	write_head(head, account);
	if (head->no_memory)
		return;
	buffer_append_format(&cache->path, "%s/%016" PRIx64, account->cache_dir,
			     hash_octets(head->data, head->length));
	if (file_read_private(buffer_text(&cache->path), O_NOFOLLOW, &file) == 0 &&
	    file.length >= head->length && memcmp(file.data, head->data, head->length) == 0)
		line = file.data + head->length;
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
		if (!read_line(cache, line, (size_t)(end - line))) {
			forget(cache);
			buffer_wipe(&cache->ticket);
			cache->changed = false;
			break;
		}
	buffer_wipe(&file);
	buffer_release(&file);
}

/* --- learning and saving --- */

/* Copies a greeting without its timestamp (RFC 1939 section 7), which differs each time. */
static void strip_timestamp(struct buffer *out, const char *greeting)
{
	const char *const open = strchr(greeting, '<');
	const char *const close = open != NULL ? strchr(open, '>') : NULL;

	buffer_clear(out);
	if (close == NULL) {
		buffer_append_text(out, greeting);
		return;
	}
	buffer_append(out, greeting, (size_t)(open - greeting));
	buffer_append_text(out, "<>");
	buffer_append_text(out, close + 1);
}

static bool has_greeting(const struct cache *cache, const char *greeting)
{
	struct buffer kept = { 0 };
	bool same;

	strip_timestamp(&kept, greeting);
	same = cache->known && !kept.no_memory &&
	       strcmp(buffer_text(&kept), buffer_text(&cache->greeting)) == 0;
	buffer_release(&kept);
	return same;
}

bool cache_knows(const struct cache *cache, const char *greeting)
{
	const int64_t age = (int64_t)time(NULL) - cache->learnt;

	return age >= 0 && age < CAPA_SECONDS && has_greeting(cache, greeting);
}

void cache_learn(struct cache *cache, const char *greeting, const struct pop3_capa *capa)
{
	/* Even if the greeting differs each time, the same capabilities keep what they explain. */
	const bool same = cache->known && pop3_capa_equal(&cache->capa, capa);
	const bool lock_step = same && cache->lock_step, stalled = same && cache->stalled;
	struct pop3_error ignored;

	cache->changed = cache->changed || !cache_knows(cache, greeting);
	cache->learnt = time(NULL);
	if (same && has_greeting(cache, greeting))
		return;
	forget(cache);
	cache->lock_step = lock_step;
	cache->stalled = stalled;
	strip_timestamp(&cache->greeting, greeting);
	cache->known = pop3_capa_copy(&cache->capa, capa, &ignored) == 0 &&
		       !cache->greeting.no_memory;
}

void cache_learn_ticket(struct cache *cache, const struct buffer *ticket)
{
	if (ticket->length == 0)
		return;
	buffer_wipe(&cache->ticket);
	buffer_append(&cache->ticket, ticket->data, ticket->length);
	cache->changed = true;
}

void cache_learn_lock_step(struct cache *cache, bool lock_step)
{
	cache->changed = cache->changed || cache->lock_step != lock_step;
	cache->lock_step = lock_step;
}

void cache_learn_stall(struct cache *cache, bool stalled)
{
	if (stalled && cache->stalled)
		cache_learn_lock_step(cache, true);
	cache->changed = cache->changed || cache->stalled != stalled;
	cache->stalled = stalled;
}

void cache_save(struct cache *cache)
{
	const struct pop3_capa *const capa = &cache->capa;
	struct buffer file = { .limit = FILE_LIMIT };

	if (!cache->changed || cache->path.length == 0)
		return;
	buffer_append(&file, cache->head.data, cache->head.length);
	if (cache->known) {
		buffer_append_format(&file, "learnt %" PRId64 "\ngreeting ", cache->learnt);
		text_escape(&file, buffer_text(&cache->greeting), cache->greeting.length);
		buffer_append_text(&file, "\n");
	}
	for (size_t at = 0, end; at < capa->length; at = end + 1) {
		end = (size_t)((const char *)memchr(capa->text + at, '\n', capa->length - at) -
			       capa->text);
		buffer_append_text(&file, "capa ");
		text_escape(&file, capa->text + at, end - at);
		buffer_append_text(&file, "\n");
	}
	if (cache->lock_step)
		buffer_append_text(&file, "lock-step\n");
	if (cache->stalled)
		buffer_append_text(&file, "stalled\n");
	if (cache->ticket.length > 0) {
		buffer_append_text(&file, "ticket ");
		base64_encode(&file, cache->ticket.data, cache->ticket.length);
		buffer_append_text(&file, "\n");
	}
	if (!file.over_limit && !file.no_memory &&
	    file_replace(cache->path.data, file.data, file.length) == 0)
		cache->changed = false;
	buffer_wipe(&file);
	buffer_release(&file);
}

void cache_release(struct cache *cache)
{
	pop3_capa_release(&cache->capa);
	buffer_release(&cache->path);
	buffer_release(&cache->head);
	buffer_release(&cache->greeting);
	buffer_wipe(&cache->ticket);
	buffer_release(&cache->ticket);
}

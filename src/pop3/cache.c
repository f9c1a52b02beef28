/* What an earlier run learnt of a server: a small private text file that may vanish any time. */
#include "pop3/cache.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/text.h"

#define FILE_LIMIT (512UL * 1024)
#define FIRST_LINE "pop3 cache 1"

/* --- which file --- */

static void add_part(EVP_MD_CTX *digest, const char *part)
{
	/* With its NUL, so that no two lists of parts read the same; absent differs from empty. */
	if (part != NULL)
		EVP_DigestUpdate(digest, part, strlen(part) + 1);
	else
		EVP_DigestUpdate(digest, "\xff", 2);
}

static void add_trust(EVP_MD_CTX *digest, const struct pop3_trust *trust)
{
	const unsigned char flags[] = { trust->tls_1_3_only, trust->no_verify };

	add_part(digest, trust->ca_file);
	add_part(digest, trust->ca_dir);
	add_part(digest, trust->cert);
	add_part(digest, trust->key);
	add_part(digest, trust->name);
	EVP_DigestUpdate(digest, flags, sizeof flags);
	for (size_t i = 0; i < trust->pin_count; i++)
		add_part(digest, trust->pins[i]);
}

static void name_file(struct buffer *path, const struct pop3_account *account)
{
	const unsigned char way[] = {
		(unsigned char)(account->port >> 8), (unsigned char)(account->port & 0xff),
		(unsigned char)account->tls,
	};
	unsigned char name[EVP_MAX_MD_SIZE];
	unsigned int length = 0;
	EVP_MD_CTX *const digest = EVP_MD_CTX_new();

	if (digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1) {
		EVP_DigestUpdate(digest, way, sizeof way);
		add_part(digest, account->host);
		add_part(digest, account->user);
		add_part(digest, account->proxy);
		add_part(digest, account->tunnel);
		add_trust(digest, &account->trust);
		EVP_DigestFinal_ex(digest, name, &length);
	}
	EVP_MD_CTX_free(digest);
	if (length == 0)
		return;
	buffer_append_format(path, "%s/", account->cache_dir);
	for (unsigned int i = 0; i < 16; i++)
		buffer_append_format(path, "%02x", name[i]);
}

/* --- what is in it --- */

static bool read_capa(struct cache *cache, const char *text, size_t length)
{
	struct buffer line = { 0 };
	struct pop3_error ignored;
	bool added;

	text_unescape(&line, text, length);
	added = pop3_capa_add(&cache->capa, buffer_text(&line), line.length, &ignored) == 0;
	buffer_release(&line);
	return added;
}

static bool read_line(struct cache *cache, const char *line, size_t length)
{
	if (text_starts_nocase(line, length, "greeting ")) {
		text_unescape(&cache->greeting, line + 9, length - 9);
		cache->known = true;
		return true;
	}
	if (text_starts_nocase(line, length, "capa "))
		return read_capa(cache, line + 5, length - 5);
	if (text_starts_nocase(line, length, "ticket "))
		return base64_decode(&cache->ticket, line + 7, length - 7);
	if (text_equal_nocase(line, length, "lock-step"))
		return cache->lock_step = true;
	return text_equal_nocase(line, length, FIRST_LINE);
}

static void clear(struct cache *cache)
{
	cache_forget(cache);
	buffer_wipe(&cache->ticket);
	cache->changed = false;
}

void cache_load(struct cache *cache, const struct pop3_account *account)
{
	struct buffer file = { .limit = FILE_LIMIT };

	if (account->cache_dir == NULL)
		return;
	name_file(&cache->path, account);
	if (cache->path.length > 0 && file_read_private(cache->path.data, &file) == 0) {
		const char *end;

		for (const char *line = buffer_text(&file); (end = strchr(line, '\n')) != NULL;
		     line = end + 1)
			if (!read_line(cache, line, (size_t)(end - line))) {
				clear(cache);
				break;
			}
	}
	buffer_wipe(&file);
	buffer_release(&file);
}

/* --- what is learnt --- */

/* A greeting without its timestamp (RFC 1939 section 7), which is new each time. */
static void keep_greeting(struct buffer *out, const char *greeting)
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

bool cache_knows(const struct cache *cache, const char *greeting)
{
	struct buffer kept = { 0 };
	bool same;

	keep_greeting(&kept, greeting);
	same = cache->known && strcmp(buffer_text(&kept), buffer_text(&cache->greeting)) == 0;
	buffer_release(&kept);
	return same;
}

void cache_learn(struct cache *cache, const char *greeting, const struct pop3_capa *capa)
{
	struct pop3_error ignored;

	if (cache_knows(cache, greeting) && pop3_capa_equal(&cache->capa, capa))
		return;
	cache_forget(cache);
	keep_greeting(&cache->greeting, greeting);
	cache->known = pop3_capa_copy(&cache->capa, capa, &ignored) == 0;
}

void cache_learn_ticket(struct cache *cache, const struct buffer *ticket)
{
	if (ticket->length == 0)
		return;
	buffer_wipe(&cache->ticket);
	buffer_append(&cache->ticket, ticket->data, ticket->length);
	cache->changed = true;
}

void cache_learn_lock_step(struct cache *cache)
{
	cache->changed = cache->changed || !cache->lock_step;
	cache->lock_step = true;
}

void cache_forget(struct cache *cache)
{
	pop3_capa_release(&cache->capa);
	buffer_clear(&cache->greeting);
	cache->known = cache->lock_step = false;
	cache->changed = true;
}

static void write_lines(const struct cache *cache, struct buffer *out)
{
	const struct pop3_capa *const capa = &cache->capa;

	buffer_append_text(out, FIRST_LINE "\n");
	if (cache->known) {
		buffer_append_text(out, "greeting ");
		text_escape(out, buffer_text(&cache->greeting), cache->greeting.length);
		buffer_append_text(out, "\n");
	}
	for (size_t at = 0, end; at < capa->length; at = end + 1) {
		end = (size_t)((const char *)memchr(capa->text + at, '\n', capa->length - at) -
			       capa->text);
		buffer_append_text(out, "capa ");
		text_escape(out, capa->text + at, end - at);
		buffer_append_text(out, "\n");
	}
	if (cache->lock_step)
		buffer_append_text(out, "lock-step\n");
	if (cache->ticket.length > 0) {
		buffer_append_text(out, "ticket ");
		base64_encode(out, cache->ticket.data, cache->ticket.length);
		buffer_append_text(out, "\n");
	}
}

void cache_save(struct cache *cache)
{
	struct buffer file = { .limit = FILE_LIMIT };

	if (!cache->changed || cache->path.length == 0)
		return;
	write_lines(cache, &file);
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
	buffer_release(&cache->greeting);
	buffer_wipe(&cache->ticket);
	buffer_release(&cache->ticket);
}

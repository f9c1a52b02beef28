/* The cache of a server: any file can be read, and a rewritten file reads the same. */
#include "pop3/cache.h"

#include <dirent.h>

#include "scratch.h"

/* The name of the only file in the directory, a digest. */
static void find_name(struct buffer *out)
{
	struct buffer path = { 0 };
	DIR *const directory = opendir(scratch_name(&path, "cache"));
	const struct dirent *entry;

	while ((entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.')
			buffer_append_format(out, "cache/%s", entry->d_name);
	closedir(directory);
	buffer_release(&path);
}

static void check_same(const struct cache *a, const struct cache *b)
{
	must(a->known == b->known && a->lock_step == b->lock_step, "flags are kept");
	must(pop3_capa_equal(&a->capa, &b->capa), "capabilities are kept");
	must(!a->known || strcmp(buffer_text(&b->greeting), buffer_text(&a->greeting)) == 0,
	     "a greeting is kept");
	must(buffer_equals(&b->ticket, buffer_text(&a->ticket), a->ticket.length),
	     "a ticket is kept");
}

/* A greeting and then capabilities, one per line, are stored unchanged. */
static void learn(struct cache *cache, struct input rest)
{
	const struct input line = input_until(&rest, '\n');
	char *const greeting = input_copy(&line);
	struct pop3_capa capa = { .text = NULL };
	struct pop3_error err;
	int result = 0;

	while (result == 0 && rest.length > 0) {
		const struct input capability = input_until(&rest, '\n');

		result = pop3_capa_add(&capa, capability.data, capability.length, &err);
	}
	cache_learn(cache, greeting, &capa);
	must(cache_knows(cache, greeting) && pop3_capa_equal(&cache->capa, &capa),
	     "greeting and capabilities are stored");
	pop3_capa_release(&capa);
	free(greeting);
}

static void check_kept(struct cache *cache, const struct pop3_account *account)
{
	struct cache again = { .known = false };

	cache->changed = true;
	cache_save(cache);
	cache_load(&again, account);
	check_same(cache, &again);
	cache_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buffer directory, name;
	struct pop3_account account = { .host = "host" };
	struct cache cache = { .known = false };

	account.cache_dir = scratch_name(&directory, "cache");
	if (name.data == NULL) {
		scratch_directory("cache");
		cache_load(&cache, &account);
		cache_learn_lock_step(&cache, true);
		cache_save(&cache);
		cache_release(&cache);
		find_name(&name);
		cache = (struct cache){ .known = false };
	}
	scratch_write(name.data, data, size);
	cache_load(&cache, &account);
	check_kept(&cache, &account);
	learn(&cache, input_of(data, size));
	check_kept(&cache, &account);
	cache_release(&cache);
	return 0;
}

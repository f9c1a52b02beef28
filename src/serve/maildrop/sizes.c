/*
 * How long a message is when it is sent, CRLF counted: from ",W=" in its name, from a cache beside
 * the folders, or by reading it once. The cache is a line a message: inode, octets, base name, in
 * the order of the list.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "mail/eol.h"
#include "serve/maildrop/maildrop.h"

#define CACHE "pop3-sizes"
#define CACHE_OCTETS_MAX MAILDROP_NAMES_MAX
#define UNKNOWN UINT64_MAX
#define CHUNK 65536

static uint64_t size_in_name(const char *name)
{
	const size_t length = strcspn(name, ":");
	const char *const found = memmem(name, length, ",W=", 3);
	uint64_t octets;

	if (found == NULL || number_prefix(found + 3, length - (size_t)(found + 3 - name),
					   &octets) == 0)
		return UNKNOWN;
	return octets;
}

static bool cache_path(const struct maildrop *drop, struct buffer *path)
{
	buffer_append_format(path, "%s/%s", drop->path, CACHE);
	return !path->no_memory;
}

/* One line of the cache, taken apart; the name ends with NUL in place. */
struct cached {
	uint64_t inode, octets;
	const char *name;
};

static bool read_line(char **at, char *end, struct cached *cached)
{
	char *line = *at, *const stop = memchr(line, '\n', (size_t)(end - line));
	size_t digits;

	if (stop == NULL)
		return false;
	*stop = '\0';
	*at = stop + 1;
	digits = number_prefix(line, (size_t)(stop - line), &cached->inode);
	if (digits == 0 || line[digits] != ' ')
		return false;
	line += digits + 1;
	digits = number_prefix(line, (size_t)(stop - line), &cached->octets);
	if (digits == 0 || line[digits] != ' ')
		return false;
	cached->name = line + digits + 1;
	return true;
}

static void match_cache(struct maildrop *drop, struct buffer *text)
{
	char *at = text->data, *const end = text->data + text->length;
	struct cached cached;
	size_t next = 0;

	while (read_line(&at, end, &cached)) {
		struct maildrop_message *message = &drop->messages[next];
		int order = 1;

		for (; next < drop->count; next++, message++) {
			order = maildrop_compare(maildrop_name(drop, message), cached.name);
			if (order >= 0)
				break;
		}
		if (next < drop->count && order == 0 && message->octets == UNKNOWN &&
		    message->inode == cached.inode)
			message->octets = cached.octets;
	}
}

static void read_cache(struct maildrop *drop)
{
	struct buffer path = { 0 }, text = { .limit = CACHE_OCTETS_MAX };

	if (cache_path(drop, &path) && file_read(path.data, &text) == 0 && text.length > 0)
		match_cache(drop, &text);
	buffer_release(&text);
	buffer_release(&path);
}

static void write_cache(const struct maildrop *drop)
{
	struct buffer path = { 0 }, text = { .limit = CACHE_OCTETS_MAX };

	for (size_t i = 0; i < drop->count; i++) {
		const struct maildrop_message *const message = &drop->messages[i];
		const char *const name = maildrop_name(drop, message);

		if (size_in_name(name) == UNKNOWN && !text_has_control(name))
			buffer_append_format(&text, "%llu %llu %.*s\n",
					     (unsigned long long)message->inode,
					     (unsigned long long)message->octets,
					     (int)strcspn(name, ":"), name);
	}
	/* A cache that cannot be written costs time, no more. */
	if (cache_path(drop, &path) && !text.over_limit && !text.no_memory)
		(void)file_replace(path.data, buffer_text(&text), text.length);
	buffer_release(&text);
	buffer_release(&path);
}

/* UNKNOWN stays what cannot be read. */
static int measure_file(struct maildrop *drop, size_t index, char *chunk, struct pop3_error *err)
{
	struct octet_count count = { 0 };
	uint64_t stored;
	const int fd = maildrop_open_message(drop, index, &stored, err);
	ssize_t got;

	if (fd < 0)
		return err->code == POP3_E_MEMORY ? -1 : 0;
	while ((got = read(fd, chunk, CHUNK)) > 0)
		octet_count_feed(&count, chunk, (size_t)got);
	close(fd);
	if (got == 0)
		drop->messages[index].octets = octet_count_end(&count);
	return 0;
}

static int measure_unknown(struct maildrop *drop, char *chunk, size_t *measured,
			   struct pop3_error *err)
{
	size_t count = 0;

	*measured = 0;
	for (size_t i = 0; i < drop->count; i++) {
		if (drop->messages[i].octets != UNKNOWN)
			continue;
		if (measure_file(drop, i, chunk, err) < 0)
			return -1;
		(*measured)++;
	}
	for (size_t i = 0; i < drop->count; i++)
		if (drop->messages[i].octets != UNKNOWN)
			drop->messages[count++] = drop->messages[i];
	drop->count = count;
	return 0;
}

int maildrop_measure(struct maildrop *drop, struct pop3_error *err)
{
	size_t measured;
	bool unknown = false;
	char *chunk;
	int result;

	for (size_t i = 0; i < drop->count; i++) {
		struct maildrop_message *const message = &drop->messages[i];

		message->octets = size_in_name(maildrop_name(drop, message));
		unknown = unknown || message->octets == UNKNOWN;
	}
	if (!unknown)
		return 0;
	chunk = malloc(CHUNK);
	if (chunk == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	read_cache(drop);
	result = measure_unknown(drop, chunk, &measured, err);
	if (result == 0 && measured > 0)
		write_cache(drop);
	free(chunk);
	return result;
}

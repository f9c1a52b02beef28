/*
 * Finds the size of a message as sent, with CRLF: from ",W=" in its name, from a cache file in the
 * Maildir, or by reading the message once. The cache has one line per message, in the order of the
 * list: inode, size and modification time in nanoseconds (which show that the file is unchanged),
 * octets as sent, base name.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "mail/eol.h"
#include "serve/maildrop/maildrop.h"

#define CACHE "pop3-sizes"
#define CACHE_OCTETS_MAX MAILDROP_NAMES_MAX
#define UNKNOWN UINT64_MAX
#define CHUNK 65536
#define CACHE_NUMBERS 4 /* in a line, before the name */

/* The size of a message, and its file's size and time when it was measured. */
struct measure {
	uint64_t octets; /* as sent; UNKNOWN = not measured */
	uint64_t size, time;
};

struct measuring {
	struct measure *measures; /* one per message */
	size_t next;		  /* message to measure */
	size_t measured;	  /* messages that were read */
	int fd;			  /* of the next message while it is being read; else -1 */
	struct octet_count count;
	char chunk[CHUNK];
};

static uint64_t time_of(const struct stat *status)
{
	return (uint64_t)status->st_mtim.tv_sec * 1000000000 + (uint64_t)status->st_mtim.tv_nsec;
}

/* --- the cache --- */

/* One parsed line; the name is NUL-terminated in place. */
struct cached {
	uint64_t inode;
	struct measure measure;
	const char *name;
};

static bool read_line(char **at, char *end, struct cached *cached)
{
	uint64_t numbers[CACHE_NUMBERS];
	char *line = *at, *const stop = memchr(line, '\n', (size_t)(end - line));

	if (stop == NULL)
		return false;
	*stop = '\0';
	*at = stop + 1;
	for (size_t i = 0; i < CACHE_NUMBERS; i++) {
		const size_t digits = number_prefix(line, (size_t)(stop - line), &numbers[i]);

		if (digits == 0 || line[digits] != ' ')
			return false;
		line += digits + 1;
	}
	*cached = (struct cached){
		.inode = numbers[0], .name = line,
		.measure = { .size = numbers[1], .time = numbers[2], .octets = numbers[3] },
	};
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
		if (next < drop->count && order == 0 && message->inode == cached.inode)
			drop->measuring->measures[next] = cached.measure;
	}
}

static void write_cache(const struct maildrop *drop)
{
	struct buffer text = { .limit = CACHE_OCTETS_MAX };

	for (size_t i = 0; i < drop->count; i++) {
		const struct maildrop_message *const message = &drop->messages[i];
		const struct measure *const measure = &drop->measuring->measures[i];
		const char *const name = maildrop_name(drop, message);

		if (measure->octets != UNKNOWN && !text_has_control(name))
			buffer_append_format(&text, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
					     " %.*s\n", message->inode, measure->size,
					     measure->time, measure->octets,
					     (int)strcspn(name, ":"), name);
	}
	/* If the cache cannot be written, the next login only takes longer. */
	if (!text.over_limit && !text.no_memory)
		(void)file_replace_at(drop->fd, CACHE, buffer_text(&text), text.length);
	buffer_release(&text);
}

/* --- reading --- */

void measuring_release(struct measuring *measuring)
{
	if (measuring == NULL)
		return;
	if (measuring->fd >= 0)
		close(measuring->fd);
	free(measuring->measures);
	free(measuring);
}

static int begin(struct maildrop *drop, struct pop3_error *err)
{
	struct measuring *const measuring = drop->measuring = malloc(sizeof *measuring);
	struct buffer cache = { .limit = CACHE_OCTETS_MAX };

	if (measuring == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	measuring->next = measuring->measured = 0;
	measuring->fd = -1;
	measuring->measures = malloc(drop->count * sizeof *measuring->measures);
	if (measuring->measures == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < drop->count; i++)
		measuring->measures[i].octets = UNKNOWN;
	if (file_read_regular(drop->fd, CACHE, O_NOFOLLOW, &cache) == 0 && cache.length > 0)
		match_cache(drop, &cache);
	buffer_release(&cache);
	return 0;
}

static void read_next(struct maildrop *drop)
{
	struct measuring *const measuring = drop->measuring;
	struct measure *const measure = &measuring->measures[measuring->next];
	const ssize_t got = read(measuring->fd, measuring->chunk, CHUNK);

	if (got > 0) {
		octet_count_feed(&measuring->count, measuring->chunk, (size_t)got);
		return;
	}
	if (got == 0) {
		measure->octets = octet_count_end(&measuring->count);
		drop->messages[measuring->next].octets = measure->octets;
	}
	close(measuring->fd);
	measuring->fd = -1;
	measuring->measured++;
	measuring->next++;
}

/* Handles one message of known size, opens one that has to be read, or reads one chunk of it. */
static int take_step(struct maildrop *drop, struct pop3_error *err)
{
	struct measuring *const measuring = drop->measuring;
	struct maildrop_message *const message = &drop->messages[measuring->next];
	struct measure *const measure = &measuring->measures[measuring->next];
	struct stat status;
	uint64_t stored;

	if (measuring->fd >= 0) {
		read_next(drop);
		return 0;
	}
	/* Known, too, if the file has not changed since it was measured. */
	if (message->octets == UNKNOWN && measure->octets != UNKNOWN &&
	    fstatat(maildrop_directory(drop, message), maildrop_name(drop, message), &status,
		    AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(status.st_mode) && (uint64_t)status.st_size == measure->size &&
	    time_of(&status) == measure->time)
		message->octets = measure->octets;
	if (message->octets != UNKNOWN) {
		measuring->next++;
		return 0;
	}
	measure->octets = UNKNOWN;
	measuring->count = (struct octet_count){ 0 };
	measuring->fd = maildrop_open_message(drop, measuring->next, &stored, err);
	if (measuring->fd < 0) {
		measuring->measured++;
		measuring->next++;
		return err->code == POP3_E_MEMORY ? -1 : 0;
	}
	if (fstat(measuring->fd, &status) == 0) {
		measure->size = (uint64_t)status.st_size;
		measure->time = time_of(&status);
	}
	return 0;
}

/* Takes the sizes from the names; returns whether all names have one. */
static bool sizes_from_names(struct maildrop *drop)
{
	bool known = true;

	for (size_t i = 0; i < drop->count; i++) {
		struct maildrop_message *const message = &drop->messages[i];
		const char *const name = maildrop_name(drop, message);
		const size_t length = strcspn(name, ":");
		const char *const found = memmem(name, length, ",W=", 3);

		if (found == NULL || number_prefix(found + 3, length - (size_t)(found + 3 - name),
						   &message->octets) == 0)
			message->octets = UNKNOWN;
		known = known && message->octets != UNKNOWN;
	}
	return known;
}

int maildrop_measure(struct maildrop *drop, int64_t until, struct pop3_error *err)
{
	struct measuring *measuring;
	size_t count = 0;

	if (drop->measuring == NULL && !sizes_from_names(drop) && begin(drop, err) < 0)
		return -1;
	measuring = drop->measuring;
	while (measuring != NULL && measuring->next < drop->count) {
		if (take_step(drop, err) < 0)
			return -1;
		if (clock_ms() >= until)
			return 1;
	}
	/* Drop the messages that could not be read. */
	for (size_t i = 0; i < drop->count; i++) {
		if (drop->messages[i].octets == UNKNOWN)
			continue;
		drop->messages[count] = drop->messages[i];
		if (measuring != NULL)
			measuring->measures[count] = measuring->measures[i];
		drop->all_octets += drop->messages[count++].octets;
	}
	drop->count = drop->unmarked = count;
	drop->octets = drop->all_octets;
	if (measuring != NULL && measuring->measured > 0)
		write_cache(drop);
	measuring_release(measuring);
	drop->measuring = NULL;
	return 0;
}

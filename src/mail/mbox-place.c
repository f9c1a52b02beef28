/* After an interrupted delivery to an mbox: finds out which messages were appended. */
#include "mail/mbox-place.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef AT_ONCE
#define AT_ONCE 65536 /* octets searched at a time */
#endif
#define FROM "From "
#define FROM_LENGTH (sizeof FROM - 1)

/* Reads length octets at an offset; fewer only at the end of the file. */
static ssize_t read_at(int fd, void *data, size_t length, uint64_t at)
{
	size_t got = 0;

	while (got < length) {
		const ssize_t more =
			pread(fd, (char *)data + got, length - got, (off_t)(at + got));

		if (more < 0 && errno != EINTR)
			return -1;
		if (more == 0)
			break;
		got += more > 0 ? (size_t)more : 0;
	}
	return (ssize_t)got;
}

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

int mbox_place_take(struct mbox_place *place, int spool, uint64_t start, uint64_t octets)
{
	char chunk[4096];
	size_t kept = 0;

	while (kept == 0 && octets > 0) {
		const size_t length = octets < sizeof chunk ? (size_t)octets : sizeof chunk;

		octets -= length;
		if (read_at(spool, chunk, length, start + octets) != (ssize_t)length)
			return -1;
		for (kept = length; kept > 0 && is_line_end(chunk[kept - 1]);)
			kept--;
	}
	place->start = start;
	place->length = octets + kept;
	return digest_file(spool, start, place->length, place->digest);
}

void mbox_place_write(const struct mbox_place *place, struct buffer *text)
{
	buffer_append_format(text, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %s", place->at,
			     place->start, place->length, place->digest);
}

bool mbox_place_read(struct mbox_place *place, const char *text)
{
	return sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %64s", &place->at, &place->start,
		      &place->length, place->digest) == 4 &&
	       place->at <= INT64_MAX / 4 && place->start <= place->at &&
	       place->length <= INT64_MAX / 4;
}

/* --- is the message there? --- */

/* Whether a message can end there: only line ends and a From_ line, or nothing, may follow. */
static int ends_at(int mbox, uint64_t at)
{
	for (uint64_t from = at;;) {
		char rest[4096];
		const ssize_t got = read_at(mbox, rest, sizeof rest, from);
		ssize_t i = 0;

		if (got < 0)
			return -1;
		while (i < got && is_line_end(rest[i]))
			i++;
		from += (uint64_t)i;
		if (got == sizeof rest && got - i < (ssize_t)FROM_LENGTH)
			continue;
		return i == got || (from > at && got - i >= (ssize_t)FROM_LENGTH &&
				    memcmp(rest + i, FROM, FROM_LENGTH) == 0);
	}
}

static int holds_at(int mbox, uint64_t at, const struct mbox_place *place)
{
	char digest[DIGEST_SIZE];
	struct stat status;
	int result;

	if (fstat(mbox, &status) < 0)
		return -1;
	if ((uint64_t)status.st_size < at + place->length)
		return 0;
	result = ends_at(mbox, at + place->length);
	if (result <= 0)
		return result;
	if (digest_file(mbox, at, place->length, digest) < 0)
		return -1;
	return strcmp(digest, place->digest) == 0;
}

/*
 * Whether the mbox is unchanged before the place of the batch: then the message is at its recorded
 * place or nowhere, and an identical one elsewhere is another message. Missing line ends are
 * tolerated.
 */
static int is_unchanged(int mbox, const struct mbox_place *place)
{
	static const char expected[] = "\n\n" FROM;
	const uint64_t batch = place->at - place->start;
	const size_t before = batch < 2 ? (size_t)batch : 2;
	char octets[sizeof expected - 1];
	const ssize_t got = read_at(mbox, octets, before + FROM_LENGTH, batch - before);
	struct stat status;

	if (got < 0 || fstat(mbox, &status) < 0)
		return -1;
	if ((uint64_t)status.st_size < batch)
		return (uint64_t)status.st_size >= batch - before;
	for (ssize_t i = 0; i < got; i++)
		if (octets[i] != expected[2 - before + (size_t)i] && octets[i] != '\r')
			return 0;
	return 1;
}

static int find_anywhere(int mbox, const struct mbox_place *place)
{
	char chunk[AT_ONCE];
	ssize_t got = AT_ONCE;
	int found = holds_at(mbox, 0, place);

	for (uint64_t from = 0; found == 0 && got == AT_ONCE; from += AT_ONCE - FROM_LENGTH) {
		const char *line = chunk;

		got = read_at(mbox, chunk, sizeof chunk, from);
		while (found == 0 && got > 0 &&
		       (line = memmem(line, (size_t)(chunk + got - line), "\n" FROM,
				      FROM_LENGTH + 1)) != NULL) {
			line++;
			found = holds_at(mbox, from + (uint64_t)(line - chunk), place);
		}
	}
	return got < 0 ? -1 : found;
}

int mbox_place_find(const struct mbox_place *place, int mbox)
{
	const int found = holds_at(mbox, place->at, place);
	int unchanged;

	if (found != 0)
		return found;
	unchanged = is_unchanged(mbox, place);
	if (unchanged != 0)
		return unchanged < 0 ? -1 : 0;
	return find_anywhere(mbox, place);
}

/* --- removing an incomplete message --- */

/* How many octets of the message are at its place; -1 on error. */
static int64_t shared_length(const struct mbox_place *place, int mbox, int spool)
{
	char ours[8192], theirs[sizeof ours];
	uint64_t shared = 0;

	while (shared < place->length) {
		const uint64_t left = place->length - shared;
		const size_t length = left < sizeof ours ? (size_t)left : sizeof ours;
		const ssize_t a = read_at(spool, ours, length, place->start + shared);
		const ssize_t b = read_at(mbox, theirs, length, place->at + shared);
		ssize_t same = 0;

		if (a < 0 || b < 0)
			return -1;
		while (same < a && same < b && ours[same] == theirs[same])
			same++;
		shared += (uint64_t)same;
		if (same < (ssize_t)length)
			break;
	}
	return (int64_t)shared;
}

int mbox_place_clean(const struct mbox_place *place, int mbox, int spool)
{
	const int64_t shared = shared_length(place, mbox, spool);
	uint64_t left = (uint64_t)shared;
	char lines[4096];
	struct stat status;
	int alone;

	if (shared < 0 || fstat(mbox, &status) < 0)
		return -1;
	if (shared == 0 || left == place->length)
		return 0;
	if (place->at + left == (uint64_t)status.st_size)
		return ftruncate(mbox, (off_t)place->at) < 0 ? -1 : fsync(mbox);
	/* Octets that another program appended after it stay in place. */
	alone = ends_at(mbox, place->at + left);
	if (alone <= 0)
		return alone;
	/* Empty lines replace it, backwards: after a crash a shorter beginning of it remains. */
	memset(lines, '\n', sizeof lines);
	while (left > 0) {
		const size_t count = left < sizeof lines ? (size_t)left : sizeof lines;

		left -= count;
		if (pwrite(mbox, lines, count, (off_t)(place->at + left)) != (ssize_t)count)
			return -1;
	}
	return fsync(mbox);
}

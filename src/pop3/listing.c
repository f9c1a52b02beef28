/* Listings of up to millions of messages, in any order, without quadratic time. */
#include "pop3/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"
#include "pop3/listing-lines.h"

#define FIRST_UID_OCTETS 4096

const char *pop3_listing_uid(const struct pop3_listing *listing, size_t i)
{
	const size_t at = listing->entries[i].uid;

	return at != 0 ? listing->uids + at : NULL;
}

ptrdiff_t pop3_listing_find(const struct pop3_listing *listing, uint32_t number)
{
	const struct pop3_entry *const entries = listing->entries;
	size_t i;

	if (listing->count == 0)
		return -1;
	i = number_lower_bound(&entries->number, listing->count, sizeof *entries, number);

	return i < listing->count && entries[i].number == number ? (ptrdiff_t)i : -1;
}

void pop3_listing_release(struct pop3_listing *listing)
{
	free(listing->entries);
	free(listing->uids);
	*listing = (struct pop3_listing){ .entries = NULL };
}

/*
 * Finds the entry for a number: at the cursor, as servers normally send both lists in the same
 * order; otherwise by a search; otherwise appends a new one.
 */
static int place(struct pop3_listing *listing, struct listing_cursor *cursor, uint32_t number,
		 struct pop3_entry **entry, struct pop3_error *err)
{
	ptrdiff_t at = (ptrdiff_t)cursor->next;
	struct pop3_entry *entries;

	if (cursor->next >= listing->count || listing->entries[cursor->next].number != number)
		at = listing->count > 0 && number <= listing->entries[listing->count - 1].number
			     ? pop3_listing_find(listing, number)
			     : -1;
	if (at < 0) {
		if (listing->count == POP3_LISTING_MESSAGES)
			return pop3_fail(err, POP3_E_PROTOCOL, "more than %d messages",
					 POP3_LISTING_MESSAGES);
		entries = array_room(listing->entries, listing->count, &listing->capacity,
				     sizeof *entries);
		if (entries == NULL)
			return pop3_fail(err, POP3_E_MEMORY, "out of memory");
		listing->entries = entries;
		at = (ptrdiff_t)listing->count++;
		entries[at] = (struct pop3_entry){
			.number = number, .octets = POP3_OCTETS_UNKNOWN,
		};
	}
	cursor->next = (size_t)at + 1;
	*entry = &listing->entries[at];
	return 0;
}

/* Splits a line into its number and the text after the blanks. */
static int split(const char *line, size_t length, uint32_t *number, const char **rest,
		 size_t *rest_length, struct pop3_error *err)
{
	uint64_t value = 0;
	size_t used = number_prefix(line, length, &value);

	if (used == 0 || value == 0 || value > UINT32_MAX ||
	    (used < length && line[used] != ' ' && line[used] != '\t'))
		return pop3_fail(err, POP3_E_PROTOCOL, "invalid line in a list: '%.*s'",
				 (int)(length > 80 ? 80 : length), line);
	while (used < length && (line[used] == ' ' || line[used] == '\t'))
		used++;
	*number = (uint32_t)value;
	*rest = line + used;
	*rest_length = length - used;
	return 0;
}

bool listing_line_is_about(const char *line, size_t length, uint32_t number)
{
	uint64_t value = 0;
	const size_t used = number_prefix(line, length, &value);

	return used > 0 && used + 1 < length && (line[used] == ' ' || line[used] == '\t') &&
	       value == number;
}

int listing_add_octets(struct pop3_listing *listing, struct listing_cursor *cursor,
		       const char *line, size_t length, struct pop3_error *err)
{
	struct pop3_entry *entry;
	const char *rest;
	size_t rest_length;
	uint32_t number;

	if (split(line, length, &number, &rest, &rest_length, err) < 0 ||
	    place(listing, cursor, number, &entry, err) < 0)
		return -1;
	number_prefix(rest, rest_length, &entry->octets);
	return 0;
}

int pop3_listing_set_uid(struct pop3_listing *listing, size_t i, const char *uid, size_t length,
			 struct pop3_error *err)
{
	/* Offset 0 means no UID, so the first octet is not used. */
	const size_t at = listing->uids_length != 0 ? listing->uids_length : 1;
	const size_t needed = at + length + 1;
	size_t capacity = listing->uids_capacity != 0 ? listing->uids_capacity : FIRST_UID_OCTETS;

	if (needed > listing->uids_capacity) {
		char *uids;

		if (needed > POP3_LISTING_UID_OCTETS)
			return pop3_fail(err, POP3_E_PROTOCOL,
					 "the UIDs take more than %lu octets",
					 POP3_LISTING_UID_OCTETS);
		while (capacity < needed)
			capacity *= 2;
		uids = realloc(listing->uids, capacity);
		if (uids == NULL)
			return pop3_fail(err, POP3_E_MEMORY, "out of memory");
		listing->uids = uids;
		listing->uids_capacity = capacity;
	}
	memcpy(listing->uids + at, uid, length);
	listing->uids[at + length] = '\0';
	listing->uids_length = needed;
	listing->entries[i].uid = (uint32_t)at; /* fits, because of POP3_LISTING_UID_OCTETS */
	return 0;
}

int listing_add_uid(struct pop3_listing *listing, struct listing_cursor *cursor, const char *line,
		    size_t length, struct pop3_error *err)
{
	struct pop3_entry *entry;
	const char *rest;
	size_t rest_length;
	uint32_t number;

	if (split(line, length, &number, &rest, &rest_length, err) < 0 ||
	    place(listing, cursor, number, &entry, err) < 0)
		return -1;
	while (rest_length > 0 && (rest[rest_length - 1] == ' ' || rest[rest_length - 1] == '\t'))
		rest_length--;
	/* A UID that is empty or contains a NUL identifies nothing, so it is ignored. */
	if (rest_length == 0 || memchr(rest, '\0', rest_length) != NULL)
		return 0;
	return pop3_listing_set_uid(listing, (size_t)(entry - listing->entries), rest,
				    rest_length, err);
}

static int by_number(const void *a, const void *b)
{
	const uint32_t x = ((const struct pop3_entry *)a)->number;
	const uint32_t y = ((const struct pop3_entry *)b)->number;

	return (x > y) - (x < y);
}

void listing_finish(struct pop3_listing *listing)
{
	struct pop3_entry *const entries = listing->entries;
	size_t i = 1, kept = 0;

	while (i < listing->count && entries[i - 1].number < entries[i].number)
		i++;
	if (i >= listing->count)
		return;
	qsort(entries, listing->count, sizeof *entries, by_number);
	for (i = 1; i < listing->count; i++) {
		struct pop3_entry *const last = &entries[kept];

		if (last->number != entries[i].number) {
			entries[++kept] = entries[i];
			continue;
		}
		/* Two entries for one message: each may have what the other lacks. */
		if (last->uid == 0)
			last->uid = entries[i].uid;
		if (last->octets == POP3_OCTETS_UNKNOWN)
			last->octets = entries[i].octets;
	}
	listing->count = kept + 1;
}

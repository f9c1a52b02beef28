#ifndef POP3_LISTING_H
#define POP3_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"

/*
 * The contents of a mailbox as reported by LIST and UIDL (RFC 1939 sections 5 and 7), sorted by
 * message number. A zeroed value is empty.
 */
#define POP3_OCTETS_UNKNOWN UINT64_MAX
#define POP3_LISTING_MESSAGES 10000000		/* maximum number of entries */
#define POP3_LISTING_UID_OCTETS (1024UL * 1024 * 1024) /* maximum size of all UIDs */

struct pop3_entry {
	uint64_t octets; /* as reported by the server, or POP3_OCTETS_UNKNOWN */
	uint32_t number; /* 1 or more; valid until the session ends */
	uint32_t uid;	 /* offset in uids, 0 = none; see pop3_listing_uid */
};

struct pop3_listing {
	struct pop3_entry *entries;
	size_t count, capacity;
	char *uids;
	size_t uids_length, uids_capacity;
	bool has_uids; /* the server answered UIDL */
};

/*
 * The UID of entry i (less than count), NUL-terminated; the server may have used any other octets.
 * NULL when the entry has none. Borrowed until the listing changes.
 */
const char *pop3_listing_uid(const struct pop3_listing *listing, size_t i);

/* The index in entries of the message with that number, or -1. */
ptrdiff_t pop3_listing_find(const struct pop3_listing *listing, uint32_t number);

/*
 * Sets or replaces the UID of entry i: length octets, none of them NUL. Fails with POP3_E_MEMORY,
 * or with POP3_E_PROTOCOL when the limit would be exceeded, and leaves the entry unchanged.
 */
int pop3_listing_set_uid(struct pop3_listing *listing, size_t i, const char *uid, size_t length,
			 struct pop3_error *err);

/* Frees the memory. The listing is empty then and may be used again. */
void pop3_listing_release(struct pop3_listing *listing);

#endif

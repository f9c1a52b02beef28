#ifndef POP3_LISTING_H
#define POP3_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"

/*
 * What a mailbox holds, as LIST and UIDL tell it (RFC 1939 sections 5 and 7), sorted by number. A
 * zeroed value is empty.
 */
#define POP3_OCTETS_UNKNOWN UINT64_MAX
#define POP3_LISTING_MESSAGES 10000000		/* at the most */
#define POP3_LISTING_UID_OCTETS (1024UL * 1024 * 1024) /* of all UIDs together */

struct pop3_entry {
	uint64_t octets; /* as the server says, or POP3_OCTETS_UNKNOWN */
	uint32_t number; /* 1 at the least; means this message until the session ends */
	uint32_t uid;	 /* where it begins in uids, 0 = none; see pop3_listing_uid */
};

struct pop3_listing {
	struct pop3_entry *entries;
	size_t count, capacity;
	char *uids;
	size_t uids_length, uids_capacity;
	bool has_uids; /* the server answered UIDL */
};

/*
 * The UID of entry i (below count), ended by NUL, of whatever octets the server chose; NULL where
 * it gave none. Borrowed until the listing changes.
 */
const char *pop3_listing_uid(const struct pop3_listing *listing, size_t i);

/* The place in entries of a message of that number, or -1. */
ptrdiff_t pop3_listing_find(const struct pop3_listing *listing, uint32_t number);

/*
 * Gives entry i a UID of length octets, none of them NUL, in place of what it had. Fails with
 * POP3_E_MEMORY, or POP3_E_PROTOCOL past the limit; the entry is as it was then.
 */
int pop3_listing_set_uid(struct pop3_listing *listing, size_t i, const char *uid, size_t length,
			 struct pop3_error *err);

/* Gives the memory back: the listing is empty then, and may be used again. */
void pop3_listing_release(struct pop3_listing *listing);

#endif

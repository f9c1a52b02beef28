#ifndef POP3_LISTING_LINES_H
#define POP3_LISTING_LINES_H

#include "pop3/listing.h"

/* How lines of LIST and UIDL become a listing: pure, in any order of the two lists. */

struct listing_cursor {
	size_t next; /* the entry that the next line is probably about */
};

/* One line "number octets" or "number UID"; a line that is neither fails: POP3_E_PROTOCOL. */
int listing_add_octets(struct pop3_listing *listing, struct listing_cursor *cursor,
		       const char *line, size_t length, struct pop3_error *err);
int listing_add_uid(struct pop3_listing *listing, struct listing_cursor *cursor, const char *line,
		    size_t length, struct pop3_error *err);

/* Whether it is a line about that message, with something behind the number. */
bool listing_line_is_about(const char *line, size_t length, uint32_t number);

/* Sorts by number and joins what is twice, when a list is at its end. */
void listing_finish(struct pop3_listing *listing);

#endif

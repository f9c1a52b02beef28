#ifndef POP3_LISTING_LINES_H
#define POP3_LISTING_LINES_H

#include "pop3/listing.h"

/* Parses lines of LIST and UIDL into a listing. The two lists may come in either order. */

struct listing_cursor {
	size_t next; /* the entry that the next line is likely for */
};

/* Add a line "number octets" or "number UID". Fail with POP3_E_PROTOCOL for any other line. */
int listing_add_octets(struct pop3_listing *listing, struct listing_cursor *cursor,
		       const char *line, size_t length, struct pop3_error *err);
int listing_add_uid(struct pop3_listing *listing, struct listing_cursor *cursor, const char *line,
		    size_t length, struct pop3_error *err);

/* Whether it is a line for that message, with text after the number. */
bool listing_line_is_about(const char *line, size_t length, uint32_t number);

/* Call at the end of a list: sorts by number and merges duplicates. */
void listing_finish(struct pop3_listing *listing);

#endif

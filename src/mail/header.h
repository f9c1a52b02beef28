#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/*
 * Header fields (RFC 5322 section 2.2) in octets as a server sent them: lines end in CRLF or LF,
 * the block may be cut off anywhere. Lines that are no field, such as an mbox's "From ", are
 * passed over with the folded lines behind them, and so is a byte order mark before the first.
 */
struct header_field {
	const char *name; /* both are borrowed from the block */
	size_t name_length;
	const char *value; /* still folded, without the line end behind it */
	size_t value_length;
};

/*
 * The next field from *offset on, which starts as 0 and is moved behind the field; false at the
 * empty line and at the end of the block.
 */
bool header_next(const char *block, size_t length, size_t *offset, struct header_field *field);

/* The first field of that name, in either case; false when there is none. */
bool header_find(const char *block, size_t length, const char *name, struct header_field *field);

struct header_wanted {
	const char *name;
	struct header_field field; /* its name is NULL until it is found */
};

/* The same for some names in one pass; true when the empty line is in the block, too. */
bool header_find_all(const char *block, size_t length, struct header_wanted *wanted, size_t count);

/*
 * Appends a field's value unfolded (RFC 5322 section 2.2.3), without the blanks at its ends; a TAB
 * that began a folded line comes out as a blank.
 */
void header_unfold(struct buffer *out, const char *value, size_t length);

/* Appends a field's value as people read it: unfolded, with its encoded words as UTF-8. */
void header_decode(struct buffer *out, const struct header_field *field);

/* The comment that text begins with, "(…)", with those inside of it: 0 when it does not end. */
size_t header_comment_length(const char *text, size_t length);

/* Whether a field may have that name: visible ASCII without a colon. */
bool header_is_name(const char *text, size_t length);

/* Whether the field has that name, in either case. */
bool header_name_equals(const struct header_field *field, const char *name, size_t length);

/* Whether the block ends with an empty line. */
bool header_has_end(const char *block, size_t length);

/* Octets up to and including the empty line; all of them when there is none. */
size_t header_block_length(const char *block, size_t length);

#endif

#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/*
 * Header fields (RFC 5322 section 2.2) as received from a server: lines end in CRLF or LF, and the
 * block may be cut off anywhere. Lines that are not a field, such as an mbox "From " line, are
 * skipped with their continuation lines. So is a byte order mark before the first field.
 */
struct header_field {
	const char *name; /* name and value are borrowed from the block */
	size_t name_length;
	const char *value; /* still folded, without the final line end */
	size_t value_length;
};

/*
 * Finds the next field from *offset on, and sets *offset to the position after it. Start with 0.
 * False at the empty line and at the end of the block.
 */
bool header_next(const char *block, size_t length, size_t *offset, struct header_field *field);

/* Finds the first field with that name, ignoring case; false when there is none. */
bool header_find(const char *block, size_t length, const char *name, struct header_field *field);

struct header_wanted {
	const char *name;
	struct header_field field; /* name is NULL until it is found */
};

/* The same for several names in one pass. True when the block includes the empty line. */
bool header_find_all(const char *block, size_t length, struct header_wanted *wanted, size_t count);

/*
 * Appends a field's value unfolded (RFC 5322 section 2.2.3), without blanks at its ends. A TAB at
 * the beginning of a continuation line becomes a blank.
 */
void header_unfold(struct buffer *out, const char *value, size_t length);

/* Appends a field's value for display: unfolded, with encoded words decoded. */
void header_decode(struct buffer *out, const struct header_field *field);

/* The length of the comment "(…)" at text, including nested comments; 0 when it is not closed. */
size_t header_comment_length(const char *text, size_t length);

/* Whether text is a valid field name: visible ASCII without a colon. */
bool header_is_name(const char *text, size_t length);

/* Whether the block ends with an empty line. */
bool header_has_end(const char *block, size_t length);

/* The length of the block including the empty line, or all of it when there is none. */
size_t header_block_length(const char *block, size_t length);

#endif

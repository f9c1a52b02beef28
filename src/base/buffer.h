#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/error.h"

/*
 * A buffer that grows up to a limit. Appending reports no error: the first failure is kept, later
 * appends are dropped, and buffer_check reports it. data is NUL-terminated whenever it is not NULL.
 * A zeroed buffer with a limit is ready for use.
 */
struct buffer {
	char *data;
	size_t length;
	size_t capacity;
	size_t limit; /* maximum length in octets, 0 = as memory allows */
	bool over_limit;
	bool no_memory;
};

void buffer_release(struct buffer *buffer);

/* Empties the buffer but keeps its memory; also clears an earlier failure. */
void buffer_clear(struct buffer *buffer);

/* The same, but overwrites the octets first: for secrets. */
void buffer_wipe(struct buffer *buffer);

void buffer_append(struct buffer *buffer, const void *data, size_t length);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_octet(struct buffer *buffer, char octet);
void buffer_append_format(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Space for length more octets, or NULL. Report the number written with buffer_grew. */
char *buffer_room(struct buffer *buffer, size_t length);
void buffer_grew(struct buffer *buffer, size_t length);

/* Removes octets from the front. */
void buffer_drop(struct buffer *buffer, size_t length);

/* Reports a failed append since the last clear: POP3_E_MEMORY, or over_limit when too long. */
int buffer_check(const struct buffer *buffer, enum pop3_code over_limit, struct pop3_error *err);

/* The text, or "" for a buffer that has no memory yet. Borrowed until the buffer changes. */
const char *buffer_text(const struct buffer *buffer);

#endif

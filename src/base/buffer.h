#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/error.h"

/*
 * Octets that grow up to a limit. Appending never fails where it is called: the first failure is
 * kept, what comes after it is dropped, and buffer_check tells. data is NUL-terminated whenever
 * it is not NULL. A zeroed buffer with a limit is ready for use.
 */
struct buffer {
	char *data;
	size_t length;
	size_t capacity;
	size_t limit; /* octets at the most, 0 = as memory allows */
	bool over_limit;
	bool no_memory;
};

void buffer_release(struct buffer *buffer);

/* Empties the buffer and keeps its memory; forgets an earlier failure. */
void buffer_clear(struct buffer *buffer);

/* The same with the octets overwritten first: for what was secret. */
void buffer_wipe(struct buffer *buffer);

void buffer_append(struct buffer *buffer, const void *data, size_t length);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_octet(struct buffer *buffer, char octet);
void buffer_append_format(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Room for that many octets more, or NULL; what is written there must be told to buffer_grew. */
char *buffer_room(struct buffer *buffer, size_t length);
void buffer_grew(struct buffer *buffer, size_t length);

/* Drops octets from the front. */
void buffer_drop(struct buffer *buffer, size_t length);

/* Fails when an append since the last clear did: POP3_E_MEMORY, or over_limit when too long. */
int buffer_check(const struct buffer *buffer, enum pop3_code over_limit, struct pop3_error *err);

/* The text, "" for a buffer that never held any. Borrowed until the buffer changes. */
const char *buffer_text(const struct buffer *buffer);

#endif

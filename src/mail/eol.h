#ifndef MAIL_EOL_H
#define MAIL_EOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/*
 * Converts CRLF to LF, in chunks of any size; a CR not followed by LF is kept. A CR at the end of a
 * chunk is held back until the next octet or the end.
 */
struct eol {
	bool after_cr;
};

void eol_feed(struct eol *eol, const char *data, size_t length, struct buffer *out);
void eol_end(struct eol *eol, struct buffer *out);

/* Counts the octets of a stored message as if each line ended in CRLF. Starts zeroed. */
struct octet_count {
	uint64_t octets;
	char last;
};

void octet_count_feed(struct octet_count *count, const char *in, size_t length);
uint64_t octet_count_end(const struct octet_count *count);

#endif

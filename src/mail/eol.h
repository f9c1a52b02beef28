#ifndef MAIL_EOL_H
#define MAIL_EOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/*
 * CRLF to LF in any chunking; a CR that no LF follows stays. A CR at the end of a chunk is held
 * back until the next octet or the end says what it was.
 */
struct eol {
	bool after_cr;
};

void eol_feed(struct eol *eol, const char *data, size_t length, struct buffer *out);
void eol_end(struct eol *eol, struct buffer *out);

#endif

#ifndef CMD_HEADERS_COLUMNS_H
#define CMD_HEADERS_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/error.h"

struct output;

/* The columns of "headers --fields": header fields, and "@date" and others made of them. */
struct columns {
	char *names; /* one string, a NUL behind each */
	struct column {
		const char *name;
		int special; /* which of those with "@", -1 for a header field */
	} *columns;
	size_t count;
	struct buffer value; /* of the column under way */
};

/* Splits "NAME,...". POP3_E_USAGE says which name cannot be, or is there twice. */
int columns_parse(struct columns *columns, const char *text, struct pop3_error *err);
void columns_release(struct columns *columns);

/* Whether any of them needs the sizes of messages. */
bool columns_need_octets(const struct columns *columns);

/* Adds them all to the record under way. Fails with POP3_E_MEMORY. */
int columns_show(struct columns *columns, struct output *output, uint64_t octets,
		 const char *block, size_t length, struct pop3_error *err);

#endif

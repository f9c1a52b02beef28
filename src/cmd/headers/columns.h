#ifndef CMD_HEADERS_COLUMNS_H
#define CMD_HEADERS_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/error.h"

struct output;

/* The columns of "headers --fields": header fields, and derived values such as "@date". */
struct columns {
	char *names; /* one buffer, each name ends with NUL */
	struct column {
		const char *name;
		const struct column_special *special; /* NULL for a header field */
	} *columns;
	size_t count;
	bool need_octets;    /* of the listing */
	struct buffer value; /* of the current column */
};

/* Parses "NAME,...". Fails with POP3_E_USAGE for an invalid or repeated name. */
int columns_parse(struct columns *columns, const char *text, struct pop3_error *err);
void columns_release(struct columns *columns);

/* Adds all columns to the current record. Fails with POP3_E_MEMORY. */
int columns_show(struct columns *columns, struct output *output, uint64_t octets,
		 const char *block, size_t length, struct pop3_error *err);

#endif

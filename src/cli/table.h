#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/*
 * Records as a table for a terminal: aligned columns under a header line. Column widths are chosen
 * from the first records and limited to fit the terminal; numbers are never cut. The fields of a
 * row are separated by TAB.
 */

#define TABLE_COLUMNS 32 /* further columns are not aligned */

struct table {
	size_t room; /* width of the terminal; 0 = unlimited */
	bool wraps;  /* wrap the last column instead of cutting it */

	/* Private. */
	struct buffer rows, line;
	size_t row_count, column_count;
	struct table_column {
		size_t width;
		bool is_text;
	} columns[TABLE_COLUMNS];
	bool has_widths;
};

void table_release(struct table *table);

/* Marks a column as text, which may be cut. */
void table_note_text(struct table *table, size_t column);

/* Whether enough rows are collected to lay them out. */
bool table_is_full(const struct table *table);

void table_add(struct table *table, const char *row, size_t length);

/* Lays out the collected rows; the first call begins with the header line. */
void table_lay_out(struct table *table, const struct buffer *header, struct buffer *out);

#endif

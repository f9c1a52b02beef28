/* Records as a table that fits a terminal. */
#include "cli/table.h"

#include <stdint.h>
#include <string.h>

#include "cli/terminal.h"

#define TABLE_ROWS 256 /* the widths are chosen from this many rows */
#define GAP 2	       /* blanks between columns */
#define ELLIPSIS "\xe2\x80\xa6"

void table_release(struct table *t)
{
	buffer_release(&t->rows);
	buffer_release(&t->line);
}

void table_note_text(struct table *t, size_t column)
{
	if (column < TABLE_COLUMNS)
		t->columns[column].is_text = true;
}

bool table_is_full(const struct table *t)
{
	return t->row_count >= TABLE_ROWS;
}

void table_add(struct table *t, const char *row, size_t length)
{
	buffer_append(&t->rows, row, length);
	buffer_append_octet(&t->rows, '\n');
	t->row_count++;
}

/* The next cell of a row, up to a TAB or the row's end; false after the last. */
static bool next_cell(const char **at, const char *end, const char **cell, size_t *length)
{
	const char *tab;

	if (*at > end)
		return false;
	tab = memchr(*at, '\t', (size_t)(end - *at));
	*cell = *at;
	*length = (size_t)((tab != NULL ? tab : end) - *at);
	*at += *length + 1;
	return true;
}

/* --- widths --- */

static void measure_row(struct table *t, const char *row, size_t length)
{
	const char *const end = row + length, *cell;
	size_t octets;

	for (size_t i = 0; i < TABLE_COLUMNS && next_cell(&row, end, &cell, &octets); i++) {
		const size_t width = locale_columns(cell, octets);

		if (width > t->columns[i].width)
			t->columns[i].width = width;
		if (i >= t->column_count)
			t->column_count = i + 1;
	}
}

static size_t full_width(const struct table *t)
{
	size_t width = 0;

	for (size_t i = 0; i < t->column_count; i++)
		width += t->columns[i].width + (i > 0 ? GAP : 0);
	return width;
}

/* Shrinks the last columns first, and keeps each readable as long as others can shrink more. */
static void shrink(struct table *t)
{
	static const size_t least[] = { 12, 6, 1 };
	const size_t width = full_width(t);
	size_t excess = t->room > 0 && width > t->room ? width - t->room : 0;

	for (size_t pass = 0; pass < sizeof least / sizeof least[0]; pass++) {
		for (size_t i = t->column_count; excess > 0 && i-- > 0;) {
			struct table_column *const column = &t->columns[i];
			size_t spare;

			if (!column->is_text || column->width <= least[pass])
				continue;
			spare = column->width - least[pass];
			spare = spare < excess ? spare : excess;
			column->width -= spare;
			excess -= spare;
		}
	}
}

/* Gives spare width to the last text column, as later rows may be wider than those measured. */
static void widen(struct table *t)
{
	const size_t width = full_width(t);

	for (size_t i = t->column_count; i-- > 0 && t->room > width;) {
		if (t->columns[i].is_text) {
			t->columns[i].width += t->room - width;
			return;
		}
	}
}

/* --- lines --- */

static size_t append_cut(struct buffer *out, const char *text, size_t length, size_t columns)
{
	const size_t whole = locale_columns(text, length);

	if (whole <= columns) {
		buffer_append(out, text, length);
		return whole;
	}
	length = locale_fit(text, length, columns - 1);
	buffer_append(out, text, length);
	buffer_append_text(out, ELLIPSIS);
	return locale_columns(text, length) + 1;
}

static void append_wrapped(struct table *t, size_t indent, const char *text, size_t length)
{
	const size_t columns = t->room > indent ? t->room - indent : 1;

	for (;;) {
		const size_t fits = locale_fit(text, length, columns);
		size_t part = fits;

		/* Preferably up to a blank. */
		while (fits < length && part > 0 && text[part] != ' ')
			part--;
		if (part == 0)
			part = fits > 0 ? fits : length;
		buffer_append(&t->line, text, part);
		text += part;
		length -= part;
		while (length > 0 && *text == ' ') {
			text++;
			length--;
		}
		if (length == 0)
			return;
		buffer_append_format(&t->line, "\n%*s", (int)indent, "");
	}
}

/* Without padding after the last cell, so that no line ends in blanks. */
static void lay_out_row(struct table *t, const char *row, size_t length, struct buffer *out)
{
	const char *const end = row + length, *cell;
	size_t octets, at = 0;

	buffer_clear(&t->line);
	for (size_t i = 0; next_cell(&row, end, &cell, &octets); i++) {
		const bool is_last = row > end, has_width = i < TABLE_COLUMNS;
		const size_t width = has_width ? t->columns[i].width : 0;
		const bool is_cut = t->room > 0 && has_width && t->columns[i].is_text && !is_last;
		size_t columns;

		if (is_last && t->wraps && t->room > 0) {
			append_wrapped(t, at, cell, octets);
			break;
		}
		columns = append_cut(&t->line, cell, octets, is_cut ? width : SIZE_MAX);
		if (is_last)
			break;
		buffer_append_format(&t->line, "%*s",
				     (int)((width > columns ? width - columns : 0) + GAP), "");
		at += (width > columns ? width : columns) + GAP;
	}
	append_cut(out, buffer_text(&t->line), t->line.length,
		   t->room > 0 && !t->wraps ? t->room : SIZE_MAX);
	buffer_append_octet(out, '\n');
	out->no_memory = out->no_memory || t->line.no_memory;
}

void table_lay_out(struct table *t, const struct buffer *header, struct buffer *out)
{
	const char *const rows = buffer_text(&t->rows);
	const char *end;

	if (!t->has_widths && t->row_count > 0) {
		measure_row(t, buffer_text(header), header->length);
		for (const char *row = rows; (end = strchr(row, '\n')) != NULL; row = end + 1)
			measure_row(t, row, (size_t)(end - row));
		shrink(t);
		if (table_is_full(t))
			widen(t);
		t->has_widths = true;
		lay_out_row(t, buffer_text(header), header->length, out);
	}
	for (const char *row = rows; (end = strchr(row, '\n')) != NULL; row = end + 1)
		lay_out_row(t, row, (size_t)(end - row), out);
	out->no_memory = out->no_memory || t->rows.no_memory;
	buffer_clear(&t->rows);
	t->row_count = 0;
}

/* Reads the tables in tests/field: one row per line, columns separated by TABs, escapes as in C. */
#ifndef UNIT_FIELD_H
#define UNIT_FIELD_H

#include "base/buffer.h"
#include "base/file.h"
#include "check.h"

#define FIELD_COLUMNS 4

struct field_row {
	struct buffer columns[FIELD_COLUMNS];
	size_t count;
};

/* Returns the octet that an escape represents; at starts after the backslash and advances. */
static inline char field_escape(const char **at)
{
	static const char letters[] = "rnt\\", octets[] = "\r\n\t\\";
	const char *const found = strchr(letters, **at);
	char digits[3] = "";

	if (**at == 'x') {
		memcpy(digits, *at + 1, 2);
		*at += 3;
		return (char)strtoul(digits, NULL, 16);
	}
	if (found == NULL || *found == '\0')
		abort();
	(*at)++;
	return octets[found - letters];
}

static inline void field_read_row(struct field_row *row, const char *line)
{
	row->count = 1;
	for (size_t i = 0; i < FIELD_COLUMNS; i++)
		buffer_clear(&row->columns[i]);
	while (*line != '\0') {
		char octet = *line++;

		if (octet == '\t' && row->count++ == FIELD_COLUMNS)
			abort();
		if (octet == '\t')
			continue;
		if (octet == '\\')
			octet = field_escape(&line);
		buffer_append_octet(&row->columns[row->count - 1], octet);
	}
}

/* Checks each row after the header line, and prints how many are correct. */
static inline void field_check(const char *path, bool (*is_right)(const struct field_row *row))
{
	struct field_row row = { .count = 0 };
	struct buffer text = { 0 };
	size_t rows = 0, right = 0;
	char *next, *line;

	check_number(path, file_read(path, &text), 0);
	next = text.data;
	for (strsep(&next, "\n"); next != NULL && (line = strsep(&next, "\n")) != NULL;) {
		if (*line == '\0')
			continue;
		field_read_row(&row, line);
		rows++;
		right += check_report(line, is_right(&row));
	}
	printf("# %s: %zu of %zu are right\n", path, right, rows);
	for (size_t i = 0; i < FIELD_COLUMNS; i++)
		buffer_release(&row.columns[i]);
	buffer_release(&text);
}

#endif

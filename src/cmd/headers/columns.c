/* The columns of "headers --fields": header fields, and values derived from them. */
#include "cmd/headers/columns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "cli/output.h"
#include "mail/address.h"
#include "mail/date.h"
#include "mail/header.h"
#include "pop3/listing.h"

/* --- values --- */

static void append_date(struct buffer *value, const struct header_field *field)
{
	int64_t date;
	char text[CLOCK_TEXT];

	if (date_parse(field->value, field->value_length, &date) && clock_text(date, text))
		buffer_append_text(value, text);
}

static void append_addresses(struct buffer *value, const struct header_field *field)
{
	struct buffer unfolded = { 0 };

	header_unfold(&unfolded, field->value, field->value_length);
	address_append_all(value, buffer_text(&unfolded), unfolded.length);
	value->no_memory = value->no_memory || unfolded.no_memory;
	buffer_release(&unfolded);
}

/* Columns without a header field take their value from the listing. */
static const struct column_special {
	const char *name, *field;
	void (*append)(struct buffer *value, const struct header_field *field);
} specials[] = {
	{ "@date", "Date", append_date },
	{ "@octets", NULL, NULL },
	{ "@from", "From", append_addresses },
	{ "@to", "To", append_addresses },
};

#define SPECIALS (sizeof specials / sizeof specials[0])

/* A field that the message lacks is an empty column. */
int columns_show(struct columns *columns, struct output *output, uint64_t octets,
		 const char *block, size_t length, struct pop3_error *err)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *const column = &columns->columns[i];
		const struct column_special *const special = column->special;
		struct buffer *const value = &columns->value;
		struct header_field field;

		if (special != NULL && special->field == NULL) {
			output_octet_count(output, column->name, octets);
			continue;
		}
		buffer_clear(value);
		if (header_find(block, length, special != NULL ? special->field : column->name,
				&field))
			(special != NULL ? special->append : header_decode)(value, &field);
		if (buffer_check(value, POP3_E_MEMORY, err) < 0)
			return -1;
		output_octets(output, column->name, buffer_text(value), value->length);
	}
	return 0;
}

/* --- names --- */

static int add_column(struct columns *columns, const char *name, struct pop3_error *err)
{
	struct column *const column = &columns->columns[columns->count];

	if (!header_is_name(name, strlen(name)))
		return pop3_fail(err, POP3_E_USAGE,
				 "invalid field name '%s' (use names such as 'From,Subject')",
				 name);
	for (size_t i = 0; i < columns->count; i++)
		if (strcasecmp(columns->columns[i].name, name) == 0)
			return pop3_fail(err, POP3_E_USAGE, "field '%s' is named twice", name);
	*column = (struct column){ .name = name };
	for (size_t i = 0; i < SPECIALS; i++)
		if (strcasecmp(specials[i].name, name) == 0)
			column->special = &specials[i];
	columns->need_octets = columns->need_octets ||
			       (column->special != NULL && column->special->field == NULL);
	if (*name == '@' && column->special == NULL)
		return pop3_fail(err, POP3_E_USAGE,
				 "unknown column '%s' (use @date, @octets, @from or @to)", name);
	columns->count++;
	return 0;
}

int columns_parse(struct columns *columns, const char *text, struct pop3_error *err)
{
	size_t room = 1;
	char *rest;

	for (const char *comma = text; (comma = strchr(comma, ',')) != NULL; comma++)
		room++;
	*columns = (struct columns){
		.names = strdup(text), .columns = calloc(room, sizeof *columns->columns),
	};
	if (columns->names == NULL || columns->columns == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	rest = columns->names;
	for (char *name; (name = strsep(&rest, ",")) != NULL;) {
		size_t length;

		name += strspn(name, " \t");
		length = strlen(name);
		while (length > 0 && (name[length - 1] == ' ' || name[length - 1] == '\t'))
			name[--length] = '\0';
		if (add_column(columns, name, err) < 0)
			return pop3_context(err, "--fields");
	}
	return 0;
}

void columns_release(struct columns *columns)
{
	free(columns->names);
	free(columns->columns);
	buffer_release(&columns->value);
}

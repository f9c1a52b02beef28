/* Records on stdout, in the form that fits who reads them. */
#include "cli/output.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/buffer.h"
#include "base/deadline.h"
#include "base/number.h"
#include "base/text.h"

#define FLUSH_AT 65536	       /* octets collected before a write */
#define TABLE_LINES 256	       /* records whose widths a terminal's table is made after */
#define TABLE_COLUMNS 32       /* columns with a width of their own */

struct output {
	struct output_form form;
	struct buffer text;	/* ready to be written */
	struct buffer header;	/* the names of the first record's fields */
	struct buffer rows;	/* of a table: fields by TAB, records by LF, until widths are known */
	struct buffer scratch;
	size_t widths[TABLE_COLUMNS];
	size_t row_count;
	size_t fields;		/* of the record under way */
	size_t pairs;		/* of the list under way */
	bool header_done;
	bool widths_known;
	bool started;		/* something has gone out, or will */
};

struct output *output_open(const struct output_form *form, struct pop3_error *err)
{
	struct output *const output = calloc(1, sizeof *output);

	if (output == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	output->form = *form;
	if (form->is_terminal)
		locale_use_utf8();
	return output;
}

void output_close(struct output *output)
{
	if (output == NULL)
		return;
	buffer_release(&output->text);
	buffer_release(&output->header);
	buffer_release(&output->rows);
	buffer_release(&output->scratch);
	free(output);
}

bool output_started(const struct output *output)
{
	return output->started;
}

/* --- writing --- */

static int write_out(const struct output *output, const char *data, size_t length,
		     struct pop3_error *err)
{
	return deadline_write(output->form.timeouts, STDOUT_FILENO, "stdout", data, length, err);
}

static int flush_text(struct output *output, struct pop3_error *err)
{
	int result = buffer_check(&output->text, POP3_E_IO, err);

	if (result == 0 && output->text.length > 0)
		result = write_out(output, output->text.data, output->text.length, err);
	buffer_clear(&output->text);
	return result;
}

int output_raw(struct output *output, const void *data, size_t length, struct pop3_error *err)
{
	output->started = true;
	if (output->text.length + length > FLUSH_AT && flush_text(output, err) < 0)
		return -1;
	if (length >= FLUSH_AT / 4)
		return flush_text(output, err) < 0 ? -1 : write_out(output, data, length, err);
	buffer_append(&output->text, data, length);
	return 0;
}

/* --- a table at a terminal --- */

void locale_use_utf8(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
}

size_t locale_columns(const char *text, size_t length)
{
	size_t columns = 0;

	for (size_t i = 0; i < length;) {
		uint32_t code = 0;
		const size_t octets = text_utf8(text + i, length - i, &code);
		const int width = octets > 1 ? wcwidth((wchar_t)code) : 1;

		columns += width >= 0 ? (size_t)width : 1;
		i += octets != 0 ? octets : 1;
	}
	return columns;
}

static void measure_row(struct output *output, const char *row, size_t length)
{
	for (size_t column = 0; length > 0 && column < TABLE_COLUMNS; column++) {
		const char *const tab = memchr(row, '\t', length);
		const size_t cell = tab != NULL ? (size_t)(tab - row) : length;
		const size_t width = locale_columns(row, cell);

		if (width > output->widths[column])
			output->widths[column] = width;
		if (tab == NULL)
			break;
		row = tab + 1;
		length -= cell + 1;
	}
}

/* The last cell is not padded: no blanks at the end of a line. */
static void lay_out_row(struct output *output, const char *row, size_t length)
{
	for (size_t column = 0;; column++) {
		const char *const tab = memchr(row, '\t', length);
		const size_t cell = tab != NULL ? (size_t)(tab - row) : length;
		size_t width = locale_columns(row, cell);

		buffer_append(&output->text, row, cell);
		if (tab == NULL)
			break;
		while (column < TABLE_COLUMNS && width++ < output->widths[column])
			buffer_append_octet(&output->text, ' ');
		buffer_append(&output->text, "  ", 2);
		row = tab + 1;
		length -= cell + 1;
	}
	buffer_append_octet(&output->text, '\n');
}

static void each_row(struct output *output,
		     void (*act)(struct output *, const char *row, size_t length))
{
	const char *row = buffer_text(&output->rows);
	const char *end;

	while ((end = strchr(row, '\n')) != NULL) {
		act(output, row, (size_t)(end - row));
		row = end + 1;
	}
}

static void lay_out_table(struct output *output)
{
	if (!output->widths_known && output->row_count > 0) {
		measure_row(output, buffer_text(&output->header), output->header.length);
		each_row(output, measure_row);
		lay_out_row(output, buffer_text(&output->header), output->header.length);
		output->widths_known = true;
	}
	each_row(output, lay_out_row);
	buffer_clear(&output->rows);
	output->row_count = 0;
}

/* --- records --- */

static bool is_table(const struct output *output)
{
	return output->form.is_terminal && !output->form.json && !output->form.nul;
}

static struct buffer *record_buffer(struct output *output)
{
	return is_table(output) ? &output->rows : &output->text;
}

static void begin_field(struct output *output, const char *name)
{
	if (!output->header_done) {
		if (output->fields > 0)
			buffer_append_octet(&output->header, '\t');
		text_escape(&output->header, name, strlen(name));
	}
	if (output->fields++ > 0)
		buffer_append_octet(&output->scratch, output->form.json ? ',' : '\t');
	if (!output->form.json)
		return;
	buffer_append_octet(&output->scratch, '"');
	text_json(&output->scratch, name, strlen(name));
	buffer_append_text(&output->scratch, "\":");
}

void output_number(struct output *output, const char *name, uint64_t value)
{
	char digits[NUMBER_DIGITS];

	begin_field(output, name);
	buffer_append(&output->scratch, digits, number_write(digits, value));
}

void output_begin(struct output *output)
{
	output->started = true;
	output->fields = 0;
	buffer_clear(&output->scratch);
	if (!output->header_done)
		buffer_clear(&output->header);
	if (output->form.json)
		buffer_append_octet(&output->scratch, '{');
	if (output->form.json && output->form.line > 0)
		output_number(output, "line", output->form.line);
}

void output_octets(struct output *output, const char *name, const char *text, size_t length)
{
	begin_field(output, name);
	if (!output->form.json) {
		text_escape(&output->scratch, text, length);
		return;
	}
	buffer_append_octet(&output->scratch, '"');
	text_json(&output->scratch, text, length);
	buffer_append_octet(&output->scratch, '"');
}

void output_text(struct output *output, const char *name, const char *text)
{
	output_octets(output, name, text, strlen(text));
}

void output_unknown(struct output *output, const char *name)
{
	begin_field(output, name);
	buffer_append_text(&output->scratch, output->form.json ? "null" : "-");
}

void output_pairs_begin(struct output *output, const char *name)
{
	begin_field(output, name);
	buffer_append_octet(&output->scratch, '[');
	output->pairs = 0;
}

void output_pair(struct output *output, const char *name, size_t name_length, const char *value,
		 size_t value_length)
{
	buffer_append_text(&output->scratch,
			   output->pairs++ > 0 ? ",{\"name\":\"" : "{\"name\":\"");
	text_json(&output->scratch, name, name_length);
	buffer_append_text(&output->scratch, "\",\"value\":\"");
	text_json(&output->scratch, value, value_length);
	buffer_append_text(&output->scratch, "\"}");
}

void output_pairs_end(struct output *output)
{
	buffer_append_octet(&output->scratch, ']');
}

bool output_is_json(const struct output *output)
{
	return output->form.json;
}

static void put_header(struct output *output)
{
	if (!output->header_done && output->form.header && !output->form.json &&
	    !is_table(output)) {
		buffer_append(&output->text, buffer_text(&output->header),
			      output->header.length);
		buffer_append_octet(&output->text, output->form.nul ? '\0' : '\n');
	}
	output->header_done = true;
}

int output_end(struct output *output, struct pop3_error *err)
{
	struct buffer *const to = record_buffer(output);

	put_header(output);
	if (output->form.json)
		buffer_append_octet(&output->scratch, '}');
	if (buffer_check(&output->scratch, POP3_E_IO, err) < 0)
		return -1;
	buffer_append(to, buffer_text(&output->scratch), output->scratch.length);
	buffer_append_octet(to, output->form.nul ? '\0' : '\n');
	output->row_count++;
	if (is_table(output) && output->row_count >= TABLE_LINES)
		lay_out_table(output);
	return output->text.length >= FLUSH_AT ? flush_text(output, err) : 0;
}

int output_flush(struct output *output, struct pop3_error *err)
{
	if (is_table(output))
		lay_out_table(output);
	return flush_text(output, err);
}

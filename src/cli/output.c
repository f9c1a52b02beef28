/* Records on stdout, in the form that suits the reader. */
#include "cli/output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/deadline.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "pop3/listing.h"

#define FLUSH_AT 65536 /* octets collected before a write */

struct output {
	struct output_form form;
	struct buffer text;    /* ready to be written */
	struct buffer header;  /* the names of the first record's fields */
	struct buffer scratch; /* the current record */
	struct buffer mail;    /* an incomplete character, held back from a terminal */
	struct table table;
	size_t fields;	       /* of the current record */
	size_t pairs;	       /* of the current list */
	bool header_done;
	bool started;	       /* something was printed or buffered */
};

struct output *output_open(const struct output_form *form, struct pop3_error *err)
{
	struct output *const output = calloc(1, sizeof *output);

	if (output == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	output->form = *form;
	if (form->is_terminal) {
		locale_use_utf8();
		output->table.room = form->wide ? 0 : terminal_width(STDOUT_FILENO);
	}
	return output;
}

void output_close(struct output *output)
{
	if (output == NULL)
		return;
	buffer_release(&output->text);
	buffer_release(&output->header);
	buffer_release(&output->scratch);
	buffer_release(&output->mail);
	table_release(&output->table);
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
	if (output->form.is_terminal)
		progress_hide();
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

int output_mail(struct output *output, const void *data, size_t length, struct pop3_error *err)
{
	if (!output->form.is_terminal)
		return output_raw(output, data, length, err);
	output->started = true;
	buffer_append(&output->mail, data, length);
	if (buffer_check(&output->mail, POP3_E_IO, err) < 0)
		return -1;
	buffer_drop(&output->mail,
		    text_show(&output->text, output->mail.data, output->mail.length));
	return output->text.length >= FLUSH_AT ? flush_text(output, err) : 0;
}

/* --- records --- */

static bool is_table(const struct output *output)
{
	return output->form.is_terminal && !output->form.json && !output->form.nul;
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
	const size_t length = number_write(digits, value);

	begin_field(output, name);
	buffer_append(&output->scratch, digits, length);
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
	table_note_text(&output->table, output->fields);
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

void output_octet_count(struct output *output, const char *name, uint64_t octets)
{
	if (octets == POP3_OCTETS_UNKNOWN)
		output_unknown(output, name);
	else
		output_number(output, name, octets);
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

void output_wrap(struct output *output)
{
	output->table.wraps = true;
}

bool output_is_json(const struct output *output)
{
	return output->form.json;
}

int output_end(struct output *output, struct pop3_error *err)
{
	const char end = output->form.nul ? '\0' : '\n';

	if (!output->header_done && output->form.header && !output->form.json &&
	    !is_table(output)) {
		buffer_append(&output->text, buffer_text(&output->header), output->header.length);
		buffer_append_octet(&output->text, end);
	}
	output->header_done = true;
	if (output->form.json)
		buffer_append_octet(&output->scratch, '}');
	if (buffer_check(&output->scratch, POP3_E_IO, err) < 0)
		return -1;
	if (is_table(output)) {
		table_add(&output->table, buffer_text(&output->scratch), output->scratch.length);
		if (table_is_full(&output->table))
			table_lay_out(&output->table, &output->header, &output->text);
	} else {
		buffer_append(&output->text, buffer_text(&output->scratch), output->scratch.length);
		buffer_append_octet(&output->text, end);
	}
	return output->text.length >= FLUSH_AT ? flush_text(output, err) : 0;
}

int output_flush(struct output *output, struct pop3_error *err)
{
	if (is_table(output))
		table_lay_out(&output->table, &output->header, &output->text);
	text_escape(&output->text, buffer_text(&output->mail), output->mail.length);
	buffer_clear(&output->mail);
	return flush_text(output, err);
}

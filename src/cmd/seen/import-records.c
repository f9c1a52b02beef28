/*
 * Records of our own subcommands. One field is a UID; of more the second is, as everywhere, but
 * in the records of "seen list", which begin with it and go on with a time.
 */
#include <string.h>

#include "cmd/seen/import-format.h"

static bool is_word(struct import_text field, const char *word)
{
	return field.length == strlen(word) && memcmp(field.text, word, field.length) == 0;
}

static bool is_time(struct import_text field)
{
	static const char form[] = "0000-00-00T00:00:00Z";

	if (field.length != sizeof form - 1)
		return false;
	for (size_t i = 0; i < field.length; i++) {
		const bool is_digit = field.text[i] >= '0' && field.text[i] <= '9';

		if (form[i] == '0' ? !is_digit : field.text[i] != form[i])
			return false;
	}
	return true;
}

/* Blanks come in runs, TABs one by one. */
static struct import_text take_field(struct import_text *line, char separator)
{
	const struct import_text field = import_cut(line, separator);

	while (separator == ' ' && line->length > 0 && line->text[0] == ' ')
		import_cut(line, ' ');
	return field;
}

static struct import_text without_line_end(struct import_text line)
{
	while (line.length > 0 && line.text[line.length - 1] == '\r')
		line.length--;
	if (memchr(line.text, '\t', line.length) != NULL)
		return line;
	while (line.length > 0 && line.text[0] == ' ')
		import_cut(&line, ' ');
	while (line.length > 0 && line.text[line.length - 1] == ' ')
		line.length--;
	return line;
}

static int read_line(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	struct import_text rest = without_line_end(line);
	const char separator = memchr(rest.text, '\t', rest.length) != NULL ? '\t' : ' ';
	const bool is_alone = memchr(rest.text, separator, rest.length) == NULL;
	const struct import_text first = take_field(&rest, separator);
	const struct import_text second = take_field(&rest, separator);

	if (is_alone && first.length == 0)
		return 0;
	if ((is_word(first, "number") && is_word(second, "uid")) ||
	    (is_word(first, "uid") && is_word(second, "fetched")))
		return 0;
	return import_pass_escaped(parse, is_alone || is_time(second) ? first : second, err);
}

const struct import_format import_records = { .name = "records", .read_line = read_line };

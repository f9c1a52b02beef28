/* Finds header fields, also in malformed headers. */
#include "mail/header.h"

#include <string.h>

#include "base/text.h"
#include "mail/encoded.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The length of the line at text, including its line end if there is one. */
static size_t line_length(const char *text, size_t length)
{
	const char *const end = memchr(text, '\n', length);

	return end != NULL ? (size_t)(end - text) + 1 : length;
}

static bool is_empty_line(const char *line, size_t length)
{
	return (length == 1 && line[0] == '\n') ||
	       (length == 2 && line[0] == '\r' && line[1] == '\n');
}

/* The length of a field: end is that of its first line, and its continuation lines are added. */
static size_t field_length(const char *text, size_t length, size_t end)
{
	while (end < length && is_blank(text[end]))
		end += line_length(text + end, length - end);
	return end;
}

/* Some Windows programs write a byte order mark before the first field. */
static size_t mark_length(const char *block, size_t length)
{
	return length >= 3 && memcmp(block, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool is_name_octet(char c)
{
	return c > ' ' && c < 0x7f && c != ':';
}

bool header_is_name(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!is_name_octet(text[i]))
			return false;
	return length > 0;
}

static bool split_field(const char *text, size_t length, struct header_field *field)
{
	size_t name = 0, colon;

	while (name < length && is_name_octet(text[name]))
		name++;
	/* Blanks before the colon are obsolete syntax (RFC 5322 section 4.5). */
	for (colon = name; colon < length && is_blank(text[colon]);)
		colon++;
	if (name == 0 || colon == length || text[colon] != ':')
		return false;
	if (text[length - 1] == '\n')
		length -= length - colon > 2 && text[length - 2] == '\r' ? 2 : 1;
	*field = (struct header_field){
		.name = text, .name_length = name,
		.value = text + colon + 1, .value_length = length - colon - 1,
	};
	return true;
}

bool header_next(const char *block, size_t length, size_t *offset, struct header_field *field)
{
	if (*offset == 0)
		*offset = mark_length(block, length);
	while (*offset < length) {
		const char *const text = block + *offset;
		const size_t rest = length - *offset;
		const size_t line = line_length(text, rest);
		const size_t octets = field_length(text, rest, line);

		if (is_empty_line(text, line))
			return false;
		*offset += octets;
		if (split_field(text, octets, field))
			return true;
	}
	return false;
}

bool header_find_all(const char *block, size_t length, struct header_wanted *wanted, size_t count)
{
	struct header_field field;
	size_t octets;

	for (size_t offset = mark_length(block, length); offset < length; offset += octets) {
		const char *const text = block + offset;
		const size_t line = line_length(text, length - offset);

		if (is_empty_line(text, line))
			return true;
		octets = field_length(text, length - offset, line);
		for (size_t i = 0; i < count; i++)
			/* Compares the first letter first, for speed: most fields differ in it. */
			if (wanted[i].field.name == NULL &&
			    (*wanted[i].name | 0x20) == (*text | 0x20) &&
			    split_field(text, octets, &field) &&
			    text_equal_nocase(field.name, field.name_length, wanted[i].name))
				wanted[i].field = field;
	}
	return false;
}

bool header_find(const char *block, size_t length, const char *name, struct header_field *field)
{
	struct header_wanted wanted = { .name = name };

	header_find_all(block, length, &wanted, 1);
	if (wanted.field.name == NULL)
		return false;
	*field = wanted.field;
	return true;
}

static bool is_outer_blank(char c)
{
	return is_blank(c) || c == '\r' || c == '\n';
}

void header_unfold(struct buffer *out, const char *value, size_t length)
{
	size_t start = 0, next;

	while (length > 0 && is_outer_blank(value[length - 1]))
		length--;
	while (start < length && is_outer_blank(value[start]))
		start++;
	for (; start < length; start = next) {
		size_t end = next = start + line_length(value + start, length - start);

		if (next < length && is_blank(value[next]))
			end -= next - start > 1 && value[next - 2] == '\r' ? 2 : 1;
		/* Output would escape the TAB of a continuation line. */
		if (start > 0 && value[start - 1] == '\n' && value[start] == '\t') {
			buffer_append_octet(out, ' ');
			start++;
		}
		buffer_append(out, value + start, end - start);
	}
}

void header_decode(struct buffer *out, const struct header_field *field)
{
	struct buffer unfolded = { 0 };

	header_unfold(&unfolded, field->value, field->value_length);
	encoded_decode(out, buffer_text(&unfolded), unfolded.length);
	out->no_memory = out->no_memory || unfolded.no_memory;
	buffer_release(&unfolded);
}

bool header_has_end(const char *block, size_t length)
{
	const char *const last = length > 1 ? memrchr(block, '\n', length - 1) : NULL;
	const size_t start = last != NULL ? (size_t)(last - block) + 1 : 0;

	return is_empty_line(block + start, length - start);
}

size_t header_comment_length(const char *text, size_t length)
{
	size_t depth = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '(')
			depth++;
		else if (text[i] == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

size_t header_block_length(const char *block, size_t length)
{
	for (size_t offset = 0; offset < length;) {
		const size_t line = line_length(block + offset, length - offset);

		if (is_empty_line(block + offset, line))
			return offset + line;
		offset += line;
	}
	return length;
}

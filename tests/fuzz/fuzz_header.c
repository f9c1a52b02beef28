/* Header blocks: fields follow each other, and the kind of line end does not matter. */
#include "mail/header.h"

#include "fuzz.h"
#include "mail/address.h"

static void with_crlf(struct buffer *out, const struct input *text)
{
	for (size_t i = 0; i < text->length; i++) {
		if (text->data[i] == '\n')
			buffer_append_octet(out, '\r');
		buffer_append_octet(out, text->data[i]);
	}
}

/* The addresses are at most as long as the field and the separators between them. */
static void read_addresses(const char *value, size_t length)
{
	struct buffer addresses = { 0 };

	address_append_all(&addresses, value, length);
	must(addresses.length <= 2 * length, "addresses are not longer than their field");
	buffer_release(&addresses);
}

/* Appends each field as "name: unfolded value" and a NUL. */
static void walk(struct buffer *out, const char *block, size_t length)
{
	struct header_field field, found;
	size_t offset = 0, before = 0;

	while (header_next(block, length, &offset, &field)) {
		char *const name = strndup(field.name, field.name_length);
		const size_t start = out->length;

		must(offset > before && offset <= length, "each field is after the previous one");
		must(field.name >= block + before && field.name_length > 0 &&
			     field.value + field.value_length <= block + length,
		     "a field lies within the block");
		must(header_find(block, length, name, &found) && found.name <= field.name,
		     "the first field of a name can be found");
		buffer_append_format(out, "%s: ", name);
		header_unfold(out, field.value, field.value_length);
		must(header_is_name(field.name, field.name_length), "a field name is valid");
		must(memchr(out->data + start, '\n', out->length - start) == NULL,
		     "an unfolded value is one line");
		read_addresses(out->data + start, out->length - start);
		buffer_append_octet(out, '\0');
		before = offset;
		free(name);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct input text = input_of(data, size);
	struct buffer crlf = { 0 }, fields = { 0 }, same = { 0 };

	walk(&fields, text.data, size);
	must(header_block_length(text.data, size) <= size, "a block ends within the message");
	must(header_has_end(text.data, header_block_length(text.data, size)) ||
		     header_block_length(text.data, size) == size,
	     "a block shorter than the message has an end");
	if (size > 0 && memchr(data, '\r', size) == NULL) {
		with_crlf(&crlf, &text);
		walk(&same, crlf.data, crlf.length);
		must(buffer_equals(&same, buffer_text(&fields), fields.length),
		     "LF and CRLF give the same fields");
	}
	buffer_release(&crlf);
	buffer_release(&fields);
	buffer_release(&same);
	return 0;
}

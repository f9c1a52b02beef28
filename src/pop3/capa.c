/* Capabilities: stored as text and searched by name. Lists are short. */
#include "pop3/capa.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int pop3_capa_add(struct pop3_capa *capa, const char *line, size_t length, struct pop3_error *err)
{
	char *text;

	while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
		length--;
	if (length == 0)
		return 0;
	if (capa->lines >= POP3_CAPA_LINES || capa->length + length + 1 > POP3_CAPA_OCTETS)
		return pop3_fail(err, POP3_E_PROTOCOL, "the list of capabilities is too long");
	text = realloc(capa->text, capa->length + length + 2);
	if (text == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	memcpy(text + capa->length, line, length);
	text[capa->length + length] = '\n';
	capa->text = text;
	capa->length += length + 1;
	capa->text[capa->length] = '\0';
	capa->lines++;
	return 0;
}

int pop3_capa_copy(struct pop3_capa *to, const struct pop3_capa *from, struct pop3_error *err)
{
	if (from->length == 0)
		return 0;
	to->text = malloc(from->length + 1);
	if (to->text == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	memcpy(to->text, from->text, from->length + 1);
	to->length = from->length;
	to->lines = from->lines;
	return 0;
}

bool pop3_capa_equal(const struct pop3_capa *a, const struct pop3_capa *b)
{
	return a->length == b->length &&
	       (a->length == 0 || memcmp(a->text, b->text, a->length) == 0);
}

void pop3_capa_release(struct pop3_capa *capa)
{
	free(capa->text);
	*capa = (struct pop3_capa){ .text = NULL };
}

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

const char *pop3_capa_find(const struct pop3_capa *capa, const char *name, size_t *length)
{
	const size_t name_length = strlen(name);
	const char *const end = capa->length > 0 ? capa->text + capa->length : NULL;

	for (const char *line = capa->text; line < end;) {
		const char *const line_end = memchr(line, '\n', (size_t)(end - line));

		if (text_starts_nocase(line, (size_t)(line_end - line), name) &&
		    ends_word(line[name_length])) {
			const char *arguments = line + name_length;

			while (arguments < line_end && ends_word(*arguments))
				arguments++;
			*length = (size_t)(line_end - arguments);
			return arguments;
		}
		line = line_end + 1;
	}
	return NULL;
}

bool pop3_capa_lists(const struct pop3_capa *capa, const char *name, const char *argument)
{
	size_t length = 0;
	const char *word = pop3_capa_find(capa, name, &length);
	const char *const end = word != NULL ? word + length : NULL;

	while (word < end) {
		const char *after = word;

		while (after < end && !ends_word(*after))
			after++;
		if (text_equal_nocase(word, (size_t)(after - word), argument))
			return true;
		word = after + 1;
	}
	return false;
}

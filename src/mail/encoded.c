/*
 * Decodes encoded words. Adjacent words in one character set are joined before the conversion to
 * UTF-8, because some mail programs split a character between two words.
 */
#include "mail/encoded.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"
#include "mail/charset.h"

struct word {
	const char *label; /* the name of the character set */
	size_t label_length;
	char charset[CHARSET_LIMIT]; /* the resolved name */
	char encoding;		     /* 'b' or 'q' */
	const char *text;	     /* encoded */
	size_t text_length;
	size_t length; /* including "=?" and "?=" */
};

static size_t blanks_length(const char *text, size_t length)
{
	size_t blanks = 0;

	while (blanks < length && (text[blanks] == ' ' || text[blanks] == '\t'))
		blanks++;
	return blanks;
}

/* '/' is excluded on purpose: iconv_open would parse a suffix such as "//TRANSLIT". */
static size_t name_length(const char *text, size_t length)
{
	static const char others[] = "-_.:+\"";
	size_t i = 0;

	while (i < length && ((text[i] >= '0' && text[i] <= '9') ||
			      (text[i] >= 'A' && text[i] <= 'Z') ||
			      (text[i] >= 'a' && text[i] <= 'z') ||
			      (text[i] != '\0' && strchr(others, text[i]) != NULL)))
		i++;
	return i;
}

/* Parses "=?charset*language?encoding?", with optional language. Returns its length, or 0. */
static size_t parse_start(const char *text, size_t length, struct word *word)
{
	size_t name, at;

	if (length < 2 || text[0] != '=' || text[1] != '?')
		return 0;
	name = name_length(text + 2, length - 2);
	if (name == 0 || name >= CHARSET_LIMIT)
		return 0;
	word->label = text + 2;
	word->label_length = name;
	at = 2 + name;
	if (at < length && text[at] == '*')
		at += 1 + name_length(text + at + 1, length - at - 1);
	if (length - at < 3 || text[at] != '?' || text[at + 2] != '?')
		return 0;
	word->encoding = (char)(text[at + 1] | 0x20);
	return word->encoding == 'b' || word->encoding == 'q' ? at + 3 : 0;
}

/* A word ends at the next "?=". If another word starts before that, the first one is not a word. */
static bool parse_word(const char *text, size_t length, struct word *word)
{
	const size_t start = parse_start(text, length, word);
	const char *const end = text + length;
	const char *mark;
	struct word other;

	if (start == 0)
		return false;
	word->text = text + start;
	for (mark = word->text; (mark = memchr(mark, '?', (size_t)(end - mark))) != NULL; mark++) {
		if (mark > word->text &&
		    parse_start(mark - 1, (size_t)(end - mark) + 1, &other) > 0)
			return false;
		if (end - mark > 1 && mark[1] == '=')
			break;
	}
	if (mark == NULL || !charset_resolve(word->charset, word->label, word->label_length))
		return false;
	word->text_length = (size_t)(mark - word->text);
	word->length = start + word->text_length + 2;
	return true;
}

/* A "=" without two hexadecimal digits after it is kept. */
static void decode_q(struct buffer *octets, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char octet = text[i] == '_' || text[i] == '\t' ? ' ' : text[i];

		if (octet == '=' && length - i > 2 && text_hex_octet(text + i + 1) >= 0) {
			octet = (char)text_hex_octet(text + i + 1);
			i += 2;
		}
		buffer_append_octet(octets, octet);
	}
}

/* Appends the octets of two to four base64 letters. */
static void append_quantum(struct buffer *octets, uint32_t bits, size_t letters)
{
	bits <<= 6 * (4 - letters);
	for (size_t i = 1; i < letters; i++)
		buffer_append_octet(octets, (char)(bits >> (24 - 8 * i)));
}

/*
 * Lenient base64, as found in mail: padding may be missing, excessive, or in the middle of joined
 * words. Other octets are ignored, and so is padding that completes nothing.
 */
static void decode_b(struct buffer *octets, const char *text, size_t length)
{
	uint32_t bits = 0;
	size_t letters = 0, padding = 0;

	for (size_t i = 0; i < length; i++) {
		const char *const letter = memchr(base64_alphabet, text[i], 64);

		padding = text[i] == '=' ? padding + 1 : 0;
		if (letter != NULL) {
			bits = bits << 6 | (uint32_t)(letter - base64_alphabet);
			letters++;
		}
		if (letters == 4 || (letters > 1 && letters + padding == 4)) {
			append_quantum(octets, bits, letters);
			bits = 0;
			letters = 0;
		}
	}
	if (letters > 1)
		append_quantum(octets, bits, letters);
}

/* Base64 whose letters were replaced by blanks decodes to control characters. */
static bool is_damaged(const struct word *word, const char *octets, size_t length)
{
	if (word->encoding != 'b' || memchr(word->text, ' ', word->text_length) == NULL)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)octets[i] < ' ' &&
		    strchr("\t\n\r\x0e\x0f\x1b", octets[i]) == NULL)
			return true;
	return false;
}

/*
 * Decodes a run of words that starts with first, up to one that cannot be decoded. Returns the
 * length of the run in text.
 */
static size_t decode_run(struct buffer *octets, const struct word *first, const char *text,
			 size_t length)
{
	struct word word = *first;
	size_t end = 0, next = 0;

	buffer_clear(octets);
	do {
		const size_t before = octets->length;

		if (word.encoding == 'b')
			decode_b(octets, word.text, word.text_length);
		else
			decode_q(octets, word.text, word.text_length);
		if (is_damaged(&word, buffer_text(octets) + before, octets->length - before))
			octets->length = before;
		if (octets->length == before && word.text_length > 0)
			return end;
		end = next + word.length;
		next = end + blanks_length(text + end, length - end);
	} while (parse_word(text + next, length - next, &word) &&
		 strcmp(word.charset, first->charset) == 0);
	return end;
}

size_t encoded_word_length(const char *text, size_t length)
{
	struct word word;

	return parse_word(text, length, &word) ? word.length : 0;
}

void encoded_decode(struct buffer *out, const char *value, size_t length)
{
	struct buffer octets = { 0 };
	size_t done = 0, i = 0;
	const char *mark;

	while (i < length && (mark = memmem(value + i, length - i, "=?", 2)) != NULL) {
		struct word word;
		size_t run;

		i = (size_t)(mark - value);
		if (!parse_word(value + i, length - i, &word)) {
			i += 2;
			continue;
		}
		run = decode_run(&octets, &word, value + i, length - i);
		/* An empty text is an encoded word only if its character set is known. */
		if (run == 0 || (octets.length == 0 && !charset_decode(out, word.charset, "", 0))) {
			i += word.length;
			continue;
		}
		/* Blanks between two encoded words are ignored (RFC 2047 section 6.2). */
		if (done == 0 || blanks_length(value + done, i - done) < i - done)
			buffer_append(out, value + done, i - done);
		if (!charset_decode(out, word.charset, buffer_text(&octets), octets.length))
			text_append_valid(out, buffer_text(&octets), octets.length);
		done = i += run;
		out->no_memory = out->no_memory || octets.no_memory;
	}
	if (done < length)
		buffer_append(out, value + done, length - done);
	buffer_release(&octets);
}

/*
 * Encoded-words turned into UTF-8. Neighbours of one character set and encoding are a run: their
 * octets are put together before they are converted, since writers cut characters in two.
 */
#include "mail/encoded.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"

#define CHARSET_LIMIT 64 /* octets of a character set's name, NUL included */
#define CONVERT_CHUNK 1024

struct word {
	char charset[CHARSET_LIMIT];
	char encoding;	  /* 'b' or 'q' */
	const char *text; /* still encoded */
	size_t text_length;
	size_t length; /* from "=?" to "?=" */
};

static size_t blanks_length(const char *text, size_t length)
{
	size_t blanks = 0;

	while (blanks < length && (text[blanks] == ' ' || text[blanks] == '\t'))
		blanks++;
	return blanks;
}

/* '/' is left out on purpose: iconv_open takes what follows it as orders. */
static size_t name_length(const char *text, size_t length)
{
	static const char others[] = "-_.:+";
	size_t i = 0;

	while (i < length && ((text[i] >= '0' && text[i] <= '9') ||
			      (text[i] >= 'A' && text[i] <= 'Z') ||
			      (text[i] >= 'a' && text[i] <= 'z') ||
			      (text[i] != '\0' && strchr(others, text[i]) != NULL)))
		i++;
	return i;
}

static size_t encoded_text_length(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length && text[i] > ' ' && text[i] < 0x7f && text[i] != '?')
		i++;
	return i;
}

/* Reads "=?charset*language?encoding?text?=", where the language may be missing. */
static bool parse_word(const char *text, size_t length, struct word *word)
{
	size_t name, at;

	if (length < 2 || text[0] != '=' || text[1] != '?')
		return false;
	name = name_length(text + 2, length - 2);
	if (name == 0 || name >= sizeof word->charset)
		return false;
	memcpy(word->charset, text + 2, name);
	word->charset[name] = '\0';
	at = 2 + name;
	if (at < length && text[at] == '*')
		at += 1 + name_length(text + at + 1, length - at - 1);
	if (length - at < 3 || text[at] != '?' || text[at + 2] != '?')
		return false;
	word->encoding = (char)(text[at + 1] | 0x20);
	if (word->encoding != 'b' && word->encoding != 'q')
		return false;
	at += 3;
	word->text = text + at;
	word->text_length = encoded_text_length(text + at, length - at);
	at += word->text_length;
	word->length = at + 2;
	return length - at >= 2 && text[at] == '?' && text[at + 1] == '=';
}

static int hex_value(char c)
{
	static const char digits[] = "0123456789ABCDEFabcdef";
	const char *const found = c != '\0' ? strchr(digits, c) : NULL;

	if (found == NULL)
		return -1;
	return (int)(found - digits) - (found - digits > 15 ? 6 : 0);
}

static bool decode_q(struct buffer *octets, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] == '=' && (length - i < 3 || hex_value(text[i + 1]) < 0 ||
				       hex_value(text[i + 2]) < 0))
			return false;
	for (size_t i = 0; i < length; i++) {
		char octet = text[i] == '_' ? ' ' : text[i];

		if (octet == '=') {
			octet = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
			i += 2;
		}
		buffer_append_octet(octets, octet);
	}
	return true;
}

static bool decode_word(struct buffer *octets, const struct word *word)
{
	return word->encoding == 'b' ? base64_decode(octets, word->text, word->text_length)
				     : decode_q(octets, word->text, word->text_length);
}

/* Collects the octets of a run that starts with that word; returns the run's length in text. */
static size_t decode_run(struct buffer *octets, const struct word *first, const char *text,
			 size_t length, bool alone)
{
	struct word word = *first;
	size_t end = 0, next = 0;

	buffer_clear(octets);
	do {
		if (!decode_word(octets, &word))
			return end;
		end = next + word.length;
		next = end + blanks_length(text + end, length - end);
	} while (!alone && parse_word(text + next, length - next, &word) &&
		 word.encoding == first->encoding &&
		 text_equal_nocase(word.charset, strlen(word.charset), first->charset));
	return end;
}

/* The last call, without input, is for what the converter still holds back. */
static bool convert_all(iconv_t converter, struct buffer *utf8, char *next, size_t left)
{
	for (bool last = false;;) {
		char chunk[CONVERT_CHUNK], *put = chunk;
		size_t room = sizeof chunk;
		const size_t result = iconv(converter, last ? NULL : &next, last ? NULL : &left,
					    &put, &room);
		const bool full = result == (size_t)-1 && errno == E2BIG && put != chunk;

		if (result == (size_t)-1 && !full)
			return false;
		buffer_append(utf8, chunk, sizeof chunk - room);
		if (last && !full)
			return true;
		last = last || !full;
	}
}

static bool convert(struct buffer *utf8, const char *charset, const struct buffer *octets)
{
	const iconv_t converter = iconv_open("UTF-8", charset);
	bool converted;

	buffer_clear(utf8);
	if (converter == (iconv_t)-1)
		return false;
	converted = convert_all(converter, utf8, octets->data, octets->length);
	iconv_close(converter);
	return converted && !octets->no_memory && !utf8->no_memory;
}

/* Blanks between two encoded-words are no text (RFC 2047 section 6.2). */
static void append_between(struct buffer *out, const char *text, size_t length, bool after_word)
{
	if (!after_word || blanks_length(text, length) < length)
		buffer_append(out, text, length);
}

/* A run that cannot be converted as a whole is tried again up to `single`, word by word. */
void encoded_decode(struct buffer *out, const char *value, size_t length)
{
	struct buffer octets = { 0 }, utf8 = { 0 };
	size_t done = 0, single = 0;

	for (size_t i = 0; i < length;) {
		struct word word;
		size_t run;

		if (!parse_word(value + i, length - i, &word)) {
			i++;
			continue;
		}
		run = decode_run(&octets, &word, value + i, length - i, i < single);
		if (run > 0 && convert(&utf8, word.charset, &octets)) {
			append_between(out, value + done, i - done, done > 0);
			buffer_append(out, utf8.data, utf8.length);
			done = i += run;
		} else if (run > word.length) {
			single = i + run;
		} else {
			i += word.length;
		}
		out->no_memory = out->no_memory || octets.no_memory || utf8.no_memory;
	}
	if (done < length)
		buffer_append(out, value + done, length - done);
	buffer_release(&octets);
	buffer_release(&utf8);
}

/* Extracts the addresses from a header field. */
#include "mail/address.h"

#include <stdbool.h>
#include <string.h>

#include "mail/encoded.h"
#include "mail/header.h"

#define LITERAL_OCTETS 256 /* maximum size of a domain literal such as "[192.0.2.1]" */

struct reading {
	const char *next, *end;
	struct buffer *out;
	size_t start; /* where the addresses in out begin */

	/* The text since the last comma. */
	struct buffer word; /* the last word, or the first one with an "@" */
	bool has_at;	    /* the word contains an "@" */
	bool is_name;	    /* without an "@", the word is not an address */
	bool after_gap;	    /* blanks or a comment followed the last octet */
	bool is_done;	    /* the address is complete; ignore the rest */
};

static void begin_item(struct reading *r)
{
	buffer_clear(&r->word);
	r->has_at = r->is_name = r->after_gap = r->is_done = false;
}

static void end_item(struct reading *r)
{
	if (r->has_at || !r->is_name) {
		if (r->word.length > 0 && r->out->length > r->start)
			buffer_append(r->out, ", ", 2);
		buffer_append(r->out, buffer_text(&r->word), r->word.length);
		r->out->no_memory = r->out->no_memory || r->word.no_memory;
	}
	begin_item(r);
}

static bool joins_words(char c)
{
	return c == '.' || c == '@';
}

/* The length of the quoted string at text, 0 when it is not closed. */
static size_t quoted_length(const char *text, size_t length)
{
	for (size_t i = 1; i < length; i++) {
		if (text[i] == '"')
			return i + 1;
		i += text[i] == '\\';
	}
	return 0;
}

/* Takes a blank or a comment. An unclosed comment extends to the end of the field. */
static bool take_blank_or_comment(struct reading *r)
{
	const size_t left = (size_t)(r->end - r->next);
	size_t octets = 1;

	if (*r->next == '(') {
		octets = header_comment_length(r->next, left);
		octets = octets > 0 ? octets : left;
	} else if (strchr(" \t\r\n", *r->next) == NULL || *r->next == '\0') {
		return false;
	}
	r->next += octets;
	r->after_gap = true;
	return true;
}

/*
 * Takes one octet, or a unit: quoted string, domain literal, escaped octet or encoded word. Blanks
 * separate words, except around "." and "@".
 */
static void take_part(struct reading *r)
{
	const char *const part = r->next, *bracket;
	const size_t left = (size_t)(r->end - part);
	size_t octets = 1;

	if (*part == '"') {
		octets = quoted_length(part, left);
		r->is_name = r->is_name || octets > 0;
	} else if (*part == '[') {
		bracket = memchr(part, ']', left < LITERAL_OCTETS ? left : LITERAL_OCTETS);
		octets = bracket != NULL ? (size_t)(bracket - part) + 1 : 1;
	} else if (*part == '\\' && left > 1) {
		octets = 2;
	} else if (*part == '=') {
		octets = encoded_word_length(part, left);
		r->is_name = r->is_name || octets > 0;
	}
	octets = octets > 0 ? octets : 1;
	r->next += octets;
	if (r->after_gap && r->word.length > 0 && !joins_words(*part) &&
	    !joins_words(r->word.data[r->word.length - 1])) {
		r->is_name = true;
		r->is_done = r->is_done || r->has_at;
		if (!r->is_done)
			buffer_clear(&r->word);
	}
	r->after_gap = false;
	if (r->is_done)
		return;
	buffer_append(&r->word, part, octets);
	r->has_at = r->has_at || *part == '@';
}

/* "<address>", or the obsolete "<@relay,@relay:address>". The text around it is a display name. */
static void take_angle(struct reading *r)
{
	const char *route;

	begin_item(r);
	for (r->next++; r->next < r->end && *r->next != '>';) {
		if (!take_blank_or_comment(r))
			take_part(r);
		r->after_gap = false;
	}
	route = r->word.length > 0 && *r->word.data == '@'
			? memchr(r->word.data, ':', r->word.length)
			: NULL;
	if (route != NULL)
		buffer_drop(&r->word, (size_t)(route - r->word.data) + 1);
	r->is_name = false; /* it is an address, even without "@" */
	end_item(r);
	r->is_name = r->is_done = true;
}

void address_append_all(struct buffer *out, const char *value, size_t length)
{
	struct reading r = {
		.next = value, .end = value + length, .out = out, .start = out->length,
	};

	while (r.next < r.end) {
		if (take_blank_or_comment(&r))
			continue;
		switch (*r.next) {
		case '<':
			take_angle(&r);
			break;
		case ',':
		case ';':
			end_item(&r);
			r.next++;
			break;
		case ':': /* after the name of a group */
			begin_item(&r);
			r.next++;
			break;
		case '>':
			r.next++;
			break;
		default:
			take_part(&r);
		}
	}
	end_item(&r);
	buffer_release(&r.word);
}

#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/*
 * The character that starts at text: its length in octets (1 to 4) and its code point, or 0 when
 * the octets there are not well-formed UTF-8 (RFC 3629: no overlong form, no surrogate).
 */
size_t text_utf8(const char *text, size_t length, uint32_t *code_point);

/*
 * Appends the text with U+FFFD in place of what is not UTF-8: one for each octet that cannot begin
 * or go on a character, and one for the octets of a character that breaks off.
 */
#define TEXT_REPLACEMENT "\xef\xbf\xbd"
void text_append_valid(struct buffer *out, const char *text, size_t length);

/*
 * Text of a server made harmless for a terminal and for records: backslash, TAB, CR and LF as
 * \\ \t \r \n; every other control character (C0, DEL, C1), the invisible characters that turn
 * or hide text, and every octet that is no UTF-8 as \xHH an octet.
 */
void text_escape(struct buffer *out, const char *text, size_t length);

/* Takes text_escape back; what is no escape stays as it is. */
void text_unescape(struct buffer *out, const char *text, size_t length);

/*
 * The inside of a JSON string (RFC 8259 section 7): always valid UTF-8. An octet HH that is not
 * UTF-8 becomes the private-use character U+EFHH; so do the octets of one of those characters in
 * the text, which thus cannot be mistaken for them.
 */
void text_json(struct buffer *out, const char *text, size_t length);

/*
 * Takes text_json back, and what else the inside of a JSON string may hold. False when it is not
 * one.
 */
bool text_unjson(struct buffer *out, const char *text, size_t length);

/* Octets as lower-case hexadecimal digits and a NUL: out has room for 2 * length + 1. */
void text_hex(char *out, const unsigned char *octets, size_t length);

/* Comparisons of ASCII letters without regard to case or locale. */
bool text_equal_nocase(const char *a, size_t a_length, const char *b);
bool text_starts_nocase(const char *text, size_t length, const char *prefix);

/* Whether the text holds an octet 00-1F or 7F: none may reach a command line of a protocol. */
bool text_has_control(const char *text);

#endif

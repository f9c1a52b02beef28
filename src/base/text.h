#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/*
 * Decodes the character at text: returns its length in octets (1 to 4) and sets its code point.
 * Returns 0 for octets that are not well-formed UTF-8 (RFC 3629: no overlong form, no surrogate).
 */
size_t text_utf8(const char *text, size_t length, uint32_t *code_point);

/*
 * Appends the text with invalid UTF-8 replaced by U+FFFD: one for each octet that cannot be part of
 * a character, and one for all octets of a truncated character.
 */
#define TEXT_REPLACEMENT "\xef\xbf\xbd"
void text_append_valid(struct buffer *out, const char *text, size_t length);

/*
 * Appends untrusted text, safe for a terminal and for records: backslash, TAB, CR and LF become \\
 * \t \r \n; every other control character (C0, DEL, C1), every invisible character that reorders or
 * hides text, and every octet that is not UTF-8 becomes \xHH for each octet.
 */
void text_escape(struct buffer *out, const char *text, size_t length);

/*
 * Escapes mail for a terminal in the same way, but leaves LF, TAB and backslash alone, and writes
 * CR LF as LF. Returns the number of octets consumed: a trailing CR or incomplete character is left
 * for the next call.
 */
size_t text_show(struct buffer *out, const char *text, size_t length);

/* Reverses text_escape; everything that is not an escape is copied. */
void text_unescape(struct buffer *out, const char *text, size_t length);

/*
 * Appends the content of a JSON string (RFC 8259 section 7), always valid UTF-8. An octet HH that
 * is not UTF-8 becomes the private-use character U+EFHH. So does each octet of such a character in
 * the text itself, which keeps the two apart.
 */
void text_json(struct buffer *out, const char *text, size_t length);

/*
 * Decodes the content of a JSON string, including all that text_json writes. False when it is
 * invalid.
 */
bool text_unjson(struct buffer *out, const char *text, size_t length);

/* Writes lower-case hexadecimal digits and a NUL: out must hold 2 * length + 1 octets. */
void text_hex(char *out, const unsigned char *octets, size_t length);

/* The octet that two hexadecimal digits of either case mean, -1 when they are not two. */
int text_hex_octet(const char digits[2]);

/* ASCII comparisons without regard to case or locale. */
bool text_equal_nocase(const char *a, size_t a_length, const char *b);
bool text_starts_nocase(const char *text, size_t length, const char *prefix);

/* Whether the text has this form, in which 0 stands for any digit. */
bool text_has_form(const char *text, size_t length, const char *form);

/* Whether the text holds an octet 00-1F or 7F, which must not be sent in a command. */
bool text_has_control(const char *text);

#endif

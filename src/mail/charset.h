#ifndef MAIL_CHARSET_H
#define MAIL_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define CHARSET_LIMIT 64 /* octets of a character set's name, NUL included */

/*
 * The name by which iconv knows the character set of that label. Labels that stand for a superset
 * in practice are resolved to it: gb2312 to GB18030, iso-8859-1 to windows-1252 and so on. Any
 * other label comes out in capitals, with '-' for '_'. False when it is too long for a name.
 */
bool charset_resolve(char name[CHARSET_LIMIT], const char *label, size_t length);

/*
 * Appends octets of a character set, by its resolved name, as UTF-8, with U+FFFD for what is not a
 * character. False, and nothing appended, when the character set is unknown.
 */
bool charset_decode(struct buffer *out, const char *name, const char *octets, size_t length);

#endif

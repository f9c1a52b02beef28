#ifndef MAIL_CHARSET_H
#define MAIL_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define CHARSET_LIMIT 64 /* maximum size of a character set's name, NUL included */

/*
 * Sets name to iconv's name for the character set with that label. Labels that in practice mean a
 * superset resolve to it: gb2312 to GB18030, iso-8859-1 to windows-1252 and so on. Any other label
 * is converted to upper case, with '-' for '_'. False when it is too long.
 */
bool charset_resolve(char name[CHARSET_LIMIT], const char *label, size_t length);

/*
 * Converts octets to UTF-8 and appends them, with U+FFFD for octets that are not a character. name
 * is as charset_resolve returned it. False, with nothing appended, when iconv does not support it.
 */
bool charset_decode(struct buffer *out, const char *name, const char *octets, size_t length);

#endif

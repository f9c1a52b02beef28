#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stddef.h>

/* The width of a terminal in columns; if unknown, $COLUMNS or 80. */
size_t terminal_width(int fd);

/*
 * Makes the C library treat text as UTF-8, whatever the environment says. Call it before compiling
 * a regex or measuring text, and only then, since the locale's tables cost memory.
 */
void locale_use_utf8(void);

/* The width in columns of UTF-8 text without control characters. */
size_t locale_columns(const char *text, size_t length);

/* The length in octets of the longest prefix, in whole characters, that fits in columns. */
size_t locale_fit(const char *text, size_t length, size_t columns);

#endif

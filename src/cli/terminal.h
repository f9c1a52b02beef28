#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stddef.h>

/* The width of a terminal in columns. Where it is unknown: $COLUMNS, or else 80. */
size_t terminal_width(int fd);

/*
 * Makes the C library treat text as UTF-8, whatever the environment says. Needed before a regex is
 * compiled or text is measured, and not done otherwise, since the tables cost memory.
 */
void locale_use_utf8(void);

/* How many columns UTF-8 text without control characters takes on a terminal. */
size_t locale_columns(const char *text, size_t length);

/* The length in octets of the longest prefix, in whole characters, that fits that many columns. */
size_t locale_fit(const char *text, size_t length, size_t columns);

#endif

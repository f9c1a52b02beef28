#ifndef CLI_LOCALE_H
#define CLI_LOCALE_H

#include <stddef.h>

/*
 * Has the C library take text for UTF-8, whatever the environment says: before a regex is made or a
 * column measured. Not done for all runs, since its tables cost memory.
 */
void locale_use_utf8(void);

/* Columns of a terminal that UTF-8 text takes; meant for text without control characters. */
size_t locale_columns(const char *text, size_t length);

#endif

#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* The progress of a run, as one line on stderr, redrawn in place. Only one exists at a time. */

enum progress_when { PROGRESS_AUTO = 1, PROGRESS_ALWAYS, PROGRESS_NEVER };

/* Shows "12 of 300 WHATs", and the rate; octets 0 = unknown. */
void progress_begin(enum progress_when when, const char *what, uint64_t messages, uint64_t octets);
void progress_advance(uint64_t messages, uint64_t octets);

/* Erases the line until the next advance. */
void progress_hide(void);

/* Erases the line for good. */
void progress_end(void);

#endif

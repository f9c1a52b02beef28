#ifndef POP3_CAPA_H
#define POP3_CAPA_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/error.h"

/*
 * The capabilities that a server announces (RFC 2449 section 5): one per line, its name first. A
 * zeroed value is an empty list. Names are compared case-insensitively.
 */
#define POP3_CAPA_LINES 256	     /* maximum number of lines */
#define POP3_CAPA_OCTETS (64UL * 1024) /* maximum size of all lines together */

struct pop3_capa {
	char *text;    /* the lines, each ending in LF, then a NUL; NULL when empty */
	size_t length; /* octets, without the NUL */
	size_t lines;
};

/*
 * Appends one line, given without line end or dot-stuffing. Fails with POP3_E_PROTOCOL when either
 * limit would be exceeded.
 */
int pop3_capa_add(struct pop3_capa *capa, const char *line, size_t length, struct pop3_error *err);

/* Copies a list; to must be empty. Fails with POP3_E_MEMORY and leaves to unchanged. */
int pop3_capa_copy(struct pop3_capa *to, const struct pop3_capa *from, struct pop3_error *err);

/* Whether both lists have the same lines in the same order and case. */
bool pop3_capa_equal(const struct pop3_capa *a, const struct pop3_capa *b);

/* Frees the lines. The list is empty then and may be used again. */
void pop3_capa_release(struct pop3_capa *capa);

/*
 * Returns the arguments after a capability's name and sets length to their size in octets; they end
 * in LF, without a NUL. Returns NULL and leaves length alone when the capability is not listed. The
 * result is borrowed until the next add or release.
 */
const char *pop3_capa_find(const struct pop3_capa *capa, const char *name, size_t *length);

/* Whether argument is one of the words after the capability's name. */
bool pop3_capa_lists(const struct pop3_capa *capa, const char *name, const char *argument);

#endif

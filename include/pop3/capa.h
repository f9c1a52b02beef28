#ifndef POP3_CAPA_H
#define POP3_CAPA_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/error.h"

/*
 * What a server says it can do (RFC 2449 section 5): one line a capability, its name first. A
 * zeroed value lists nothing. Names are compared without regard to case.
 */
#define POP3_CAPA_LINES 256	     /* lines kept at the most */
#define POP3_CAPA_OCTETS (64UL * 1024) /* octets of all lines together */

struct pop3_capa {
	char *text;    /* the lines, each ended by LF, then a NUL; NULL without any */
	size_t length; /* octets, without the NUL */
	size_t lines;
};

/*
 * Adds one line as it came, its dot-stuffing undone and its line end cut. Fails with
 * POP3_E_PROTOCOL past either limit.
 */
int pop3_capa_add(struct pop3_capa *capa, const char *line, size_t length, struct pop3_error *err);

/* Makes to, which must list nothing, list the same; fails with POP3_E_MEMORY, to as it was. */
int pop3_capa_copy(struct pop3_capa *to, const struct pop3_capa *from, struct pop3_error *err);

/* Whether both list the same lines in the same order and case. */
bool pop3_capa_equal(const struct pop3_capa *a, const struct pop3_capa *b);

/* Gives the lines back: it lists nothing then, and may be used again. */
void pop3_capa_release(struct pop3_capa *capa);

/*
 * The arguments behind a capability's name, and how many octets they have: up to the LF, no NUL
 * there. NULL when it is not listed, length as it was. Borrowed until the next add or release.
 */
const char *pop3_capa_find(const struct pop3_capa *capa, const char *name, size_t *length);

/* Whether one of a capability's arguments is that word. */
bool pop3_capa_lists(const struct pop3_capa *capa, const char *name, const char *argument);

#endif

#ifndef STATE_QUIRKS_H
#define STATE_QUIRKS_H

#include "state/state.h"

/* Quirks observed in the account's server, as lines of text for display. */

/* Adds a quirk unless it is recorded already; now: seconds since 1970. */
int quirks_add(struct state *state, const char *quirk, int64_t now, struct pop3_error *err);

/* Calls act for each, earliest first. Stops with -1 when act returns -1. */
int quirks_each(struct state *state,
		int (*act)(void *arg, const char *quirk, struct pop3_error *err), void *arg,
		struct pop3_error *err);

#endif

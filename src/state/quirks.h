#ifndef STATE_QUIRKS_H
#define STATE_QUIRKS_H

#include "state/state.h"

/* What the account's server was met to do in its own way, as lines of text for a person. */

/* Adds one unless it is there; now: seconds since 1970. */
int quirks_add(struct state *state, const char *quirk, int64_t now, struct pop3_error *err);

/* Calls for each, those met first before the others; ends with -1 when act does. */
int quirks_each(struct state *state,
		int (*act)(void *arg, const char *quirk, struct pop3_error *err), void *arg,
		struct pop3_error *err);

#endif

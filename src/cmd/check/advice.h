#ifndef CMD_CHECK_ADVICE_H
#define CMD_CHECK_ADVICE_H

#include "base/buffer.h"
#include "cmd/check/results.h"

/* Advice on the results of a check: one sentence per problem. */
#define ADVICE_DAYS 14 /* warn when a certificate expires within this time */

/*
 * Replaces out with the next sentence, starting at *at (initially 0); false when none is left.
 */
bool advice_next(const struct check_results *results, size_t *at, struct buffer *out);

#endif

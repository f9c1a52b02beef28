#ifndef CMD_CHECK_ADVICE_H
#define CMD_CHECK_ADVICE_H

#include "base/buffer.h"
#include "cmd/check/results.h"

/* What to do about what was found: a sentence for each problem. */
#define ADVICE_DAYS 14 /* left to a certificate, and it is time to say so */

/*
 * The next sentence from *at on, which starts as 0, in place of what out held; false when there is
 * none left.
 */
bool advice_next(const struct check_results *results, size_t *at, struct buffer *out);

#endif

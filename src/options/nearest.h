#ifndef OPTIONS_NEAREST_H
#define OPTIONS_NEAREST_H

#include <stddef.h>

/* The word that is most like a mistyped one: feed it candidates, then ask. Zeroed = none yet. */
struct nearest {
	const char *word; /* borrowed; NULL while nothing is near enough */
	size_t distance;
};

void nearest_offer(struct nearest *nearest, const char *typed, const char *candidate);

/* " (did you mean 'X'?)" into out of size octets, or "". Returns out. */
const char *nearest_hint(const struct nearest *nearest, char *out, size_t size);

#endif

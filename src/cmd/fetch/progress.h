#ifndef CMD_FETCH_PROGRESS_H
#define CMD_FETCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line on stderr that tells how far long work is; gone without a trace at its end. */
struct progress {
	bool shown;		/* it is wanted, and stderr can show it */
	uint64_t messages, octets; /* done */
	uint64_t all_messages, all_octets; /* to do; octets are the server's own hint */
	int64_t started_ms, drawn_ms;
	size_t width; /* of what is on the screen */
};

enum progress_when { PROGRESS_AUTO = 1, PROGRESS_ALWAYS, PROGRESS_NEVER };

void progress_start(struct progress *progress, enum progress_when when, uint64_t messages,
		    uint64_t octets);
void progress_advance(struct progress *progress, uint64_t messages, uint64_t octets);
void progress_end(struct progress *progress);

#endif

#ifndef BASE_BOUNDED_CALL_H
#define BASE_BOUNDED_CALL_H

#include <stdatomic.h>

#include "pop3/account.h"
#include "pop3/error.h"

/*
 * A call of the C library that has no time-out of its own, made in a thread. When the caller gives
 * up first, the thread frees the memory that they share.
 */
struct bounded_call {
	void (*work)(struct bounded_call *call); /* in the thread */
	void (*release)(struct bounded_call *call);
	/* Private. */
	atomic_int holders; /* thread and caller: the last one to leave frees the memory */
	int done[2]; /* a pipe: readable when the work is done */
};

/*
 * Does the work and waits for its end, or until the deadline as deadline_wait does. On -1 nothing
 * that the work fills in may be read. Either way bounded_call_leave is due.
 */
int bounded_call_run(struct bounded_call *call, const struct pop3_timeouts *timeouts,
		     int64_t deadline, struct pop3_error *err);
void bounded_call_leave(struct bounded_call *call);

#endif

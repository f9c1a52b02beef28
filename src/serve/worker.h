#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include <event2/event.h>
#include <stdbool.h>

#include "pop3/error.h"

/*
 * Threads for what would hold up the event loop: hashing a password, reading a mailbox, removing
 * messages. All else happens in the loop's thread, without a lock.
 */
struct job {
	void (*work)(struct job *); /* in a thread: touches nothing but what the job owns */
	void (*done)(struct job *); /* back in the loop; gives the job back */
	bool slow; /* others overtake it, and some threads never take one */
	struct job *next;
};

struct workers;

struct workers *workers_start(struct event_base *base, struct pop3_error *err);
void workers_submit(struct workers *workers, struct job *job);

/* Waits until every job is through, its done included. NULL is fine. */
void workers_stop(struct workers *workers);

#endif

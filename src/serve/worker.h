#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/queue.h"
#include "pop3/error.h"

/*
 * Threads for work that would block the event loop. Everything else runs in the loop's thread,
 * without locks. Each kind of work has a lane with its own threads, so that no kind delays another.
 * In a lane, shares (one per client address) take turns, one job or slice of a job at a time.
 */
enum lane {
	LANE_HASH,    /* passwords of clients */
	LANE_OPEN,    /* mailboxes */
	LANE_MEASURE, /* message sizes that take reading, in the background */
	LANE_UPDATE,  /* QUIT */
	LANE_MANAGE,  /* passwords of managers */
	LANE_REMOVE,  /* mailboxes of removed users, in the background */
	LANES
};

#define JOB_SLICE_MS 10 /* after which a job that can be split gives others their turn */

TAILQ_HEAD(job_queue, job);

/* The jobs of one client address in a lane; zero before the first job. */
struct job_share {
	struct job_queue jobs[2]; /* normal ones, and those of workers_defer */
	size_t running;
	bool known; /* the queues are initialized */
	bool queued;
	TAILQ_ENTRY(job_share) entry;
};

struct job {
	enum lane lane;
	struct job_share *share; /* outlives the job; NULL = the lane's common one */
	bool suspect;		 /* from an address with failed logins: fewer run at once */
	/*
	 * Runs in a thread and may touch only what the job owns. True: call it again, in another
	 * slice.
	 */
	bool (*work)(struct job *);
	void (*done)(struct job *); /* runs in the event loop; the job is the caller's again */
	/* Private to worker.c. */
	enum { JOB_WAITING, JOB_RUNNING, JOB_FINISHED } state;
	bool late, dropped;
	TAILQ_ENTRY(job) entry;
};

struct workers;

struct workers *workers_start(struct event_base *base, struct pop3_error *err);
void workers_submit(struct workers *workers, struct job *job);

/* Makes the job run after the other jobs of its share. */
void workers_defer(struct workers *workers, struct job *job);

/*
 * Cancels a job. True: it was waiting; it is the caller's again, and done will not be called.
 * False: a thread has taken it; done is called after its slice.
 */
bool workers_drop(struct workers *workers, struct job *job);

/*
 * Ends the threads and calls done for all jobs. Jobs of QUIT and of managers run to their end,
 * others to the end of their slice. False: limit_ms passed, and threads still run. NULL is fine.
 */
bool workers_stop(struct workers *workers, int64_t limit_ms);

#endif

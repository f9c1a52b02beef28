#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "pop3/error.h"

/*
 * Threads for what would hold up the event loop. All else happens in the loop's thread, without a
 * lock. Each kind of work has a lane with threads of its own, so that none fills another's; in a
 * lane the shares take turns, a job or a slice of one at a time.
 */
enum lane {
	LANE_HASH,    /* passwords of clients */
	LANE_OPEN,    /* mailboxes */
	LANE_MEASURE, /* those that have to be read, in the background */
	LANE_UPDATE,  /* QUIT */
	LANE_MANAGE,  /* passwords of managers */
	LANE_REMOVE,  /* mailboxes of users who are no more, in the background */
	LANES
};

#define JOB_SLICE_MS 10 /* after which work that can be cut lets others have their turn */

TAILQ_HEAD(job_queue, job);

/* One of those who take turns in a lane: zeroed until its first job. */
struct job_share {
	struct job_queue jobs[2]; /* those nobody may wait for any more are the second */
	size_t running;
	bool known; /* the queues are made */
	bool queued;
	TAILQ_ENTRY(job_share) entry;
};

struct job {
	enum lane lane;
	struct job_share *share; /* outlives the job; NULL = one for all such jobs of the lane */
	bool suspect;		 /* of those the lane does fewer at once */
	/*
	 * In a thread: touches nothing but what the job owns. True when there is more to do, in
	 * another slice.
	 */
	bool (*work)(struct job *);
	void (*done)(struct job *); /* back in the loop; gives the job back */
	/* The rest is the workers'. */
	enum { JOB_WAITING, JOB_RUNNING, JOB_FINISHED } state;
	bool late, dropped;
	TAILQ_ENTRY(job) entry;
};

struct workers;

struct workers *workers_start(struct event_base *base, struct pop3_error *err);
void workers_submit(struct workers *workers, struct job *job);

/* It has its turn after those of its share that are waited for. */
void workers_defer(struct workers *workers, struct job *job);

/*
 * The job's end is wanted no more. True: it was waiting, is the caller's again, and done is not
 * called. False: it comes back, at the end of its slice.
 */
bool workers_drop(struct workers *workers, struct job *job);

/*
 * Waits until all jobs are through, their done included, those of QUIT to their end; when that
 * takes longer than limit_ms, false, and the threads go on. NULL is fine.
 */
bool workers_stop(struct workers *workers, int64_t limit_ms);

#endif

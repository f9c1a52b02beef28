/* Lanes of jobs, the threads that run them, and an eventfd that wakes the event loop. */
#include "serve/worker.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Threads per lane, and how many jobs of one share, or suspect jobs, may run at once. */
static const struct lane_rules {
	size_t threads, max_per_share, max_suspects;
	bool in_background; /* runs at low priority */
	bool ends_early;    /* unfinished jobs are dropped when the server stops */
} rules[] = {
	[LANE_HASH] = { 2, 2, 1, false, true },
	[LANE_OPEN] = { 4, 2, 4, false, true },
	[LANE_MEASURE] = { 2, 1, 2, true, true },
	[LANE_UPDATE] = { 4, 2, 4, false, false },
	[LANE_MANAGE] = { 1, 1, 1, false, false },
	[LANE_REMOVE] = { 1, 1, 1, true, true },
};

static_assert(sizeof rules / sizeof rules[0] == LANES, "rules for each lane");

#define THREADS 14 /* of all lanes */
#define BACKGROUND_NICE 10
#define START_LIMIT_MS 10000 /* for threads that have no jobs yet */

TAILQ_HEAD(share_queue, job_share);

struct workers {
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	struct lane_state {
		struct workers *workers;
		struct share_queue turns; /* shares that have waiting jobs */
		struct job_share common;
		pthread_cond_t more;
		size_t suspects; /* suspect jobs that are running */
	} lanes[LANES];
	struct job_queue finished;
	bool stopping;
	pthread_t threads[THREADS];
	size_t count, alive;
	int event_fd;
	struct event *event;
};

static struct job_share *share_of(struct workers *workers, const struct job *job)
{
	struct job_share *const share =
		job->share != NULL ? job->share : &workers->lanes[job->lane].common;

	if (!share->known) {
		TAILQ_INIT(&share->jobs[0]);
		TAILQ_INIT(&share->jobs[1]);
		share->known = true;
	}
	return share;
}

static void put_job(struct workers *workers, struct job *job)
{
	struct job_share *const share = share_of(workers, job);

	job->state = JOB_WAITING;
	TAILQ_INSERT_TAIL(&share->jobs[job->late], job, entry);
	if (!share->queued)
		TAILQ_INSERT_TAIL(&workers->lanes[job->lane].turns, share, entry);
	share->queued = true;
}

static void take_job(struct workers *workers, struct job *job)
{
	struct job_share *const share = share_of(workers, job);

	TAILQ_REMOVE(&share->jobs[job->late], job, entry);
	if (!TAILQ_EMPTY(&share->jobs[0]) || !TAILQ_EMPTY(&share->jobs[1]))
		return;
	TAILQ_REMOVE(&workers->lanes[job->lane].turns, share, entry);
	share->queued = false;
}

static struct job *first_of(const struct job_share *share)
{
	return TAILQ_FIRST(&share->jobs[TAILQ_EMPTY(&share->jobs[0])]);
}

/* Takes a job of the first share that may run; that share goes to the end of the queue. */
static struct job *next_of_lane(struct workers *workers, enum lane lane)
{
	struct lane_state *const state = &workers->lanes[lane];
	const bool no_suspect = state->suspects >= rules[lane].max_suspects;
	struct job_share *share;
	struct job *job;

	TAILQ_FOREACH(share, &state->turns, entry)
		if (share->running < rules[lane].max_per_share &&
		    !(no_suspect && first_of(share)->suspect))
			break;
	if (share == NULL)
		return NULL;
	TAILQ_REMOVE(&state->turns, share, entry);
	TAILQ_INSERT_TAIL(&state->turns, share, entry);
	job = first_of(share);
	take_job(workers, job);
	return job;
}

static void finish_job(struct workers *workers, struct job *job)
{
	const uint64_t one = 1;

	job->state = JOB_FINISHED;
	TAILQ_INSERT_TAIL(&workers->finished, job, entry);
	(void)!write(workers->event_fd, &one, sizeof one);
}

static void do_job(struct workers *workers, struct job *job)
{
	struct job_share *const share = share_of(workers, job);
	struct lane_state *const state = &workers->lanes[job->lane];
	const bool suspect = job->suspect;
	bool more;

	job->state = JOB_RUNNING;
	share->running++;
	state->suspects += suspect;
	pthread_mutex_unlock(&workers->mutex);
	more = job->work(job);
	pthread_mutex_lock(&workers->mutex);
	share->running--;
	state->suspects -= suspect;
	if (more && !job->dropped && !(workers->stopping && rules[job->lane].ends_early))
		put_job(workers, job);
	else
		finish_job(workers, job);
	/* The same share may have a job that max_per_share held back. */
	pthread_cond_signal(&state->more);
}

static void *do_jobs(void *argument)
{
	struct lane_state *const state = argument;
	struct workers *const workers = state->workers;
	const enum lane lane = (enum lane)(state - workers->lanes);
	struct job *job;

	if (rules[lane].in_background)
		(void)setpriority(PRIO_PROCESS, (id_t)gettid(), BACKGROUND_NICE);
	pthread_mutex_lock(&workers->mutex);
	while ((job = next_of_lane(workers, lane)) != NULL || !workers->stopping) {
		if (job != NULL)
			do_job(workers, job);
		else
			pthread_cond_wait(&state->more, &workers->mutex);
	}
	workers->alive--;
	pthread_cond_signal(&workers->ended);
	pthread_mutex_unlock(&workers->mutex);
	return NULL;
}

static void finish_jobs(struct workers *workers)
{
	for (;;) {
		struct job *job;

		pthread_mutex_lock(&workers->mutex);
		job = TAILQ_FIRST(&workers->finished);
		if (job != NULL)
			TAILQ_REMOVE(&workers->finished, job, entry);
		pthread_mutex_unlock(&workers->mutex);
		if (job == NULL)
			return;
		job->done(job);
	}
}

static void jobs_finished(evutil_socket_t fd, short what, void *argument)
{
	uint64_t count;

	(void)what;
	(void)!read(fd, &count, sizeof count);
	finish_jobs(argument);
}

/* The event loop handles signals: the threads start with all of them blocked. */
static bool start_threads(struct workers *workers)
{
	sigset_t all, before;
	bool started = true;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_mutex_lock(&workers->mutex);
	for (enum lane lane = 0; lane < LANES; lane++)
		for (size_t i = 0; started && i < rules[lane].threads; i++) {
			started = pthread_create(&workers->threads[workers->count], NULL, do_jobs,
						 &workers->lanes[lane]) == 0;
			workers->count += started;
			workers->alive += started;
		}
	pthread_mutex_unlock(&workers->mutex);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

struct workers *workers_start(struct event_base *base, struct pop3_error *err)
{
	struct workers *const workers = calloc(1, sizeof *workers);
	pthread_condattr_t monotonic;
	bool started = false;

	if (workers == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&workers->mutex, NULL);
	pthread_cond_init(&workers->ended, &monotonic);
	pthread_condattr_destroy(&monotonic);
	for (enum lane lane = 0; lane < LANES; lane++) {
		pthread_cond_init(&workers->lanes[lane].more, NULL);
		TAILQ_INIT(&workers->lanes[lane].turns);
		workers->lanes[lane].workers = workers;
	}
	TAILQ_INIT(&workers->finished);
	workers->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	workers->event = event_new(base, workers->event_fd, EV_READ | EV_PERSIST, jobs_finished,
				   workers);
	if (workers->event_fd >= 0 && workers->event != NULL &&
	    event_add(workers->event, NULL) == 0)
		started = start_threads(workers);
	if (started)
		return workers;
	pop3_fail(err, POP3_E_MEMORY, "cannot run a thread");
	workers_stop(workers, START_LIMIT_MS);
	return NULL;
}

void workers_submit(struct workers *workers, struct job *job)
{
	pthread_mutex_lock(&workers->mutex);
	put_job(workers, job);
	pthread_cond_signal(&workers->lanes[job->lane].more);
	pthread_mutex_unlock(&workers->mutex);
}

void workers_defer(struct workers *workers, struct job *job)
{
	pthread_mutex_lock(&workers->mutex);
	if (job->state == JOB_WAITING && !job->late) {
		take_job(workers, job);
		job->late = true;
		put_job(workers, job);
	}
	job->late = true;
	pthread_mutex_unlock(&workers->mutex);
}

bool workers_drop(struct workers *workers, struct job *job)
{
	bool was_waiting;

	pthread_mutex_lock(&workers->mutex);
	was_waiting = job->state == JOB_WAITING;
	if (was_waiting)
		take_job(workers, job);
	job->dropped = true;
	pthread_mutex_unlock(&workers->mutex);
	return was_waiting;
}

/* Finishes the waiting jobs of lanes that end early, without running them. */
static void drop_waiting_jobs(struct workers *workers)
{
	for (enum lane lane = 0; lane < LANES; lane++) {
		struct job_share *share;

		if (!rules[lane].ends_early)
			continue;
		while ((share = TAILQ_FIRST(&workers->lanes[lane].turns)) != NULL) {
			struct job *const job = first_of(share);

			take_job(workers, job);
			job->dropped = true;
			finish_job(workers, job);
		}
	}
}

bool workers_stop(struct workers *workers, int64_t limit_ms)
{
	struct timespec until;
	int waited = 0;

	if (workers == NULL)
		return true;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += limit_ms / 1000;
	until.tv_nsec += limit_ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&workers->mutex);
	workers->stopping = true;
	drop_waiting_jobs(workers);
	for (enum lane lane = 0; lane < LANES; lane++)
		pthread_cond_broadcast(&workers->lanes[lane].more);
	while (workers->alive > 0 && waited == 0)
		waited = pthread_cond_timedwait(&workers->ended, &workers->mutex, &until);
	pthread_mutex_unlock(&workers->mutex);
	if (waited != 0)
		return false;
	while (workers->count > 0)
		pthread_join(workers->threads[--workers->count], NULL);
	finish_jobs(workers);
	if (workers->event != NULL)
		event_free(workers->event);
	if (workers->event_fd >= 0)
		close(workers->event_fd);
	for (enum lane lane = 0; lane < LANES; lane++)
		pthread_cond_destroy(&workers->lanes[lane].more);
	pthread_cond_destroy(&workers->ended);
	pthread_mutex_destroy(&workers->mutex);
	free(workers);
	return true;
}

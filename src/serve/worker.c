/* A queue of jobs, a few threads that do them, and an eventfd that tells the loop. */
#include "serve/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WORKERS 4
#define SLOW_AT_ONCE 2 /* hashing must leave room for those who know their password */

struct queue {
	struct job *first, **end;
};

struct workers {
	pthread_mutex_t mutex;
	pthread_cond_t more;
	struct queue waiting, slow, finished;
	size_t slow_now;
	bool stopping;
	pthread_t threads[WORKERS];
	size_t count;
	int event_fd;
	struct event *event;
};

static void queue_put(struct queue *queue, struct job *job)
{
	job->next = NULL;
	*queue->end = job;
	queue->end = &job->next;
}

static struct job *queue_take(struct queue *queue)
{
	struct job *const job = queue->first;

	if (job != NULL)
		queue->first = job->next;
	if (queue->first == NULL)
		queue->end = &queue->first;
	return job;
}

static struct job *next_job(struct workers *workers)
{
	struct job *job = queue_take(&workers->waiting);

	if (job == NULL && workers->slow_now < SLOW_AT_ONCE)
		job = queue_take(&workers->slow);
	return job;
}

static void do_job(struct workers *workers, struct job *job)
{
	const bool slow = job->slow;
	const uint64_t one = 1;

	workers->slow_now += slow;
	pthread_mutex_unlock(&workers->mutex);
	job->work(job);
	pthread_mutex_lock(&workers->mutex);
	workers->slow_now -= slow;
	if (slow)
		pthread_cond_signal(&workers->more);
	queue_put(&workers->finished, job);
	(void)!write(workers->event_fd, &one, sizeof one);
}

static void *do_jobs(void *argument)
{
	struct workers *const workers = argument;
	struct job *job;

	pthread_mutex_lock(&workers->mutex);
	while ((job = next_job(workers)) != NULL || !workers->stopping) {
		if (job != NULL)
			do_job(workers, job);
		else
			pthread_cond_wait(&workers->more, &workers->mutex);
	}
	pthread_mutex_unlock(&workers->mutex);
	return NULL;
}

static void finish_jobs(struct workers *workers)
{
	for (;;) {
		struct job *job;

		pthread_mutex_lock(&workers->mutex);
		job = queue_take(&workers->finished);
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

/* Signals are the loop's: the threads are born with all of them blocked. */
static void start_threads(struct workers *workers)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (workers->count < WORKERS &&
	       pthread_create(&workers->threads[workers->count], NULL, do_jobs, workers) == 0)
		workers->count++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct workers *workers_start(struct event_base *base, struct pop3_error *err)
{
	struct workers *const workers = calloc(1, sizeof *workers);

	if (workers == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&workers->mutex, NULL);
	pthread_cond_init(&workers->more, NULL);
	workers->waiting.end = &workers->waiting.first;
	workers->slow.end = &workers->slow.first;
	workers->finished.end = &workers->finished.first;
	workers->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	workers->event = event_new(base, workers->event_fd, EV_READ | EV_PERSIST, jobs_finished,
				   workers);
	if (workers->event_fd >= 0 && workers->event != NULL &&
	    event_add(workers->event, NULL) == 0)
		start_threads(workers);
	if (workers->count == 0) {
		pop3_fail(err, POP3_E_MEMORY, "cannot start a thread");
		workers_stop(workers);
		return NULL;
	}
	return workers;
}

void workers_submit(struct workers *workers, struct job *job)
{
	pthread_mutex_lock(&workers->mutex);
	queue_put(job->slow ? &workers->slow : &workers->waiting, job);
	pthread_cond_signal(&workers->more);
	pthread_mutex_unlock(&workers->mutex);
}

void workers_stop(struct workers *workers)
{
	if (workers == NULL)
		return;
	pthread_mutex_lock(&workers->mutex);
	workers->stopping = true;
	pthread_cond_broadcast(&workers->more);
	pthread_mutex_unlock(&workers->mutex);
	while (workers->count > 0)
		pthread_join(workers->threads[--workers->count], NULL);
	finish_jobs(workers);
	if (workers->event != NULL)
		event_free(workers->event);
	if (workers->event_fd >= 0)
		close(workers->event_fd);
	pthread_cond_destroy(&workers->more);
	pthread_mutex_destroy(&workers->mutex);
	free(workers);
}

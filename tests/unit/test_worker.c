/* The order of jobs: shares of a lane, slices, dropped jobs, suspects, and stopping. */
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "serve/worker.h"

#define ORDER_MAX 16

static char order[ORDER_MAX + 1]; /* the names of the slices in the order they were done */
static pthread_mutex_t order_mutex = PTHREAD_MUTEX_INITIALIZER;
static int gate[2]; /* a job named "=" waits for an octet from it */
static int done_count;

struct test_job {
	struct job job; /* first: the threads know only this part */
	char name;
	int slices;
};

static bool work(struct job *job)
{
	struct test_job *const test = (struct test_job *)job;
	char octet;

	if (test->name == '=')
		return read(gate[0], &octet, 1) < 0;
	pthread_mutex_lock(&order_mutex);
	if (strlen(order) < ORDER_MAX)
		order[strlen(order)] = test->name;
	pthread_mutex_unlock(&order_mutex);
	return --test->slices > 0;
}

static void done(struct job *job)
{
	(void)job;
	done_count++;
}

static struct event_base *base;
static struct workers *workers;
static struct job_share shares[3];

static void start(void)
{
	struct pop3_error err;

	memset(order, 0, sizeof order);
	memset(shares, 0, sizeof shares);
	done_count = 0;
	base = event_base_new();
	workers = workers_start(base, &err);
}

/* The lane has one thread, so that the order is defined. */
static void submit(struct test_job *test, char name, int share, int slices)
{
	*test = (struct test_job){
		.job = { .lane = LANE_MANAGE, .work = work, .done = done,
			 .share = share < 0 ? NULL : &shares[share] },
		.name = name, .slices = slices,
	};
	workers_submit(workers, &test->job);
}

static void await_running(const struct test_job *test)
{
	while (test->job.state != JOB_RUNNING)
		poll(NULL, 0, 1);
}

static void open_gate(void)
{
	(void)!write(gate[1], "x", 1);
}

static void end(const char *what, const char *wanted, int jobs)
{
	check_number("all jobs end", workers_stop(workers, 20000), true);
	check_text(what, order, wanted);
	check_number("each job is returned once", done_count, jobs);
	event_base_free(base);
}

static void test_turns(void)
{
	struct test_job jobs[7];

	start();
	submit(&jobs[0], '=', -1, 1);
	await_running(&jobs[0]);
	submit(&jobs[1], 'a', 0, 1);
	submit(&jobs[2], 'b', 0, 1);
	submit(&jobs[3], 'c', 0, 1);
	submit(&jobs[4], 'd', 1, 1);
	submit(&jobs[5], 'e', 1, 1);
	submit(&jobs[6], 'f', 2, 1);
	open_gate();
	end("shares take turns", "adfbec", 7);
}

static void test_slices(void)
{
	struct test_job jobs[3];

	start();
	submit(&jobs[0], '=', -1, 1);
	await_running(&jobs[0]);
	submit(&jobs[1], 'a', 0, 3);
	submit(&jobs[2], 'b', 1, 2);
	open_gate();
	end("slices of different shares take turns", "ababa", 3);
}

static void test_drop(void)
{
	struct test_job jobs[4];

	start();
	submit(&jobs[0], '=', -1, 1);
	await_running(&jobs[0]);
	submit(&jobs[1], 'a', 0, 1);
	submit(&jobs[2], 'b', 0, 1);
	submit(&jobs[3], 'c', 0, 1);
	workers_defer(workers, &jobs[1].job);
	check_number("a waiting job can be dropped", workers_drop(workers, &jobs[2].job), true);
	check_number("a running job cannot be dropped", workers_drop(workers, &jobs[0].job), false);
	open_gate();
	end("a deferred job runs last", "ca", 3);
}

/* One of the two threads is reserved for clients that are not suspects. */
static void test_suspects(void)
{
	struct test_job jobs[3];
	static const char names[] = "=sa";

	start();
	for (size_t i = 0; i < 3; i++) {
		jobs[i] = (struct test_job){
			.job = { .lane = LANE_HASH, .work = work, .done = done,
				 .share = &shares[i], .suspect = i < 2 },
			.name = names[i], .slices = 1,
		};
		workers_submit(workers, &jobs[i].job);
		if (i == 0)
			await_running(&jobs[0]);
	}
	while (jobs[2].job.state != JOB_FINISHED)
		poll(NULL, 0, 1);
	check_number("a suspect waits for the other suspect", jobs[1].job.state, JOB_WAITING);
	open_gate();
	while (jobs[1].job.state != JOB_FINISHED)
		poll(NULL, 0, 1);
	end("other jobs overtake a suspect", "as", 3);
}

static void test_stuck(void)
{
	struct test_job job;

	start();
	submit(&job, '=', -1, 1);
	await_running(&job);
	check_number("stopping does not wait for a stuck job", workers_stop(workers, 10), false);
	open_gate();
	end("the stuck job ends later", "", 1);
}

/* Jobs that have not started when the server stops are returned undone. */
static void test_stop(void)
{
	struct test_job jobs[6];

	start();
	for (size_t i = 0; i < 6; i++) {
		jobs[i] = (struct test_job){
			.job = { .lane = LANE_HASH, .work = work, .done = done },
			.name = i < 2 ? '=' : 'x', .slices = 1,
		};
		workers_submit(workers, &jobs[i].job);
	}
	await_running(&jobs[0]);
	await_running(&jobs[1]);
	check_number("stopping does not wait for two running jobs",
		     workers_stop(workers, 10), false);
	open_gate();
	open_gate();
	end("jobs that have not started are not run", "", 6);
}

int main(void)
{
	if (pipe(gate) < 0)
		return 1;
	test_turns();
	test_slices();
	test_drop();
	test_suspects();
	test_stuck();
	test_stop();
	return check_end();
}

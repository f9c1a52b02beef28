/* Who has his turn when: shares in a lane, what is dropped, what is cut in slices, and the end. */
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "serve/worker.h"

#define ORDER_MAX 16

static char order[ORDER_MAX + 1]; /* the names of the slices that were done */
static pthread_mutex_t order_mutex = PTHREAD_MUTEX_INITIALIZER;
static int gate[2]; /* what a job called "=" waits for */
static int done_count;

struct test_job {
	struct job job; /* first: what the threads know it by */
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

/* In a lane with one thread, so that there is one order. */
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
	check_number("all end", workers_stop(workers, 20000), true);
	check_text(what, order, wanted);
	check_number("each once", done_count, jobs);
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
	end("so do slices", "ababa", 3);
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
	check_number("what waits is the caller's", workers_drop(workers, &jobs[2].job), true);
	check_number("what runs comes back", workers_drop(workers, &jobs[0].job), false);
	open_gate();
	end("who is late comes last", "ca", 3);
}

/* Of two threads one is left to those of whom nothing bad is known. */
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
	check_number("one suspect waits for the other", jobs[1].job.state, JOB_WAITING);
	open_gate();
	while (jobs[1].job.state != JOB_FINISHED)
		poll(NULL, 0, 1);
	end("others pass", "as", 3);
}

static void test_stuck(void)
{
	struct test_job job;

	start();
	submit(&job, '=', -1, 1);
	await_running(&job);
	check_number("what hangs holds nobody up", workers_stop(workers, 10), false);
	open_gate();
	end("then it ends", "", 1);
}

/* What is of no use once the server stops, comes back as it is. */
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
	check_number("two run", workers_stop(workers, 10), false);
	open_gate();
	open_gate();
	end("the others do not", "", 6);
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

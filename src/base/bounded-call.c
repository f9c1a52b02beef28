/* Calls with a time-out, made in a thread that reports its end through a pipe. */
#include "base/bounded-call.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/deadline.h"

void bounded_call_leave(struct bounded_call *call)
{
	if (atomic_fetch_sub(&call->holders, 1) != 1)
		return;
	if (call->done[0] >= 0) {
		close(call->done[0]);
		close(call->done[1]);
	}
	call->release(call);
}

static void *do_work(void *arg)
{
	struct bounded_call *const call = arg;

	call->work(call);
	while (write(call->done[1], "", 1) < 0 && errno == EINTR)
		;
	bounded_call_leave(call);
	return NULL;
}

int bounded_call_run(struct bounded_call *call, const struct pop3_timeouts *timeouts,
		     int64_t deadline, struct pop3_error *err)
{
	sigset_t all, before;
	pthread_t thread;
	int failure;
	char done;

	atomic_init(&call->holders, 1);
	if (pipe2(call->done, O_CLOEXEC) < 0) {
		call->done[0] = call->done[1] = -1;
		return pop3_fail_errno(err, POP3_E_MEMORY, "cannot run a thread");
	}
	atomic_store(&call->holders, 2);
	/* Blocked in the new thread, so that the caller's threads handle all signals. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failure = pthread_create(&thread, NULL, do_work, call);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failure != 0) {
		atomic_store(&call->holders, 1);
		return pop3_fail(err, POP3_E_MEMORY, "cannot run a thread");
	}
	pthread_detach(thread);
	if (deadline_wait(timeouts, call->done[0], POLLIN, deadline, err) < 0)
		return -1;
	/* Reading from the pipe orders the thread's writes before our reads. */
	if (read(call->done[0], &done, 1) == 1)
		return 0;
	return pop3_fail_errno(err, POP3_E_IO, "cannot run a thread");
}

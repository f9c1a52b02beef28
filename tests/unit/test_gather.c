/* When a socket is waited for until it has a buffer's worth, over real TCP on loopback. */
#include "pop3/read-batching.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#define BUFFER 65536
#define MIB (1024 * 1024)

static char octets[BUFFER];
static int ends[2]; /* ours, the server's */
static struct stream stream;

static void must_do(bool done)
{
	if (done)
		return;
	perror("test_gather");
	exit(1);
}

static void connect_ends(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	const int listener = socket(AF_INET, SOCK_STREAM, 0);

	must_do(bind(listener, (struct sockaddr *)&address, length) == 0 &&
		listen(listener, 1) == 0 &&
		getsockname(listener, (struct sockaddr *)&address, &length) == 0);
	ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	connect(ends[0], (struct sockaddr *)&address, length);
	ends[1] = accept(listener, NULL, NULL);
	must_do(ends[1] >= 0 && close(listener) == 0);
	stream = (struct stream){ .fd = ends[0] };
}

static void hang_up(void)
{
	close(ends[0]);
	close(ends[1]);
}

/* Sends so many octets more, and returns once that many are there to be read. */
static void send_until(size_t count, int there)
{
	int waiting = 0;

	must_do(write(ends[1], octets, count) == (ssize_t)count);
	while (waiting < there)
		must_do(ioctl(ends[0], FIONREAD, &waiting) == 0);
}

static int mark(void)
{
	int value = -1;
	socklen_t length = sizeof value;

	must_do(getsockopt(ends[0], SOL_SOCKET, SO_RCVLOWAT, &value, &length) == 0);
	return value;
}

static int wait_once(struct gather *gather)
{
	static const struct pop3_timeouts timeouts = { .cancel_fd = -1 };
	struct pop3_error err;

	return gather_wait(gather, &stream, &timeouts, &err);
}

static void test_few(void)
{
	struct gather gather;

	connect_ends();
	gather_init(&gather);
	gather_came(&gather, MIB - 1);
	check_number("less than a MiB is no reason", wait_once(&gather), 0);
	check_number("the mark is left alone", mark(), 1);
	hang_up();
}

static void test_much(void)
{
	struct gather gather;

	connect_ends();
	gather_init(&gather);
	gather_came(&gather, MIB);
	send_until(BUFFER, BUFFER);
	check_number("a buffer's worth is there", wait_once(&gather), 1);
	check_number("the mark stays up", mark(), BUFFER);
	must_do(read(ends[0], octets, 1) == 1);
	check_number("an octet fewer is none", wait_once(&gather), 0);
	check_number("the mark is down again", mark(), 1);
	gather_came(&gather, 4 * MIB - 1);
	check_number("the next try takes four MiB", wait_once(&gather), 0);
	check_number("and is none before", mark(), 1);
	gather_came(&gather, 1);
	send_until(1, BUFFER);
	check_number("after those it is made", wait_once(&gather), 1);
	gather_end(&gather, &stream);
	check_number("whoever waits for more than octets takes the mark down", mark(), 1);
	hang_up();
}

static void test_many_tries(void)
{
	struct gather gather;
	uint64_t come = 0;

	connect_ends();
	gather_init(&gather);
	for (int try = 0; try < 6; try++) {
		while (gather.come < gather.enough) {
			gather_came(&gather, MIB);
			come += MIB;
		}
		wait_once(&gather);
	}
	check_number("after 1, 4, 16 and then every 64 MiB", (int64_t)(come / MIB),
		     1 + 4 + 16 + 64 + 64 + 64);
	hang_up();
}

static void test_end(void)
{
	struct gather gather;

	connect_ends();
	gather_init(&gather);
	gather_came(&gather, MIB);
	shutdown(ends[1], SHUT_WR);
	must_do(poll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, -1) == 1);
	check_number("an end is told whatever came", wait_once(&gather), 1);
	hang_up();
}

/* Past the end of all a buffer is not waited for, and the caller's error is left alone. */
static void test_time_for_all(void)
{
	static const struct pop3_timeouts timeouts = { .cancel_fd = -1, .until_ms = 1 };
	struct pop3_error err = { .code = POP3_E_NONE };
	struct gather gather;

	connect_ends();
	gather_init(&gather);
	gather_came(&gather, MIB);
	send_until(1, 1);
	check_number("past the time for all it is no time for that",
		     gather_wait(&gather, &stream, &timeouts, &err), 0);
	check_number("and the caller will say so", err.code, POP3_E_NONE);
	hang_up();
}

static void test_cancel(void)
{
	struct gather gather;
	struct pop3_timeouts timeouts;
	struct pop3_error err;
	int cancel[2];

	connect_ends();
	gather_init(&gather);
	gather_came(&gather, MIB);
	must_do(pipe(cancel) == 0 && write(cancel[1], "x", 1) == 1);
	timeouts = (struct pop3_timeouts){ .cancel_fd = cancel[0] };
	check_number("whoever cancels is heard", gather_wait(&gather, &stream, &timeouts, &err),
		     -1);
	check_number("and named", err.code, POP3_E_INTERRUPTED);
	close(cancel[0]);
	close(cancel[1]);
	hang_up();
}

int main(void)
{
	test_few();
	test_much();
	test_many_tries();
	test_end();
	test_time_for_all();
	test_cancel();
	return check_end();
}

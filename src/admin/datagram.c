/* The way of SMTPStatus' datagrams: sent, waited for, sent again as the schedule says. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admin/clear-text.h"
#include "admin/smtpstatus.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/deadline.h"
#include "net/resolve.h"

static const struct smtpstatus_schedule schedule = { { 1000, 2000, 4000 } };

static void trace(const struct pop3_account *account, enum pop3_direction direction,
		  const unsigned char *datagram, size_t length)
{
	struct buffer text = { 0 };

	if (account->observer == NULL)
		return;
	for (size_t i = 0; i < length && i < SMTPSTATUS_OCTETS; i++)
		buffer_append_format(&text, i == 0 ? "%02x" : " %02x", datagram[i]);
	account->observer->heard(account->observer, direction, buffer_text(&text), text.length);
	buffer_release(&text);
}

/* A refused port is told by the next call on the socket, whichever that is. */
static int failed(const char *what, struct pop3_error *err)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS)
		return 0;
	return pop3_fail_errno(err, errno == ECONNREFUSED ? POP3_E_CONNECT : POP3_E_LOST, "%s",
			       what);
}

static int send_open(int fd, const struct smtpstatus_round *round,
		     const struct pop3_account *account, struct pop3_error *err)
{
	static const struct pop3_secret none = { .text = NULL };

	for (size_t i = 0; i < round->count; i++) {
		unsigned char datagram[SMTPSTATUS_OCTETS];

		if (round->questions[i].answered)
			continue;
		smtpstatus_write(datagram, &round->questions[i], &none);
		trace(account, POP3_SENT, datagram, sizeof datagram);
		smtpstatus_write(datagram, &round->questions[i], account->secret);
		if (send(fd, datagram, sizeof datagram, 0) < 0 &&
		    failed("cannot send", err) < 0)
			return -1;
		explicit_bzero(datagram, sizeof datagram);
	}
	return 0;
}

/* A datagram longer than an answer is cut by recv to one that is still too long. */
static int receive(int fd, struct smtpstatus_round *round, const struct pop3_account *account,
		   struct pop3_error *err)
{
	unsigned char datagram[SMTPSTATUS_OCTETS + 1];
	const ssize_t got = recv(fd, datagram, sizeof datagram, 0);

	if (got < 0)
		return failed("no answer", err);
	trace(account, POP3_RECEIVED, datagram, (size_t)got);
	smtpstatus_take(round, datagram, (size_t)got);
	return 0;
}

static int await_answers(int fd, struct smtpstatus_round *round,
			 const struct pop3_account *account, int64_t deadline,
			 struct pop3_error *err)
{
	while (!smtpstatus_whole(round)) {
		if (deadline_wait(&account->timeouts, fd, POLLIN, deadline, err) < 0 ||
		    receive(fd, round, account, err) < 0)
			return -1;
		/* A flood keeps the socket readable, so that no wait would ever end. */
		if (!smtpstatus_whole(round) && clock_ms() >= deadline)
			return pop3_fail(err, POP3_E_TIMEOUT, "timed out");
	}
	return 0;
}

int smtpstatus_ask(int fd, struct smtpstatus_round *round,
		   const struct smtpstatus_schedule *waits, const struct pop3_account *account,
		   struct pop3_error *err)
{
	const int64_t end = deadline_after(&account->timeouts, account->timeouts.progress_ms);

	for (size_t try = 0; try < SMTPSTATUS_TRIES; try++) {
		int64_t deadline = clock_ms() + waits->waits_ms[try];

		if (end != 0 && end < deadline)
			deadline = end;
		if (send_open(fd, round, account, err) < 0)
			return -1;
		if (await_answers(fd, round, account, deadline, err) == 0)
			return 0;
		if (err->code != POP3_E_TIMEOUT || deadline == end)
			return -1;
	}
	return pop3_fail(err, POP3_E_TIMEOUT, "no answer to %d tries", SMTPSTATUS_TRIES);
}

static int ask_address(const struct addrinfo *address, struct smtpstatus_round *round,
		       const struct pop3_account *account, struct pop3_error *err)
{
	const int fd = socket(address->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int result;

	if (fd < 0)
		return pop3_fail_errno(err, POP3_E_CONNECT, "cannot connect");
	if (connect(fd, address->ai_addr, address->ai_addrlen) < 0)
		result = pop3_fail_errno(err, POP3_E_CONNECT, "cannot connect");
	else
		result = smtpstatus_ask(fd, round, &schedule, account, err);
	close(fd);
	return result;
}

/* "localhost" has two addresses, and many a server listens at one of them. */
static int ask_addresses(const struct addrinfo *address, bool clear_text,
			 struct smtpstatus_round *round, const struct pop3_account *account,
			 struct pop3_error *err)
{
	int result = -1;

	for (; address != NULL; address = address->ai_next) {
		if (!clear_text && !peer_is_loopback(address->ai_addr))
			result = peer_refuse(err);
		else
			result = ask_address(address, round, account, err);
		if (result == 0 || err->code != POP3_E_CONNECT)
			break;
	}
	return result;
}

int smtpstatus_ask_host(const struct pop3_account *account, uint16_t port, bool clear_text,
			struct smtpstatus_round *round, struct pop3_error *err)
{
	const struct pop3_timeouts *const timeouts = &account->timeouts;
	struct addrinfo *found;
	int result;

	if (account->tunnel != NULL || account->proxy != NULL)
		return pop3_fail(err, POP3_E_USAGE, "datagrams go through no tunnel and no proxy");
	found = resolve(account->host, account->port != 0 ? account->port : port, account->family,
			timeouts, deadline_after(timeouts, timeouts->connect_ms), err);
	if (found == NULL)
		return -1;
	result = ask_addresses(found, clear_text, round, account, err);
	freeaddrinfo(found);
	return result;
}

/* SMTPStatus: datagrams of 14 octets each way; requests are resent on a schedule. */
#include "admin/smtpstatus.h"

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admin/answer.h"
#include "admin/clear-text.h"
#include "base/clock.h"
#include "base/deadline.h"
#include "net/resolve.h"

#define RID_AT 3
#define AUTH_AT 5
#define COMMAND_AT 13
#define STATUS_AT 5
#define RESULT_AT 6
#define STATUS_DONE 0
#define STATUS_VERSION 2

static const unsigned char signature[] = { 0xcf, 0xfe };

static const char *const metrics[] = { "connections", "connections-now", "octets", NULL };

static const struct {
	enum pop3_code code;
	const char *text;
} refusals[] = {
	[0x01] = { POP3_E_CREDENTIALS, "wrong secret" },
	[0x02] = { POP3_E_USAGE, "the server does not speak version 0" },
	[0x03] = { POP3_E_USAGE, "the server does not know the command" },
	[0x04] = { POP3_E_USAGE, "the server rejected the size of the request" },
	[0x05] = { POP3_E_SYS_TEMP, "the server has an internal error, or lacks what this needs" },
};

void smtpstatus_write(unsigned char *datagram, const struct smtpstatus_question *question,
		      const struct pop3_secret *secret)
{
	memset(datagram, 0, SMTPSTATUS_OCTETS);
	memcpy(datagram, signature, sizeof signature);
	memcpy(datagram + RID_AT, &question->rid, sizeof question->rid);
	if (secret->length > 0)
		memcpy(datagram + AUTH_AT, secret->text,
		       secret->length < SMTPSTATUS_SECRET ? secret->length : SMTPSTATUS_SECRET);
	datagram[COMMAND_AT] = question->command;
}

bool smtpstatus_match(struct smtpstatus_round *round, const unsigned char *datagram, size_t length)
{
	if (length != SMTPSTATUS_OCTETS || memcmp(datagram, signature, sizeof signature) != 0)
		return false;
	if (datagram[sizeof signature] != 0 && datagram[STATUS_AT] != STATUS_VERSION)
		return false;
	for (size_t i = 0; i < round->count; i++) {
		struct smtpstatus_question *const question = &round->questions[i];

		if (question->answered ||
		    memcmp(datagram + RID_AT, &question->rid, sizeof question->rid) != 0)
			continue;
		question->answered = true;
		question->status = datagram[STATUS_AT];
		memcpy(question->result, datagram + RESULT_AT, SMTPSTATUS_RESULT);
		return true;
	}
	return false;
}

bool smtpstatus_whole(const struct smtpstatus_round *round)
{
	for (size_t i = 0; i < round->count; i++)
		if (!round->questions[i].answered)
			return false;
	return true;
}

uint64_t smtpstatus_count(const unsigned char *result)
{
	uint64_t count = 0;

	for (size_t i = 0; i < SMTPSTATUS_RESULT; i++)
		count = count << 8 | result[i];
	return count;
}

static const struct smtpstatus_schedule schedule = { { 1000, 2000, 4000 } };

static void trace(const struct pop3_account *account, enum pop3_direction direction,
		  const unsigned char *datagram, size_t length)
{
	struct buffer text = { 0 };

	if (account->tracer == NULL)
		return;
	for (size_t i = 0; i < length && i < SMTPSTATUS_OCTETS; i++)
		buffer_append_format(&text, i == 0 ? "%02x" : " %02x", datagram[i]);
	account->tracer->trace(account->tracer, direction, buffer_text(&text), text.length);
	buffer_release(&text);
}

/* A closed port is reported by the next call on the socket, whichever that is. */
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

static int await_answers(int fd, struct smtpstatus_round *round,
			 const struct pop3_account *account, int64_t deadline,
			 struct pop3_error *err)
{
	while (!smtpstatus_whole(round)) {
		unsigned char datagram[SMTPSTATUS_OCTETS + 1]; /* shows if one is too long */
		ssize_t got;

		if (deadline_wait(&account->timeouts, fd, POLLIN, deadline, err) < 0)
			return -1;
		got = recv(fd, datagram, sizeof datagram, 0);
		if (got < 0 && failed("no answer", err) < 0)
			return -1;
		if (got >= 0) {
			trace(account, POP3_RECEIVED, datagram, (size_t)got);
			smtpstatus_match(round, datagram, (size_t)got);
		}
		/* A flood keeps the socket readable, so deadline_wait would never time out. */
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
	return pop3_fail(err, POP3_E_TIMEOUT, "no answer after %d tries", SMTPSTATUS_TRIES);
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

int smtpstatus_ask_host(const struct pop3_account *account, uint16_t port, bool clear_text,
			struct smtpstatus_round *round, struct pop3_error *err)
{
	const struct pop3_timeouts *const timeouts = &account->timeouts;
	struct addrinfo *found;
	int result = -1;

	if (account->tunnel != NULL || account->proxy != NULL)
		return pop3_fail(err, POP3_E_USAGE, "smtpstatus uses UDP, which --tunnel and "
						    "--proxy cannot carry");
	found = resolve(account->host, account->port != 0 ? account->port : port, account->family,
			timeouts, deadline_after(timeouts, timeouts->connect_ms), err);
	/* "localhost" has two addresses, and many servers listen on only one of them. */
	for (const struct addrinfo *to = found; to != NULL; to = to->ai_next) {
		if (!clear_text && !address_is_loopback(to->ai_addr))
			result = clear_text_refuse(err);
		else
			result = ask_address(to, round, account, err);
		if (result == 0 || err->code != POP3_E_CONNECT)
			break;
	}
	if (found != NULL)
		freeaddrinfo(found);
	return result;
}

static bool rid_taken(const struct smtpstatus_round *round, uint16_t rid)
{
	for (size_t i = 0; i < round->count; i++)
		if (round->questions[i].rid == rid)
			return true;
	return false;
}

static int add_question(struct smtpstatus_round *round, char digit, struct pop3_error *err)
{
	uint16_t rid;

	do
		if (getrandom(&rid, sizeof rid, 0) != sizeof rid)
			return pop3_fail_errno(err, POP3_E_IO, "cannot get random octets");
	while (rid_taken(round, rid));
	round->questions[round->count++] = (struct smtpstatus_question){
		.command = (uint8_t)(digit - '0'), .rid = rid,
	};
	return 0;
}

/* "0 1 2" are three questions; for a switch, "4 5" are the commands for on and off. */
static int ask_words(struct smtpstatus_round *round, const struct admin_request *request,
		     struct pop3_error *err)
{
	const char *which = request->verb->words[ADMIN_SMTPSTATUS];

	if (request->verb->forms[0] == FORM_SWITCH) {
		if (strcmp(request->arguments[0], "off") == 0)
			which += strlen("4 ");
		return add_question(round, *which, err);
	}
	for (size_t i = 0; *which != '\0'; which++) {
		if (*which == ' ')
			continue;
		if ((!admin_asks_singly(&admin_smtpstatus, request->verb) ||
		     admin_wants_metric(&admin_smtpstatus, request, i)) &&
		    add_question(round, *which, err) < 0)
			return -1;
		i++;
	}
	return 0;
}

static int add_reply(struct admin_answer *answer, const struct smtpstatus_question *question,
		     struct pop3_error *err)
{
	const uint64_t count = smtpstatus_count(question->result);
	const char *const state = question->result[0] == 0 ? "on" : "off";

	if (question->status >= sizeof refusals / sizeof refusals[0])
		return pop3_fail(err, POP3_E_PROTOCOL, "the server answered with the undefined "
						       "status %02X",
				 (unsigned)question->status);
	if (question->status != STATUS_DONE)
		return pop3_fail(err, refusals[question->status].code, "%s",
				 refusals[question->status].text);
	if (admin_answer_result(answer) == RESULT_NOTHING)
		return 0;
	if (admin_answer_result(answer) != RESULT_TEXT) {
		char digits[24];
		const int length = snprintf(digits, sizeof digits, "%" PRIu64, count);

		return admin_answer_add_metric(answer, digits, (size_t)length, err);
	}
	/* The state is the first octet: 0 or 1, followed by zeros. */
	if (question->result[0] > 1 || (count & (UINT64_MAX >> 8)) != 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "the server's answer is neither on nor off");
	admin_answer_add(answer, state, strlen(state));
	return 0;
}

static int exchange(const struct pop3_account *account, bool clear_text,
		    const struct admin_request *request, struct admin_answer *answer,
		    struct pop3_error *err)
{
	struct smtpstatus_round round = { .count = 0 };

	if (ask_words(&round, request, err) < 0 ||
	    smtpstatus_ask_host(account, answer->protocol->port, clear_text, &round, err) < 0)
		return -1;
	for (size_t i = 0; i < round.count; i++)
		if (add_reply(answer, &round.questions[i], err) < 0)
			return -1;
	return 0;
}

const struct admin_protocol admin_smtpstatus = {
	.scheme = ADMIN_SMTPSTATUS, .name = "smtpstatus", .port = 7030,
	.wants_secret = true, .free_secret = true, .secret_limit = SMTPSTATUS_SECRET,
	.word_limit = 8, .metrics = metrics, .exchange = exchange,
};

/* SMTPStatus: its datagrams, and when they are sent again. */
#include "admin/smtpstatus.h"

#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

/* The examples of the specification, with RIDs in network byte order. */
#define RID_1 "\x12\x34"
#define RID_2 "\x12\x38"

static char secret_text[] = "secretpa";
static struct pop3_secret secret = { .text = secret_text, .length = 8 };

static uint16_t rid_of(const char *octets)
{
	uint16_t rid;

	memcpy(&rid, octets, sizeof rid);
	return rid;
}

static void test_requests(void)
{
	char shorter_text[] = "abc";
	const struct pop3_secret shorter = { .text = shorter_text, .length = 3 };
	const struct pop3_secret none = { .text = NULL };
	struct smtpstatus_question question = { .command = 0, .rid = rid_of(RID_1) };
	unsigned char datagram[SMTPSTATUS_OCTETS];

	smtpstatus_write(datagram, &question, &secret);
	check_octets("connections ever", (char *)datagram, sizeof datagram,
		     OCTETS("\xcf\xfe\0" RID_1 "secretpa\0"));
	question = (struct smtpstatus_question){ .command = 3, .rid = rid_of(RID_2) };
	smtpstatus_write(datagram, &question, &secret);
	check_octets("transformation?", (char *)datagram, sizeof datagram,
		     OCTETS("\xcf\xfe\0" RID_2 "secretpa\3"));
	smtpstatus_write(datagram, &question, &shorter);
	check_octets("a secret padded with NULs", (char *)datagram, sizeof datagram,
		     OCTETS("\xcf\xfe\0" RID_2 "abc\0\0\0\0\0\3"));
	smtpstatus_write(datagram, &question, &none);
	check_octets("no secret", (char *)datagram, sizeof datagram,
		     OCTETS("\xcf\xfe\0" RID_2 "\0\0\0\0\0\0\0\0\3"));
}

static const struct {
	const char *name;
	const char *datagram;
	size_t length;
	bool taken;
	uint8_t status;
	uint64_t count;
} replies[] = {
	{ "2 connections", OCTETS("\xcf\xfe\0" RID_1 "\0\0\0\0\0\0\0\0\2"), true, 0, 2 },
	{ "the largest count", OCTETS("\xcf\xfe\0" RID_1 "\0\xff\xff\xff\xff\xff\xff\xff\xff"),
	  true, 0, UINT64_MAX },
	{ "wrong secret", OCTETS("\xcf\xfe\0" RID_1 "\1\0\0\0\0\0\0\0\0"), true, 1, 0 },
	{ "a server of another version", OCTETS("\xcf\xfe\1" RID_1 "\2\0\0\0\0\0\0\0\0"),
	  true, 2, 0 },
	{ "a status that is not defined", OCTETS("\xcf\xfe\0" RID_1 "\6\0\0\0\0\0\0\0\0"),
	  true, 6, 0 },
	{ "another version", OCTETS("\xcf\xfe\1" RID_1 "\0\0\0\0\0\0\0\0\2"), false, 0, 0 },
	{ "another RID", OCTETS("\xcf\xfe\0\x34\x12\0\0\0\0\0\0\0\0\2"), false, 0, 0 },
	{ "another signature", OCTETS("\xfe\xcf\0" RID_1 "\0\0\0\0\0\0\0\0\2"), false, 0, 0 },
	{ "one octet too few", OCTETS("\xcf\xfe\0" RID_1 "\0\0\0\0\0\0\0\0"), false, 0, 0 },
	{ "one octet too many", OCTETS("\xcf\xfe\0" RID_1 "\0\0\0\0\0\0\0\0\2\0"), false, 0, 0 },
	{ "nothing", OCTETS(""), false, 0, 0 },
};

static void test_replies(void)
{
	for (size_t i = 0; i < ROWS(replies); i++) {
		struct smtpstatus_round round = {
			.count = 1, .questions = { { .rid = rid_of(RID_1) } },
		};
		const struct smtpstatus_question *const question = &round.questions[0];

		check_report(replies[i].name,
			     smtpstatus_match(&round, (const unsigned char *)replies[i].datagram,
					     replies[i].length) == replies[i].taken);
		check_report("all questions are answered",
			     smtpstatus_whole(&round) == replies[i].taken);
		check_number("status", question->status, replies[i].status);
		check_report("count", smtpstatus_count(question->result) == replies[i].count);
	}
}

static void take(const char *datagram, size_t length)
{
	struct smtpstatus_round round = { .count = 1, .questions = { { .rid = rid_of(RID_1) } } };

	if (smtpstatus_match(&round, (const unsigned char *)datagram, length) !=
	    (length == SMTPSTATUS_OCTETS))
		check_number("only a complete datagram is accepted",
			     (int64_t)length, SMTPSTATUS_OCTETS);
}

/* Both ends of a datagram connection. The peer's answers are sent before the questions. */
struct line {
	int fd, peer;
	struct smtpstatus_round round;
};

static void line_open(struct line *line)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) < 0)
		abort();
	*line = (struct line){
		.fd = ends[0], .peer = ends[1],
		.round = {
			.count = 2,
			.questions = { { 1, rid_of(RID_1), false, 0, { 0 } },
				       { 2, rid_of(RID_2), false, 0, { 0 } } },
		},
	};
}

static void line_close(const struct line *line)
{
	close(line->fd);
	close(line->peer);
}

static void send_from_peer(const struct line *line, const char *datagram, size_t length)
{
	if (send(line->peer, datagram, length, 0) != (ssize_t)length)
		abort();
}

/* How many times each of the two questions has reached the peer. */
struct tally {
	int first, second;
};

static struct tally count_questions(const struct line *line)
{
	char datagram[SMTPSTATUS_OCTETS + 1];
	struct tally tally = { 0, 0 };

	while (recv(line->peer, datagram, sizeof datagram, 0) == SMTPSTATUS_OCTETS) {
		tally.first += memcmp(datagram + 3, RID_1, 2) == 0;
		tally.second += memcmp(datagram + 3, RID_2, 2) == 0;
	}
	return tally;
}

static enum pop3_code ask(struct line *line, int64_t wait_ms, int cancel_fd)
{
	const struct smtpstatus_schedule schedule = { { wait_ms, wait_ms, wait_ms } };
	const struct pop3_account account = {
		.secret = &secret, .timeouts.cancel_fd = cancel_fd,
	};
	struct pop3_error err = { .code = POP3_E_NONE };

	if (smtpstatus_ask(line->fd, &line->round, &schedule, &account, &err) == 0)
		return POP3_E_NONE;
	if (err.code == POP3_E_TIMEOUT)
		check_text("a time-out", err.text, "no answer after 3 tries");
	return err.code;
}

#define FIRST_REPLY "\xcf\xfe\0" RID_1 "\0\0\0\0\0\0\0\0\1"
#define SECOND_REPLY "\xcf\xfe\0" RID_2 "\0\0\0\0\0\0\0\0\2"

static void test_answered(void)
{
	struct line line;
	struct tally tally;

	line_open(&line);
	send_from_peer(&line, OCTETS(SECOND_REPLY));
	send_from_peer(&line, OCTETS(SECOND_REPLY));
	send_from_peer(&line, OCTETS("\xcf\xfe\0\0\0\0\0\0\0\0\0\0\0\7"));
	send_from_peer(&line, OCTETS("short"));
	send_from_peer(&line, OCTETS(FIRST_REPLY "and more"));
	send_from_peer(&line, OCTETS(FIRST_REPLY));
	check_number("answers in any order among others", ask(&line, 60000, -1), POP3_E_NONE);
	tally = count_questions(&line);
	check_number("the first was asked once", tally.first, 1);
	check_number("the second was asked once", tally.second, 1);
	check_number("first", (int64_t)smtpstatus_count(line.round.questions[0].result), 1);
	check_number("second", (int64_t)smtpstatus_count(line.round.questions[1].result), 2);
	line_close(&line);
}

static void test_lost(void)
{
	struct line line;
	struct tally tally;

	line_open(&line);
	check_number("no answer", ask(&line, 1, -1), POP3_E_TIMEOUT);
	tally = count_questions(&line);
	check_number("the first was asked three times", tally.first, SMTPSTATUS_TRIES);
	check_number("the second was asked three times", tally.second, SMTPSTATUS_TRIES);
	line_close(&line);

	line_open(&line);
	send_from_peer(&line, OCTETS(FIRST_REPLY));
	check_number("one of two answers", ask(&line, 1, -1), POP3_E_TIMEOUT);
	tally = count_questions(&line);
	check_number("an answered question is not sent again", tally.first, 1);
	check_number("an unanswered question is sent again", tally.second, SMTPSTATUS_TRIES);
	line_close(&line);
}

static void test_interrupted(void)
{
	struct line line;
	int cancel[2];

	if (pipe(cancel) < 0 || write(cancel[1], "", 1) != 1)
		abort();
	line_open(&line);
	check_number("interrupted", ask(&line, 60000, cancel[0]), POP3_E_INTERRUPTED);
	line_close(&line);
	close(cancel[0]);
	close(cancel[1]);
}

/* A flood keeps the socket readable, but the wait must still end. */
static void test_flooded(void)
{
	struct line line;

	line_open(&line);
	for (int i = 0; i < 5; i++)
		send_from_peer(&line, OCTETS("nonsense"));
	check_number("only invalid answers", ask(&line, 0, -1), POP3_E_TIMEOUT);
	check_number("after invalid answers, the question is sent three times",
		     count_questions(&line).first, SMTPSTATUS_TRIES);
	line_close(&line);
}

static void test_queue_full(void)
{
	struct line line;

	line_open(&line);
	while (send(line.fd, "", 1, 0) == 1)
		continue;
	send_from_peer(&line, OCTETS(FIRST_REPLY));
	send_from_peer(&line, OCTETS(SECOND_REPLY));
	check_number("a question that cannot be sent now is sent later",
		     ask(&line, 60000, -1), POP3_E_NONE);
	line_close(&line);
}

static void test_closed_port(void)
{
	struct line line;

	line_open(&line);
	close(line.peer);
	check_number("a closed port", ask(&line, 60000, -1), POP3_E_CONNECT);
	close(line.fd);
}

static enum pop3_code ask_host(const struct pop3_account *account, bool clear_text)
{
	struct smtpstatus_round round = { .count = 0 };
	struct pop3_error err = { .code = POP3_E_NONE };

	smtpstatus_ask_host(account, 9, clear_text, &round, &err);
	return err.code;
}

static void test_hosts(void)
{
	const struct pop3_account here = { .host = "127.0.0.1", .secret = &secret };
	const struct pop3_account elsewhere = { .host = "192.0.2.1", .secret = &secret };
	const struct pop3_account nowhere = { .host = "a..b", .secret = &secret };
	const struct pop3_account tunnel = { .host = "127.0.0.1", .tunnel = "cat" };
	const struct pop3_account proxy = { .host = "127.0.0.1", .proxy = "socks5://127.0.0.1:1" };

	check_number("no questions", ask_host(&here, false), POP3_E_NONE);
	check_number("another machine", ask_host(&elsewhere, false), POP3_E_USAGE);
	check_number("no host", ask_host(&nowhere, false), POP3_E_HOST);
	check_number("a tunnel", ask_host(&tunnel, false), POP3_E_USAGE);
	check_number("a proxy", ask_host(&proxy, false), POP3_E_USAGE);
}

/* The first lines of a trace in each direction, without the secret. */
struct traced {
	struct pop3_tracer tracer; /* first, so that a struct pop3_tracer * can be cast back */
	char sent[64], received[64];
};

static void store_line(struct pop3_tracer *tracer, enum pop3_direction direction, const char *text,
		       size_t length)
{
	struct traced *const traced = (struct traced *)tracer;
	char *const place = direction == POP3_SENT ? traced->sent : traced->received;

	if (place[0] == '\0')
		snprintf(place, sizeof traced->sent, "%.*s", (int)length, text);
}

static void test_trace(void)
{
	const struct smtpstatus_schedule schedule = { { 60000, 60000, 60000 } };
	struct traced traced = { .tracer.trace = store_line };
	const struct pop3_account account = {
		.secret = &secret, .timeouts.cancel_fd = -1, .timeouts.progress_ms = 30000,
		.tracer = &traced.tracer,
	};
	struct pop3_error err;
	struct line line;

	line_open(&line);
	send_from_peer(&line, OCTETS(FIRST_REPLY));
	send_from_peer(&line, OCTETS(SECOND_REPLY));
	check_number("traced", smtpstatus_ask(line.fd, &line.round, &schedule, &account, &err), 0);
	check_text("sent", traced.sent, "cf fe 00 12 34 00 00 00 00 00 00 00 00 01");
	check_text("received", traced.received, "cf fe 00 12 34 00 00 00 00 00 00 00 00 01");
	line_close(&line);
}

int main(void)
{
	test_requests();
	test_replies();
	check_prefixes(OCTETS(FIRST_REPLY "and more"), take);
	test_answered();
	test_lost();
	test_interrupted();
	test_flooded();
	test_queue_full();
	test_closed_port();
	test_hosts();
	test_trace();
	return check_end();
}

/*
 * SMTPStatus: what its datagrams hold and mean. Sending, waiting and sending again is datagram.c's
 * part.
 */
#include "admin/smtpstatus.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "admin/answer.h"

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
	[0x02] = { POP3_E_REFUSED, "the server does not speak version 0" },
	[0x03] = { POP3_E_REFUSED, "the server does not know the command" },
	[0x04] = { POP3_E_REFUSED, "the server does not like the request's size" },
	[0x05] = { POP3_E_SYS_TEMP, "the server has a fault" },
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

bool smtpstatus_take(struct smtpstatus_round *round, const unsigned char *datagram, size_t length)
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
			return pop3_fail_errno(err, POP3_E_IO, "getrandom");
	while (rid_taken(round, rid));
	round->questions[round->count++] = (struct smtpstatus_question){
		.command = (uint8_t)(digit - '0'), .rid = rid,
	};
	return 0;
}

/* "0 1 2": each a question; for a switch "4 5": the first turns it on, the second off. */
static int ask_words(struct smtpstatus_round *round, const struct admin_request *request,
		     struct pop3_error *err)
{
	const char *which = request->verb->words[ADMIN_SMTPSTATUS];

	if (request->verb->forms[0] == FORM_SWITCH) {
		if (strcmp(request->arguments[0], "off") == 0)
			which += strlen("4 ");
		return add_question(round, *which, err);
	}
	for (; *which != '\0'; which++)
		if (*which != ' ' && add_question(round, *which, err) < 0)
			return -1;
	return 0;
}

static int keep_switch(struct admin_answer *answer, const unsigned char *result,
		       struct pop3_error *err)
{
	static const char *const states[] = { "on", "off" };
	const unsigned char state = result[0];

	if (state > 1 || (smtpstatus_count(result) & (UINT64_MAX >> 8)) != 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "neither on nor off");
	admin_keep(answer, states[state], strlen(states[state]));
	return 0;
}

static int keep_reply(struct admin_answer *answer, const struct smtpstatus_question *question,
		      struct pop3_error *err)
{
	char digits[24];
	int length;

	if (question->status >= sizeof refusals / sizeof refusals[0])
		return pop3_fail(err, POP3_E_PROTOCOL, "status %02X is not defined",
				 (unsigned)question->status);
	if (question->status != STATUS_DONE)
		return pop3_fail(err, refusals[question->status].code, "%s",
				 refusals[question->status].text);
	if (admin_answer_gives(answer) == GIVES_TEXT)
		return keep_switch(answer, question->result, err);
	if (admin_answer_gives(answer) == GIVES_NOTHING)
		return 0;
	length = snprintf(digits, sizeof digits, "%" PRIu64, smtpstatus_count(question->result));
	return admin_keep_metric(answer, digits, (size_t)length, err);
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
		if (keep_reply(answer, &round.questions[i], err) < 0)
			return -1;
	return 0;
}

const struct admin_protocol admin_smtpstatus = {
	.scheme = ADMIN_SMTPSTATUS, .name = "smtpstatus", .port = 7030,
	.wants_secret = true, .free_secret = true, .secret_limit = SMTPSTATUS_SECRET,
	.word_limit = 8, .metrics = metrics, .exchange = exchange,
};

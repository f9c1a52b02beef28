#ifndef ADMIN_SMTPSTATUS_H
#define ADMIN_SMTPSTATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/account.h"
#include "pop3/error.h"
#include "pop3/secret.h"

/* SMTPStatus, version 0: a datagram of 14 octets each way (PROTOCOLS.md). */

#define SMTPSTATUS_OCTETS 14
#define SMTPSTATUS_SECRET 8  /* maximum octets of the secret */
#define SMTPSTATUS_RESULT 8  /* octets of a reply's RES */
#define SMTPSTATUS_QUESTIONS 3 /* open at the same time */
#define SMTPSTATUS_TRIES 3

struct smtpstatus_question {
	uint8_t command;
	uint16_t rid; /* the server copies it, so its byte order does not matter */
	bool answered;
	uint8_t status;
	unsigned char result[SMTPSTATUS_RESULT];
};

/* Questions sent together; answers arrive in any order, more than once, or never. */
struct smtpstatus_round {
	struct smtpstatus_question questions[SMTPSTATUS_QUESTIONS];
	size_t count;
};

/* How long to wait for the missing answers after each try. */
struct smtpstatus_schedule {
	int64_t waits_ms[SMTPSTATUS_TRIES];
};

void smtpstatus_write(unsigned char *datagram, const struct smtpstatus_question *,
		      const struct pop3_secret *);

/* Processes one datagram; false if it answers no open question and was dropped. */
bool smtpstatus_match(struct smtpstatus_round *, const unsigned char *datagram, size_t length);

bool smtpstatus_whole(const struct smtpstatus_round *);

uint64_t smtpstatus_count(const unsigned char *result); /* RES as a number */

/*
 * Asks over a connected datagram socket until all questions are answered. Fails with
 * POP3_E_TIMEOUT after the last try or the account's time-out, with POP3_E_CONNECT if the port is
 * closed.
 */
int smtpstatus_ask(int fd, struct smtpstatus_round *, const struct smtpstatus_schedule *,
		   const struct pop3_account *, struct pop3_error *err);

/* The same, trying each address of the account's host in turn. */
int smtpstatus_ask_host(const struct pop3_account *, uint16_t port, bool clear_text,
			struct smtpstatus_round *, struct pop3_error *err);

#endif

#ifndef ADMIN_ANSWER_H
#define ADMIN_ANSWER_H

#include <sys/types.h>

#include "admin/protocol.h"

#define ADMIN_FIELDS_MAX 4		     /* of a record */
#define ADMIN_LIST_LINES 1000000	     /* of an answer at the most */
#define ADMIN_LIST_OCTETS (64UL * 1024 * 1024) /* of them all */

/*
 * An answer, or several of pipelined requests, as the octets come in. What it says is kept as
 * texts that each end in LF, one for every column of every record. A refusal is kept as well, so
 * that the other answers are read and the connection stays in step.
 */
struct admin_answer {
	const struct admin_protocol *protocol;
	const struct admin_verb *verb; /* NULL for a greeting, a login and a goodbye */
	const struct admin_request *request; /* which metrics are asked for; NULL = all */
	struct pop3_tracer *tracer;
	size_t due; /* answers still to come */
	bool begun; /* at least one octet came */
	bool in_body;
	uint64_t body_due; /* lines of it still to come, where the status line tells */
	size_t body_lines; /* read so far */
	size_t metrics;	   /* passed so far, of the protocol's */
	struct buffer line; /* one that has not ended */
	struct buffer texts;
	struct pop3_error refusal;
};

void admin_answer_init(struct admin_answer *, const struct admin_protocol *,
		       const struct admin_verb *, size_t due);
void admin_answer_release(struct admin_answer *);

/*
 * Takes octets up to the end of the last answer due; says how many those were. Fails with
 * POP3_E_PROTOCOL for what is no answer or above a limit.
 */
ssize_t admin_answer_feed(struct admin_answer *, const char *octets, size_t length,
			  struct pop3_error *err);

/* The peer has closed: POP3_E_PROTOCOL when it had said nothing, else POP3_E_LOST. */
int admin_answer_cut(const struct admin_answer *, struct pop3_error *err);

/* Fails with the refusal of a whole answer, when it is one. */
int admin_answer_refused(const struct admin_answer *, struct pop3_error *err);

/* Gives the records of a whole answer, or fails with its refusal. */
int admin_answer_print(const struct admin_answer *, struct admin_sink *, struct pop3_error *err);

/* For the protocols' read: what the verb gives, of the kind they have checked it to be. */
void admin_answer_add(struct admin_answer *, const char *text, size_t length);
int admin_answer_add_number(struct admin_answer *, const char *text, size_t length,
		      struct pop3_error *err);
int admin_answer_add_metric(struct admin_answer *, const char *text, size_t length,
		      struct pop3_error *err);

/* What the verb result; RESULT_NOTHING where there is no verb. */
enum admin_result admin_answer_result(const struct admin_answer *);

/* Another line of a body; fails with POP3_E_PROTOCOL above ADMIN_LIST_LINES. */
int admin_answer_count_line(struct admin_answer *, struct pop3_error *err);

/* POP3_E_PROTOCOL, showing the line that makes no sense. */
int admin_answer_invalid(const struct admin_answer *, struct pop3_error *err);

#endif

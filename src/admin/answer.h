#ifndef ADMIN_ANSWER_H
#define ADMIN_ANSWER_H

#include <sys/types.h>

#include "admin/protocol.h"

#define ADMIN_FIELDS_MAX 4		     /* of a record */
#define ADMIN_LIST_LINES 1000000	     /* of one answer */
#define ADMIN_LIST_OCTETS (64UL * 1024 * 1024) /* of all its lines */

/*
 * Collects one answer, or several of pipelined requests. Its values are stored as texts that each
 * end in LF, one per column of each record. A refusal is stored as well, so that the other answers
 * are still read and the connection stays in step.
 */
struct admin_answer {
	const struct admin_protocol *protocol;
	const struct admin_verb *verb; /* NULL for a greeting, a login and a goodbye */
	const struct admin_request *request; /* the requested metrics; NULL = all */
	struct pop3_tracer *tracer;
	size_t due; /* answers still expected */
	bool begun; /* at least one octet was received */
	bool in_body;
	uint64_t body_due; /* lines still expected, if the status line has their number */
	size_t body_lines; /* read so far */
	size_t metrics;	   /* of the protocol's, how many were read or skipped */
	struct buffer line; /* the current, incomplete line */
	struct buffer texts;
	struct pop3_error refusal;
};

void admin_answer_init(struct admin_answer *, const struct admin_protocol *,
		       const struct admin_verb *, size_t due);
void admin_answer_release(struct admin_answer *);

/*
 * Reads octets up to the end of the last expected answer; returns how many. Fails with
 * POP3_E_PROTOCOL if the answer is invalid or exceeds a limit.
 */
ssize_t admin_answer_feed(struct admin_answer *, const char *octets, size_t length,
			  struct pop3_error *err);

/* The server has closed: POP3_E_PROTOCOL if it had sent nothing, else POP3_E_LOST. */
int admin_answer_cut(const struct admin_answer *, struct pop3_error *err);

/* Fails with the refusal of a complete answer, if it is one. */
int admin_answer_refused(const struct admin_answer *, struct pop3_error *err);

/* Passes the records of a complete answer to the sink, or fails with its refusal. */
int admin_answer_print(const struct admin_answer *, struct admin_sink *, struct pop3_error *err);

/* For the protocols' read: store one value of the answer. */
void admin_answer_add(struct admin_answer *, const char *text, size_t length);
int admin_answer_add_number(struct admin_answer *, const char *text, size_t length,
		      struct pop3_error *err);
int admin_answer_add_metric(struct admin_answer *, const char *text, size_t length,
		      struct pop3_error *err);

/* The kind of result of the verb; RESULT_NOTHING if there is no verb. */
enum admin_result admin_answer_result(const struct admin_answer *);

/* Counts a line of the body; fails with POP3_E_PROTOCOL above ADMIN_LIST_LINES. */
int admin_answer_count_line(struct admin_answer *, struct pop3_error *err);

/* Fails with POP3_E_PROTOCOL, quoting the invalid line. */
int admin_answer_invalid(const struct admin_answer *, struct pop3_error *err);

#endif

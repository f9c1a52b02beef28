#ifndef POP3_PIPELINING_H
#define POP3_PIPELINING_H

#include "pop3/session.h"

/*
 * Control over commands sent ahead of their answers (RFC 2449 section 6.6), for callers that want
 * to ask for many things in one round trip. When the server does not support this, the same calls
 * work in lock step.
 */

/*
 * A hint that the commands queued until answers are next awaited are the last ones, so that QUIT
 * may be sent along with them. Do not use it when a deletion depends on the answers.
 */
void pop3_session_last_round(struct pop3_session *session);

/*
 * Withdraws the hint. Returns 0, or 1 when QUIT had been sent already and a new session was opened,
 * in which numbers may refer to other messages. Fails like pop3_session_reopen.
 */
int pop3_session_another_round(struct pop3_session *session, struct pop3_error *err);

/*
 * Takes all answers that are due. Also fails with the first refusal among them that was not
 * reported yet; the session stays usable.
 */
int pop3_session_await(struct pop3_session *session, struct pop3_error *err);

/* A point in the sequence of answers; embed it first in a struct of your own. */
struct pop3_mark {
	/*
	 * Called when everything asked for before the mark was answered. failure is the first
	 * refusal since the previous mark, or NULL; it is borrowed for the call. The callback must
	 * not send commands. Returning -1 with err filled in ends the session.
	 */
	int (*reached)(struct pop3_mark *, const struct pop3_error *failure,
		       struct pop3_error *err);
};

/*
 * Places a mark after the commands queued so far. It must stay valid until it is reached or the
 * session is closed.
 */
int pop3_session_mark(struct pop3_session *session, struct pop3_mark *mark,
		      struct pop3_error *err);

/* From now on each command waits for the answer to the previous one. */
void pop3_session_lock_step(struct pop3_session *session);

/*
 * After a failure in POP3_UNSETTLED: reports whether repeating the requests in lock step gave
 * different answers. If so, the account's cache remembers that the server's pipelining is broken.
 * If not, commands are sent ahead again, and a size that differs from LIST's no longer counts as
 * evidence against an answer.
 */
void pop3_session_judge_pipelining(struct pop3_session *session, bool is_broken);

#endif

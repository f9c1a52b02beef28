#ifndef POP3_PIPELINING_H
#define POP3_PIPELINING_H

#include "pop3/session.h"

/*
 * What a session sends ahead of the answers (RFC 2449 section 6.6), for callers who want to ask
 * for many things in one round trip. Where the server cannot do that, all of this works in lock
 * step just the same.
 */

/*
 * A hint: what is asked up to the next answer taken is all that will be asked, so that QUIT may go
 * out with it. Not to be given where a deletion depends on the answers.
 */
void pop3_session_last_round(struct pop3_session *session);

/*
 * Takes the hint back: 0, or 1 where QUIT was gone already and a new session had to be opened, in
 * which numbers may mean other messages. Fails as pop3_session_reopen does.
 */
int pop3_session_another_round(struct pop3_session *session, struct pop3_error *err);

/*
 * Takes all answers that are due. Fails also with the first refusal among them that was not told
 * yet, which leaves the session usable.
 */
int pop3_session_await(struct pop3_session *session, struct pop3_error *err);

/* A place in the row of answers; embed it first in a struct of your own. */
struct pop3_mark {
	/*
	 * All that was asked before the mark is answered; failure is the first refusal since the
	 * mark before it, or NULL, borrowed for the call. It must not ask for anything. -1, with
	 * err filled in, ends the session.
	 */
	int (*reached)(struct pop3_mark *, const struct pop3_error *failure,
		       struct pop3_error *err);
};

/* Puts a mark behind what was asked so far. It must stay until it is reached or all is closed. */
int pop3_session_mark(struct pop3_session *session, struct pop3_mark *mark,
		      struct pop3_error *err);

/* From now on no command is sent before the one ahead of it is answered. */
void pop3_session_lock_step(struct pop3_session *session);

/*
 * After a failure in POP3_UNSETTLED, what asking again in lock step has shown. A server whose
 * pipelining is broken is remembered by the account's cache. Otherwise commands go ahead again, and
 * from then on a size that is not LIST's is no reason to doubt an answer.
 */
void pop3_session_judge_pipelining(struct pop3_session *session, bool is_broken);

#endif

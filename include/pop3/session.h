#ifndef POP3_SESSION_H
#define POP3_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/account.h"
#include "pop3/capa.h"
#include "pop3/error.h"
#include "pop3/recovery.h"

/*
 * A session is a transaction (RFC 1939 sections 3 and 6): quitting commits its deletions; closing
 * it without quitting drops the connection and leaves the mailbox unchanged. Only one thread may
 * use a session at a time.
 */
struct pop3_session;

/*
 * Connects, reads the greeting, sets up TLS and logs in; NULL on failure. Where the server is known
 * to allow pipelining (RFC 2449 section 6.6), the login is only sent, and its answer is taken
 * together with that of the first verb, which then reports a failed login. The account must outlive
 * the session.
 */
struct pop3_session *pop3_session_open(const struct pop3_account *account,
				       struct pop3_error *err);

/*
 * Takes all outstanding answers, then quits (RFC 1939 section 6). When messages are marked as
 * deleted, anything but +OK is POP3_E_UNCONFIRMED. The session still has to be closed.
 */
int pop3_session_quit(struct pop3_session *session, struct pop3_error *err);

/*
 * For a caller that has failed: quits if that deletes nothing and no answer is due, and ignores
 * errors.
 */
void pop3_session_abandon(struct pop3_session *session);

/* Closes the connection if the session has not quit, and frees the session. NULL is allowed. */
void pop3_session_close(struct pop3_session *session);

/*
 * Closes the connection and opens a new one with the same account: marks of deletion are gone, and
 * numbers may refer to other messages. After a failure the session can only be closed.
 */
int pop3_session_reopen(struct pop3_session *session, struct pop3_error *err);

/*
 * Whether the session can be reopened without losing anything: the answers taken so far mark no
 * message as deleted, and the secret was not wiped.
 */
bool pop3_session_may_reopen(const struct pop3_session *session);

/* For a caller that will not reopen the session: wipes the account's secret. */
void pop3_session_wipe_secret(struct pop3_session *session);

/* The current phase, or after a failure the phase it happened in. See pop3_recovery. */
enum pop3_phase pop3_session_phase(const struct pop3_session *session);

/* The name of login mechanism i, in the form of an account's auth, or NULL. Static. */
const char *pop3_auth_name(size_t i);

/* Whether a mechanism takes a password or token; true for NULL and for unknown names. */
bool pop3_auth_needs_password(const char *name);

/* Minimum delay between logins in seconds, 0 when not announced (RFC 2449 section 6.5). */
unsigned pop3_session_login_delay(const struct pop3_session *session);

/*
 * Whether the capabilities announce that QUIT deletes all retrieved messages (EXPIRE 0, RFC 2449
 * section 6.7). Quit such a session only when everything retrieved is safely stored.
 */
bool pop3_session_expires(const struct pop3_session *session);

/* Passes a remark of the caller to the tracer, as POP3_NOTED. */
void pop3_session_note(struct pop3_session *session, const char *text);

/*
 * Describes the i-th quirk that this session found in the server, as one line of static text; NULL
 * after the last one.
 */
const char *pop3_session_quirk(const struct pop3_session *session, size_t i);

/* The last capabilities received; empty without CAPA. Borrowed until the next verb. */
const struct pop3_capa *pop3_session_capa(const struct pop3_session *session);

#endif

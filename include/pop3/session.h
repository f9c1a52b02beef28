#ifndef POP3_SESSION_H
#define POP3_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/account.h"
#include "pop3/capa.h"
#include "pop3/error.h"
#include "pop3/recovery.h"

/*
 * A session is a transaction (RFC 1939 sections 3 and 6): quitting makes its deletions real,
 * closing it without hangs up and leaves the mailbox as it was. It belongs to one thread at a time.
 */
struct pop3_session;

/*
 * Connects, secures, greets and logs in; NULL on failure. Where the server is known to allow it
 * (RFC 2449 section 6.6), the login is only sent and its answer taken with that of the first verb,
 * which then fails in its place. The account must outlive the session.
 */
struct pop3_session *pop3_session_open(const struct pop3_account *account,
				       struct pop3_error *err);

/*
 * Takes what is due and quits (RFC 1939 section 6). With messages marked as deleted, anything but a
 * +OK is POP3_E_UNCONFIRMED. The session still has to be closed.
 */
int pop3_session_quit(struct pop3_session *session, struct pop3_error *err);

/*
 * Quits when that deletes nothing and no answer is due, for a caller who has failed; what comes is
 * ignored.
 */
void pop3_session_abandon(struct pop3_session *session);

/* Gives everything back; hangs up where the session has not quit. NULL is fine. */
void pop3_session_close(struct pop3_session *session);

/*
 * Hangs up and opens again with the same account: marks of deletion are gone, numbers may mean
 * other messages. After a failure the session can only be closed.
 */
int pop3_session_reopen(struct pop3_session *session, struct pop3_error *err);

/*
 * Whether it can be opened again and nothing is lost by it: no message is marked as deleted, as far
 * as answers have come, and the secret is still there.
 */
bool pop3_session_may_reopen(const struct pop3_session *session);

/* How far it has come; after a failure, how far it had come then. See pop3_recovery. */
enum pop3_phase pop3_session_phase(const struct pop3_session *session);

/* The name of login mechanism i, as an account's auth takes it; NULL behind the last. Static. */
const char *pop3_auth_name(size_t i);

/* Whether logging in by that mechanism takes a password or token; true for NULL and others. */
bool pop3_auth_needs_password(const char *name);

/* Seconds the server wants between logins, 0 where it names none (RFC 2449 section 6.5). */
unsigned pop3_session_login_delay(const struct pop3_session *session);

/*
 * Whether the server deletes at QUIT what was retrieved (EXPIRE 0, RFC 2449 section 6.7), as far as
 * its capabilities tell. Such a session may only quit when all that was retrieved is safe.
 */
bool pop3_session_expires(const struct pop3_session *session);

/* Passes a note of the caller's to the tracer, as POP3_NOTED. */
void pop3_session_note(struct pop3_session *session, const char *text);

/*
 * Each of what the server was met to do in its own way, as a line of static text; NULL behind the
 * last.
 */
const char *pop3_session_quirk(const struct pop3_session *session, size_t i);

/* What the server listed last; empty when it knows no CAPA. Borrowed until the next verb. */
const struct pop3_capa *pop3_session_capa(const struct pop3_session *session);

#endif

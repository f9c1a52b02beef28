#ifndef POP3_SESSION_PRIVATE_H
#define POP3_SESSION_PRIVATE_H

#include "base/tracer.h"
#include "pop3/auth.h"
#include "pop3/cache.h"
#include "pop3/capa.h"
#include "pop3/pipeline.h"
#include "pop3/recovery.h"
#include "pop3/session.h"
#include "pop3/wire.h"

/* The session's struct and internal functions, for the modules of this directory. */

/* A login in progress. */
struct login {
	const struct auth_mechanism *mechanism; /* NULL without a login */
	struct auth auth;
	struct auth_binding binding;
	bool blamed; /* the refusal is explicitly about the credentials */
};

/* Deviations from the protocol that are tolerated. */
enum quirk {
	QUIRK_BLANK_LINE,
	QUIRK_BARE_LF,
	QUIRK_SHORT_STATUS,
	QUIRK_NO_CAPA,
	QUIRK_WELCOME,
	QUIRK_NO_BASE64,
	QUIRK_STAT,
	QUIRK_AHEAD,
};

/* How commands go out. */
enum session_pace {
	PACE_LOCK_STEP,	   /* one at a time */
	PACE_AFTER_LOGIN,  /* ahead of the answers, but not before the login is answered */
	PACE_AHEAD,	   /* ahead of the answers */
};

/* How far LIST's sizes can be used to check that an answer belongs to its command. */
enum session_sizes {
	SIZES_UNTRIED,
	SIZES_EXACT,	/* one was correct, so all should be */
	SIZES_DOUBTFUL, /* the first was wrong, or one whose message was right */
};

enum session_quit {
	QUIT_LATER,
	QUIT_NEXT, /* may be sent with the next commands */
	QUIT_SENT,
};

struct pop3_session {
	const struct pop3_account *account;
	enum pop3_phase phase; /* changed only by session_set_phase */
	enum session_pace pace;
	enum session_quit quit;
	enum session_sizes sizes;
	struct wire wire;
	struct pipeline pipeline;
	struct login login;
	struct cache cache;
	struct pop3_capa capa;
	struct buffer greeting; /* the text after +OK */
	uint16_t port;		/* the account's, or the default of its TLS mode */
	uint32_t listed;	/* accept a line for this message without +OK; 0 = none */
	bool list_may_follow;	/* a list may follow an answer of one line */
	bool list_followed;	/* one did */
	bool terse;		/* the greeting had no OK: the login may have none, too */
	bool remembered;	/* capa was read from the cache, not from this connection */
	bool lock_step;		/* one command at a time, even with PIPELINING */
	bool unsettled;		/* answers received may belong to other messages */
	bool recovered;		/* a broken connection was replaced once */
	bool secret_wiped;	/* another login is impossible */
	size_t deletions;	/* number of messages marked */
	struct pop3_error refusal; /* the first one not reported yet */
	char parting[512];	/* the text of the last refusal that might end the session */
	const char *awaited;	/* the verb of the last step about an answer */
	unsigned noted;		/* quirks reported so far, one bit each */
};

/* Changes the phase if the new one may follow the current one; otherwise does nothing. */
void session_set_phase(struct pop3_session *, enum pop3_phase phase);

/*
 * Handles a failure that may mean that answers are out of step with commands sent ahead: sets the
 * phase to POP3_UNSETTLED and has the cache remember the server.
 */
void session_doubt(struct pop3_session *, const struct pop3_error *failure);

/* Records a failure that leaves the session usable; the first one is reported later. */
void session_keep_refusal(struct pop3_session *, const struct pop3_error *failure);

/* Reports what was done or is waited for, and what is remarkable about the server. */
#define session_step(session, ...) \
	tracer_print((session)->account->tracer, POP3_STEP, __VA_ARGS__)
#define session_note(session, ...) \
	tracer_print((session)->account->tracer, POP3_NOTED, __VA_ARGS__)

/* Reports a quirk to the tracer, once per session. */
void quirk_note(struct pop3_session *session, enum quirk quirk);

/* Connects, reads the greeting, and sets up TLS where the account asks for it. */
int session_connect(struct pop3_session *, struct pop3_error *err);

/* Closes the connection without QUIT; keeps its TLS ticket. */
void session_hang_up(struct pop3_session *);

/*
 * Reads a status line. Skips a few blank lines before it, and a list that may follow the last
 * answer.
 */
int session_reply(struct pop3_session *, struct reply *reply, struct pop3_error *err);

/* Call before a command when no answer is due: fails if unexpected octets were received. */
int session_begin_command(struct pop3_session *, struct pop3_error *err);

/*
 * After a refusal in words with which servers also end sessions: fails with POP3_E_LOST if the
 * connection ends. Otherwise the reply's text is borrowed until the next such refusal.
 */
int session_check_parting(struct pop3_session *, struct reply *reply, struct pop3_error *err);

/*
 * After a failure for unexpected octets: replaces it by POP3_E_LOST if they are such a refusal, and
 * the connection ends behind it. Returns -1.
 */
int session_explain_octets(struct pop3_session *, struct pop3_error *err);

/* Sends a command line and reads its status line; no other answer may be due. */
int session_command(struct pop3_session *, const char *line, struct reply *reply,
		    struct pop3_error *err);

/* Reads the list after CAPA's +OK, replacing the known capabilities. */
int session_read_capa(struct pop3_session *, struct pop3_error *err);

/*
 * After a failure among the commands sent with the login: replaces the connection by one in lock
 * step, on which unanswered commands are sent again. Returns whether that succeeded.
 */
bool session_recover(struct pop3_session *, struct pop3_error *err);

/* Wipes the account's secret if that is allowed and the login cannot have to be repeated. */
void session_wipe_unneeded_secret(struct pop3_session *);

/* Fails with POP3_E_USAGE if the account's mechanism, user or secret is invalid. */
int login_check(const struct pop3_account *account, struct pop3_error *err);

/* Chooses the mechanism of the login. */
int login_choose(struct pop3_session *, struct pop3_error *err);

/* Logs in as chosen, or sends the login ahead and leaves its answer due. */
int login_begin(struct pop3_session *, struct pop3_error *err);
void login_end(struct login *);

#endif

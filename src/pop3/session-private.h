#ifndef POP3_SESSION_PRIVATE_H
#define POP3_SESSION_PRIVATE_H

#include "pop3/auth.h"
#include "pop3/cache.h"
#include "pop3/capa.h"
#include "pop3/pipeline.h"
#include "pop3/recovery.h"
#include "pop3/session.h"
#include "pop3/wire.h"

/* The inside of a session, for the modules of this folder. */

/* A login under way, from its first octet to the server's verdict. */
struct login {
	const struct auth_mechanism *mechanism; /* NULL while there is none */
	struct auth auth;
	struct auth_binding binding;
	bool blamed; /* the refusal's code speaks of the credentials themselves */
};

/* What servers do in their own way and are understood all the same. */
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
	PACE_AFTER_LOGIN,  /* ahead of the answers, but nothing behind a login not yet answered */
	PACE_AHEAD,	   /* ahead of the answers */
};

/* What LIST's sizes are worth for telling that answers belong to their commands. */
enum session_sizes {
	SIZES_UNTRIED,
	SIZES_EXACT,	/* one was, so all should be */
	SIZES_DOUBTFUL, /* one was not, and the message was the right one */
};

enum session_quit {
	QUIT_LATER,
	QUIT_NEXT, /* it may go out with the next commands */
	QUIT_SENT,
};

struct pop3_session {
	const struct pop3_account *account;
	enum pop3_phase phase; /* changed by session_set_phase alone */
	enum session_pace pace;
	enum session_quit quit;
	enum session_sizes sizes;
	struct wire wire;
	struct pipeline pipeline;
	struct login login;
	struct cache cache;
	struct pop3_capa capa;
	struct buffer greeting; /* the text behind its status */
	uint16_t port;		/* the account's, or the scheme's own */
	uint32_t listed;	/* a line about this message is an answer without +OK; 0 = none */
	bool list_may_follow;	/* behind an answer that should have been one line */
	bool terse;		/* it greeted by a sign without OK: so it may end a login */
	bool remembered;	/* capa is what the cache held, not what this connection said */
	bool lock_step;		/* one command at a time, whatever the server offers */
	bool unsettled;		/* answers came that may be those of other messages */
	bool recovered;		/* one new connection in place of a broken one was made */
	bool secret_wiped;	/* there can be no other login */
	size_t deletions;	/* messages marked */
	struct pop3_error refusal; /* the first one not yet reported to the caller */
	unsigned noted;		/* quirks already noted, one bit each */
};

/* Goes on to a phase where it may follow the present one, and stays where it may not. */
void session_set_phase(struct pop3_session *, enum pop3_phase phase);

/*
 * Takes note of a failure while commands were ahead of their answers, where it may be that those
 * got out of step: then the phase is POP3_UNSETTLED, and the server is remembered.
 */
void session_doubt(struct pop3_session *, const struct pop3_error *failure);

/* Keeps a failure that leaves the session usable; the first one is reported. */
void session_keep_refusal(struct pop3_session *, const struct pop3_error *failure);

/* Tells the tracer of a quirk, once in a session. */
void quirk_note(struct pop3_session *session, enum quirk quirk);

/* Connects, reads the greeting, and sets up TLS where the account asks for it. */
int session_connect(struct pop3_session *, struct pop3_error *err);

/* Closes the connection as it is; the ticket it brought is kept. */
void session_hang_up(struct pop3_session *);

/*
 * Reads one status line. Before it blank lines are passed over, a few, and what may be a list
 * behind the last answer.
 */
int session_reply(struct pop3_session *, struct reply *reply, struct pop3_error *err);

/* Before a command with nothing under way: fails when octets came that nobody asked for. */
int session_begin_command(struct pop3_session *, struct pop3_error *err);

/* Sends one command line and reads its status line; nothing else may be under way. */
int session_command(struct pop3_session *, const char *line, struct reply *reply,
		    struct pop3_error *err);

/* Reads the list behind CAPA's +OK in place of what was known. */
int session_read_capa(struct pop3_session *, struct pop3_error *err);

/*
 * After a failure in the flight that carried the login: whether it was made good by a new
 * connection in lock step, on which the unanswered commands will be sent again.
 */
bool session_recover(struct pop3_session *, struct pop3_error *err);

/* Wipes the account's secret, if it may be and nothing can make the login be repeated. */
void session_wipe_secret(struct pop3_session *);

/* Whether the account's mechanism, user and secret can be sent at all: POP3_E_USAGE if not. */
int login_check(const struct pop3_account *account, struct pop3_error *err);

/* Logs in, or sends the login ahead and leaves its answer due. */
int login_begin(struct pop3_session *, struct pop3_error *err);
void login_end(struct login *);

#endif

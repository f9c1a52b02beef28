/*
 * Complete sessions with a scripted peer ("|" waits for the client, "^" hangs up). Each session
 * runs again once per allocation, which then fails: it must have the same result or report that it
 * is out of memory. The password is never traced.
 */
#include "../fuzz/peer.h"
#include "../fuzz/scratch.h"
#include "check.h"
#include "faults-openssl.h"
#include "mailbox/mailbox.h"
#include "memory-stream.h"
#include "pop3/diagnostics.h"
#include "pop3/pipelining.h"
#include "pop3/verbs.h"
#include "pop3/wire.h"

#define MANY 1500 /* more commands than the queue holds */

static char password[] = "Tr0ub4dor";
static struct pop3_diagnostics report;

struct row {
	const char *title;
	const char *script;
	const char *verbs; /* one letter for each verb, see ask */
	struct pop3_account account;
	enum pop3_code code;
	const char *sent; /* everything on the last connection; NULL = not checked */
	bool full;
	bool digests; /* OpenSSL gives no reason for a failed digest */
};

static int find(struct pop3_secret_source *source, struct pop3_secret *secret,
		struct pop3_error *err)
{
	(void)source;
	return pop3_secret_append(secret, password, sizeof password - 1, err);
}

static int spoil(struct pop3_secret_source *source, struct pop3_secret *secret,
		 struct pop3_error *err)
{
	(void)source;
	return pop3_secret_append(secret, "a\nb", 3, err);
}

static int fail(struct pop3_secret_source *source, struct pop3_secret *secret,
		struct pop3_error *err)
{
	(void)source, (void)secret;
	return pop3_fail(err, POP3_E_CONFIG, "no password");
}

static struct pop3_secret_source finds = { find }, spoils = { spoil }, fails = { fail };

#define CLEAR .tls = POP3_TLS_OFF
#define ANN CLEAR, .user = "ann"
#define MET "+OK\r\n|-ERR\r\n"
#define LOGGED_IN MET "|+OK\r\n|+OK\r\n"
#define CAPABLE(list) "+OK\r\n|+OK\r\n" list "\r\n.\r\n"
#define LOGIN_SENT "CAPA\r\nUSER ann\r\nPASS Tr0ub4dor\r\n"
#define LISTED LOGGED_IN "|+OK\r\n1 10\r\n2 20\r\n.\r\n|-ERR\r\n"
#define GONE "|+OK bye\r\n"

static const struct row rows[] = {
	{ "no user", "+OK\r\n|-ERR\r\n" GONE, "", .account = { CLEAR },
	  .sent = "CAPA\r\nQUIT\r\n" },
	{ "a user", LOGGED_IN GONE, "", .account = { ANN }, .sent = LOGIN_SENT "QUIT\r\n" },
	{ "a server that reads slowly", LOGGED_IN GONE, "", .account = { ANN },
	  .sent = LOGIN_SENT "QUIT\r\n", .full = true },
	{ "no host", "", "", .account = { .host = "", ANN }, .code = POP3_E_USAGE },
	{ "an unknown mechanism", "", "",
	  .account = { ANN, .auth = "rot13" }, .code = POP3_E_USAGE },
	{ "a line end in the user name", "", "",
	  .account = { CLEAR, .user = "ann\r\n" }, .code = POP3_E_USAGE },
	{ "nothing offered", CAPABLE("SASL GSSAPI"), "",
	  .account = { ANN }, .code = POP3_E_CREDENTIALS },
	{ "a login delay over 32 bits", CAPABLE("LOGIN-DELAY 99999999999")
	  "|+OK\r\n|+OK\r\n" GONE, "y", .account = { ANN } },

	{ "STAT, NOOP and RSET", LOGGED_IN "|+OK 2 320\r\n|+OK\r\n|+OK\r\n" GONE, "SnX",
	  .account = { ANN },
	  .sent = LOGIN_SENT "STAT\r\nNOOP\r\nRSET\r\nQUIT\r\n" },
	{ "RSET refused", LOGGED_IN "|-ERR\r\n" GONE, "X",
	  .account = { ANN }, .code = POP3_E_REFUSED },
	{ "two refusals: the first is reported", LOGGED_IN "|-ERR one\r\n|-ERR two\r\n", "nX",
	  .account = { ANN }, .code = POP3_E_REFUSED },
	{ "lists", LOGGED_IN "|+OK\r\n1 10\r\n2 20\r\n.\r\n|+OK\r\n1 a\r\n2 b\r\n.\r\n" GONE, "L",
	  .account = { ANN } },
	{ "a list of one", LOGGED_IN "|+OK 2 20\r\n|+OK 2 b\r\n" GONE, "O", .account = { ANN } },
	{ "a list of another message", LOGGED_IN "|+OK 3 20\r\n|+OK 2 b\r\n"
	  "|+OK\r\n2 20\r\n3 20\r\n.\r\n|+OK\r\n2 b\r\n.\r\n" GONE, "O",
	  .account = { ANN } },
	{ "a list that is malformed", LOGGED_IN "|+OK\r\nwhat?\r\n.\r\n", "L", .account = { ANN },
	  .code = POP3_E_PROTOCOL },
	{ "synthetic UIDs by TOP", LISTED "|+OK\r\nA: a\r\n\r\n.\r\n|+OK\r\nB: b\r\n\r\n.\r\n" GONE,
	  "I", .account = { ANN },
	  .sent = LOGIN_SENT "LIST\r\nUIDL\r\nTOP 1 0\r\nTOP 2 0\r\nQUIT\r\n" },
	{ "synthetic UIDs by RETR", LISTED "|-ERR\r\n|-ERR\r\n"
	  "|+OK\r\nA: a\r\n\r\nb\r\n.\r\n|+OK\r\nB: b\r\n\r\nb\r\n.\r\n" GONE,
	  "I", .account = { ANN } },
	{ "repeated UIDs are replaced",
	  LOGGED_IN "|+OK\r\n1 10\r\n2 20\r\n.\r\n|+OK\r\n1 a\r\n2 a\r\n.\r\n"
	  "|+OK\r\nA: a\r\n\r\n.\r\n|+OK\r\nB: b\r\n\r\n.\r\n" GONE,
	  "I", .account = { ANN } },
	{ "capabilities asked for again", LOGGED_IN "|+OK\r\nTOP\r\nUIDL\r\n.\r\n" GONE, "C",
	  .account = { ANN } },
	{ "messages", LOGGED_IN "|+OK\r\nSubject: a\r\n\r\n..b\r\n.\r\n|-ERR gone\r\n" GONE, "R",
	  .account = { ANN } },
	{ "a receiver that stops",
	  LOGGED_IN "|+OK\r\none\r\n.\r\n|+OK\r\ntwo\r\n.\r\n", "r", .account = { ANN },
	  .code = POP3_E_IO },
	{ "a truncated message", LOGGED_IN "|+OK\r\none\r\n", "R", .account = { ANN },
	  .code = POP3_E_LOST },
	{ "deletions", LOGGED_IN "|+OK\r\n|+OK\r\n|+OK bye\r\n", "D", .account = { ANN } },
	{ "deletions that are not confirmed", LOGGED_IN "|+OK\r\n|+OK\r\n", "D", .account = { ANN },
	  .code = POP3_E_UNCONFIRMED },
	{ "more commands than the queue holds, then a lost connection", LOGGED_IN "|+OK\r\n", "M",
	  .account = { ANN },
	  .code = POP3_E_LOST },
	{ "lock step although pipelining is offered", CAPABLE("PIPELINING\r\nUSER")
	  "|+OK\r\n+OK\r\n|+OK\r\n|+OK\r\n" GONE, "Snkn",
	  .account = { ANN }, .code = POP3_E_PROTOCOL },
	{ "another session", LOGGED_IN "^+OK again\r\n|-ERR\r\n|+OK\r\n|+OK\r\n" GONE, "N",
	  .account = { ANN },
	  .sent = LOGIN_SENT "QUIT\r\n" },
	{ "another session after the secret was wiped", LOGGED_IN "|+OK 2 320\r\n^" LOGGED_IN, "SN",
	  .account = { ANN, .one_session = true }, .code = POP3_E_BUG },

	{ "a secret that is found when it is needed", LOGGED_IN "|+OK 2 320\r\n|" GONE, "S",
	  .account = { ANN, .secret_source = &finds }, .sent = LOGIN_SENT "STAT\r\nQUIT\r\n" },
	{ "found, but unusable", "+OK\r\n|-ERR\r\n|", "", .account = { ANN, .secret_source = &spoils },
	  .code = POP3_E_USAGE, .sent = "CAPA\r\n" },
	{ "not found", "+OK\r\n|-ERR\r\n|", "", .account = { ANN, .secret_source = &fails },
	  .code = POP3_E_CONFIG, .sent = "CAPA\r\n" },
	{ "found when the server has gone", "+OK one\r\n|-ERR\r\n-ERR idle\r\n^" LOGGED_IN GONE,
	  "", .account = { ANN, .secret_source = &finds }, .sent = LOGIN_SENT "QUIT\r\n" },
	{ "not looked for, by a mechanism without a password",
	  CAPABLE("SASL EXTERNAL") "|+OK\r\n" GONE, "",
	  .account = { CLEAR, .user = "", .auth = "external", .secret_source = &fails } },

	{ "ahead", CAPABLE("PIPELINING\r\nUSER\r\nUTF8") "|+OK\r\n+OK\r\n+OK\r\n+OK 2 320\r\n|" GONE,
	  "S", .account = { ANN },
	  .sent = "CAPA\r\nUTF8\r\nUSER ann\r\nPASS Tr0ub4dor\r\nSTAT\r\nQUIT\r\n" },
	{ "UTF8 refused, in lock step", CAPABLE("USER\r\nUTF8")
	  "|-ERR\r\n|+OK\r\n|+OK\r\n" GONE, "", .account = { ANN } },
	{ "PLAIN", CAPABLE("SASL PLAIN") "|+OK\r\n" GONE, "", .account = { ANN },
	  .sent = "CAPA\r\nAUTH PLAIN AGFubgBUcjB1YjRkb3I=\r\nQUIT\r\n" },
	{ "PLAIN, asked for again", CAPABLE("SASL PLAIN") "|+ \r\n|+OK\r\n" GONE, "",
	  .account = { ANN } },
	{ "PLAIN, asked for repeatedly", CAPABLE("SASL PLAIN") "|+ \r\n|+ \r\n|+ \r\n", "",
	  .account = { ANN }, .code = POP3_E_PROTOCOL },
	{ "PLAIN ahead, asked for again", CAPABLE("PIPELINING\r\nSASL PLAIN") "|+ \r\n|", "n",
	  .account = { ANN }, .code = POP3_E_PROTOCOL },
	{ "PLAIN refused", CAPABLE("SASL PLAIN") "|-ERR [AUTH] no\r\n", "", .account = { ANN },
	  .code = POP3_E_CREDENTIALS },
	{ "LOGIN", CAPABLE("SASL LOGIN") "|+ \r\n|+ VXNlcg==\r\n|+OK\r\n" GONE, "",
	  .account = { ANN, .auth = "login" } },
	{ "EXTERNAL without a user", CAPABLE("SASL EXTERNAL") "|+OK\r\n" GONE, "",
	  .account = { CLEAR, .user = "", .auth = "external" },
	  .sent = "CAPA\r\nAUTH EXTERNAL =\r\nQUIT\r\n" },
	{ "CRAM-MD5", CAPABLE("SASL CRAM-MD5") "|+ PDFAYT4=\r\n|+OK\r\n" GONE, "",
	  .account = { ANN, .auth = "cram-md5" }, .digests = true },
	{ "APOP", "+OK <1@a>\r\n|-ERR\r\n|+OK\r\n" GONE, "",
	  .account = { ANN, .auth = "apop" }, .digests = true },
	{ "XOAUTH2 refused", CAPABLE("SASL XOAUTH2") "|+ e30=\r\n|-ERR\r\n", "",
	  .account = { ANN, .auth = "xoauth2" }, .code = POP3_E_CREDENTIALS },
	{ "SCRAM with an invalid challenge", CAPABLE("SASL SCRAM-SHA-256") "|+ cj0=\r\n", "",
	  .account = { ANN, .auth = "scram-sha-256" }, .code = POP3_E_PROTOCOL },
	{ "STLS", "+OK\r\n|+OK\r\n|-ERR\r\n|+OK\r\n|+OK\r\n" GONE, "",
	  .account = { .tls = POP3_TLS_STLS, .user = "ann" },
	  .sent = "STLS\r\n" LOGIN_SENT "QUIT\r\n" },
	{ "no STLS", "+OK\r\n|-ERR\r\n", "", .account = { .tls = POP3_TLS_STLS, .user = "ann" },
	  .code = POP3_E_TLS, .sent = "STLS\r\n" },
	{ "a refusing greeting", "-ERR no\r\n", "", .account = { ANN }, .code = POP3_E_SYS_TEMP },
	{ "hanging up on CAPA", "+OK\r\n^+OK\r\n|+OK\r\n|+OK\r\n" GONE, "", .account = { ANN },
	  .sent = "USER ann\r\nPASS Tr0ub4dor\r\nQUIT\r\n" },
};

/* --- traces and verbs --- */

static struct buffer sent;
static bool password_traced;

static void check_trace(struct pop3_tracer *tracer, enum pop3_direction direction,
			const char *text, size_t length)
{
	(void)tracer, (void)direction;
	if (memmem(text, length, password, strlen(password)) != NULL)
		password_traced = true;
}

/* What is sent while a session is being abandoned is not checked. */
static void keep_sent(void)
{
	const char *const pending = faults.call;

	faults.call = NULL;
	buffer_clear(&sent);
	buffer_append(&sent, peer.received.data, peer.received.length);
	faults.call = pending;
}

static int drop_octets(struct pop3_sink *sink, const char *data, size_t length,
		       struct pop3_error *err)
{
	(void)sink, (void)data, (void)length, (void)err;
	return 0;
}

static struct pop3_sink *begin(struct pop3_receiver *receiver, size_t i, struct pop3_error *err)
{
	static struct pop3_sink sink = { drop_octets };

	(void)receiver, (void)i, (void)err;
	return &sink;
}

static int go_on(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
		 struct pop3_error *err)
{
	(void)receiver, (void)i, (void)failure, (void)err;
	return 0;
}

static int stop(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
		struct pop3_error *err)
{
	(void)receiver, (void)i, (void)failure;
	return pop3_fail(err, POP3_E_IO, "no room");
}

static void ignore_refusal(struct pop3_deletions *deletions, size_t i,
			   const struct pop3_error *why)
{
	(void)deletions, (void)i, (void)why;
}

static int list(struct pop3_session *session, bool one, struct pop3_error *err)
{
	const unsigned what = POP3_LIST_OCTETS | POP3_LIST_UIDS;
	struct pop3_listing listing = { .entries = NULL };
	const int result = one ? pop3_list_one(session, what, 2, &listing, err)
			       : pop3_list(session, what, &listing, err);

	pop3_listing_release(&listing);
	return result;
}

/* Adds synthetic UIDs to the listing. */
static int identify(struct pop3_session *session, struct pop3_error *err)
{
	const struct synthetic_uid_known nothing = { .cursor = "" };
	struct pop3_listing listing = { .entries = NULL };
	int result = pop3_list(session, POP3_LIST_OCTETS | POP3_LIST_UIDS, &listing, err);

	if (result == 0)
		result = synthetic_uid_complete(session, &listing, &nothing, err);
	for (size_t i = 0; result == 0 && i < listing.count; i++)
		if (pop3_listing_uid(&listing, i) == NULL)
			result = pop3_fail(err, POP3_E_BUG, "a message without an identity");
	pop3_listing_release(&listing);
	return result;
}

static int ask(struct pop3_session *session, char verb, struct pop3_error *err)
{
	static const struct pop3_request requests[] = { { .number = 1 }, { .number = 2 } };
	static struct pop3_receiver patient = { .begin = begin, .end = go_on };
	static struct pop3_receiver tired = { .begin = begin, .end = stop };
	static struct pop3_deletions deletions = { ignore_refusal };
	static uint32_t numbers[MANY] = { 1, 2 };
	static struct pop3_maildrop drop;

	switch (verb) {
	case 'S': return pop3_stat(session, &drop, err);
	case 'n': return pop3_noop_ahead(session, err);
	case 'X': return pop3_rset(session, err);
	case 'L': return list(session, false, err);
	case 'O': return list(session, true, err);
	case 'I': return identify(session, err);
	case 'C': return pop3_capa(session, err);
	case 'R': return pop3_retr(session, requests, ROWS(requests), &patient, err);
	case 'r': return pop3_retr(session, requests, ROWS(requests), &tired, err);
	case 'D': return pop3_dele(session, numbers, 2, &deletions, err);
	case 'M': return pop3_dele_ahead(session, numbers, MANY, &deletions, err);
	case 'k': return pop3_session_lock_step(session), 0;
	case 'y': return pop3_session_login_delay(session) == 0 ? 0 : -1;
	}
	return pop3_session_reopen(session, err);
}

static int converse(const struct pop3_account *account, const char *verbs, struct pop3_error *err)
{
	struct pop3_session *const session = pop3_session_open(account, err);
	int result = session != NULL ? 0 : -1;

	for (; result == 0 && *verbs != '\0'; verbs++)
		result = ask(session, *verbs, err);
	if (result == 0)
		result = pop3_session_quit(session, err);
	pop3_session_close(session);
	return result;
}

static enum pop3_code run(const struct row *row)
{
	struct pop3_secret found = { .text = NULL };
	static struct pop3_tracer tracer = { .trace = check_trace };
	char text[] = "Tr0ub4dor";
	struct pop3_secret secret = { text, sizeof text - 1, sizeof text };
	struct pop3_account account = row->account;
	struct pop3_error err = { .code = POP3_E_NONE };
	const char *const pending = faults.call;
	int result;

	account.host = account.host == NULL ? "host" : NULL;
	account.secret = account.user == NULL	       ? NULL
			 : account.secret_source != NULL ? &found
							 : &secret;
	account.tracer = &tracer;
	account.diagnostics = &report;
	account.cache_dir = scratch();
	account.timeouts.cancel_fd = -1;
	faults.call = NULL;
	scratch_empty(scratch());
	mkdir(scratch(), 0700);
	faults.call = pending;
	peer = (struct peer){
		.script = { row->script, strlen(row->script) }, .step = SIZE_MAX,
		.closing = keep_sent, .full = row->full,
	};
	password_traced = false;
	result = converse(&account, row->verbs, &err);
	faults.call = NULL;
	pop3_secret_wipe(&found);
	buffer_release(&peer.sent);
	buffer_release(&peer.received);
	pop3_diagnostics_release(&report);
	return result < 0 ? err.code : POP3_E_NONE;
}

static void check_row(const struct row *row)
{
	check_number(row->title, run(row), row->code);
	if (row->sent != NULL)
		check_text(row->title, buffer_text(&sent), row->sent);
	check_report(row->title, !password_traced);
}

static void check_memory(const struct row *row)
{
	bool holds = true;

	for (unsigned at = 1;; at++) {
		enum pop3_code code;

		faults = (struct faults){ .call = "malloc", .at = at };
		code = run(row);
		if (code != row->code && code != POP3_E_MEMORY &&
		    !(row->digests && code == POP3_E_CONFIG)) {
			printf("# allocation %u: %d instead of %d\n", at, code, row->code);
			holds = false;
		}
		holds = holds && !password_traced;
		if (faults.struck == NULL)
			break;
	}
	check_report(row->title, holds);
}

static void check_controls(void)
{
	const struct pop3_timeouts timeouts = { .cancel_fd = -1 };
	struct buffer written = { 0 };
	struct pop3_error err = { .code = POP3_E_NONE };
	struct wire wire;

	wire_open(&wire, memory_stream("", 0, 1, &written), &timeouts, NULL, &err);
	check_number("a line end in a command",
		     wire_command(&wire, OCTETS("NOOP\r\nQUIT"), 1, &err), -1);
	check_number("a line end in a command is a usage error", err.code, POP3_E_USAGE);
	wire_close(&wire);
	check_number("a command with a line end is not sent", (int64_t)written.length, 0);
	buffer_release(&written);
}

int main(void)
{
	faults_of_openssl();
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(&rows[i]);
	for (size_t i = 0; i < ROWS(rows); i++)
		check_memory(&rows[i]);
	check_controls();
	buffer_release(&sent);
	return check_end();
}

/*
 * The whole client against any server: it terminates, sends only lines, does not leak the password,
 * and reports a message as complete only if it is.
 */
#include "peer.h"
#include "pop3/pipelining.h"
#include "pop3/session-private.h"
#include "pop3/verbs.h"
#include "stuffing.h"

#define MESSAGES 3

static char password[] = "Tr0ub4dor";
static struct pop3_account account;
static struct pop3_session *session;

/* --- the client's commands --- */

/* Whether the text contains the password, in clear or in base64 at any alignment. */
static bool contains_password(const char *text)
{
	return strstr(text, password) != NULL || strstr(text, "VHIwdWI0ZG9y") != NULL ||
	       strstr(text, "UcjB1YjRkb3") != NULL || strstr(text, "RyMHViNGRvc") != NULL;
}

static void check_trace(struct pop3_tracer *tracer, enum pop3_direction direction,
			const char *text, size_t length)
{
	char *const copy = strndup(text, length);

	(void)tracer;
	must(direction != POP3_SENT || !contains_password(copy), "the trace contains no password");
	free(copy);
}

static void check_sent(void)
{
	const char *const text = buffer_text(&peer.received);
	const size_t clear = peer.secured_at >= 0 ? (size_t)peer.secured_at : peer.received.length;

	if (account.tls == POP3_TLS_STLS)
		must(clear <= 6 && strncmp(text, "STLS\r\n", clear) == 0,
		     "only STLS is sent in clear text");
	for (size_t i = 0; i < peer.received.length; i++) {
		const bool ends = strncmp(text + i, "\r\n", 2) == 0;

		must((unsigned char)text[i] >= ' ' || ends,
		     "the only control characters are line ends");
		i += ends;
	}
	must(peer.received.length == 0 || text[peer.received.length - 1] == '\n',
	     "only complete lines are sent");
}

/* --- the messages it receives --- */

/* How many octets from the server the client has consumed. */
static size_t taken(void)
{
	return peer.sent.length - (session->wire.end - session->wire.begin);
}

static struct retrieval {
	struct pop3_receiver receiver;
	struct pop3_sink sink;
	struct buffer body;
	size_t begins_at; /* in the octets from the server */
	size_t next;
} retrieval;

static int take_octets(struct pop3_sink *sink, const char *data, size_t length,
		       struct pop3_error *err)
{
	(void)sink, (void)err;
	buffer_append(&retrieval.body, data, length);
	return 0;
}

static struct pop3_sink *begin_message(struct pop3_receiver *receiver, size_t i,
				       struct pop3_error *err)
{
	(void)receiver, (void)err;
	must(i == retrieval.next, "messages arrive in the order of the requests");
	buffer_clear(&retrieval.body);
	retrieval.begins_at = taken();
	return &retrieval.sink;
}

static void check_whole(void)
{
	const size_t at = retrieval.begins_at;
	const bool bare_lf = at < 2 || peer.sent.data[at - 2] != '\r';
	struct buffer expected = { 0 };

	must(stuffing_undo(peer.sent.data + at, peer.sent.length - at, bare_lf, &expected) >= 0,
	     "a complete message has an end");
	must(buffer_equals(&retrieval.body, expected.data, expected.length),
	     "a complete message is what the server sent");
	buffer_release(&expected);
}

static int end_message(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
		       struct pop3_error *err)
{
	(void)receiver, (void)err;
	must(i == retrieval.next++, "each message ends once");
	if (failure == NULL)
		check_whole();
	return 0;
}

/* Requests the messages by RETR, by TOP, or by TOP whose answers are read later. */
static int fetch(unsigned verb, struct pop3_error *err)
{
	static const struct pop3_request requests[MESSAGES] = {
		{ .number = 1 }, { .number = 2, .limit = 64 }, { .number = 7 },
	};

	if (pop3_session_await(session, err) < 0)
		return -1;
	retrieval.receiver =
		(struct pop3_receiver){ .begin = begin_message, .end = end_message };
	retrieval.sink.write = take_octets;
	retrieval.next = 0;
	if (verb == 'T')
		return pop3_top(session, 5, requests, MESSAGES, &retrieval.receiver, err);
	if (verb == 't')
		return pop3_top_ahead(session, 5, requests, MESSAGES, &retrieval.receiver, err);
	return pop3_retr(session, requests, MESSAGES, &retrieval.receiver, err);
}

/* --- the calls of the library --- */

static void ignore_refusal(struct pop3_deletions *deletions, size_t i,
			   const struct pop3_error *why)
{
	(void)deletions, (void)i;
	must(why->code != POP3_E_NONE, "a refusal has an error code");
}

static int list(struct pop3_error *err)
{
	struct pop3_listing listing = { .entries = NULL };
	const int result =
		pop3_list(session, POP3_LIST_OCTETS | POP3_LIST_UIDS, &listing, err);

	pop3_listing_release(&listing);
	return result;
}

static int list_one(struct pop3_error *err)
{
	struct pop3_listing listing = { .entries = NULL };
	const int result = pop3_list_one(session, POP3_LIST_UIDS, 2, &listing, err);

	pop3_listing_release(&listing);
	return result;
}

/* Small letters: the answer is read later. */
static int ask(unsigned verb, struct pop3_error *err)
{
	static const uint32_t numbers[] = { 1, 2 };
	static struct pop3_deletions deletions = { ignore_refusal };
	static struct pop3_maildrop drop;

	switch (verb) {
	case 'S': return pop3_stat(session, &drop, err);
	case 'L': return list(err);
	case 'O': return list_one(err);
	case 's': return pop3_stat_ahead(session, &drop, err);
	case 'R':
	case 'T':
	case 't': return fetch(verb, err);
	case 'D': return pop3_dele(session, numbers, 2, &deletions, err);
	case 'd': return pop3_dele_ahead(session, numbers, 2, &deletions, err);
	case 'X': return pop3_rset(session, err);
	case 'x': return pop3_rset_ahead(session, err);
	case 'C': return pop3_capa(session, err);
	case 'c': return pop3_capa_ahead(session, err);
	case 'n': return pop3_noop_ahead(session, err);
	case 'N': return pop3_session_reopen(session, err);
	}
	return pop3_noop(session, err);
}

/* "Q" announces the next verb as the last one, even if it is not. */
static int ask_next(struct input *verbs, struct pop3_error *err)
{
	unsigned verb = input_octet(verbs);

	if (pop3_session_another_round(session, err) < 0)
		return -1;
	if (verb == 'Q') {
		verb = input_octet(verbs);
		if (pop3_session_await(session, err) < 0)
			return -1;
		if (strchr("Dd", (int)verb) == NULL && session->deletions == 0)
			pop3_session_last_round(session);
	}
	return ask(verb, err);
}

/* If messages are marked, success requires that the last answer was +OK. */
static void quit(struct pop3_error *err)
{
	const bool decides = session->quit != QUIT_SENT;
	size_t at;

	if (pop3_session_quit(session, err) < 0 || !decides || session->deletions == 0)
		return;
	for (at = taken() - 1; at > 0 && peer.sent.data[at - 1] != '\n'; at--)
		continue;
	at += strspn(peer.sent.data + at, "\r"); /* stray ones after the previous answer */
	must(peer.sent.data[at] == '+', "deletions are confirmed by +OK");
}

static void converse(struct input *verbs)
{
	struct pop3_error err = { .code = POP3_E_NONE };
	int result = 0;

	session = pop3_session_open(&account, &err);
	must(session != NULL || err.code != POP3_E_NONE, "a failure has a code");
	while (session != NULL && result == 0 && verbs->length > 0) {
		result = ask_next(verbs, &err);
		must(result == 0 || (err.code != POP3_E_NONE && err.code != POP3_E_BUG),
		     "a failure has a text");
		if (result < 0 && !pop3_error_ends_session(err.code))
			result = 0;
	}
	if (session != NULL && result == 0 && pop3_session_another_round(session, &err) >= 0)
		quit(&err);
	pop3_session_close(session);
}

static const char *const mechanisms[] = { NULL, "plain", "login", "user", "scram-sha-256",
					  "apop", "cram-md5", "external" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pop3_secret secret = { password, sizeof password - 1, sizeof password };
	static struct pop3_tracer tracer = { .trace = check_trace };
	static const size_t steps[] = { SIZE_MAX, 1, 3, 100 };
	struct input rest = input_of(data, size);
	struct input verbs;

	account = (struct pop3_account){
		.host = "host", .user = "ann", .secret = &secret, .tracer = &tracer,
		.timeouts = { .cancel_fd = -1 },
	};
	account.tls = (enum pop3_tls_mode[]){ POP3_TLS_OFF, POP3_TLS_STLS,
					      POP3_TLS_IMPLICIT }[input_octet(&rest) % 3];
	account.auth = mechanisms[input_octet(&rest) % 8];
	peer.step = steps[input_octet(&rest) % 4];
	verbs = input_until(&rest, '\n');
	peer.script = rest;
	peer.calls = peer.connections = 0;
	peer.closing = check_sent;
	converse(&verbs);
	buffer_release(&peer.sent);
	buffer_release(&peer.received);
	buffer_release(&retrieval.body);
	return 0;
}

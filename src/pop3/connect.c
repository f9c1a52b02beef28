/* Connecting to a server: the stream, the greeting, and TLS either at once or with STLS. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/deadline.h"
#include "net/tls.h"
#include "pop3/diagnostics.h"
#include "pop3/session-private.h"

/* Also after a handshake that failed: the certificate may be the reason. */
static void step_tls(const struct pop3_session *session)
{
	const struct pop3_diagnostics *const diagnostics = session->account->diagnostics;
	const struct pop3_certificate *certificate;
	long long days;

	if (diagnostics == NULL)
		return;
	if (diagnostics->tls_version != NULL)
		session_step(session, "%s, %s%s", diagnostics->tls_version, diagnostics->cipher,
			     diagnostics->chain_length == 0 ? ", resumed" : "");
	if (diagnostics->chain_length == 0)
		return;
	certificate = &diagnostics->chain[0];
	days = (long long)(certificate->not_after - (int64_t)time(NULL)) / 86400;
	session_step(session, days < 0 ? "certificate for %.120s, expired %lld days ago"
				       : "certificate for %.120s, %lld days left",
		     certificate->names[0] != '\0' ? certificate->names : certificate->subject,
		     days < 0 ? -days : days);
}

static int connect_wire(struct pop3_session *session, struct pop3_error *err)
{
	const struct pop3_account *const account = session->account;
	const struct pop3_diagnostics *const diagnostics = account->diagnostics;
	const int64_t deadline =
		deadline_after(&account->timeouts, account->timeouts.connect_ms);
	struct stream *stream;

	session_step(session, "connecting to %.120s port %u%s", account->host,
		     (unsigned)session->port,
		     account->tunnel != NULL  ? " through the tunnel"
		     : account->proxy != NULL ? " through the proxy"
					      : "");
	stream = stream_dial(account, session->port, deadline, err);
	if (stream == NULL)
		return -1;
	for (size_t i = 0; diagnostics != NULL && i < diagnostics->address_count; i++)
		if (diagnostics->addresses[i].attempt == POP3_CONNECTED)
			session_step(session, "connected to %s", diagnostics->addresses[i].text);
	if (account->tls == POP3_TLS_IMPLICIT) {
		stream = tls_open(stream, account, &session->cache.ticket, deadline, err);
		step_tls(session);
	}
	if (stream == NULL)
		return -1;
	return wire_open(&session->wire, stream, &account->timeouts, account->tracer, err);
}

/* --- the greeting --- */

/* Other protocols, recognised by their first octets. */
static const struct {
	const char *beginning;
	enum pop3_language language;
	const char *meaning;
} other_protocols[] = {
	{ "\x15\x03", POP3_SPEAKS_TLS, "the server expects TLS on this port: use --tls implicit" },
	{ "\x16\x03", POP3_SPEAKS_TLS, "the server expects TLS on this port: use --tls implicit" },
	{ "* OK", POP3_SPEAKS_IMAP,
	  "this is an IMAP server: POP3 uses ports 995 and 110" },
	{ "220", POP3_SPEAKS_SMTP, "this is an SMTP server: POP3 uses ports 995 and 110" },
};

static int fail_other_protocol(const struct pop3_session *session, struct pop3_error *err)
{
	const struct wire *const wire = &session->wire;
	struct pop3_diagnostics *const diagnostics = session->account->diagnostics;

	for (size_t i = 0; i < sizeof other_protocols / sizeof other_protocols[0]; i++) {
		const size_t length = strlen(other_protocols[i].beginning);

		if (wire->end < length ||
		    memcmp(wire->input, other_protocols[i].beginning, length) != 0)
			continue;
		if (diagnostics != NULL)
			diagnostics->language = other_protocols[i].language;
		return pop3_fail(err, POP3_E_PROTOCOL, "%s", other_protocols[i].meaning);
	}
	return -1;
}

static int greet(struct pop3_session *session, struct pop3_error *err)
{
	struct pop3_diagnostics *const diagnostics = session->account->diagnostics;
	struct reply reply;

	session_step(session, "waiting for the greeting");
	if (session_reply(session, &reply, err) < 0) {
		if (session->wire.end > 0 &&
		    (err->code == POP3_E_PROTOCOL || err->code == POP3_E_LOST))
			fail_other_protocol(session, err);
		if (err->code == POP3_E_TIMEOUT && !session->wire.stream->is_tls)
			return pop3_context(err, "no greeting (if the server expects TLS there, "
						 "use --tls implicit)");
		return pop3_context(err, "greeting");
	}
	if (diagnostics != NULL) {
		snprintf(diagnostics->greeting, sizeof diagnostics->greeting, "%.*s",
			 (int)reply.length, reply.text);
		diagnostics->greeted_at = (int64_t)time(NULL);
	}
	if (reply.status == REPLY_ERR)
		return reply_fail(&reply, POP3_E_SYS_TEMP,
				  "the server refused the connection", err);
	session->terse = !reply.is_word;
	buffer_clear(&session->greeting);
	buffer_append(&session->greeting, reply.text, reply.length);
	return buffer_check(&session->greeting, POP3_E_PROTOCOL, err);
}

static int start_tls(struct pop3_session *session, struct pop3_error *err)
{
	const struct pop3_account *const account = session->account;
	struct wire *const wire = &session->wire;
	struct reply reply;

	if (session_command(session, "STLS", &reply, err) < 0)
		return -1;
	if (reply.status != REPLY_OK) {
		if (account->diagnostics != NULL)
			account->diagnostics->stls_refused = true;
		return pop3_fail(err, POP3_E_TLS,
				 "the server has no STLS: use --tls off to send everything in "
				 "clear text");
	}
	/* They must not be taken for encrypted ones (CVE-2011-0411). */
	if (wire->begin != wire->end)
		return pop3_fail(err, POP3_E_TLS,
				 "unencrypted octets after the answer to STLS: the connection may "
				 "have been tampered with");
	wire->stream = tls_open(wire->stream, account, &session->cache.ticket,
				deadline_after(&account->timeouts, account->timeouts.connect_ms),
				err);
	step_tls(session);
	return wire->stream != NULL ? 0 : -1;
}

void pop3_diagnostics_release(struct pop3_diagnostics *diagnostics)
{
	pop3_capa_release(&diagnostics->capa);
	*diagnostics = (struct pop3_diagnostics){ .address_count = 0 };
}

int session_connect(struct pop3_session *session, struct pop3_error *err)
{
	session_set_phase(session, POP3_CONNECTING);
	if (session->account->diagnostics != NULL)
		pop3_diagnostics_release(session->account->diagnostics);
	if (connect_wire(session, err) < 0 || greet(session, err) < 0)
		return -1;
	if (session->account->tls != POP3_TLS_STLS)
		return 0;
	return start_tls(session, err);
}

void session_hang_up(struct pop3_session *session)
{
	if (session->wire.stream != NULL && session->wire.stream->is_tls)
		cache_learn_ticket(&session->cache, tls_ticket(session->wire.stream));
	if (session->wire.input != NULL)
		wire_close(&session->wire);
	login_end(&session->login);
}

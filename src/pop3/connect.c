/* The way to a server: a stream, TLS at once or by STLS, and the greeting in between. */
#include <string.h>

#include "base/patience.h"
#include "net/tls.h"
#include "pop3/inside.h"

struct upgrade {
	const struct pop3_account *account;
	const struct buffer *ticket;
	int64_t deadline;
};

static struct stream *upgrade_to_tls(struct stream *lower, void *arg, struct pop3_error *err)
{
	const struct upgrade *const upgrade = arg;
	const struct pop3_account *const account = upgrade->account;
	const char *const name = account->trust.name != NULL ? account->trust.name : account->host;

	return tls_open(lower, &account->trust, name, upgrade->ticket, &account->patience,
			upgrade->deadline, err);
}

static int connect_wire(struct pop3_session *session, struct pop3_error *err)
{
	const struct pop3_account *const account = session->account;
	struct upgrade upgrade = { account, &session->cache.ticket, 0 };
	struct stream *stream;

	upgrade.deadline = patience_deadline(&account->patience, account->patience.connect_ms);
	stream = stream_dial(account, session->port, upgrade.deadline, err);
	if (stream != NULL && account->tls == POP3_TLS_IMPLICIT) {
		stream = upgrade_to_tls(stream, &upgrade, err);
		session->tls = stream != NULL;
	}
	if (stream == NULL)
		return -1;
	return wire_open(&session->wire, stream, &account->patience, account->observer, err);
}

/* --- the greeting --- */

static int fail_foreign(const struct pop3_session *session, struct pop3_error *err)
{
	const struct wire *const wire = &session->wire;
	const unsigned char *const octets = (const unsigned char *)wire->input;

	if (wire->end >= 2 && (octets[0] == 0x15 || octets[0] == 0x16) && octets[1] == 0x03)
		return pop3_fail(err, POP3_E_PROTOCOL,
				 "the server speaks TLS there: use --tls implicit");
	if (wire->end >= 4 && memcmp(octets, "* OK", 4) == 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "that is an IMAP server: POP3 has other "
						       "ports, 995 or 110");
	if (wire->end >= 3 && memcmp(octets, "220", 3) == 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "that is an SMTP server: POP3 has other "
						       "ports, 995 or 110");
	return -1;
}

static int greet(struct pop3_session *session, struct pop3_error *err)
{
	struct reply reply;

	if (session_reply(session, &reply, err) < 0) {
		if (session->wire.end > 0 &&
		    (err->code == POP3_E_PROTOCOL || err->code == POP3_E_LOST))
			fail_foreign(session, err);
		if (err->code == POP3_E_TIMEOUT && !session->tls)
			return pop3_context(err, "no greeting (is TLS spoken there? then "
						 "--tls implicit)");
		return pop3_context(err, "greeting");
	}
	if (reply.status == REPLY_ERR)
		return reply_fail(&reply, POP3_E_SYS_TEMP, "the server turned us away", err);
	buffer_clear(&session->greeting);
	buffer_append(&session->greeting, reply.text, reply.length);
	return 0;
}

static int start_tls(struct pop3_session *session, struct pop3_error *err)
{
	const struct pop3_account *const account = session->account;
	struct upgrade upgrade = { account, &session->cache.ticket, 0 };
	struct reply reply;

	if (session_command(session, "STLS", &reply, err) < 0)
		return -1;
	if (reply.status != REPLY_OK)
		return pop3_fail(err, POP3_E_TLS,
				 "the server has no STLS, and nothing is sent in clear unless "
				 "--tls off says so");
	upgrade.deadline = patience_deadline(&account->patience, account->patience.connect_ms);
	if (wire_upgrade(&session->wire, upgrade_to_tls, &upgrade, err) < 0)
		return -1;
	session->tls = true;
	return 0;
}

int session_connect(struct pop3_session *session, struct pop3_error *err)
{
	if (connect_wire(session, err) < 0 || greet(session, err) < 0)
		return -1;
	return session->account->tls == POP3_TLS_STLS ? start_tls(session, err) : 0;
}

void session_hang_up(struct pop3_session *session)
{
	if (session->tls)
		cache_learn_ticket(&session->cache, tls_ticket(session->wire.stream));
	if (session->wire.input != NULL)
		wire_close(&session->wire);
	login_end(&session->login);
	session->tls = false;
}

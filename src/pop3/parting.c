/*
 * Servers that end a session for inactivity say so in an -ERR, perhaps in place of the answer to a
 * command. Whether it was a refusal or the end shows in what follows it.
 */
#include <string.h>

#include "pop3/session-private.h"

static int fail_ended(const struct reply *reply, struct pop3_error *err)
{
	const int shown = reply->length > 300 ? 300 : (int)reply->length;

	return pop3_fail(err, POP3_E_LOST, "the server ended the session: %.*s", shown,
			 reply->text);
}

int session_check_parting(struct pop3_session *session, struct reply *reply,
			  struct pop3_error *err)
{
	struct wire *const wire = &session->wire;
	struct pop3_error ended;
	struct reply ignored;
	int result = 0;

	if (!reply_may_part(reply))
		return 0;
	/* Reading on may move the octets of the text. */
	if (reply->length > sizeof session->parting)
		reply->length = sizeof session->parting;
	memcpy(session->parting, reply->text, reply->length);
	reply->text = session->parting;
	fail_ended(reply, &ended);
	/* Waits for the next answer, and asks for one if none is due. */
	if (session->pipeline.sent <= 1)
		result = session_command(session, "NOOP", &ignored, err);
	else if (wire->begin == wire->end)
		result = wire_more(wire, err);
	if (result < 0 && err->code == POP3_E_LOST)
		*err = ended;
	return result;
}

int session_explain_octets(struct pop3_session *session, struct pop3_error *err)
{
	struct wire *const wire = &session->wire;
	struct wire_line line;
	struct reply reply;
	struct pop3_error ended, why;

	if (err->code != POP3_E_PROTOCOL || wire->input[wire->begin] != '-' ||
	    wire_line(wire, &line, &why) < 0 || !reply_parse(line.text, line.length, &reply) ||
	    !reply_may_part(&reply))
		return -1;
	wire_trace(wire, POP3_RECEIVED, line.text, line.length);
	fail_ended(&reply, &ended);
	if (wire->begin == wire->end && wire_more(wire, &why) < 0 && why.code == POP3_E_LOST)
		*err = ended;
	return -1;
}

/*
 * Bearer tokens: OAUTHBEARER (RFC 7628) and its predecessor XOAUTH2, as documented by Google and
 * Microsoft. A server that refuses sends the reason in a challenge and waits for an answer before
 * its -ERR. So nothing can be sent ahead.
 */
#include <string.h>

#include "pop3/auth.h"

#define BLANKS " \t\r\n"

static int start(struct auth *auth, struct buffer *out, struct pop3_error *err)
{
	if (auth_check_control(auth->user, auth->secret, err) < 0)
		return -1;
	if (auth->mechanism == &auth_xoauth2) {
		buffer_append_format(out, "user=%s", auth->user);
	} else {
		buffer_append_text(out, "n,a=");
		auth_append_name(out, auth->user);
		buffer_append_format(out, ",\001host=%s\001port=%u", auth->host,
				     (unsigned)auth->port);
	}
	buffer_append_text(out, "\001auth=Bearer ");
	buffer_append(out, auth->secret->text, auth->secret->length);
	buffer_append_text(out, "\001\001");
	return buffer_check(out, POP3_E_USAGE, err);
}

/* Appends a field of the server's JSON, up to its first escape: for display only. */
static void append_field(struct buffer *out, const char *json, const char *quoted_name)
{
	const char *at = strstr(json, quoted_name);
	size_t length;

	if (at == NULL)
		return;
	at += strlen(quoted_name);
	at += strspn(at, BLANKS);
	if (*at != ':')
		return;
	at++;
	at += strspn(at, BLANKS);
	length = *at == '"' ? strcspn(++at, "\"\\") : strcspn(at, ",}" BLANKS);
	if (out->length > 0 && length > 0)
		buffer_append_text(out, ", ");
	buffer_append(out, at, length);
}

/* Keeps the reason for the refusal. */
static int step(struct auth *auth, const char *challenge, size_t length, struct buffer *out,
		struct pop3_error *err)
{
	static const char *const fields[] = { "\"status\"", "\"error\"", "\"error_description\"" };
	struct buffer json = { 0 }, reason = { 0 };
	int result;

	if (auth->answered++ > 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "the server sent a second challenge for an "
						       "OAuth token");
	buffer_append(&json, challenge, length);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		append_field(&reason, buffer_text(&json), fields[i]);
	if (reason.length > 0)
		auth_keep_refusal(auth, reason.data, reason.length);
	else
		auth_keep_refusal(auth, challenge, length);
	result = buffer_check(&json, POP3_E_PROTOCOL, err);
	buffer_release(&reason);
	buffer_release(&json);
	if (result < 0 || auth->mechanism == &auth_xoauth2)
		return result;
	buffer_append_octet(out, '\001');
	return buffer_check(out, POP3_E_PROTOCOL, err);
}

const struct auth_mechanism auth_xoauth2 = {
	.name = "XOAUTH2",
	.option = "xoauth2",
	.flags = AUTH_CLEAR | AUTH_ASKED,
	.start = start,
	.step = step,
};

const struct auth_mechanism auth_oauthbearer = {
	.name = "OAUTHBEARER",
	.option = "oauthbearer",
	.flags = AUTH_CLEAR | AUTH_ASKED,
	.start = start,
	.step = step,
};

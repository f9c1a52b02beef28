/* USER and PASS (RFC 1939 section 7), the login that every server supports. */
#include "pop3/auth.h"

static int start(struct auth *auth, struct buffer *out, struct pop3_error *err)
{
	if (auth_check_control(auth->user, auth->secret, err) < 0)
		return -1;
	buffer_append_format(out, "USER %s", auth->user);
	return buffer_check(out, POP3_E_USAGE, err);
}

static int step(struct auth *auth, const char *answer, size_t length, struct buffer *out,
		struct pop3_error *err)
{
	(void)answer;
	(void)length;
	if (auth->answered++ > 0)
		return 0;
	buffer_append_text(out, "PASS ");
	buffer_append(out, auth->secret->text, auth->secret->length);
	return buffer_check(out, POP3_E_USAGE, err);
}

const struct auth_mechanism auth_user = {
	.name = "USER",
	.option = "user",
	.flags = AUTH_COMMAND | AUTH_CLEAR | AUTH_AHEAD,
	.start = start,
	.step = step,
};

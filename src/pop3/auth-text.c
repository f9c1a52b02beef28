/* What several mechanisms do with names, passwords, digests and a server's reasons. */
#include "pop3/auth-text.h"

#include <string.h>

#include "base/text.h"

int auth_check_control(const struct auth *auth, struct pop3_error *err)
{
	const char *const secret = auth->secret->text != NULL ? auth->secret->text : "";

	if (text_has_control(auth->user))
		return pop3_fail(err, POP3_E_USAGE, "a control character in the user name");
	if (strlen(secret) != auth->secret->length || text_has_control(secret))
		return pop3_fail(err, POP3_E_USAGE, "a control character in the password");
	return 0;
}

void auth_append_name(struct buffer *out, const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name == ',')
			buffer_append_text(out, "=2C");
		else if (*name == '=')
			buffer_append_text(out, "=3D");
		else
			buffer_append_octet(out, *name);
	}
}

void auth_keep_refusal(struct auth *auth, const char *reason, size_t length)
{
	size_t kept = 0;

	for (; kept < length && kept + 1 < sizeof auth->refusal; kept++) {
		auth->refusal[kept] = reason[kept];
		if (reason[kept] < ' ' || reason[kept] > '~')
			auth->refusal[kept] = '?';
	}
	auth->refusal[kept] = '\0';
}

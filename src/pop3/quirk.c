/* Notes on the server's quirks. */
#include "pop3/session-private.h"

static const char *const texts[] = {
	[QUIRK_BLANK_LINE] = "the server sends blank lines before its answers",
	[QUIRK_BARE_LF] = "the server ends its lines with a bare LF",
	[QUIRK_SHORT_STATUS] = "the server sends '+' or '-' instead of +OK or -ERR",
	[QUIRK_NO_CAPA] = "the server does not support CAPA",
	[QUIRK_WELCOME] = "the server sends '+' and text instead of +OK after a login",
	[QUIRK_NO_BASE64] = "the server sends plain text instead of base64",
	[QUIRK_STAT] = "the server's answer to STAT is not two numbers",
	[QUIRK_AHEAD] = "the server answers in the wrong order when commands are sent ahead",
};

void quirk_note(struct pop3_session *session, enum quirk quirk)
{
	if ((session->noted & 1U << quirk) == 0)
		session_note(session, "%s", texts[quirk]);
	session->noted |= 1U << quirk;
}

const char *pop3_session_quirk(const struct pop3_session *session, size_t i)
{
	for (size_t quirk = 0; quirk < sizeof texts / sizeof texts[0]; quirk++)
		if ((session->noted & 1U << quirk) != 0 && i-- == 0)
			return texts[quirk];
	return NULL;
}

/* Notes on the server's quirks. */
#include "pop3/session-private.h"

static const char *const texts[] = {
	[QUIRK_BLANK_LINE] = "the server sends blank lines before its answers",
	[QUIRK_BARE_LF] = "the server ends its answers by LF alone",
	[QUIRK_SHORT_STATUS] = "the server says '+' or '-' for +OK or -ERR",
	[QUIRK_NO_CAPA] = "the server knows no CAPA",
	[QUIRK_WELCOME] = "the server says '+' and words for the +OK of a login",
	[QUIRK_NO_BASE64] = "the server asks in words where base64 belongs",
	[QUIRK_STAT] = "the server answers STAT with other than two numbers",
	[QUIRK_AHEAD] = "the server gets out of step when commands are sent ahead",
};

void quirk_note(struct pop3_session *session, enum quirk quirk)
{
	if ((session->noted & 1U << quirk) == 0)
		wire_note(&session->wire, "%s", texts[quirk]);
	session->noted |= 1U << quirk;
}

const char *pop3_session_quirk(const struct pop3_session *session, size_t i)
{
	for (size_t quirk = 0; quirk < sizeof texts / sizeof texts[0]; quirk++)
		if ((session->noted & 1U << quirk) != 0 && i-- == 0)
			return texts[quirk];
	return NULL;
}

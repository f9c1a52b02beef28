#ifndef POP3_QUIRK_H
#define POP3_QUIRK_H

/* What servers do in their own way and are understood all the same. */
enum quirk {
	QUIRK_BLANK_LINE,
	QUIRK_BARE_LF,
	QUIRK_SHORT_STATUS,
	QUIRK_NO_CAPA,
	QUIRK_WELCOME,
	QUIRK_NO_BASE64,
	QUIRK_STAT,
	QUIRK_AHEAD,
};

struct pop3_session;

/* Tells the observer, of each once in a session. */
void quirk_note(struct pop3_session *session, enum quirk quirk);

#endif

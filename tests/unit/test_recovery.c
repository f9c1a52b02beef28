/*
 * The reaction to each failure in each phase: r = retry, n = new session at once, l = lock step
 * from now on, c = counts against the message, d = doubts the previous message, "." = the session
 * or the run ends.
 */
#include "pop3/recovery.h"

#include "check.h"

static const struct {
	enum pop3_code code;
	const char *name;
	int status;
	const char *meanings[POP3_PHASES];
} rows[] = {
#define ROW(code) POP3_E_##code, #code
	/*                       connecting login refused unproven ready message behind unsettled quitting */
	{ ROW(NONE), 0,        { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(USAGE), 64,      { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(CHANGED), 65,    { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(NO_MESSAGE), 66, { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(NO_ACCOUNT), 66, { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(HOST), 68,       { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(CONNECT), 69,    { "r", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(BUG), 70,        { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(DESTINATION), 73, { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(IO), 74,         { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(CLOSED), 74,     { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(MEMORY), 75,     { "r", "r", "r", "r", "r", "r", "r", "r", "r" } },
	{ ROW(TIMEOUT), 75,    { "r", "r", "r", "rl", "r", "r", "r", "rnl", "r" } },
	{ ROW(LOST), 75,       { "r", "rn", "r", "rn", "r", "r", "r", "rnl", "r" } },
	{ ROW(IN_USE), 75,     { "r", "r", "r", "r", "r", "r", "r", "r", "r" } },
	{ ROW(LOGIN_DELAY), 75, { "r", "r", "r", "r", "r", "r", "r", "r", "r" } },
	{ ROW(SYS_TEMP), 75,   { "r", "r", "r", "r", "r", "r", "r", "r", "r" } },
	{ ROW(LOCKED), 75,     { "r", "r", "r", "r", "r", "r", "r", "r", "r" } },
	{ ROW(PROTOCOL), 76,   { ".", "nl", ".", "nl", "nc", "nc", "ncd", "nl", "d" } },
	{ ROW(REFUSED), 77,    { ".", ".", ".", ".", "c", "c", "c", ".", "." } },
	{ ROW(CREDENTIALS), 77, { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(CONFIG), 78,     { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(TLS), 80,        { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(UNCONFIRMED), 81, { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(PARTIAL), 2,     { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(NOTHING), 1,     { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
	{ ROW(INTERRUPTED), 130, { ".", ".", ".", ".", ".", ".", ".", ".", "." } },
};

static const char *spell(unsigned recovery, char *text)
{
	static const char letters[] = "rnlcd";
	size_t length = 0;

	for (size_t bit = 0; letters[bit] != '\0'; bit++)
		if ((recovery & 1U << bit) != 0)
			text[length++] = letters[bit];
	if (length == 0)
		text[length++] = '.';
	text[length] = '\0';
	return text;
}

int main(void)
{
	char name[64], text[8];

	check_number("a row for each failure", ROWS(rows), POP3_CODES);
	for (size_t i = 0; i < ROWS(rows); i++) {
		check_number(rows[i].name, rows[i].code, (int64_t)i);
		check_number(rows[i].name, pop3_exit_status(rows[i].code), rows[i].status);
		for (int phase = 0; phase < POP3_PHASES; phase++) {
			snprintf(name, sizeof name, "%s in phase %d", rows[i].name, phase);
			check_text(name, spell(pop3_recovery(rows[i].code, phase), text),
				   rows[i].meanings[phase]);
		}
	}
	return check_end();
}

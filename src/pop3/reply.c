/* Parses status lines: the first octet decides. Classifies refusals by what to do next. */
#include "pop3/reply.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"

static const struct {
	const char *name;
	enum reply_code code;
	enum pop3_code meaning; /* POP3_E_NONE: depends on the command */
} codes[] = {
	{ "[IN-USE]", REPLY_CODE_IN_USE, POP3_E_IN_USE },
	{ "[LOGIN-DELAY]", REPLY_CODE_LOGIN_DELAY, POP3_E_LOGIN_DELAY },
	{ "[SYS/TEMP]", REPLY_CODE_SYS_TEMP, POP3_E_SYS_TEMP },
	{ "[SYS/PERM]", REPLY_CODE_SYS_PERM, POP3_E_REFUSED },
	{ "[AUTH]", REPLY_CODE_AUTH, POP3_E_CREDENTIALS },
};

/*
 * Phrases of servers without response codes, matched as whole words ("blocked" is not "lock"). The
 * first match counts: temporary failures come before words about credentials, which count only
 * during login, and those come before words about a busy mailbox.
 */
static const struct {
	const char *words;
	enum pop3_code meaning;
	bool may_part; /* servers also say so when they end the session */
} usual_texts[] = {
	{ "temporary", POP3_E_SYS_TEMP, false },
	{ "internal error", POP3_E_SYS_TEMP, false },
	{ "internal server error", POP3_E_SYS_TEMP, false },
	{ "unavailable", POP3_E_SYS_TEMP, false },
	{ "service not available", POP3_E_SYS_TEMP, false },
	{ "server not available", POP3_E_SYS_TEMP, false },
	{ "overloaded", POP3_E_SYS_TEMP, false },
	{ "maintenance", POP3_E_SYS_TEMP, false },
	{ "shutting down", POP3_E_SYS_TEMP, true },
	{ "inactivity", POP3_E_SYS_TEMP, true },
	{ "inactive", POP3_E_SYS_TEMP, true },
	{ "idle", POP3_E_SYS_TEMP, true },
	{ "timeout", POP3_E_SYS_TEMP, true },
	{ "timed out", POP3_E_SYS_TEMP, true },
	{ "time out", POP3_E_SYS_TEMP, true },
	{ "time-out", POP3_E_SYS_TEMP, true },
	{ "autologout", POP3_E_SYS_TEMP, true },
	{ "disconnected", POP3_E_SYS_TEMP, true },
	{ "disconnecting", POP3_E_SYS_TEMP, true },
	{ "closing connection", POP3_E_SYS_TEMP, true },

	{ "password", POP3_E_CREDENTIALS, false },
	{ "passwords", POP3_E_CREDENTIALS, false },
	{ "authentication", POP3_E_CREDENTIALS, false },
	{ "credentials", POP3_E_CREDENTIALS, false },
	{ "blocked", POP3_E_CREDENTIALS, false },
	{ "disabled", POP3_E_CREDENTIALS, false },
	{ "suspended", POP3_E_CREDENTIALS, false },

	{ "lock", POP3_E_IN_USE, false },
	{ "locked", POP3_E_IN_USE, false },
	{ "in use", POP3_E_IN_USE, false },
	{ "busy", POP3_E_IN_USE, false },
	{ "another session", POP3_E_IN_USE, false },
	{ "duplicate login", POP3_E_IN_USE, false },
	{ "already open", POP3_E_IN_USE, false },
	{ "too frequent", POP3_E_LOGIN_DELAY, false },
	{ "too frequently", POP3_E_LOGIN_DELAY, false },
	{ "login delay", POP3_E_LOGIN_DELAY, false },
	{ "login rate", POP3_E_LOGIN_DELAY, false },
	{ "once every", POP3_E_LOGIN_DELAY, false },
	{ "only every", POP3_E_LOGIN_DELAY, false },
	{ "allowed every", POP3_E_LOGIN_DELAY, false },
	{ "too many", POP3_E_SYS_TEMP, false },
	{ "rate limit", POP3_E_SYS_TEMP, false },
	{ "rate exceeded", POP3_E_SYS_TEMP, false },
	{ "login limit", POP3_E_SYS_TEMP, false },
	{ "connection limit", POP3_E_SYS_TEMP, false },
	{ "number of connections", POP3_E_SYS_TEMP, false },
	{ "concurrent connections", POP3_E_SYS_TEMP, false },
	{ "simultaneous connections", POP3_E_SYS_TEMP, false },
	{ "try again", POP3_E_SYS_TEMP, false },
	{ "try later", POP3_E_SYS_TEMP, false },
	{ "temporarily", POP3_E_SYS_TEMP, false },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void read_code(struct reply *reply)
{
	const char *const end = memchr(reply->text, ']', reply->length);

	reply->code = REPLY_CODE_NONE;
	if (reply->length == 0 || reply->text[0] != '[' || end == NULL)
		return;
	reply->code = REPLY_CODE_OTHER;
	for (size_t i = 0; i < COUNT(codes); i++)
		if (text_starts_nocase(reply->text, reply->length, codes[i].name))
			reply->code = codes[i].code;
}

bool reply_parse(const char *line, size_t length, struct reply *reply)
{
	size_t end = length, taken;

	while (end > 0 && line[end - 1] == '\r')
		end--;
	/* After a CR within it, the next line, perhaps of a message, was appended. */
	if (end == 0 || (line[0] != '+' && line[0] != '-') || memchr(line, '\r', end) != NULL)
		return false;
	*reply = (struct reply){ .status = REPLY_ERR, .is_word = true };
	/* Some servers send "+ERR". */
	if (text_starts_nocase(line, length, "-ERR") ||
	    (text_starts_nocase(line, length, "+ERR") &&
	     (length == 4 || line[4] == ' ' || line[4] == '\t'))) {
		taken = 4;
	} else if (text_starts_nocase(line, length, "+OK")) {
		reply->status = REPLY_OK;
		taken = 3;
	} else {
		reply->status = line[0] == '-' ? REPLY_ERR : length > 1 ? REPLY_CONTINUE : REPLY_OK;
		reply->is_word = false;
		taken = 1;
	}
	while (taken < length && (line[taken] == ' ' || line[taken] == '\t'))
		taken++;
	reply->text = line + taken;
	reply->length = length - taken;
	read_code(reply);
	return true;
}

static bool is_word_octet(char octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
	       (octet >= '0' && octet <= '9');
}

/* Whether the text contains the words, as whole words. */
static bool contains(const struct reply *reply, const char *words)
{
	const size_t length = strlen(words);

	for (size_t i = 0; i + length <= reply->length; i++) {
		const char *const at = reply->text + i;

		if ((i == 0 || !is_word_octet(at[-1])) &&
		    text_starts_nocase(at, reply->length - i, words) &&
		    (i + length == reply->length || !is_word_octet(at[length])))
			return true;
	}
	return false;
}

enum pop3_code reply_meaning(const struct reply *reply, enum pop3_code otherwise)
{
	for (size_t i = 0; i < COUNT(codes); i++)
		if (reply->code == codes[i].code)
			return codes[i].meaning;
	for (size_t i = 0; i < COUNT(usual_texts); i++)
		if ((usual_texts[i].meaning != POP3_E_CREDENTIALS ||
		     otherwise == POP3_E_CREDENTIALS) &&
		    contains(reply, usual_texts[i].words))
			return usual_texts[i].meaning;
	return otherwise;
}

bool reply_may_part(const struct reply *reply)
{
	if (reply->status != REPLY_ERR)
		return false;
	for (size_t i = 0; i < COUNT(usual_texts); i++)
		if (usual_texts[i].may_part && contains(reply, usual_texts[i].words))
			return true;
	return false;
}

/* The first number followed by a unit: "…every 900 seconds", "wait 15 minutes". */
static unsigned named_delay(const struct reply *reply)
{
	for (size_t i = 0; i < reply->length; i++) {
		uint64_t number = 0;
		const size_t digits = number_prefix(reply->text + i, reply->length - i, &number);
		size_t rest = i + digits;

		while (rest < reply->length && reply->text[rest] == ' ')
			rest++;
		if (digits > 0 && number <= 86400 &&
		    text_starts_nocase(reply->text + rest, reply->length - rest, "sec"))
			return (unsigned)number;
		if (digits > 0 && number <= 1440 &&
		    text_starts_nocase(reply->text + rest, reply->length - rest, "min"))
			return (unsigned)number * 60;
		i += digits;
	}
	return 0;
}

int reply_fail(const struct reply *reply, enum pop3_code otherwise, const char *context,
	       struct pop3_error *err)
{
	const int shown = reply->length > 300 ? 300 : (int)reply->length;

	if (shown > 0)
		pop3_fail(err, reply_meaning(reply, otherwise), "%s: %.*s", context, shown,
			  reply->text);
	else
		pop3_fail(err, reply_meaning(reply, otherwise), "%s", context);
	if (err->code == POP3_E_LOGIN_DELAY)
		err->retry_after = named_delay(reply);
	return -1;
}

bool reply_is_refusal(const struct reply *reply, struct pop3_error *refusal)
{
	if (reply->status != REPLY_ERR)
		return false;
	reply_fail(reply, POP3_E_REFUSED, "the server refused", refusal);
	return true;
}

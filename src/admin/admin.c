/*
 * What each protocol can do: the table of verbs, their arguments, what they give, and the words
 * that stand for them on the wire.
 */
#include "admin/protocol.h"

#include <string.h>

#include "base/text.h"

static const struct admin_column users[] = { { "user", false }, { 0 } };
static const struct admin_column number[] = { { "value", true }, { 0 } };
static const struct admin_column text[] = { { "value", false }, { 0 } };
static const struct admin_column numbers[] = { { "name", false }, { "value", true }, { 0 } };
static const struct admin_column texts[] = { { "name", false }, { "value", false }, { 0 } };
static const struct admin_column capabilities[] = {
	{ "capability", false }, { "arguments", false }, { 0 },
};

/* A row: name, arguments, traits, what it gives; the words of peep, spscmp, monitor, smtpstatus. */
const struct admin_verb admin_verbs[] = {
	{ "metrics", "", { 0 }, 0, GIVES_METRICS, numbers,
	  { "rb? re? xe? cc? hc? hu?", "METRICS", "METR", "0 1 2" } },
	{ "users", "", { 0 }, 0, GIVES_LIST, users, { "u?", "LISTUSERS" } },
	{ "online", "", { 0 }, 0, GIVES_LIST, users, { "cu?" } },
	{ "user-add", "NAME", { FORM_WORD }, VERB_SETS_PASSWORD, GIVES_NOTHING, NULL,
	  { "u+", "ADDUSER" } },
	{ "user-del", "NAME", { FORM_WORD }, 0, GIVES_NOTHING, NULL, { "u-", "DELUSER" } },
	{ "user-passwd", "NAME", { FORM_WORD }, VERB_SETS_PASSWORD, GIVES_NOTHING, NULL,
	  { NULL, "UPDATEPASS" } },
	{ "user-rename", "NAME NEW-NAME", { FORM_WORD, FORM_WORD }, 0, GIVES_NOTHING, NULL,
	  { NULL, "UPDATENAME" } },
	{ "log", "", { 0 }, 0, GIVES_LIST, NULL, { NULL, "LOGS", "LOGG" } },
	{ "get max-connections", "", { 0 }, 0, GIVES_NUMBER, number, { "c?" } },
	{ "set max-connections", "N", { FORM_NUMBER }, 0, GIVES_NOTHING, NULL,
	  { "c=", "MAXCONNS" } },
	{ "set max-users", "N", { FORM_NUMBER }, 0, GIVES_NOTHING, NULL,
	  { NULL, "MAXUSERS" } },
	{ "get timeout", "", { 0 }, 0, GIVES_NUMBER, number, { "t?" } },
	{ "set timeout", "SECONDS", { FORM_NUMBER }, 0, GIVES_NOTHING, NULL, { "t=" } },
	{ "get maildir", "", { 0 }, 0, GIVES_TEXT, text, { "m?", NULL, "INFO" } },
	{ "set maildir", "PATH", { FORM_WORD }, 0, GIVES_NOTHING, NULL,
	  { "m=", NULL, "DIRR" } },
	{ "get transform", "", { 0 }, 0, GIVES_TEXT, text, { NULL, NULL, NULL, "3" } },
	{ "set transform", "on|off", { FORM_SWITCH }, 0, GIVES_NOTHING, NULL,
	  { NULL, NULL, "TRAN", "4 5" } },
	{ "get host", "", { 0 }, 0, GIVES_TEXT, text, { NULL, NULL, "INFO" } },
	{ "set host", "NAME", { FORM_WORD }, 0, GIVES_NOTHING, NULL, { NULL, NULL, "HOST" } },
	{ "set port", "N", { FORM_PORT }, 0, GIVES_NOTHING, NULL, { NULL, NULL, "PORT" } },
	{ "get address", "", { 0 }, 0, GIVES_TEXT, text, { NULL, NULL, "INFO" } },
	{ "set address", "IPV6", { FORM_ADDRESS }, 0, GIVES_NOTHING, NULL,
	  { NULL, NULL, "IPV6" } },
	{ "info", "", { 0 }, 0, GIVES_INFO, texts, { NULL, NULL, "INFO" } },
	{ "capa", "", { 0 }, VERB_WITHOUT_LOGIN, GIVES_LIST, capabilities, { "cap?" } },
	{ .name = NULL },
};

static const struct admin_protocol *const protocols[ADMIN_SCHEMES] = {
	[ADMIN_PEEP] = &admin_peep, [ADMIN_SPSCMP] = &admin_spscmp,
	[ADMIN_MONITOR] = &admin_monitor, [ADMIN_SMTPSTATUS] = &admin_smtpstatus,
};

const struct admin_protocol *admin_protocol(const char *scheme, struct pop3_error *err)
{
	for (size_t i = 0; i < ADMIN_SCHEMES; i++)
		if (text_equal_nocase(scheme, strlen(scheme), protocols[i]->name))
			return protocols[i];
	pop3_fail(err, POP3_E_USAGE, "'%s' manages no server: "
		  "use peep://, spscmp://, monitor:// or smtpstatus://", scheme);
	return NULL;
}

bool admin_sets_password(const struct admin_verb *verb)
{
	return (verb->traits & VERB_SETS_PASSWORD) != 0;
}

int admin_lacks(const struct admin_protocol *protocol, const struct admin_verb *verb,
		struct pop3_error *err)
{
	struct buffer names = { 0 };

	for (size_t i = 0; i < ADMIN_SCHEMES; i++)
		if (verb->words[i] != NULL)
			buffer_append_format(&names, "%s%s", names.length > 0 ? ", " : "",
					     protocols[i]->name);
	pop3_fail(err, POP3_E_USAGE, "%s has no '%s'; there is one in: %s", protocol->name,
		  verb->name, buffer_text(&names));
	buffer_release(&names);
	return -1;
}

const char *admin_verb_name(size_t which)
{
	const size_t count = sizeof admin_verbs / sizeof admin_verbs[0] - 1;

	return which < count ? admin_verbs[which].name : NULL;
}

/* How many of the words the verb's name takes, one or two; 0 when they are another's. */
static size_t match(const struct admin_verb *verb, char *const *words, size_t count)
{
	const size_t first = strcspn(verb->name, " ");
	const bool has_second = verb->name[first] != '\0';

	if (count == 0 || strlen(words[0]) != first || memcmp(words[0], verb->name, first) != 0)
		return 0;
	if (!has_second)
		return 1;
	return count > 1 && strcmp(words[1], verb->name + first + 1) == 0 ? 2 : 0;
}

/* What stands where no argument belongs may be a password: it is not shown. */
static int wrong_count(const struct admin_verb *verb, struct pop3_error *err)
{
	const char *const hint = "; see --new-password-command, -file and -fd";

	return pop3_fail(err, POP3_E_USAGE, "'%s' takes %s%s", verb->name,
			 verb->usage[0] != '\0' ? verb->usage : "no argument",
			 admin_sets_password(verb) ? hint : "");
}

int admin_parse(struct admin_request *request, char *const *words, size_t count,
		struct pop3_error *err)
{
	const struct admin_verb *verb = admin_verbs;
	size_t used = 0, wanted = 0;

	*request = (struct admin_request){ .verb = NULL };
	while (verb->name != NULL && (used = match(verb, words, count)) == 0)
		verb++;
	if (verb->name == NULL)
		return pop3_fail(err, POP3_E_USAGE, "no such verb");
	request->verb = verb;
	while (wanted < ADMIN_ARGUMENTS_MAX && verb->forms[wanted] != FORM_NONE)
		wanted++;
	if (count - used != wanted)
		return wrong_count(verb, err);
	for (size_t i = 0; i < wanted; i++)
		request->arguments[i] = words[used + i];
	return 0;
}

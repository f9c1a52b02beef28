/*
 * The table of verbs: their arguments, what they print, and the words that each protocol has for
 * them on the wire. Also what all protocols share: checking the arguments of a request, and writing
 * it.
 */
#include "admin/protocol.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

#define DESCRIBED_COLUMN 30

static const struct admin_column users[] = { { "user", false }, { 0 } };
static const struct admin_column sessions[] = {
	{ "user", false }, { "address", false }, { "seconds", true }, { 0 },
};
static const struct admin_column statistics[] = {
	{ "user", false }, { "octets", true }, { "messages", true }, { "last-login", false }, { 0 },
};
static const struct admin_column commands[] = { { "command", false }, { 0 } };
static const struct admin_column one_number[] = { { "value", true }, { 0 } };
static const struct admin_column one_text[] = { { "value", false }, { 0 } };
static const struct admin_column numbers[] = { { "name", false }, { "value", true }, { 0 } };
static const struct admin_column texts[] = { { "name", false }, { "value", false }, { 0 } };
static const struct admin_column capabilities[] = {
	{ "capability", false }, { "arguments", false }, { 0 },
};

/* A row: name, arguments, their forms, traits, result, columns; words of each protocol in order. */
const struct admin_verb admin_verbs[] = {
	{ "metrics", "[NAME...]", { FORM_METRICS }, 0, RESULT_METRICS, numbers,
	  { "rb? re? xe? cc? hc? hu?", "METRICS", "METR", "0 1 2" } },
	{ "users", "", { 0 }, 0, RESULT_LIST, users, { "u?", "LISTUSERS" } },
	{ "online", "", { 0 }, 0, RESULT_LIST, users, { "cu?" } },
	{ "user-add", "NAME", { FORM_WORD }, VERB_SETS_PASSWORD, RESULT_NOTHING, NULL,
	  { "u+", "ADDUSER" } },
	{ "user-del", "NAME", { FORM_WORD }, 0, RESULT_NOTHING, NULL, { "u-", "DELUSER" } },
	{ "user-passwd", "NAME", { FORM_WORD }, VERB_SETS_PASSWORD, RESULT_NOTHING, NULL,
	  { NULL, "UPDATEPASS" } },
	{ "user-rename", "NAME NEW-NAME", { FORM_WORD, FORM_WORD }, 0, RESULT_NOTHING, NULL,
	  { NULL, "UPDATENAME" } },
	{ "log", "", { 0 }, 0, RESULT_LIST, NULL, { "l?", "LOGS", "LOGG" } },
	{ "sessions", "", { 0 }, 0, RESULT_LIST, sessions, { "cs?" } },
	{ "user-stats", "", { 0 }, 0, RESULT_LIST, statistics, { "us?" } },
	{ "kick", "NAME", { FORM_WORD }, 0, RESULT_NOTHING, NULL, { "k-" } },
	{ "get max-connections", "", { 0 }, 0, RESULT_NUMBER, one_number, { "c?" } },
	{ "set max-connections", "N", { FORM_NUMBER }, 0, RESULT_NOTHING, NULL,
	  { "c=", "MAXCONNS" } },
	{ "set max-users", "N", { FORM_NUMBER }, 0, RESULT_NOTHING, NULL,
	  { NULL, "MAXUSERS" } },
	{ "get timeout", "", { 0 }, 0, RESULT_NUMBER, one_number, { "t?" } },
	{ "set timeout", "SECONDS", { FORM_NUMBER }, 0, RESULT_NOTHING, NULL, { "t=" } },
	{ "get max-message-octets", "", { 0 }, 0, RESULT_NUMBER, one_number, { "ms?" } },
	{ "set max-message-octets", "N", { FORM_NUMBER }, 0, RESULT_NOTHING, NULL, { "ms=" } },
	{ "get commands-off", "", { 0 }, 0, RESULT_LIST, commands, { "pc?" } },
	{ "set command", "VERB on|off", { FORM_WORD, FORM_SWITCH }, 0, RESULT_NOTHING, NULL,
	  { "pc=" } },
	{ "get maildir", "", { 0 }, 0, RESULT_TEXT, one_text, { "m?", NULL, "INFO" } },
	{ "set maildir", "PATH", { FORM_PATH }, 0, RESULT_NOTHING, NULL,
	  { "m=", NULL, "DIRR" } },
	{ "get transform", "", { 0 }, 0, RESULT_TEXT, one_text, { NULL, NULL, NULL, "3" } },
	{ "set transform", "on|off", { FORM_SWITCH }, 0, RESULT_NOTHING, NULL,
	  { NULL, NULL, "TRAN", "4 5" } },
	{ "get host", "", { 0 }, 0, RESULT_TEXT, one_text, { NULL, NULL, "INFO" } },
	{ "set host", "NAME", { FORM_WORD }, 0, RESULT_NOTHING, NULL, { NULL, NULL, "HOST" } },
	{ "set port", "N", { FORM_PORT }, 0, RESULT_NOTHING, NULL, { NULL, NULL, "PORT" } },
	{ "get address", "", { 0 }, 0, RESULT_TEXT, one_text, { NULL, NULL, "INFO" } },
	{ "set address", "ADDRESS", { FORM_ADDRESS }, 0, RESULT_NOTHING, NULL,
	  { NULL, NULL, "IPV6" } },
	{ "info", "", { 0 }, 0, RESULT_INFO, texts, { NULL, NULL, "INFO" } },
	{ "capa", "", { 0 }, VERB_WITHOUT_LOGIN, RESULT_LIST, capabilities, { "cap?" } },
	{ .name = NULL },
};

static const struct admin_protocol *const protocols[ADMIN_SCHEMES] = {
	[ADMIN_PEEP] = &admin_peep, [ADMIN_SPSCMP] = &admin_spscmp,
	[ADMIN_MONITOR] = &admin_monitor, [ADMIN_SMTPSTATUS] = &admin_smtpstatus,
};

const struct admin_protocol *admin_protocol(const char *scheme, struct pop3_error *err)
{
	struct buffer names = { 0 };

	for (size_t i = 0; i < ADMIN_SCHEMES; i++)
		if (text_equal_nocase(scheme, strlen(scheme), protocols[i]->name))
			return protocols[i];
	for (size_t i = 0; i < ADMIN_SCHEMES; i++)
		buffer_append_format(&names, "%s%s://", i == 0 ? "" : i + 1 < ADMIN_SCHEMES ? ", " :
				     " or ", protocols[i]->name);
	if (scheme[0] == '\0')
		pop3_fail(err, POP3_E_USAGE, "the server's URL names no management protocol (use %s)",
			  buffer_text(&names));
	else
		pop3_fail(err, POP3_E_USAGE, "unknown management protocol '%s://' (use %s)", scheme,
			  buffer_text(&names));
	buffer_release(&names);
	return NULL;
}

bool admin_sets_password(const struct admin_verb *verb)
{
	return (verb->traits & VERB_SETS_PASSWORD) != 0;
}

static int fail_lacking(const struct admin_protocol *protocol, const struct admin_verb *verb,
		       struct pop3_error *err)
{
	struct buffer names = { 0 };

	for (size_t i = 0; i < ADMIN_SCHEMES; i++)
		if (verb->words[i] != NULL)
			buffer_append_format(&names, "%s%s", names.length > 0 ? ", " : "",
					     protocols[i]->name);
	pop3_fail(err, POP3_E_USAGE, "%s has no '%s' (these have: %s)", protocol->name,
		  verb->name, buffer_text(&names));
	buffer_release(&names);
	return -1;
}

const char *admin_verb_name(size_t which)
{
	const size_t count = sizeof admin_verbs / sizeof admin_verbs[0] - 1;

	return which < count ? admin_verbs[which].name : NULL;
}

bool admin_is_verb(const char *word)
{
	for (const struct admin_verb *verb = admin_verbs; verb->name != NULL; verb++)
		if (strlen(word) == strcspn(verb->name, " ") &&
		    strncmp(verb->name, word, strlen(word)) == 0)
			return true;
	return false;
}

static void describe_verb(const struct admin_verb *verb, struct buffer *out)
{
	const size_t start = out->length;
	size_t has = 0;

	buffer_append_format(out, "  %s%s%s", verb->name, verb->usage[0] != '\0' ? " " : "",
			     verb->usage);
	while (out->length < start + DESCRIBED_COLUMN && !out->no_memory)
		buffer_append_octet(out, ' ');
	for (size_t i = 0; i < ADMIN_SCHEMES; i++)
		has += verb->words[i] != NULL;
	for (size_t i = 0; has < ADMIN_SCHEMES && i < ADMIN_SCHEMES; i++)
		if (verb->words[i] != NULL)
			buffer_append_format(out, "%s%s", out->data[out->length - 1] == ' ' ? "" :
					     ", ", protocols[i]->name);
	buffer_append_text(out, has == ADMIN_SCHEMES ? "all\n" : "\n");
}

void admin_describe(struct buffer *out)
{
	buffer_append_text(out, "\nVerbs and the protocols that have them:\n");
	for (const struct admin_verb *verb = admin_verbs; verb->name != NULL; verb++)
		describe_verb(verb, out);
	buffer_append_text(out, "\nURLs, and their default ports:\n");
	for (size_t i = 0; i < ADMIN_SCHEMES; i++)
		buffer_append_format(out, "  %s://%sHOST[:PORT]%*s%u\n", protocols[i]->name,
				     protocols[i]->wants_user ? "USER@" : "",
				     (int)(DESCRIBED_COLUMN - 16 - strlen(protocols[i]->name) -
					   (protocols[i]->wants_user ? strlen("USER@") : 0)), "",
				     (unsigned)protocols[i]->port);
}

/* How many words the verb's name takes, one or two; 0 if they do not match. */
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

int admin_parse(struct admin_request *request, char *const *words, size_t count,
		struct pop3_error *err)
{
	const struct admin_verb *verb = admin_verbs;
	size_t used = 0, wanted = 0;

	*request = (struct admin_request){ .verb = NULL };
	while (verb->name != NULL && (used = match(verb, words, count)) == 0)
		verb++;
	if (verb->name == NULL)
		return pop3_fail(err, POP3_E_USAGE, "unknown verb");
	request->verb = verb;
	if (verb->forms[0] == FORM_METRICS) {
		request->names = words + used;
		request->name_count = count - used;
		return 0;
	}
	while (wanted < ADMIN_ARGUMENTS_MAX && verb->forms[wanted] != FORM_NONE)
		wanted++;
	/* Surplus arguments are not printed: one may be a password. */
	if (count - used != wanted)
		return pop3_fail(err, POP3_E_USAGE, "'%s' takes %s%s", verb->name,
				 wanted > 0 ? verb->usage : "no argument",
				 admin_sets_password(verb) ?
				 "; see --new-password-command, -file and -fd" : "");
	for (size_t i = 0; i < wanted; i++)
		request->arguments[i] = words[used + i];
	return 0;
}

/* Blanks and controls separate and end words on the wire, so arguments must not contain any. */
static bool is_word(const struct admin_protocol *protocol, const char *text, size_t length,
		    size_t limit, bool blanks)
{
	if (length == 0 || length > limit)
		return false;
	for (size_t i = 0; i < length; i++) {
		const unsigned char octet = (unsigned char)text[i];

		if (octet < ' ' || (octet == ' ' && !blanks) || octet == 0x7f ||
		    (protocol->ascii && octet > 0x7f))
			return false;
	}
	return true;
}

static bool has_form(enum admin_form form, const char *text)
{
	struct in6_addr address;
	uint64_t number;

	switch (form) {
	case FORM_NUMBER:
		return number_parse(text, strlen(text), UINT64_MAX, &number);
	case FORM_PORT:
		return number_parse(text, strlen(text), UINT16_MAX, &number) && number > 0;
	case FORM_SWITCH:
		return strcmp(text, "on") == 0 || strcmp(text, "off") == 0;
	case FORM_ADDRESS:
		return inet_pton(AF_INET6, text, &address) == 1 ||
		       inet_pton(AF_INET, text, &address) == 1;
	case FORM_NONE:
	case FORM_WORD:
	case FORM_PATH:
	case FORM_METRICS:
		break;
	}
	return true;
}

static int check_argument(const struct admin_protocol *protocol, enum admin_form form,
			  const char *text, struct pop3_error *err)
{
	static const char *const wanted[] = {
		[FORM_NUMBER] = "a number", [FORM_PORT] = "a port from 1 to 65535",
		[FORM_SWITCH] = "on or off", [FORM_ADDRESS] = "an IP address",
	};
	const bool blanks = form == FORM_PATH && protocol->blanks;
	const char *const digits = text + (text[0] == '-');

	if (!has_form(form, text)) {
		if (form == FORM_NUMBER && digits[0] != '\0' &&
		    digits[strspn(digits, "0123456789")] == '\0')
			return pop3_fail(err, POP3_E_USAGE, "'%s' is out of range", text);
		return pop3_fail(err, POP3_E_USAGE, "'%s' is not %s", text, wanted[form]);
	}
	if (!is_word(protocol, text, strlen(text), protocol->word_limit, blanks))
		return pop3_fail(err, POP3_E_USAGE,
				 "'%s' is not 1 to %zu octets%s without %scontrol characters",
				 text, protocol->word_limit, protocol->ascii ? " of ASCII" : "",
				 blanks ? "" : "blanks or ");
	return 0;
}

/* The error never contains the secret. */
static int check_secret(const struct admin_protocol *protocol, const struct pop3_secret *secret,
			const char *what, size_t limit, struct pop3_error *err)
{
	if (secret == NULL)
		return pop3_fail(err, POP3_E_USAGE, "%s needs a %s", protocol->name, what);
	if (protocol->free_secret ? secret->length <= limit :
	    is_word(protocol, secret->text, secret->length, limit, false))
		return 0;
	if (protocol->free_secret)
		return pop3_fail(err, POP3_E_USAGE, "%s takes a %s of up to %zu octets",
				 protocol->name, what, limit);
	return pop3_fail(err, POP3_E_USAGE,
			 "%s takes a %s of 1 to %zu octets%s without blanks or control characters",
			 protocol->name, what, limit, protocol->ascii ? " of ASCII" : "");
}

static int check_metrics(const struct admin_protocol *protocol,
			 const struct admin_request *request, struct pop3_error *err)
{
	struct buffer names = { 0 };

	for (size_t i = 0; i < request->name_count; i++) {
		const char *const *metric = protocol->metrics;

		while (*metric != NULL && strcmp(*metric, request->names[i]) != 0)
			metric++;
		if (*metric != NULL)
			continue;
		for (metric = protocol->metrics; *metric != NULL; metric++)
			buffer_append_format(&names, "%s%s", names.length > 0 ? ", " : "", *metric);
		pop3_fail(err, POP3_E_USAGE, "%s has no metric '%s' (use %s)",
			  protocol->name, request->names[i], buffer_text(&names));
		buffer_release(&names);
		return -1;
	}
	return 0;
}

bool admin_wants_metric(const struct admin_protocol *protocol, const struct admin_request *request,
			size_t which)
{
	if (request == NULL || request->name_count == 0)
		return true;
	for (size_t i = 0; i < request->name_count; i++)
		if (strcmp(request->names[i], protocol->metrics[which]) == 0)
			return true;
	return false;
}

bool admin_asks_singly(const struct admin_protocol *protocol, const struct admin_verb *verb)
{
	return strchr(verb->words[protocol->scheme], ' ') != NULL;
}

int admin_check(const struct admin_protocol *protocol, const struct admin_request *request,
		const char *user, struct pop3_error *err)
{
	const struct admin_verb *const verb = request->verb;

	if (verb->words[protocol->scheme] == NULL)
		return fail_lacking(protocol, verb, err);
	if (protocol->wants_user && user == NULL && (verb->traits & VERB_WITHOUT_LOGIN) == 0)
		return pop3_fail(err, POP3_E_USAGE, "%s needs a user name: use --user",
				 protocol->name);
	if (protocol->wants_user && user != NULL &&
	    check_argument(protocol, FORM_WORD, user, err) < 0)
		return pop3_context(err, "the user");
	if (verb->forms[0] == FORM_METRICS)
		return check_metrics(protocol, request, err);
	for (size_t i = 0; i < ADMIN_ARGUMENTS_MAX && verb->forms[i] != FORM_NONE; i++)
		if (check_argument(protocol, verb->forms[i], request->arguments[i], err) < 0)
			return pop3_context(err, "%s", verb->name);
	return 0;
}

bool admin_wants_secret(const struct admin_protocol *protocol, const char *user)
{
	return protocol->wants_secret && (!protocol->wants_user || user != NULL);
}

int admin_check_secrets(const struct admin_protocol *protocol, const struct admin_request *request,
			const struct pop3_account *account, struct pop3_error *err)
{
	if (admin_wants_secret(protocol, account->user) &&
	    check_secret(protocol, account->secret, "secret", protocol->secret_limit, err) < 0)
		return -1;
	if (!admin_sets_password(request->verb))
		return 0;
	return check_secret(protocol, request->new_password, "new password", protocol->word_limit,
			    err);
}

void admin_write_words(struct buffer *out, const char *word, const struct admin_request *request,
		       const struct pop3_secret *secret)
{
	(void)secret;
	buffer_append_text(out, word);
	for (size_t i = 0; i < ADMIN_ARGUMENTS_MAX && request->arguments[i] != NULL; i++)
		buffer_append_format(out, " %s", request->arguments[i]);
	if (request->new_password != NULL) {
		buffer_append_octet(out, ' ');
		buffer_append(out, request->new_password->text, request->new_password->length);
	}
	buffer_append_text(out, "\r\n");
}

size_t admin_write(struct buffer *out, const struct admin_protocol *protocol,
		   const struct admin_request *request, const struct pop3_secret *secret)
{
	const bool singly = admin_asks_singly(protocol, request->verb);
	const char *words = request->verb->words[protocol->scheme];
	size_t count = 0;

	for (size_t i = 0; *words != '\0'; i++) {
		const size_t length = strcspn(words, " ");
		struct buffer word = { .limit = 32 };

		buffer_append(&word, words, length);
		if (!singly || admin_wants_metric(protocol, request, i)) {
			protocol->write(out, buffer_text(&word), request, secret);
			count++;
		}
		buffer_release(&word);
		words += length + strspn(words + length, " ");
	}
	return count;
}

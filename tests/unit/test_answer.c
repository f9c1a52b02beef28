/* Answers of the management protocols: in any chunks, cut off anywhere, and over the limits. */
#include "admin/answer.h"

#include "../fuzz/recorder.h"
#include "check.h"

#define ANSWERS_DUE 6 /* of peep's metrics, which are pipelined */

static const struct {
	const char *scheme, *verb;
	const char *octets;
	enum pop3_code code;
	const char *printed; /* the records as "a|b" lines, or part of the error's text */
} answers[] = {
	{ "peep", "user-del", "+\r\n", POP3_E_NONE, "" },
	{ "peep", "user-del", "+\n", POP3_E_NONE, "" },
	{ "peep", "user-del", "+surplus\r\n", POP3_E_NONE, "" },
	{ "peep", "user-del", "-0\r\n", POP3_E_USAGE, "does not know" },
	{ "peep", "user-del", "-1\r\n", POP3_E_USAGE, "syntax" },
	{ "peep", "user-del", "-2\r\n", POP3_E_CREDENTIALS, "wrong user name or password" },
	{ "peep", "user-add", "-3\r\n", POP3_E_USAGE, "in use" },
	{ "peep", "user-del", "-4\r\n", POP3_E_NO_ACCOUNT, "no such user" },
	{ "peep", "set max-connections", "-5\r\n", POP3_E_USAGE, "connections" },
	{ "peep", "set maildir", "-6\r\n", POP3_E_USAGE, "path" },
	{ "peep", "set timeout", "-7\r\n", POP3_E_USAGE, "time-out" },
	{ "peep", "set timeout", "-12\r\n", POP3_E_USAGE, "code 12" },
	{ "peep", "user-del", "-\r\n", POP3_E_PROTOCOL, "'-'" },
	{ "peep", "user-del", "-x\r\n", POP3_E_PROTOCOL, "'-x'" },
	{ "peep", "user-del", "-99999999999999999999\r\n", POP3_E_PROTOCOL, "" },
	{ "peep", "user-del", "\r\n", POP3_E_PROTOCOL, "''" },
	{ "peep", "user-del", "OK\r\n", POP3_E_PROTOCOL, "'OK'" },
	{ "peep", "users", "+0\r\n", POP3_E_NONE, "" },
	{ "peep", "users", "+2\r\nann\r\nbob\n", POP3_E_NONE, "ann\nbob\n" },
	{ "peep", "users", "+1\r\n\r\n", POP3_E_NONE, "\n" },
	{ "peep", "users", "+1\r\n-4\r\n", POP3_E_NONE, "-4\n" },
	{ "peep", "users", "+\r\n", POP3_E_PROTOCOL, "'+'" },
	{ "peep", "users", "+1 \r\n", POP3_E_PROTOCOL, "'+1 '" },
	{ "peep", "users", "+-1\r\n", POP3_E_PROTOCOL, "" },
	{ "peep", "users", "+1000001\r\n", POP3_E_PROTOCOL, "the answer is longer than 1000000 lines" },
	{ "peep", "get timeout", "+18446744073709551615\r\n", POP3_E_NONE,
	  "18446744073709551615\n" },
	{ "peep", "get timeout", "+18446744073709551616\r\n", POP3_E_PROTOCOL, "" },
	{ "peep", "get maildir", "+/srv/a b\r\n", POP3_E_NONE, "/srv/a b\n" },
	{ "peep", "metrics", "+1\r\n+2\r\n+3\r\n+4\r\n+5\r\n+6\r\n", POP3_E_NONE,
	  "octets|1\nmessages|2\nremoved|3\nconnections-now|4\nconnections|5\nlogins|6\n" },
	{ "peep", "metrics", "+1\r\n-0\r\n+3\r\n-1\r\n+5\r\n+6\r\n", POP3_E_USAGE,
	  "does not know" },
	{ "peep", "metrics", "+1\r\n+two\r\n", POP3_E_PROTOCOL, "+two" },
	{ "peep", "capa", "+3\r\na\r\nc=1-500\r\nt=0-300\r\n", POP3_E_NONE,
	  "a|\nc=|1-500\nt=|0-300\n" },
	{ "spscmp", "user-del", "OK\r\n", POP3_E_NONE, "" },
	{ "spscmp", "user-del", "OK\n", POP3_E_NONE, "" },
	{ "spscmp", "user-del", "ERR\r\n", POP3_E_REFUSED,
	  "the server refused without a reason (is the secret right?)" },
	{ "spscmp", "user-del", "ok\r\n", POP3_E_PROTOCOL, "'ok'" },
	{ "spscmp", "user-del", "OK done\r\n", POP3_E_PROTOCOL, "" },
	{ "spscmp", "users", "OK\r\n.\r\n", POP3_E_NONE, "" },
	{ "spscmp", "users", "OK\r\nann\r\nbob\r\n.\r\n", POP3_E_NONE, "ann\nbob\n" },
	{ "spscmp", "users", "OK\nann\n..\n.\n", POP3_E_NONE, "ann\n..\n" },
	{ "spscmp", "metrics", "OK\r\n1\r\n2\r\n100\r\n.\r\n", POP3_E_NONE,
	  "connections-now|1\nconnections|2\noctets|100\n" },
	{ "spscmp", "metrics", "OK\r\n1\r\n2\r\n.\r\n", POP3_E_PROTOCOL,
	  "the server sent fewer metrics than it should: 2" },
	{ "spscmp", "metrics", "OK\r\n1\r\n2\r\n3\r\n4\r\n", POP3_E_PROTOCOL,
	  "the server sent more than 3 metrics" },
	{ "spscmp", "metrics", "OK\r\n1\r\nmany\r\n", POP3_E_PROTOCOL, "many" },
	{ "spscmp", "log", "OK\r\n.\r\n", POP3_E_NONE, "" },
	{ "spscmp", "log", "OK\r\nann 2026-11-20 23:35:18\r\n.\r\n", POP3_E_NONE,
	  "ann|2026-11-20 23:35:18\n" },
	{ "spscmp", "log", "OK\r\nann 2026-11-20\r\n", POP3_E_PROTOCOL, "ann" },
	{ "spscmp", "log", "OK\r\n 2026-11-20 23:35:18\r\n", POP3_E_PROTOCOL, "" },
	{ "spscmp", "log", "OK\r\nann\r\n", POP3_E_PROTOCOL, "ann" },
	{ "spscmp", "log", "OK\r\nann 2026-11-20 23:35:1x\r\n", POP3_E_PROTOCOL, "" },
	{ "monitor", "set transform", "+OK\r\n", POP3_E_NONE, "" },
	{ "monitor", "set transform", "+OK done\n", POP3_E_NONE, "" },
	{ "monitor", "set transform", "+OKAY\r\n", POP3_E_PROTOCOL, "+OKAY" },
	{ "monitor", "set transform", "-ERR Unknown command\r\n", POP3_E_USAGE,
	  "'Unknown command'" },
	{ "monitor", "set transform", "-ERR\r\n", POP3_E_USAGE, "''" },
	{ "monitor", "set transform", "ERR\r\n", POP3_E_PROTOCOL, "" },
	{ "monitor", "metrics", "+OK 1;48;2;0\r\n", POP3_E_NONE,
	  "messages|1\noctets|48\nonline|2\nlogins|0\n" },
	{ "monitor", "metrics", "+OK 1;48;2\r\n", POP3_E_PROTOCOL,
	  "the server sent fewer metrics than it should: 3" },
	{ "monitor", "metrics", "+OK 1;48;2;0;9\r\n", POP3_E_PROTOCOL,
	  "the server sent more than 4 metrics" },
	{ "monitor", "metrics", "+OK 1;48;2;\r\n", POP3_E_PROTOCOL, "" },
	{ "monitor", "metrics", "+OK 1;48; 2;0\r\n", POP3_E_PROTOCOL, "" },
	{ "monitor", "metrics", "+OK\r\n", POP3_E_PROTOCOL, "" },
	{ "monitor", "info", "+OK a;/b;c/;::1\r\n", POP3_E_NONE,
	  "host|a\nmaildir|/b;c/\naddress|::1\n" },
	{ "monitor", "info", "+OK ;;\r\n", POP3_E_NONE, "host|\nmaildir|\naddress|\n" },
	{ "monitor", "info", "+OK a;b\r\n", POP3_E_PROTOCOL, "a;b" },
	{ "monitor", "info", "+OK\r\n", POP3_E_PROTOCOL, "" },
	{ "monitor", "get host", "+OK a;/b/;::1\r\n", POP3_E_NONE, "a\n" },
	{ "monitor", "get maildir", "+OK a;/b/;::1\r\n", POP3_E_NONE, "/b/\n" },
	{ "monitor", "get address", "+OK a;/b/;::1\r\n", POP3_E_NONE, "::1\n" },
	{ "monitor", "log", "+OK\r\n.\r\n", POP3_E_NONE, "" },
	{ "monitor", "log", "+OK log follows\r\nann in\nann out\n.\n", POP3_E_NONE,
	  "ann in\nann out\n" },
};

static const struct admin_verb *verb_named(const char *name)
{
	const struct admin_verb *verb = admin_verbs;

	while (strcmp(verb->name, name) != 0)
		verb++;
	return verb;
}

/* Reads octets in steps; appends the records or the error's text to printed. */
static enum pop3_code answer_to(const char *scheme, const char *verb, const char *octets,
				size_t length, size_t step, struct buffer *printed)
{
	struct pop3_error err = { .code = POP3_E_NONE };
	struct recorder recorder = { .sink.record = record };
	struct admin_answer answer;
	const struct admin_protocol *const protocol = admin_protocol(scheme, &err);
	const bool pipelined = strcmp(scheme, "peep") == 0 && strcmp(verb, "metrics") == 0;
	bool failed = false;

	admin_answer_init(&answer, protocol, verb_named(verb), pipelined ? ANSWERS_DUE : 1);
	for (size_t i = 0; i < length && !failed && answer.due > 0; i += step)
		failed = admin_answer_feed(&answer, octets + i,
					   length - i < step ? length - i : step, &err) < 0;
	if (!failed && answer.due > 0)
		admin_answer_cut(&answer, &err);
	else if (!failed)
		admin_answer_print(&answer, &recorder.sink, &err);
	admin_answer_release(&answer);
	buffer_append_text(printed,
			   err.code == POP3_E_NONE ? buffer_text(&recorder.text) : err.text);
	buffer_release(&recorder.text);
	return err.code;
}

static const char *row_name(const char *table, size_t row)
{
	static char name[32];

	snprintf(name, sizeof name, "%s, row %zu", table, row + 1);
	return name;
}

static void test_answers(void)
{
	static const size_t steps[] = { 1, 2, 3, 7, SIZE_MAX };

	for (size_t i = 0; i < ROWS(answers); i++)
		for (size_t s = 0; s < ROWS(steps); s++) {
			struct buffer printed = { 0 };
			const enum pop3_code code =
				answer_to(answers[i].scheme, answers[i].verb, answers[i].octets,
					  strlen(answers[i].octets), steps[s], &printed);

			const char *const name = row_name("answers", i);

			check_number(name, code, answers[i].code);
			if (code == POP3_E_NONE ||
			    strstr(buffer_text(&printed), answers[i].printed) == NULL)
				check_text(name, buffer_text(&printed), answers[i].printed);
			buffer_release(&printed);
		}
}

/* A cut-off answer must fail, with POP3_E_PROTOCOL if nothing was received. */
static void test_cuts(void)
{
	for (size_t i = 0; i < ROWS(answers); i++)
		for (size_t cut = 0; cut < strlen(answers[i].octets); cut++) {
			struct buffer printed = { 0 };
			const enum pop3_code code = answer_to(answers[i].scheme, answers[i].verb,
							      answers[i].octets, cut, 1, &printed);
			const bool nonsense = cut == 0 || answers[i].code == POP3_E_PROTOCOL;

			if (code != POP3_E_LOST && !(nonsense && code == POP3_E_PROTOCOL))
				check_octets(row_name("cuts", i), answers[i].octets, cut, "", 0);
			buffer_release(&printed);
		}
	check_report("no cut-off answer counts as complete", true);
}

/* Octets after the answer are left to the caller. */
static void test_surplus(void)
{
	struct admin_answer answer;
	struct pop3_error err;

	admin_answer_init(&answer, admin_protocol("monitor", &err), NULL, 1);
	check_number("octets up to the end of the answer",
		     admin_answer_feed(&answer, OCTETS("+OK\r\n+OK\r\n"), &err), 5);
	admin_answer_release(&answer);
}

/* Reads first, then again as many times as given, then last; returns the error's code. */
static enum pop3_code flood(const char *verb, const char *first, const char *again, size_t times,
			    const char *last)
{
	struct buffer octets = { 0 }, printed = { 0 };
	enum pop3_code code;

	buffer_append_text(&octets, first);
	while (times-- > 0)
		buffer_append_text(&octets, again);
	buffer_append_text(&octets, last);
	code = answer_to("spscmp", verb, octets.data, octets.length, SIZE_MAX, &printed);
	buffer_release(&octets);
	buffer_release(&printed);
	return code;
}

static void test_limits(void)
{
	char line[512];

	memset(line, 'x', sizeof line);
	memcpy(line + sizeof line - 2, "\n", 2);
	check_number("the maximum number of lines",
		     flood("users", "OK\n", "a\n", ADMIN_LIST_LINES, ".\n"), POP3_E_NONE);
	check_number("one line too many",
		     flood("users", "OK\n", "a\n", ADMIN_LIST_LINES + 1, ".\n"),
		     POP3_E_PROTOCOL);
	check_number("the maximum number of octets",
		     flood("users", "OK\n", line, ADMIN_LIST_OCTETS / 511, ".\n"), POP3_E_NONE);
	check_number("one line over the maximum octets",
		     flood("users", "OK\n", line, ADMIN_LIST_OCTETS / 511 + 1, ".\n"),
		     POP3_E_PROTOCOL);
	check_number("the longest line", flood("users", "OK\n", "x", 511, "\n.\n"), POP3_E_NONE);
	check_number("a line that is too long",
		     flood("users", "OK\n", "x", 512, ""), POP3_E_PROTOCOL);
}

int main(void)
{
	test_answers();
	test_cuts();
	test_surplus();
	test_limits();
	return check_end();
}

/*
 * POP3 External Edition Protocol: lower-case commands over one connection. Each is answered with
 * "+", "+value", "+n" and n lines, or "-code".
 */
#include <string.h>

#include "admin/answer.h"
#include "base/number.h"

static const char *const metrics[] = {
	"octets", "messages", "removed", "connections-now", "connections", "logins", NULL,
};

static const struct admin_column log_columns[] = { { "user", false }, { "time", false }, { 0 } };

static const struct {
	enum pop3_code code;
	const char *text;
} refusals[] = {
	[0] = { POP3_E_USAGE, "the server does not know the command" },
	[1] = { POP3_E_USAGE, "the server rejected the syntax of the request" },
	[2] = { POP3_E_CREDENTIALS, "wrong user name or password" },
	[3] = { POP3_E_USAGE, "the name is in use" },
	[4] = { POP3_E_NO_ACCOUNT, "no such user" },
	[5] = { POP3_E_USAGE, "the number of connections is out of range" },
	[6] = { POP3_E_USAGE, "the path is not usable" },
	[7] = { POP3_E_USAGE, "the time-out is out of range" },
	/* Extensions of pop3 serve. */
	[8] = { POP3_E_USAGE, "the limit for users is reached" },
	[9] = { POP3_E_SYS_TEMP, "the server cannot store it" },
	[10] = { POP3_E_USAGE, "the number is out of range" },
};

static void log_in(struct buffer *out, const char *user, const struct pop3_secret *secret)
{
	buffer_append_format(out, "a %s ", user);
	buffer_append(out, secret->text, secret->length);
	buffer_append_text(out, "\r\n");
}

static int read_refusal(struct admin_answer *answer, const char *digits, size_t length,
			struct pop3_error *err)
{
	uint64_t code;

	if (!number_parse(digits, length, UINT64_MAX, &code))
		return admin_answer_invalid(answer, err);
	if (answer->refusal.code != POP3_E_NONE)
		return 0;
	if (code < sizeof refusals / sizeof refusals[0])
		pop3_fail(&answer->refusal, refusals[code].code, "%s", refusals[code].text);
	else
		pop3_fail(&answer->refusal, POP3_E_USAGE, "refused with code %.*s",
			  (int)length, digits);
	return 0;
}

/* One word per column; the last column gets the rest of the line. */
static int add_words(struct admin_answer *answer, const struct admin_column *columns,
		     const char *line, size_t length, struct pop3_error *err)
{
	const char *const end = line + length;

	for (; columns->name != NULL; columns++) {
		const bool is_last = columns[1].name == NULL;
		const char *const blank = is_last ? end : memchr(line, ' ', (size_t)(end - line));
		const size_t word = blank != NULL ? (size_t)(blank - line) : 0;

		if (blank == NULL)
			return admin_answer_invalid(answer, err);
		if (columns->is_number && admin_answer_add_number(answer, line, word, err) < 0)
			return -1;
		if (!columns->is_number)
			admin_answer_add(answer, line, word);
		line = blank + (blank < end);
	}
	return 0;
}

static int read_body(struct admin_answer *answer, const char *line, size_t length,
		     struct pop3_error *err)
{
	const struct admin_column *const columns =
		answer->verb->columns != NULL ? answer->verb->columns : log_columns;
	const char *const equals = memchr(line, '=', length);
	const size_t name = equals != NULL ? (size_t)(equals - line) + 1 : length;

	/* "c=1-500" is the command "c=" and its range; the other capabilities are plain words. */
	if ((answer->verb->traits & VERB_WITHOUT_LOGIN) != 0) {
		admin_answer_add(answer, line, name);
		admin_answer_add(answer, line + name, length - name);
	} else if (add_words(answer, columns, line, length, err) < 0) {
		return -1;
	}
	answer->in_body = --answer->body_due > 0;
	return admin_answer_count_line(answer, err);
}

static int read_line(struct admin_answer *answer, const char *line, size_t length,
		     struct pop3_error *err)
{
	if (answer->in_body)
		return read_body(answer, line, length, err);
	if (length > 0 && line[0] == '-')
		return read_refusal(answer, line + 1, length - 1, err);
	if (length == 0 || line[0] != '+')
		return admin_answer_invalid(answer, err);
	switch (admin_answer_result(answer)) {
	case RESULT_NOTHING:
	case RESULT_INFO:
		break;
	case RESULT_NUMBER:
		return admin_answer_add_number(answer, line + 1, length - 1, err);
	case RESULT_TEXT:
		admin_answer_add(answer, line + 1, length - 1);
		break;
	case RESULT_LIST:
		if (!number_parse(line + 1, length - 1, UINT64_MAX, &answer->body_due))
			return admin_answer_invalid(answer, err);
		if (answer->body_due > ADMIN_LIST_LINES)
			return pop3_fail(err, POP3_E_PROTOCOL, "the answer is longer than %d lines",
					 ADMIN_LIST_LINES);
		answer->in_body = answer->body_due > 0;
		break;
	case RESULT_METRICS:
		return admin_answer_add_metric(answer, line + 1, length - 1, err);
	}
	return 0;
}

const struct admin_protocol admin_peep = {
	.scheme = ADMIN_PEEP, .name = "peep", .port = 2110,
	.wants_user = true, .wants_secret = true,
	.word_limit = 128, .secret_limit = 128, .line_limit = 511,
	.goodbye = "q\r\n", .metrics = metrics, .log_columns = log_columns,
	.log_in = log_in, .write = admin_write_words, .read = read_line,
};

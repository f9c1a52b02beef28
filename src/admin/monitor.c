/*
 * The monitor protocol: four-letter commands (METR, TRAN, HOST ...), one argument, no login. The
 * servers in use require each line to come in one write, and a QUIT at the end.
 */
#include <string.h>

#include "admin/answer.h"

#define INFO_PARTS 3

static const char *const metrics[] = { "messages", "octets", "online", "logins", NULL };

static const char *const info_parts[INFO_PARTS] = { "host", "maildir", "address" };

static const struct admin_column log_columns[] = { { "line", false }, { 0 } };

static void write_request(struct buffer *out, const char *word,
			  const struct admin_request *request, const struct pop3_secret *secret)
{
	const char *argument = request->arguments[0];
	const char *end = "";

	(void)secret;
	if (strcmp(word, "TRAN") == 0)
		argument = strcmp(argument, "on") == 0 ? "1" : "0";
	if (strcmp(word, "DIRR") == 0 && argument[strlen(argument) - 1] != '/')
		end = "/";
	if (argument != NULL)
		buffer_append_format(out, "%s %s%s\r\n", word, argument, end);
	else
		buffer_append_format(out, "%s\r\n", word);
}

/* The text after a status word, or NULL if the line does not begin with that word. */
static const char *skip_status(const char *line, size_t length, const char *word)
{
	const size_t octets = strlen(word);

	if (length < octets || memcmp(line, word, octets) != 0)
		return NULL;
	if (length == octets)
		return line + octets;
	return line[octets] == ' ' ? line + octets + 1 : NULL;
}

static int read_metrics(struct admin_answer *answer, const char *text, size_t length,
			struct pop3_error *err)
{
	for (;;) {
		const char *const semicolon = memchr(text, ';', length);
		const size_t digits = semicolon != NULL ? (size_t)(semicolon - text) : length;

		if (admin_answer_add_metric(answer, text, digits, err) < 0)
			return -1;
		if (semicolon == NULL)
			return 0;
		text += digits + 1;
		length -= digits + 1;
	}
}

/* host;maildir;address: only the maildir can itself contain semicolons. */
static int read_info(struct admin_answer *answer, const char *text, size_t length,
		     struct pop3_error *err)
{
	const char *const first = memchr(text, ';', length);
	const char *const last = memrchr(text, ';', length);
	const bool whole = answer->verb->result == RESULT_INFO;
	const char *begin = text;

	if (first == last)
		return admin_answer_invalid(answer, err);
	for (size_t i = 0; i < INFO_PARTS; i++) {
		const char *const end = i == 0 ? first : i == 1 ? last : text + length;

		if (whole)
			admin_answer_add(answer, info_parts[i], strlen(info_parts[i]));
		if (whole || strcmp(answer->verb->name + strlen("get "), info_parts[i]) == 0)
			admin_answer_add(answer, begin, (size_t)(end - begin));
		begin = end + 1;
	}
	return 0;
}

static int read_line(struct admin_answer *answer, const char *line, size_t length,
		     struct pop3_error *err)
{
	const char *const refusal = skip_status(line, length, "-ERR");
	const char *const text = skip_status(line, length, "+OK");

	if (answer->in_body) {
		answer->in_body = length != 1 || line[0] != '.';
		if (!answer->in_body)
			return 0;
		admin_answer_add(answer, line, length);
		return admin_answer_count_line(answer, err);
	}
	if (refusal != NULL) {
		/* Not a wrong secret: the protocol has none. */
		pop3_fail(&answer->refusal, answer->verb != NULL ? POP3_E_USAGE : POP3_E_REFUSED,
			  "refused: '%.*s'", (int)(line + length - refusal), refusal);
		return 0;
	}
	if (text == NULL)
		return admin_answer_invalid(answer, err);
	switch (admin_answer_result(answer)) {
	case RESULT_NOTHING:
	case RESULT_NUMBER:
		break;
	case RESULT_TEXT:
	case RESULT_INFO:
		return read_info(answer, text, (size_t)(line + length - text), err);
	case RESULT_LIST:
		answer->in_body = true;
		break;
	case RESULT_METRICS:
		return read_metrics(answer, text, (size_t)(line + length - text), err);
	}
	return 0;
}

const struct admin_protocol admin_monitor = {
	.scheme = ADMIN_MONITOR, .name = "monitor", .port = 1111,
	.greets = true, .blanks = true, .word_limit = 500, .line_limit = 4096,
	.goodbye = "QUIT\r\n", .metrics = metrics, .log_columns = log_columns,
	.write = write_request, .read = read_line,
};

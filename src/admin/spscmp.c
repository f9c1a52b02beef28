/*
 * Simple POP3 Server Configuration and Monitoring Protocol: one connection per request, which
 * begins with the shared token. Answered with OK or ERR without a reason; lists end with ".".
 */
#include <string.h>

#include "admin/answer.h"
#include "base/text.h"

static const char *const metrics[] = { "connections-now", "connections", "octets", NULL };

static const struct admin_column log_columns[] = { { "user", false }, { "time", false }, { 0 } };

static void write_request(struct buffer *out, const char *word,
			  const struct admin_request *request, const struct pop3_secret *secret)
{
	buffer_append(out, secret->text, secret->length);
	buffer_append_octet(out, ' ');
	admin_write_words(out, word, request, secret);
}

static bool line_is(const char *line, size_t length, const char *word)
{
	return length == strlen(word) && memcmp(line, word, length) == 0;
}

static int read_body(struct admin_answer *answer, const char *line, size_t length,
		     struct pop3_error *err)
{
	const char *const blank = memchr(line, ' ', length);
	const size_t name = blank != NULL ? (size_t)(blank - line) : length;

	answer->in_body = !line_is(line, length, ".");
	if (!answer->in_body)
		return 0;
	if (admin_answer_result(answer) == RESULT_METRICS)
		return admin_answer_add_metric(answer, line, length, err);
	if (admin_answer_count_line(answer, err) < 0)
		return -1;
	if (answer->verb->columns != NULL) {
		admin_answer_add(answer, line, length);
		return 0;
	}
	if (name == 0 || name == length ||
	    !text_has_form(line + name + 1, length - name - 1, "0000-00-00 00:00:00"))
		return admin_answer_invalid(answer, err);
	admin_answer_add(answer, line, name);
	admin_answer_add(answer, line + name + 1, length - name - 1);
	return 0;
}

static int read_line(struct admin_answer *answer, const char *line, size_t length,
		     struct pop3_error *err)
{
	if (answer->in_body)
		return read_body(answer, line, length, err);
	if (line_is(line, length, "ERR")) {
		pop3_fail(&answer->refusal, POP3_E_REFUSED,
			  "the server refused without a reason (is the secret right?)");
		return 0;
	}
	if (!line_is(line, length, "OK"))
		return admin_answer_invalid(answer, err);
	answer->in_body = admin_answer_result(answer) != RESULT_NOTHING;
	return 0;
}

const struct admin_protocol admin_spscmp = {
	.scheme = ADMIN_SPSCMP, .name = "spscmp", .port = 8889,
	.wants_secret = true, .one_request = true, .ascii = true,
	.word_limit = 40, .secret_limit = 40, .line_limit = 511,
	.metrics = metrics, .log_columns = log_columns,
	.write = write_request, .read = read_line,
};

/* Reads answers line by line in any chunking, and passes on their records once complete. */
#include "admin/answer.h"

#include <string.h>

#include "base/number.h"

#define SHOWN_OCTETS 80 /* of an invalid line, in the error */

void admin_answer_init(struct admin_answer *answer, const struct admin_protocol *protocol,
		       const struct admin_verb *verb, size_t due)
{
	*answer = (struct admin_answer){
		.protocol = protocol, .verb = verb, .due = due,
		.line.limit = protocol->line_limit, .texts.limit = ADMIN_LIST_OCTETS,
	};
}

void admin_answer_release(struct admin_answer *answer)
{
	buffer_release(&answer->line);
	buffer_release(&answer->texts);
}

enum admin_result admin_answer_result(const struct admin_answer *answer)
{
	return answer->verb != NULL ? answer->verb->result : RESULT_NOTHING;
}

int admin_answer_invalid(const struct admin_answer *answer, struct pop3_error *err)
{
	const char *const line = buffer_text(&answer->line);
	const int length = (int)strcspn(line, "\r");

	return pop3_fail(err, POP3_E_PROTOCOL, "the server answers '%.*s'%s",
			 length < SHOWN_OCTETS ? length : SHOWN_OCTETS, line,
			 length < SHOWN_OCTETS ? "" : " and more");
}

void admin_answer_add(struct admin_answer *answer, const char *text, size_t length)
{
	buffer_append(&answer->texts, text, length);
	buffer_append_octet(&answer->texts, '\n');
}

int admin_answer_add_number(struct admin_answer *answer, const char *text, size_t length,
		      struct pop3_error *err)
{
	uint64_t number;

	if (!number_parse(text, length, UINT64_MAX, &number))
		return admin_answer_invalid(answer, err);
	admin_answer_add(answer, text, length);
	return 0;
}

/* The index of the next metric in the answer; after the last one, its name is NULL. */
static size_t next_metric(const struct admin_answer *answer)
{
	size_t which = answer->metrics;

	if (admin_asks_singly(answer->protocol, answer->verb))
		while (answer->protocol->metrics[which] != NULL &&
		       !admin_wants_metric(answer->protocol, answer->request, which))
			which++;
	return which;
}

int admin_answer_add_metric(struct admin_answer *answer, const char *text, size_t length,
		      struct pop3_error *err)
{
	const size_t which = next_metric(answer);
	const char *const name = answer->protocol->metrics[which];
	uint64_t number;

	if (name == NULL)
		return pop3_fail(err, POP3_E_PROTOCOL, "the server sent more than %zu metrics",
						       which);
	answer->metrics = which + 1;
	if (!admin_wants_metric(answer->protocol, answer->request, which))
		return number_parse(text, length, UINT64_MAX, &number) ?
			       0 : admin_answer_invalid(answer, err);
	admin_answer_add(answer, name, strlen(name));
	return admin_answer_add_number(answer, text, length, err);
}

int admin_answer_count_line(struct admin_answer *answer, struct pop3_error *err)
{
	if (++answer->body_lines > ADMIN_LIST_LINES)
		return pop3_fail(err, POP3_E_PROTOCOL, "the answer is longer than %d lines",
				 ADMIN_LIST_LINES);
	return 0;
}

static int take_line(struct admin_answer *answer, struct pop3_error *err)
{
	const char *const line = buffer_text(&answer->line);
	size_t length = answer->line.length;

	if (length > 0 && line[length - 1] == '\r')
		length--;
	if (answer->tracer != NULL)
		answer->tracer->trace(answer->tracer, POP3_RECEIVED, line, length);
	if (answer->protocol->read(answer, line, length, err) < 0 ||
	    buffer_check(&answer->texts, POP3_E_PROTOCOL, err) < 0)
		return -1;
	buffer_clear(&answer->line);
	if (!answer->in_body)
		answer->due--;
	return 0;
}

ssize_t admin_answer_feed(struct admin_answer *answer, const char *octets, size_t length,
			  struct pop3_error *err)
{
	size_t used = 0;

	answer->begun = answer->begun || length > 0;
	while (used < length && answer->due > 0) {
		const char *const end = memchr(octets + used, '\n', length - used);
		const char *const stop = end != NULL ? end : octets + length;

		buffer_append(&answer->line, octets + used, (size_t)(stop - octets) - used);
		if (buffer_check(&answer->line, POP3_E_PROTOCOL, err) < 0)
			return pop3_context(err, "a line of the server's answer");
		used = (size_t)(stop - octets) + (end != NULL);
		if (end != NULL && take_line(answer, err) < 0)
			return -1;
	}
	if (answer->due == 0 && answer->refusal.code == POP3_E_NONE &&
	    admin_answer_result(answer) == RESULT_METRICS &&
	    answer->protocol->metrics[next_metric(answer)] != NULL)
		return pop3_fail(err, POP3_E_PROTOCOL,
				 "the server sent fewer metrics than it should: %zu",
				 answer->metrics);
	return (ssize_t)used;
}

int admin_answer_cut(const struct admin_answer *answer, struct pop3_error *err)
{
	if (!answer->begun)
		return pop3_fail(err, POP3_E_PROTOCOL, "the server closed the connection without "
						       "an answer");
	return pop3_fail(err, POP3_E_LOST, "the server closed the connection in the middle of its "
					   "answer");
}

int admin_answer_refused(const struct admin_answer *answer, struct pop3_error *err)
{
	if (answer->refusal.code == POP3_E_NONE)
		return 0;
	*err = answer->refusal;
	return -1;
}

int admin_answer_print(const struct admin_answer *answer, struct admin_sink *sink,
		      struct pop3_error *err)
{
	const struct admin_column *const columns = answer->verb->columns != NULL ?
		answer->verb->columns : answer->protocol->log_columns;
	const char *text = buffer_text(&answer->texts);
	const char *const end = text + answer->texts.length;

	if (admin_answer_refused(answer, err) < 0)
		return -1;
	while (text < end) {
		struct admin_field fields[ADMIN_FIELDS_MAX];
		size_t count = 0;

		for (; columns[count].name != NULL && text < end; count++) {
			struct admin_field *const field = &fields[count];
			const char *const stop = memchr(text, '\n', (size_t)(end - text));

			*field = (struct admin_field){
				.name = columns[count].name, .is_number = columns[count].is_number,
				.text = text, .length = (size_t)(stop - text),
			};
			number_prefix(field->text, field->length, &field->number);
			text = stop + 1;
		}
		if (sink->record(sink, fields, count, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * The connection to a managed server. It sends each request in one write, reads each answer to its
 * end, and says goodbye before closing; the servers in use insist on all three.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/answer.h"
#include "admin/clear-text.h"
#include "net/stream.h"

#define READ_OCTETS 16384
#define PROGRESS_OCTETS 1024 /* as many count as progress (struct pop3_timeouts) */
#define GOODBYE_MS 5000	     /* maximum wait for the answer to a goodbye */

/* Replaces every secret in the trace. */
static char stars[] = "***";
static const struct pop3_secret masked = { .text = stars, .length = sizeof stars - 1 };

struct admin_link {
	const struct admin_protocol *protocol;
	const struct pop3_account *account;
	bool clear_text;
	struct stream *stream; /* NULL while there is no connection */
	bool in_step;	       /* all answers were read, and nothing followed them */
};

/* A server that closes with unread input resets the connection: treat that as closing. */
static int lost(const struct admin_answer *answer, struct pop3_error *err)
{
	if (err->code == POP3_E_LOST && !answer->begun)
		return admin_answer_cut(answer, err);
	return -1;
}

static int receive(struct admin_link *link, struct admin_answer *answer, int64_t limit_ms,
		   struct pop3_error *err)
{
	const struct pop3_timeouts *const timeouts = &link->account->timeouts;
	int64_t deadline = deadline_after(timeouts, limit_ms);
	size_t since = 0;

	link->in_step = false;
	answer->tracer = link->account->tracer;
	while (answer->due > 0) {
		char octets[READ_OCTETS];
		const ssize_t got = stream_receive(link->stream, octets, sizeof octets, timeouts,
						   deadline, err);
		ssize_t used;

		if (got < 0)
			return lost(answer, err);
		if (got == STREAM_ENDED)
			return admin_answer_cut(answer, err);
		used = admin_answer_feed(answer, octets, (size_t)got, err);
		if (used < 0)
			return -1;
		link->in_step = used == got;
		since += (size_t)got;
		if (since >= PROGRESS_OCTETS) {
			deadline = deadline_after(timeouts, limit_ms);
			since = 0;
		}
	}
	return 0;
}

static void trace_lines(const struct admin_link *link, const char *lines)
{
	struct pop3_tracer *const tracer = link->account->tracer;

	for (size_t length; *lines != '\0'; lines += length + strlen("\r\n")) {
		length = strcspn(lines, "\r");
		tracer->trace(tracer, POP3_SENT, lines, length);
	}
}

static int send_all(struct admin_link *link, const struct buffer *octets,
		    const struct admin_answer *answer, struct pop3_error *err)
{
	const struct pop3_timeouts *const timeouts = &link->account->timeouts;
	const int64_t deadline = deadline_after(timeouts, timeouts->progress_ms);

	if (!link->in_step)
		return pop3_fail(err, POP3_E_PROTOCOL, "the server sent an answer that nothing had "
						       "asked for");
	link->in_step = false;
	if (buffer_check(octets, POP3_E_USAGE, err) < 0)
		return -1;
	if (stream_send(link->stream, octets->data, octets->length, timeouts, deadline, err) < 0)
		return lost(answer, err);
	return 0;
}

/* Sends octets in one write, wipes them, and reads all answers. The trace prints shown instead. */
static int converse(struct admin_link *link, struct buffer *octets, struct buffer *shown,
		    struct admin_answer *answer, struct pop3_error *err)
{
	int result;

	if (link->account->tracer != NULL)
		trace_lines(link, buffer_text(shown));
	result = send_all(link, octets, answer, err);
	buffer_wipe(octets);
	buffer_release(octets);
	buffer_release(shown);
	if (result < 0)
		return -1;
	return receive(link, answer, link->account->timeouts.progress_ms, err);
}

static int log_in(struct admin_link *link, struct pop3_error *err)
{
	const struct pop3_account *const account = link->account;
	struct buffer octets = { 0 }, shown = { 0 };
	struct admin_answer answer;
	int result;

	if (link->protocol->log_in == NULL || account->user == NULL)
		return 0;
	admin_answer_init(&answer, link->protocol, NULL, 1);
	link->protocol->log_in(&octets, account->user, account->secret);
	link->protocol->log_in(&shown, account->user, &masked);
	result = converse(link, &octets, &shown, &answer, err);
	if (result == 0)
		result = admin_answer_refused(&answer, err);
	admin_answer_release(&answer);
	return result;
}

static int greet(struct admin_link *link, struct pop3_error *err)
{
	struct admin_answer answer;
	int result;

	if (!link->protocol->greets)
		return 0;
	admin_answer_init(&answer, link->protocol, NULL, 1);
	result = receive(link, &answer, link->account->timeouts.progress_ms, err);
	if (result == 0)
		result = admin_answer_refused(&answer, err);
	admin_answer_release(&answer);
	return result;
}

/*
 * Some servers hand unread input of a connection that ends without a goodbye to the next one. So
 * the goodbye is sent even after a failure, but then without waiting for its answer.
 */
static void hang_up(struct admin_link *link)
{
	const char *const goodbye = link->protocol->goodbye;
	const int64_t limit_ms = link->account->timeouts.progress_ms;
	struct pop3_error ignored;
	struct admin_answer answer;

	if (link->stream == NULL)
		return;
	if (goodbye != NULL && link->account->tracer != NULL)
		trace_lines(link, goodbye);
	if (goodbye != NULL &&
	    stream_write(link->stream, goodbye, strlen(goodbye), &ignored) >= 0 && link->in_step) {
		admin_answer_init(&answer, link->protocol, NULL, 1);
		receive(link, &answer,
			limit_ms > 0 && limit_ms < GOODBYE_MS ? limit_ms : GOODBYE_MS, &ignored);
		admin_answer_release(&answer);
	}
	stream_close(link->stream);
	link->stream = NULL;
}

static int connect_server(struct admin_link *link, struct pop3_error *err)
{
	const struct pop3_account *const account = link->account;
	const uint16_t port = account->port != 0 ? account->port : link->protocol->port;
	const struct pop3_timeouts *const timeouts = &account->timeouts;
	const bool anywhere = link->clear_text || account->tunnel != NULL;

	if (!anywhere && clear_text_check_account(account, err) < 0)
		return -1;
	link->stream = stream_dial(account, port,
				   deadline_after(timeouts, timeouts->connect_ms), err);
	if (link->stream == NULL)
		return -1;
	if (!anywhere && clear_text_check_socket(link->stream->fd, err) < 0) {
		stream_close(link->stream);
		link->stream = NULL;
		return -1;
	}
	link->in_step = true;
	if (greet(link, err) == 0 && log_in(link, err) == 0)
		return 0;
	hang_up(link);
	return -1;
}

static int ask_stream(struct admin_link *link, const struct admin_request *request,
		      struct admin_answer *answer, struct pop3_error *err)
{
	struct admin_request masked_request = *request;
	struct buffer octets = { 0 }, shown = { 0 };
	int result;

	if (link->stream == NULL && connect_server(link, err) < 0)
		return -1;
	if (request->new_password != NULL)
		masked_request.new_password = &masked;
	answer->due = admin_write(&octets, link->protocol, request, link->account->secret);
	admin_write(&shown, link->protocol, &masked_request, &masked);
	result = converse(link, &octets, &shown, answer, err);
	if (link->protocol->one_request)
		hang_up(link);
	return result;
}

int admin_ask(struct admin_link *link, const struct admin_request *request,
	      struct admin_sink *sink, struct pop3_error *err)
{
	const struct admin_protocol *const protocol = link->protocol;
	struct admin_answer answer;
	int result;

	if (admin_check(protocol, request, link->account->user, err) < 0 ||
	    admin_check_secrets(protocol, request, link->account, err) < 0)
		return -1;
	admin_answer_init(&answer, protocol, request->verb, 0);
	answer.request = request;
	if (protocol->exchange != NULL)
		result = protocol->exchange(link->account, link->clear_text, request, &answer, err);
	else
		result = ask_stream(link, request, &answer, err);
	if (result == 0)
		result = admin_answer_print(&answer, sink, err);
	admin_answer_release(&answer);
	if (result == 0)
		return 0;
	if (request->arguments[0] == NULL)
		return pop3_context(err, "%s", request->verb->name);
	return pop3_context(err, "%s '%s'", request->verb->name, request->arguments[0]);
}

struct admin_link *admin_open(const struct admin_protocol *protocol,
			      const struct pop3_account *account, bool clear_text,
			      struct pop3_error *err)
{
	struct admin_link *const link = malloc(sizeof *link);

	if (link == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	*link = (struct admin_link){
		.protocol = protocol, .account = account, .clear_text = clear_text,
	};
	return link;
}

void admin_close(struct admin_link *link)
{
	if (link == NULL)
		return;
	hang_up(link);
	free(link);
}

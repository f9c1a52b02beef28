/* Filters on headers: asked for once, looked at, and kept where the command will want them, too. */
#include "mailbox/messages-sift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/warn.h"
#include "mailbox/fetch-headers.h"
#include "pop3/pipelining.h"

#define HEADERS_KEPT_OCTETS (32UL * 1024 * 1024) /* octets of header blocks kept for the command */

struct sieve {
	struct header_sink sink;
	struct invocation *in;
	bool *passed;
	size_t kept_octets;
	size_t undated;
};

/* A command that shows what the filters looked at need not ask for it again. */
static void keep_header(struct sieve *s, size_t i, const char *block, size_t length)
{
	struct messages *const m = s->in->messages;

	if (!m->keep_headers || s->kept_octets + length > HEADERS_KEPT_OCTETS)
		return;
	m->headers[i].block = malloc(length + 1);
	if (m->headers[i].block == NULL)
		return;
	memcpy(m->headers[i].block, block, length);
	m->headers[i].block[length] = '\0';
	m->headers[i].length = length;
	s->kept_octets += length;
}

static int sift(struct header_sink *sink, size_t i, const char *block, size_t length,
		const struct pop3_error *failure, struct pop3_error *err)
{
	struct sieve *const s = (struct sieve *)sink;
	struct messages *const m = s->in->messages;
	enum filter_verdict verdict = FILTER_UNJUDGED;
	struct pop3_error why;

	(void)err;
	if (failure == NULL)
		verdict = filter_judge(&m->filter, block, length, &why);
	if (verdict == FILTER_UNJUDGED) {
		s->in->failed++;
		warn(s->in, "message %u: %s", messages_entry(m, i)->number,
		     failure != NULL ? failure->text : why.text);
	}
	s->undated += verdict == FILTER_UNDATED;
	s->passed[i] = verdict == FILTER_PASSES;
	if (s->passed[i])
		keep_header(s, i, block, length);
	return 0;
}

/* -v says how many messages filters on dates have passed over for want of a Date. */
static void note_undated(const struct sieve *s)
{
	char note[64];

	if (s->undated == 0)
		return;
	snprintf(note, sizeof note, "%zu message%s no Date that can be read", s->undated,
		 s->undated == 1 ? " has" : "s have");
	pop3_session_note(s->in->session, note);
}

void messages_drop_headers(struct messages *m)
{
	for (size_t i = 0; m->headers != NULL && i < m->count; i++)
		free(m->headers[i].block);
	free(m->headers);
	m->headers = NULL;
}

static void keep_passed(struct messages *m, const bool *passed)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (!passed[i])
			continue;
		m->chosen[kept] = m->chosen[i];
		m->headers[kept++] = m->headers[i];
	}
	m->count = kept;
}

int messages_sift(struct invocation *in, bool last_round, struct pop3_error *err)
{
	struct messages *const m = in->messages;
	struct pop3_request *const requests = calloc(m->count + 1, sizeof *requests);
	struct sieve s = { .sink = { sift }, .in = in, .passed = calloc(m->count + 1, 1) };
	int result;

	m->headers = calloc(m->count + 1, sizeof *m->headers);
	if (requests == NULL || s.passed == NULL || m->headers == NULL) {
		result = pop3_fail(err, POP3_E_MEMORY, "out of memory");
	} else {
		for (size_t i = 0; i < m->count; i++)
			requests[i].number = messages_entry(m, i)->number;
		if (last_round)
			pop3_session_last_round(in->session);
		result = fetch_headers(in->session, 0, m->listing, requests, m->count, &s.sink,
				       err);
		note_undated(&s);
		keep_passed(m, s.passed);
	}
	free(requests);
	free(s.passed);
	return result;
}

/* Probes a mailbox: STAT, CAPA, LIST, UIDL, and TOP for the newest header. No RETR, no DELE. */
#include "cmd/check/probe.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd/check/clock.h"
#include "mailbox/fetch-headers.h"
#include "mailbox/mailbox.h"
#include "pop3/pipelining.h"

#define UID_OCTETS 70 /* maximum (RFC 1939 section 7) */

/* --- capabilities --- */

/* Some servers do not list in CAPA what works, or list what does not (despite RFC 2449). */
static void compare(struct pop3_session *session, const struct probe *in, const char *verb,
		    enum probe_answer answer)
{
	size_t ignored;
	const bool listed = pop3_capa_find(&in->capa, verb, &ignored) != NULL;
	char note[80];

	if (in->capa.lines == 0 || answer == PROBE_UNKNOWN || listed == (answer == PROBE_WORKS))
		return;
	snprintf(note, sizeof note, listed ? "the server lists %s and refuses it" :
		 "the server has %s without listing it", verb);
	pop3_session_note(session, note);
}

/* --- LIST and UIDL --- */

static void note_listing(struct pop3_session *session, const struct probe *in,
			 const struct pop3_listing *listing)
{
	const struct synthetic_uid_known nothing = { .cursor = "" };
	struct pop3_error ignored;
	bool has_long = false;

	if (listing->count != in->drop.messages)
		pop3_session_note(session, "STAT and LIST disagree on the number of messages");
	if (listing->has_uids && synthetic_uid_is_needed(listing, &nothing, &ignored) > 0)
		pop3_session_note(session, "some messages have no UID, or share one");
	for (size_t i = 0; i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);

		has_long = has_long || (uid != NULL && strlen(uid) > UID_OCTETS);
	}
	if (has_long)
		pop3_session_note(session, "some UIDs are longer than 70 octets");
}

static int ask_lists(struct pop3_session *session, struct probe *in, uint32_t *newest,
		     struct pop3_error *err)
{
	struct pop3_listing listing = { .count = 0 };
	const int result = pop3_list(session, POP3_LIST_OCTETS | POP3_LIST_UIDS, &listing, err);

	if (result == 0) {
		in->uidl = listing.has_uids ? PROBE_WORKS : PROBE_REFUSED;
		*newest = listing.count > 0 ? listing.entries[listing.count - 1].number : 0;
		note_listing(session, in, &listing);
		compare(session, in, "UIDL", in->uidl);
	}
	pop3_listing_release(&listing);
	return result;
}

/* --- TOP --- */

struct look {
	struct header_sink sink;
	struct probe *probe;
};

static int take(struct header_sink *sink, size_t i, const char *block, size_t length,
		const struct pop3_error *failure, struct pop3_error *err)
{
	const struct look *const look = (struct look *)sink;

	(void)i, (void)err;
	look->probe->top = failure == NULL ? PROBE_WORKS : PROBE_REFUSED;
	if (failure == NULL)
		look->probe->clock_ahead =
			clock_ahead_by_header(block, length, (int64_t)time(NULL));
	return 0;
}

/* Not with fetch_headers, which would retrieve the message if TOP fails. */
static int ask_top(struct pop3_session *session, uint32_t number, struct probe *in,
		   struct pop3_error *err)
{
	struct look look = { { take }, in };
	struct pop3_request request = { .number = number };
	struct header_fetch fetch = {
		.session = session, .requests = &request, .count = 1, .to = &look.sink,
	};
	int result = fetch_headers_ahead(&fetch, err);

	if (result == 0)
		result = pop3_session_await(session, err);
	if (result == 0)
		result = fetch_headers_finish(&fetch, err);
	if (result == 0)
		compare(session, in, "TOP", in->top);
	fetch_headers_release(&fetch);
	return result;
}

int probe_maildrop(struct pop3_session *session, struct probe *in, struct pop3_error *err)
{
	uint32_t newest = 0;

	/* STAT first: if the login was pipelined, its refusal may be reported here. */
	if (pop3_stat(session, &in->drop, err) < 0)
		return -1;
	in->counted = true;
	if (pop3_capa(session, err) == 0) {
		pop3_capa_release(&in->capa);
		if (pop3_capa_copy(&in->capa, pop3_session_capa(session), err) < 0)
			return -1;
	} else if (err->code != POP3_E_REFUSED) {
		return -1;
	}
	if (ask_lists(session, in, &newest, err) < 0)
		return -1;
	/* EXPIRE 0: retrieved messages are deleted, and TOP may count (RFC 2449 section 6.7). */
	if (newest == 0 || pop3_capa_lists(&in->capa, "EXPIRE", "0"))
		return 0;
	return ask_top(session, newest, in, err);
}

void probe_release(struct probe *in)
{
	pop3_capa_release(&in->capa);
}

/* Synthetic UIDs for messages without a unique one: a digest of the header. */
#include "mailbox/mailbox.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/header-digest.h"
#include "mailbox/fetch-headers.h"
#include "state/seen.h"

#define HEADERLESS_LINES 50 /* hashed for a message without a header */

/* --- which messages need a synthetic UID --- */

/* The work to do on a listing. release_plan frees all of it. */
struct plan {
	size_t *places, count; /* indices of the messages to fetch headers of */
	const char **repeated; /* UIDs that several messages have */
	size_t repeated_count;
	bool *needs;		/* by index in the listing, like the following */
	struct claim {
		uint64_t header; /* of the message fetched under this UID and size; 0 = none */
		uint32_t uid;	 /* in the listing; the message of that header keeps it */
		size_t first;	 /* index of the first claim to it */
		bool is_settled; /* of that one: a message has that header */
	} *claims;
};

static void release_plan(struct plan *plan)
{
	free(plan->places);
	free(plan->repeated);
	free(plan->needs);
	free(plan->claims);
}

static int by_uid(const void *a, const void *b, void *arg)
{
	const struct pop3_listing *const listing = arg;

	return strcmp(pop3_listing_uid(listing, *(const size_t *)a),
		      pop3_listing_uid(listing, *(const size_t *)b));
}

/* Fills order with the indices of all messages that have a UID, sorted by UID. Returns how many. */
static size_t sort_by_uid(const struct pop3_listing *listing, size_t *order)
{
	size_t count = 0;

	for (size_t i = 0; i < listing->count; i++)
		if (pop3_listing_uid(listing, i) != NULL)
			order[count++] = i;
	qsort_r(order, count, sizeof *order, by_uid, (void *)listing);
	return count;
}

/* How many of the first messages in order have the same UID. */
static size_t count_alike(const struct pop3_listing *listing, const size_t *order, size_t count)
{
	size_t alike = 1;

	while (alike < count && by_uid(&order[0], &order[alike], (void *)listing) == 0)
		alike++;
	return alike;
}

/* A fast check: most servers assign UIDs in ascending order, which makes them unique. */
static bool all_ascend(const struct pop3_listing *listing)
{
	for (size_t i = 0; i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);

		if (uid == NULL || (i > 0 && strcmp(pop3_listing_uid(listing, i - 1), uid) >= 0))
			return false;
	}
	return true;
}

/*
 * Of several messages with one UID, the one already fetched under it keeps it. If more have its
 * size, too, the header shows which it is.
 */
static void judge_alike(const struct pop3_listing *listing, const struct synthetic_uid_known *known,
			const size_t *alike, size_t count, struct plan *plan)
{
	const char *const uid = pop3_listing_uid(listing, alike[0]);
	const struct seen *const seen =
		known->state != NULL ? seen_find(known->state, known->cursor, uid) : NULL;
	size_t agreeing = 0;

	for (size_t i = 0; i < count; i++) {
		const bool agrees =
			seen != NULL && seen_agrees(seen, listing->entries[alike[i]].octets);

		plan->needs[alike[i]] = !agrees;
		agreeing += agrees;
	}
	for (size_t i = 0; i < count && agreeing > 1 && seen->header != 0; i++) {
		if (plan->needs[alike[i]])
			continue;
		plan->needs[alike[i]] = true;
		plan->claims[alike[i]] = (struct claim){
			.header = seen->header, .uid = listing->entries[alike[i]].uid,
			.first = alike[0],
		};
	}
	if (count > 1)
		plan->repeated[plan->repeated_count++] = uid;
}

static int make_plan(const struct pop3_listing *listing, const struct synthetic_uid_known *known,
		     struct plan *plan, struct pop3_error *err)
{
	const size_t room = listing->count + 1;
	struct state *const state = known->state;
	bool any_repeated;
	size_t count;

	*plan = (struct plan){
		.places = calloc(room, sizeof *plan->places),
		.repeated = calloc(room, sizeof *plan->repeated),
		.needs = calloc(room, sizeof *plan->needs),
		.claims = calloc(room, sizeof *plan->claims),
	};
	if (plan->places == NULL || plan->repeated == NULL || plan->needs == NULL ||
	    plan->claims == NULL) {
		release_plan(plan);
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	}
	if (state != NULL)
		state_begin_reading(state);
	any_repeated = state != NULL && seen_any_repeated(state);
	count = any_repeated || !all_ascend(listing) ? sort_by_uid(listing, plan->places) : 0;
	for (size_t i = 0, alike; i < count; i += alike) {
		const size_t *const first = &plan->places[i];

		alike = count_alike(listing, first, count - i);
		if (alike > 1 || (any_repeated &&
				  seen_is_repeated(state, pop3_listing_uid(listing, *first))))
			judge_alike(listing, known, first, alike, plan);
	}
	for (size_t i = 0; i < listing->count; i++)
		if (plan->needs[i] || pop3_listing_uid(listing, i) == NULL)
			plan->places[plan->count++] = i;
	if (state == NULL || state_end_reading(state, err) == 0)
		return 0;
	release_plan(plan);
	return -1;
}

int synthetic_uid_is_needed(const struct pop3_listing *listing,
			    const struct synthetic_uid_known *known, struct pop3_error *err)
{
	struct plan plan;
	bool needed;

	if (make_plan(listing, known, &plan, err) < 0)
		return -1;
	needed = plan.count > 0 || plan.repeated_count > 0;
	release_plan(&plan);
	return needed;
}

/* --- digests of headers --- */

struct digesting {
	struct header_sink sink;
	struct pop3_listing *listing;
	const size_t *places;
	struct claim *claims;
	size_t *headerless, headerless_count; /* indices; NULL in the pass that hashes them */
	size_t *same; /* counts what has its UID already, and no UID is set; or NULL */
};

/* A message whose header the server refuses to send remains without UID. */
static int take_digest(struct header_sink *sink, size_t i, const char *block, size_t length,
		       const struct pop3_error *failure, struct pop3_error *err)
{
	struct digesting *const d = (struct digesting *)sink;
	const struct claim *const claim = &d->claims[d->places[i]];
	const bool is_empty = length == 0 || block[0] == '\n' ||
			      (length >= 2 && memcmp(block, "\r\n", 2) == 0);
	unsigned char octets[EVP_MAX_MD_SIZE];
	char uid[4 + 2 * EVP_MAX_MD_SIZE + 1] = "top:";
	unsigned int count = 0;

	if (failure != NULL)
		return 0;
	if (d->headerless != NULL && is_empty) {
		d->headerless[d->headerless_count++] = d->places[i];
		return 0;
	}
	if (EVP_Digest(block, length, octets, &count, EVP_sha256(), NULL) != 1)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (claim->header != 0 && claim->header == header_digest_number(octets)) {
		d->claims[claim->first].is_settled = true;
		d->listing->entries[d->places[i]].uid = claim->uid;
		return 0;
	}
	text_hex(uid + 4, octets, count);
	if (d->same != NULL) {
		*d->same += strcmp(uid, pop3_listing_uid(d->listing, d->places[i])) == 0;
		return 0;
	}
	return pop3_listing_set_uid(d->listing, d->places[i], uid, 4 + 2 * (size_t)count, err);
}

static int digest(struct digesting *d, struct pop3_session *session, uint32_t lines,
		  const size_t *places, size_t count, struct pop3_error *err)
{
	struct pop3_request *const requests = calloc(count + 1, sizeof *requests);
	int result;

	if (requests == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++)
		requests[i].number = d->listing->entries[places[i]].number;
	d->places = places;
	result = fetch_headers(&(struct header_fetch){
		.session = session, .listing = d->listing, .requests = requests, .count = count,
		.lines = lines, .to = &d->sink,
		/* What is compared proves the numbers of one session only. */
		.in_one_session = d->same != NULL,
	}, err);
	free(requests);
	return result;
}

static int digest_all(struct pop3_session *session, struct pop3_listing *listing,
		      const struct plan *plan, size_t *same, struct pop3_error *err)
{
	struct digesting d = {
		.sink = { take_digest }, .listing = listing, .claims = plan->claims, .same = same,
	};
	size_t *const headerless = calloc(plan->count + 1, sizeof *headerless);
	int result;

	d.headerless = headerless;
	if (headerless == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	result = digest(&d, session, 0, plan->places, plan->count, err);
	d.headerless = NULL;
	if (result == 0 && d.headerless_count > 0)
		result = digest(&d, session, HEADERLESS_LINES, headerless, d.headerless_count, err);
	free(headerless);
	return result;
}

/* --- the complete listing --- */

/* Calls record with the UIDs, and forgets them once that is final. */
static int record_uids(struct buffer *uids, struct state *state,
		       int (*record)(struct state *, const char *const *, size_t,
				     struct pop3_error *),
		       struct pop3_error *err)
{
	const char **list;
	size_t count = 0;
	int result;

	if (buffer_check(uids, POP3_E_MEMORY, err) < 0)
		return -1;
	if (uids->length == 0)
		return 0;
	list = calloc(uids->length, sizeof *list);
	if (list == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t at = 0; at < uids->length; at += strlen(uids->data + at) + 1)
		list[count++] = uids->data + at;
	result = record(state, list, count, err);
	free(list);
	/* Until there is a file, it is not final. */
	if (result == 0 && state_is_for(state, STATE_WRITE))
		buffer_clear(uids);
	return result;
}

int synthetic_uid_record(const struct synthetic_uid_known *known, struct pop3_error *err)
{
	struct shared_uids *const shared = known->shared;

	/* A line of a batch that lists first may not write, but a later one may. */
	if (shared == NULL || known->state == NULL || !state_is_for(known->state, STATE_AMEND))
		return 0;
	if (record_uids(&shared->repeated, known->state, seen_add_repeated, err) < 0)
		return -1;
	return record_uids(&shared->ambiguous, known->state, seen_forget, err);
}

static void note(struct buffer *uids, const char *uid)
{
	buffer_append(uids, uid, strlen(uid) + 1);
}

/* The only one of several messages with one UID that has the recorded size, count if none is. */
static size_t find_fetched(const struct pop3_listing *listing,
			   const struct synthetic_uid_known *known, const size_t *alike,
			   size_t count)
{
	const char *const uid = pop3_listing_uid(listing, alike[0]);
	const struct seen *const seen =
		known->state != NULL ? seen_find(known->state, known->cursor, uid) : NULL;
	size_t found = count;

	for (size_t i = 0; seen != NULL && i < count; i++) {
		if (!seen_agrees(seen, listing->entries[alike[i]].octets))
			continue;
		if (found < count)
			return count;
		found = i;
	}
	return found;
}

/* Leaves the UID to the message fetched under it, if that can be told. */
static int clear_alike(struct pop3_listing *listing, const struct synthetic_uid_known *known,
		       const size_t *alike, size_t count, struct pop3_error *err)
{
	const size_t fetched = find_fetched(listing, known, alike, count);

	if (fetched == count && known->shared != NULL)
		note(&known->shared->ambiguous, pop3_listing_uid(listing, alike[0]));
	for (size_t i = 0; i < count; i++)
		if (i != fetched && pop3_listing_set_uid(listing, alike[i], "", 0, err) < 0)
			return -1;
	return 0;
}

/* Clears UIDs that several messages still have. order is scratch space. */
static int clear_ambiguous(struct pop3_listing *listing, const struct synthetic_uid_known *known,
			   size_t *order, struct pop3_error *err)
{
	const size_t count = sort_by_uid(listing, order);
	int result = 0;

	if (known->state != NULL)
		state_begin_reading(known->state);
	for (size_t i = 0, alike; result == 0 && i < count; i += alike) {
		alike = count_alike(listing, &order[i], count - i);
		if (alike > 1)
			result = clear_alike(listing, known, &order[i], alike, err);
	}
	if (known->state != NULL && state_end_reading(known->state, err) < 0)
		return -1;
	return result;
}

int synthetic_uid_complete(struct pop3_session *session, struct pop3_listing *listing,
			   const struct synthetic_uid_known *known, struct pop3_error *err)
{
	struct shared_uids *const shared = known->shared;
	struct plan plan;
	int result = make_plan(listing, known, &plan, err);

	if (result < 0)
		return -1;
	for (size_t i = 0; shared != NULL && i < plan.repeated_count; i++)
		note(&shared->repeated, plan.repeated[i]);
	result = synthetic_uid_record(known, err);
	for (size_t i = 0; i < plan.count; i++)
		listing->entries[plan.places[i]].uid = 0;
	if (result == 0 && plan.count > 0)
		result = digest_all(session, listing, &plan, NULL, err);
	/* If none has the header of the message that was fetched, it may be any of them. */
	for (size_t i = 0; i < listing->count; i++)
		if (plan.claims[i].header != 0 && !plan.claims[plan.claims[i].first].is_settled)
			listing->entries[i].uid = plan.claims[i].uid;
	if (result == 0 && (plan.count > 0 || plan.repeated_count > 0))
		result = clear_ambiguous(listing, known, plan.places, err);
	release_plan(&plan);
	return result < 0 ? -1 : synthetic_uid_record(known, err);
}

int synthetic_uid_compare(struct pop3_session *session, struct pop3_listing *listing,
			  struct pop3_error *err)
{
	struct plan plan = {
		.places = calloc(listing->count + 1, sizeof *plan.places),
		.claims = calloc(listing->count + 1, sizeof *plan.claims),
	};
	size_t same = 0;
	int result = 0;

	if (plan.places == NULL || plan.claims == NULL) {
		release_plan(&plan);
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);

		if (uid != NULL && seen_is_synthetic(uid))
			plan.places[plan.count++] = i;
	}
	if (plan.count > 0)
		result = digest_all(session, listing, &plan, &same, err);
	release_plan(&plan);
	return result < 0 ? -1 : same == plan.count;
}

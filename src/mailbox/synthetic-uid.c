/* Identities for messages that the server gives none: the digest of the header block. */
#include "mailbox/mailbox.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mailbox/fetch-headers.h"

/* --- which messages need one --- */

static int by_uid(const void *a, const void *b, void *arg)
{
	const struct pop3_listing *const listing = arg;

	return strcmp(pop3_listing_uid(listing, *(const size_t *)a),
		      pop3_listing_uid(listing, *(const size_t *)b));
}

/* Most servers give UIDs in ascending order: then no two are alike and nothing need be sorted. */
static bool all_ascend(const struct pop3_listing *listing)
{
	for (size_t i = 0; i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);

		if (uid == NULL || (i > 0 && strcmp(pop3_listing_uid(listing, i - 1), uid) >= 0))
			return false;
	}
	return true;
}

/* Marks what has no UID, or one that is not its alone. Returns how many; order is scratch. */
static size_t find_needy(const struct pop3_listing *listing, size_t *order, bool *needs)
{
	size_t count = 0, needy = 0;

	for (size_t i = 0; i < listing->count; i++) {
		needs[i] = pop3_listing_uid(listing, i) == NULL;
		if (!needs[i])
			order[count++] = i;
	}
	qsort_r(order, count, sizeof *order, by_uid, (void *)listing);
	for (size_t i = 1; i < count; i++)
		if (by_uid(&order[i - 1], &order[i], (void *)listing) == 0)
			needs[order[i - 1]] = needs[order[i]] = true;
	for (size_t i = 0; i < listing->count; i++)
		needy += needs[i];
	return needy;
}

/* --- digests of header blocks --- */

struct digesting {
	struct header_sink sink;
	struct pop3_listing *listing;
	const size_t *places;
};

/* One that the server will not show stays without. */
static int take_digest(struct header_sink *sink, size_t i, const char *block, size_t length,
		       const struct pop3_error *failure, struct pop3_error *err)
{
	struct digesting *const d = (struct digesting *)sink;
	unsigned char octets[EVP_MAX_MD_SIZE];
	char uid[4 + 2 * EVP_MAX_MD_SIZE + 1] = "top:";
	unsigned int count = 0;

	if (failure != NULL)
		return 0;
	if (EVP_Digest(block, length, octets, &count, EVP_sha256(), NULL) != 1)
		return pop3_fail(err, POP3_E_MEMORY, "no digest could be made");
	text_hex(uid + 4, octets, count);
	return pop3_listing_set_uid(d->listing, d->places[i], uid, 4 + 2 * (size_t)count, err);
}

/* The places of those who need an identity, and what to ask for; freed by the caller. */
struct needy {
	size_t *places, count;
	struct pop3_request *requests;
};

static int collect_needy(const struct pop3_listing *listing, struct needy *needy,
			 struct pop3_error *err)
{
	bool *const needs = calloc(listing->count + 1, sizeof *needs);

	needy->places = calloc(listing->count + 1, sizeof *needy->places);
	if (needs != NULL && needy->places != NULL)
		needy->count = find_needy(listing, needy->places, needs);
	needy->requests = calloc(needy->count + 1, sizeof *needy->requests);
	if (needs == NULL || needy->places == NULL || needy->requests == NULL) {
		free(needs);
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	}
	for (size_t i = 0, found = 0; i < listing->count; i++) {
		if (!needs[i])
			continue;
		needy->requests[found].number = listing->entries[i].number;
		needy->places[found++] = i;
	}
	free(needs);
	return 0;
}

bool synthetic_uid_is_needed(const struct pop3_listing *listing)
{
	struct needy needy = { .count = 0 };
	struct pop3_error ignored;
	bool missing;

	if (all_ascend(listing))
		return false;
	missing = collect_needy(listing, &needy, &ignored) < 0 || needy.count > 0;
	free(needy.places);
	free(needy.requests);
	return missing;
}

int synthetic_uid_complete(struct pop3_session *session, struct pop3_listing *listing,
			   struct pop3_error *err)
{
	struct needy needy = { .count = 0 };
	struct digesting d = { .sink = { take_digest }, .listing = listing };
	int result = collect_needy(listing, &needy, err);

	/* cppcheck-suppress unreadVariable ; take_digest reads it, which has d by its sink */
	d.places = needy.places;
	if (result == 0 && needy.count > 0)
		result = fetch_headers(&(struct header_fetch){
			.session = session, .listing = listing, .requests = needy.requests,
			.count = needy.count, .to = &d.sink,
		}, err);
	free(needy.places);
	free(needy.requests);
	return result;
}

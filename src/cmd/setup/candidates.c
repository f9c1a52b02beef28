/* Where a domain's POP3 server may be: the table of providers, SRV records, the usual names. */
#include "cmd/setup/candidates.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* TLS from the first octet before STLS (RFC 8314 section 3). */
static const struct {
	const char *service, *scheme;
	enum pop3_tls_mode tls;
	uint16_t port;
} kinds[] = {
	{ "_pop3s._tcp", "pop3s", POP3_TLS_IMPLICIT, 995 },
	{ "_pop3._tcp", "pop3", POP3_TLS_STLS, 110 },
};

static const char *const usual_names[] = { "pop.", "pop3.", "mail.", "" };

#define KINDS (sizeof kinds / sizeof kinds[0])
#define NAMES (sizeof usual_names / sizeof usual_names[0])

static_assert(KINDS * (DNS_RECORDS_MAX + NAMES) <= CANDIDATES_MAX, "there is room for all");

static void add(struct candidates *out, const char *prefix, const char *host, size_t kind,
		uint16_t port, bool from_dns)
{
	struct candidate *const new = &out->list[out->count];

	if ((size_t)snprintf(new->host, sizeof new->host, "%s%s", prefix, host) >= sizeof new->host)
		return;
	new->port = port;
	new->tls = kinds[kind].tls;
	new->from_dns = from_dns;
	out->count++;
}

/* Whether to query further: an interruption ends the search, a missing answer is only noted. */
static int note_failure(struct candidates *out, struct pop3_error *err)
{
	if (err->code != POP3_E_TIMEOUT)
		return -1;
	buffer_append_format(out->notes, "%s\n", err->text);
	return 0;
}

static int add_services(const char *domain, const struct pop3_timeouts *timeouts,
			struct candidates *out, bool *silent, struct pop3_error *err)
{
	struct dns_record records[DNS_RECORDS_MAX];
	char name[DNS_NAME_OCTETS + sizeof "_pop3s._tcp."];
	size_t count;

	for (size_t kind = 0; kind < KINDS && !*silent; kind++) {
		snprintf(name, sizeof name, "%s.%s", kinds[kind].service, domain);
		if (dns_ask(name, DNS_SRV, timeouts, records, &count, err) < 0) {
			*silent = true;
			return note_failure(out, err);
		}
		if (count == 0)
			buffer_append_format(out->notes, "%s: no SRV record\n", name);
		for (size_t i = 0; i < count; i++) {
			const struct dns_record *const r = &records[i];

			if (r->target[0] == '\0' || r->port == 0)
				buffer_append_format(out->notes, "%s: not provided\n", name);
			else
				add(out, "", r->target, kind, r->port, true);
		}
	}
	return 0;
}

/* The user's own domain may be hosted by a large provider. */
static int find_by_exchanger(const char *domain, const struct pop3_timeouts *timeouts,
			     struct candidates *out, struct pop3_error *err)
{
	struct dns_record records[DNS_RECORDS_MAX];
	size_t count;

	if (dns_ask(domain, DNS_MX, timeouts, records, &count, err) < 0)
		return note_failure(out, err);
	for (size_t i = 0; i < count && out->provider == NULL; i++)
		out->provider = provider_find(records[i].target, true);
	return 0;
}

int candidates_find(const char *domain, const struct pop3_timeouts *timeouts,
		    struct candidates *out, struct pop3_error *err)
{
	bool silent = false;

	out->provider = provider_find(domain, false);
	if (out->provider == NULL && add_services(domain, timeouts, out, &silent, err) < 0)
		return -1;
	if (out->provider == NULL && out->count == 0 && !silent &&
	    find_by_exchanger(domain, timeouts, out, err) < 0)
		return -1;
	if (out->provider != NULL) {
		if (out->provider->host != NULL)
			add(out, "", out->provider->host, 0, kinds[0].port, false);
		return 0;
	}
	for (size_t kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; i < NAMES; i++)
			add(out, usual_names[i], domain, kind, kinds[kind].port, false);
	return 0;
}

void candidate_url(const struct candidate *candidate, struct buffer *out)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		if (kinds[kind].tls != candidate->tls)
			continue;
		buffer_append_format(out, "%s://%s", kinds[kind].scheme, candidate->host);
		if (candidate->port != kinds[kind].port)
			buffer_append_format(out, ":%u", (unsigned)candidate->port);
	}
}

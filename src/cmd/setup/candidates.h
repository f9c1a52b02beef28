#ifndef CMD_SETUP_CANDIDATES_H
#define CMD_SETUP_CANDIDATES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "cmd/setup/dns.h"
#include "cmd/setup/providers.h"

/* Where the server of an address may be, in the order in which to try. */
#define CANDIDATES_MAX (2 * DNS_RECORDS_MAX + 8)

struct candidate {
	char host[DNS_NAME_OCTETS];
	uint16_t port;
	enum pop3_tls_mode tls;
	bool from_dns; /* by an SRV record, which anybody on the way may have forged */
};

struct candidates {
	struct candidate list[CANDIDATES_MAX];
	size_t count;
	const struct provider *provider; /* NULL when it is none of the table */
	struct buffer *notes; /* for what was asked of DNS in vain, one line each; borrowed */
};

/*
 * Those of a domain: a large provider's; else those of its SRV records (RFC 6186), and behind them
 * the usual host names. A silent name server is a note like any other.
 */
int candidates_find(const char *domain, const struct pop3_timeouts *timeouts,
		    struct candidates *out, struct pop3_error *err);

/* "pop3s://pop.example.org", as --server takes it. */
void candidate_url(const struct candidate *candidate, struct buffer *out);

#endif

#ifndef CMD_SETUP_CANDIDATES_H
#define CMD_SETUP_CANDIDATES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "cmd/setup/dns.h"

/* Large providers whose server cannot be derived from the address, or that need more setup. */
enum provider_login {
	PROVIDER_PASSWORD,
	PROVIDER_APP_PASSWORD, /* a separate one for this program; the account's own is refused */
	PROVIDER_OAUTH,	       /* OAuth 2.0 only */
	PROVIDER_NO_POP3,
};

struct provider {
	const char *name;
	const char *domains; /* of addresses, separated by blanks; "" = known only by exchangers */
	const char *exchangers; /* suffixes of the names of its mail exchangers, likewise */
	const char *host;	/* its server, with TLS on port 995 */
	enum provider_login login;
	const char *advice; /* what the user has to do there first; NULL = nothing */
};

/* Where the server of an address may be, in the order to try. */
#define CANDIDATES_MAX (2 * DNS_RECORDS_MAX + 8)

struct candidate {
	char host[DNS_NAME_OCTETS];
	uint16_t port;
	enum pop3_tls_mode tls;
	bool from_dns; /* from an SRV record, which may have been forged on the way */
};

struct candidates {
	struct candidate list[CANDIDATES_MAX];
	size_t count;
	const struct provider *provider; /* NULL = not in the table */
	struct buffer *notes; /* DNS queries that failed, one per line; borrowed */
};

/*
 * The candidates of a domain: its large provider's server, or else the targets of its SRV records
 * (RFC 6186) followed by the usual host names. A name server that does not answer is only noted.
 */
int candidates_find(const char *domain, const struct pop3_timeouts *timeouts,
		    struct candidates *out, struct pop3_error *err);

/* In the form that --server takes: "pop3s://pop.example.org". */
void candidate_url(const struct candidate *candidate, struct buffer *out);

/* --- providers.c --- */

/* The provider of an address's domain, or that of a domain's mail exchanger; NULL if unknown. */
const struct provider *provider_find(const char *name, bool is_exchanger);

#endif

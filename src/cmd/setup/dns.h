#ifndef CMD_SETUP_DNS_H
#define CMD_SETUP_DNS_H

#include <stddef.h>
#include <stdint.h>

#include "pop3/account.h"
#include "pop3/error.h"

/* A domain's mail records, queried through the C library's resolver. */
#define DNS_RECORDS_MAX 8
#define DNS_NAME_OCTETS 254 /* of a host's name (RFC 1035 section 2.3.4), NUL included */

enum dns_type {
	DNS_MX = 15,  /* RFC 1035 section 3.3.9 */
	DNS_SRV = 33, /* RFC 2782 */
};

struct dns_record {
	uint16_t priority, weight, port;  /* weight and port are 0 in an MX record */
	char target[DNS_NAME_OCTETS]; /* letters, digits, dots, hyphens; "" = "not provided here" */
};

/*
 * Extracts the records of one type from an answer, the most preferred first, and returns how many.
 * Malformed records, and those that do not fit, are left out.
 */
size_t dns_parse(const unsigned char *answer, size_t length, enum dns_type type,
		 struct dns_record records[DNS_RECORDS_MAX]);

/*
 * Queries a name's records; *count is 0 if it has none. Fails with POP3_E_TIMEOUT if no name server
 * answers, or as deadline_wait does.
 */
int dns_ask(const char *name, enum dns_type type, const struct pop3_timeouts *timeouts,
	    struct dns_record records[DNS_RECORDS_MAX], size_t *count, struct pop3_error *err);

#endif

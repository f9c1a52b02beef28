#ifndef CMD_CHECK_FINDINGS_H
#define CMD_CHECK_FINDINGS_H

#include "cmd/check/probe.h"
#include "pop3/account.h"
#include "pop3/diagnostics.h"

/* All that a look at an account found: on the way, and in the mailbox. */
struct findings {
	const struct pop3_account *account;
	const struct pop3_diagnostics *report;
	const struct inspection *inspection;
	enum pop3_code failure; /* POP3_E_NONE when nothing failed */
	int64_t now;		/* seconds since 1970 */
};

/* The port that the account means. */
unsigned findings_port(const struct findings *findings);

/* The capabilities that were listed last. */
const struct pop3_capa *findings_capa(const struct findings *findings);

/* Whole days from now to the end of a certificate of the chain; negative when that has passed. */
int64_t findings_days_left(const struct findings *findings,
			   const struct pop3_certificate *certificate);

/* The certificate of the chain that runs out first; there must be one. */
const struct pop3_certificate *findings_shortest_lived(const struct findings *findings);

/* Seconds that the server's clock is ahead: see cli/clock-difference.h. */
int64_t findings_clock_ahead(const struct findings *findings);

#endif

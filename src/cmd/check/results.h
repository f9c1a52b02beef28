#ifndef CMD_CHECK_RESULTS_H
#define CMD_CHECK_RESULTS_H

#include "cmd/check/probe.h"
#include "pop3/account.h"
#include "pop3/diagnostics.h"

/* All results of a check: of the connection and of the mailbox. */
struct check_results {
	const struct pop3_account *account;
	const struct pop3_diagnostics *report;
	const struct probe *probe;
	enum pop3_code failure; /* POP3_E_NONE when nothing failed */
	int64_t now;		/* seconds since 1970 */
};

/* The port of the account. */
unsigned results_port(const struct check_results *results);

/* The last capabilities received. */
const struct pop3_capa *results_capa(const struct check_results *results);

/* Whole days until a certificate of the chain expires; negative once expired. */
int64_t results_days_left(const struct check_results *results,
			   const struct pop3_certificate *certificate);

/* The certificate of the chain that expires first; the chain must not be empty. */
const struct pop3_certificate *results_shortest_lived(const struct check_results *results);

/* Seconds by which the server's clock is ahead: see cmd/check/clock.h. */
int64_t results_clock_ahead(const struct check_results *results);

#endif

#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include "cli/connection.h"
#include "pop3/error.h"

/* The exit status after a failure; one by a signal is that of the signal. */
int exit_status_of(const struct pop3_error *err);

/* The statuses with what they mean, as the help of the program shows them; NULL ends them. */
struct exit_meaning {
	int status;
	const char *meaning;
};
extern const struct exit_meaning exit_meanings[];

/* One line about a failure on stderr, as text or JSON; what is only a status is passed over. */
void report_error(const struct connection *connection, bool json, const struct pop3_error *err);

/* The call of 'pop3 check' that tells more about such a failure, where one does, on stderr. */
void report_check(const struct option_set *set, const struct pop3_error *err);

#endif

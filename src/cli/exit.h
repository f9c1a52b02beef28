#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include <stdbool.h>

#include "pop3/error.h"

/* The name of a kind of failure, as JSON shows it. */
const char *exit_name(enum pop3_code code);

/* The exit status after a failure; one by a signal is that of the signal. */
int exit_status_of(const struct pop3_error *err);

/* Whether it is the server's doing, so that its name belongs in front of the message. */
bool exit_is_of_server(enum pop3_code code);

/* The statuses with what they mean, as the help of the program shows them; NULL ends them. */
struct exit_meaning {
	int status;
	const char *meaning;
};
extern const struct exit_meaning exit_meanings[];

#endif

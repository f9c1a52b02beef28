#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include "pop3/error.h"

/* The exit status for a failure; after a signal it is the signal's. */
int exit_status_of(const struct pop3_error *err);

/* The statuses with their meanings, for help; ends with NULL. */
struct exit_meaning {
	int status;
	const char *meaning;
};
extern const struct exit_meaning exit_meanings[];

/* The name of a failure in JSON, and what is added to its message. */
enum failure_flag {
	OF_SERVER = 1 << 0, /* add the server's name */
	OF_CHECK = 1 << 1,  /* suggest 'pop3 check': connection, certificate or login failed */
};

const char *failure_name(enum pop3_code code);
unsigned failure_flags(enum pop3_code code);

#endif

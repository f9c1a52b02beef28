#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include "pop3/error.h"

/* The exit status after a failure; one by a signal is that of the signal. */
int exit_status_of(const struct pop3_error *err);

/* The statuses with what they mean, as the help of the program shows them; NULL ends them. */
struct exit_meaning {
	int status;
	const char *meaning;
};
extern const struct exit_meaning exit_meanings[];

/* What a failure is called in JSON, and what more is told about it. */
enum failure_flag {
	OF_SERVER = 1 << 0, /* the server's name says something about it */
	OF_CHECK = 1 << 1,  /* 'pop3 check' tells more: no way to the server, no trust, no login */
};

const char *failure_name(enum pop3_code code);
unsigned failure_flags(enum pop3_code code);

#endif

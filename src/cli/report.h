#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>

#include "cli/connection.h"
#include "cli/output.h"
#include "pop3/error.h"

/* Messages on stderr. Octets of others are escaped. */

/*
 * A warning or note, which does not end the run: one line of text, or in JSON an object with level
 * and message, and the line of a batch unless that is 0. Only a final error has a code.
 */
void report_message(bool json, const char *level, unsigned line, const char *text);

/* Asks a person, who answers on the same line. */
void report_question(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line about a failure, as text or JSON; what is only a status is passed over. */
void report_error(const struct connection *connection, bool json, const struct pop3_error *err);

/* The call of 'pop3 check' that tells more about such a failure, where one does. */
void report_check(const struct option_set *set, const struct pop3_error *err);

/* Why the record under way says "failed": its code and error, in JSON alone. */
void output_failure(struct output *output, const struct pop3_error *why);

#endif

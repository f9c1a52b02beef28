#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>

#include "cli/connection.h"
#include "cli/output.h"
#include "pop3/error.h"

/* Messages on stderr. Untrusted octets are escaped. */

/*
 * A warning or note, after which the run continues: one line of text, or a JSON object with level
 * and message, and the batch line unless it is 0. Only a final error has a code.
 */
void report_message(bool json, const char *level, unsigned line, const char *text);

/* Prints a question; the user answers on the same line. */
void report_question(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line about a failure, as text or JSON; nothing if it is only an exit status. */
void report_error(const struct connection *connection, bool json, const struct pop3_error *err);

/*
 * Appends the option to a command line as a user would type it; nothing for a flag that is off.
 * Returns false if its value contains a password, which is masked.
 */
bool report_option(struct buffer *line, struct option_place place);

/* Suggests the 'pop3 check' command line for this failure, if check can explain it. */
void report_check(const struct option_set *set, const struct pop3_error *err);

/* Adds the reason to a record with status "failed": code and error, only in JSON. */
void output_failure(struct output *output, const struct pop3_error *why);

#endif

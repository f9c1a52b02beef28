#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli/connection.h"

/* One line about a failure on stderr, as text or JSON; what is only a status is passed over. */
void report_error(const struct connection *connection, bool json, const struct pop3_error *err);

#endif

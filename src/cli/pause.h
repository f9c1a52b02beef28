#ifndef CLI_PAUSE_H
#define CLI_PAUSE_H

#include "pop3/account.h"

/*
 * Does nothing for a while. -1 when interrupted, or with POP3_E_TIMEOUT at once when the time for
 * all would be over before the end of the pause.
 */
int pause_for(const struct pop3_timeouts *timeouts, unsigned seconds, struct pop3_error *err);

#endif

#ifndef CLI_STATE_FILE_H
#define CLI_STATE_FILE_H

#include "cli/command.h"
#include "state/state.h"

/* Opens $XDG_STATE_HOME/pop3/ACCOUNT.db into in->state; the dispatcher closes it. */
int state_file_open(struct invocation *in, enum state_use use, uint32_t wait_seconds,
		    struct pop3_error *err);

#endif

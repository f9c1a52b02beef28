#ifndef SERVE_PRIVILEGES_H
#define SERVE_PRIVILEGES_H

#include <stdint.h>

#include "pop3/error.h"

/* Switches permanently to that user and its groups. Fails with POP3_E_CONFIG. */
int privileges_drop(const char *user, struct pop3_error *err);

/* Raises the limit of open descriptors to the hard limit; returns the new limit. */
uint64_t privileges_raise_descriptors(void);

#endif

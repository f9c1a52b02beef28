#ifndef SERVE_PRIVILEGES_H
#define SERVE_PRIVILEGES_H

#include <stdint.h>

#include "pop3/error.h"

/* Becomes that user for good, groups included. Fails with POP3_E_CONFIG. */
int privileges_drop(const char *user, struct pop3_error *err);

/* As many descriptors as there may be; returns how many those are. */
uint64_t privileges_raise_descriptors(void);

#endif

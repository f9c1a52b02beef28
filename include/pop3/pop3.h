#ifndef POP3_POP3_H
#define POP3_POP3_H

/*
 * The whole client module at once, for C and C++: see pop3(3). The headers by themselves are C.
 * The standard headers come first, so that none of them is read as C where C++ has its own.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "pop3/account.h"
#include "pop3/capa.h"
#include "pop3/diagnostics.h"
#include "pop3/error.h"
#include "pop3/listing.h"
#include "pop3/pipelining.h"
#include "pop3/recovery.h"
#include "pop3/secret.h"
#include "pop3/session.h"
#include "pop3/sink.h"
#include "pop3/verbs.h"

#ifdef __cplusplus
}
#endif

#endif

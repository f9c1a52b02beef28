#ifndef POP3_POP3_H
#define POP3_POP3_H

/*
 * The whole client library in one header, for C and C++: see pop3(3). The other headers are C only.
 * The standard headers are included first, outside extern "C", because C++ has its own versions.
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

/*
 * Included by the analyzers of "make lint" before each source file: they see one file at a time and
 * do not know that these functions of another file always return -1.
 */
#include "pop3/error.h"

#define pop3_fail(...) (pop3_fail(__VA_ARGS__), -1)
#define pop3_fail_errno(...) (pop3_fail_errno(__VA_ARGS__), -1)
#define pop3_context(...) (pop3_context(__VA_ARGS__), -1)

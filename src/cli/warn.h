#ifndef CLI_WARN_H
#define CLI_WARN_H

#include "cli/command.h"

/* A line on stderr that is no error of the whole, unless --quiet; octets of others are escaped. */
void warn(const struct invocation *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

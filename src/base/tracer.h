#ifndef BASE_TRACER_H
#define BASE_TRACER_H

#include "pop3/account.h"

/* Reports to the tracer, unless it is NULL. What does not fit in POP3_ERROR_TEXT octets is cut. */
void tracer_print(struct pop3_tracer *tracer, enum pop3_direction direction, const char *format,
		  ...) __attribute__((format(printf, 3, 4)));

#endif

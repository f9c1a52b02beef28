/* The program's own remarks in the trace, in addition to the lines of the conversation. */
#include "base/tracer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pop3/error.h"

void tracer_print(struct pop3_tracer *tracer, enum pop3_direction direction, const char *format,
		  ...)
{
	char text[POP3_ERROR_TEXT];
	va_list args;

	if (tracer == NULL)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	tracer->trace(tracer, direction, text, strlen(text));
}

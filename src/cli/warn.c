/* Warnings: one line on stderr each. */
#include "cli/warn.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

void warn(const struct invocation *in, const char *format, ...)
{
	char text[POP3_ERROR_TEXT + 128];
	struct buffer line = { 0 };
	va_list args;

	if (in->quiet)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	text_escape(&line, text, strlen(text));
	fprintf(stderr, "pop3: %s\n", buffer_text(&line));
	buffer_release(&line);
}

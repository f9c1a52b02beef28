/* The error type: filling it in, adding context, and which codes end a session. */
#include "pop3/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Appends ": " and more to the text, as far as it fits. */
static void append(struct pop3_error *err, const char *more)
{
	size_t used = strlen(err->text);

	for (const char *part = ": "; *part != '\0' && used + 1 < sizeof err->text; part++)
		err->text[used++] = *part;
	while (*more != '\0' && used + 1 < sizeof err->text)
		err->text[used++] = *more++;
	err->text[used] = '\0';
}

__attribute__((format(printf, 3, 0)))
static void fill_in(struct pop3_error *err, enum pop3_code code, const char *format, va_list args)
{
	err->code = code;
	err->retry_after = 0;
	vsnprintf(err->text, sizeof err->text, format, args);
}

int pop3_fail(struct pop3_error *err, enum pop3_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill_in(err, code, format, args);
	va_end(args);
	return -1;
}

/* glibc's strerror_r returns the text; the POSIX version, as in musl, fills in the buffer. */
static const char *reason_of(int number, char *text, size_t size)
{
#ifdef __GLIBC__
	return strerror_r(number, text, size);
#else
	return strerror_r(number, text, size) == 0 ? text : "unknown error";
#endif
}

int pop3_fail_errno(struct pop3_error *err, enum pop3_code code, const char *format, ...)
{
	const int saved = errno;
	char reason[64];
	va_list args;

	va_start(args, format);
	fill_in(err, code, format, args);
	va_end(args);
	append(err, reason_of(saved, reason, sizeof reason));
	errno = saved;
	return -1;
}

int pop3_context(struct pop3_error *err, const char *format, ...)
{
	const struct pop3_error inner = *err;
	va_list args;

	va_start(args, format);
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	append(err, inner.text);
	return -1;
}

bool pop3_error_ends_session(enum pop3_code code)
{
	switch (code) {
	case POP3_E_NONE:
	case POP3_E_USAGE:
	case POP3_E_NO_MESSAGE:
	case POP3_E_NO_ACCOUNT:
	case POP3_E_DESTINATION:
	case POP3_E_REFUSED:
	case POP3_E_SYS_TEMP:
	case POP3_E_LOCKED:
	case POP3_E_PARTIAL:
	case POP3_E_NOTHING:
		return false;
	case POP3_E_CHANGED:
	case POP3_E_HOST:
	case POP3_E_CONNECT:
	case POP3_E_BUG:
	case POP3_E_IO:
	case POP3_E_CLOSED:
	case POP3_E_MEMORY:
	case POP3_E_TIMEOUT:
	case POP3_E_LOST:
	case POP3_E_IN_USE:
	case POP3_E_LOGIN_DELAY:
	case POP3_E_PROTOCOL:
	case POP3_E_CREDENTIALS:
	case POP3_E_CONFIG:
	case POP3_E_TLS:
	case POP3_E_UNCONFIRMED:
	case POP3_E_INTERRUPTED:
	case POP3_CODES:
		return true;
	}
	return true;
}

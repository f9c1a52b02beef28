/* SASLprep with libidn, which is called only for text that it may have to change. */
#include "pop3/saslprep.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <stringprep.h>

#include "base/text.h"

/* U+FDFA grows by this factor under NFKC, more than any other character in UTF-8. */
#define MOST_GROWTH 11

static void append_prepared(struct buffer *out, const char *text, size_t length,
			    Stringprep_profile_flags flags)
{
	const size_t capacity = length * MOST_GROWTH + 1;
	char *const room = buffer_room(out, capacity);

	if (room == NULL)
		return;
	memcpy(room, text, length);
	room[length] = '\0';
	if (stringprep(room, capacity, flags, stringprep_saslprep) == STRINGPREP_OK)
		buffer_grew(out, strlen(room));
	else
		explicit_bzero(room, capacity);
}

static int prepare(struct buffer *out, const char *text, size_t length,
		   Stringprep_profile_flags flags, const char *what, struct pop3_error *err)
{
	const size_t before = out->length;
	bool plain = true;

	if (length > 0 && memchr(text, '\0', length) != NULL)
		return pop3_fail(err, POP3_E_USAGE, "the %s contains a NUL", what);
	for (size_t i = 0, octets; i < length; i += octets) {
		uint32_t code = 0;

		octets = text_utf8(text + i, length - i, &code);
		if (octets == 0)
			return pop3_fail(err, POP3_E_USAGE, "the %s is not UTF-8", what);
		plain = plain && code >= ' ' && code <= '~';
	}
	/* Printable ASCII never changes, and libidn does not wipe its working copies. */
	if (plain)
		buffer_append(out, text, length);
	else
		append_prepared(out, text, length, flags);
	if (buffer_check(out, POP3_E_USAGE, err) < 0)
		return -1;
	if (out->length == before)
		return pop3_fail(err, POP3_E_USAGE,
				 "the %s is empty or contains a character that SASLprep prohibits",
				 what);
	return 0;
}

int saslprep_name(struct buffer *out, const char *name, size_t length, struct pop3_error *err)
{
	return prepare(out, name, length, 0, "user name", err);
}

int saslprep_password(struct buffer *out, const char *password, size_t length,
		      struct pop3_error *err)
{
	return prepare(out, password, length, STRINGPREP_NO_UNASSIGNED, "password", err);
}

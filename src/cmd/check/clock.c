/* The difference between a server's clock and ours, from dates that the server sends. */
#include "cmd/check/clock.h"

#include <string.h>

#include "base/number.h"
#include "mail/date.h"
#include "mail/header.h"

#define SECONDS_DIGITS 10	 /* of a time between 2001 and 2286 */
#define BELIEVED (7L * 24 * 3600) /* beyond this, the digits may not be a time */

int64_t clock_ahead_by_greeting(const char *greeting, int64_t now)
{
	const char *at = strchr(greeting, '<');
	uint64_t process, seconds = 0;
	int64_t ahead;

	if (at == NULL)
		return 0;
	at++;
	at += number_prefix(at, strlen(at), &process);
	if (at[-1] == '<' || *at++ != '.')
		return 0;
	if (number_prefix(at, strlen(at), &seconds) != SECONDS_DIGITS || at[SECONDS_DIGITS] != '@')
		return 0;
	ahead = (int64_t)seconds - now;
	if (ahead > BELIEVED || ahead < -BELIEVED)
		return 0;
	return ahead >= CLOCK_DIFFERENCE_MIN || ahead <= -CLOCK_DIFFERENCE_MIN ? ahead : 0;
}

/* The date follows the last semicolon (RFC 5321 section 4.4). */
int64_t clock_ahead_by_header(const char *block, size_t length, int64_t now)
{
	struct header_field received;
	const char *semicolon;
	int64_t date;

	if (!header_find(block, length, "Received", &received))
		return 0;
	semicolon = memrchr(received.value, ';', received.value_length);
	if (semicolon == NULL ||
	    !date_parse(semicolon + 1,
			received.value_length - (size_t)(semicolon + 1 - received.value), &date))
		return 0;
	return date - now >= CLOCK_DIFFERENCE_MIN ? date - now : 0;
}

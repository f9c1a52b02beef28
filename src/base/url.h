#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdint.h>

#include "base/buffer.h"
#include "pop3/error.h"

#define URL_MAX 1024 /* octets of the whole */

/* scheme://[user[:password]@]host[:port][/], each part unescaped (RFC 3986 section 2.1). */
struct url {
	char scheme[16];	  /* "" when the text has none */
	char user[URL_MAX];	  /* "" when absent */
	char password[URL_MAX]; /* "" when absent */
	char host[256];		  /* an IPv6 literal without its brackets */
	uint16_t port;		  /* 0 when absent */
};

/*
 * Fails with POP3_E_USAGE and says what is wrong, without a password. A bare IPv6 literal needs its
 * brackets when a port follows; two colons and more without brackets are taken as a literal
 * without a port.
 */
int url_parse(const char *text, struct url *url, struct pop3_error *err);

/* The text of a URL, whatever it is worth, without a password that it may hold. */
void url_print(struct buffer *out, const char *text);

#endif

#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdint.h>

#include "base/buffer.h"
#include "pop3/error.h"

#define URL_MAX 1024 /* maximum length in octets */

/* scheme://[user[:password]@]host[:port][/], each part decoded (RFC 3986 section 2.1). */
struct url {
	char scheme[16];	  /* "" when absent */
	char user[URL_MAX];	  /* "" when absent */
	char password[URL_MAX]; /* "" when absent */
	char host[256];		  /* an IPv6 address without its brackets */
	uint16_t port;		  /* 0 when absent */
};

/*
 * Fails with POP3_E_USAGE and a text that shows no password. An IPv6 address needs brackets when a
 * port follows: a host with two or more colons and no brackets is an address without a port.
 */
int url_parse(const char *text, struct url *url, struct pop3_error *err);

/* Appends the URL, valid or not, with any password masked. */
void url_print(struct buffer *out, const char *text);

#endif

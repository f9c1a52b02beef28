/* Strict parsing of URLs of servers and proxies. */
#include "base/url.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/number.h"
#include "base/text.h"

/* Copies with %XX decoded. Control characters are rejected: they could end a command line. */
static bool copy_part(char *out, size_t size, const char *text, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length; i++) {
		char octet = text[i];

		if (octet == '%') {
			if (i + 2 >= length || text_hex_octet(text + i + 1) < 0)
				return false;
			octet = (char)text_hex_octet(text + i + 1);
			i += 2;
		}
		if ((unsigned char)octet < 0x20 || octet == 0x7f || used + 1 >= size)
			return false;
		out[used++] = octet;
	}
	out[used] = '\0';
	return true;
}

void url_print(struct buffer *out, const char *text)
{
	const char *const scheme = strstr(text, "://");
	const char *const begin = scheme != NULL ? scheme + 3 : text;
	const char *const at = strrchr(begin, '@');
	const char *const colon = at != NULL ? memchr(begin, ':', (size_t)(at - begin)) : NULL;

	if (colon == NULL)
		buffer_append_text(out, text);
	else
		buffer_append_format(out, "%.*s:********%s", (int)(colon - text), text, at);
}

static int bad(const char *text, const char *why, struct pop3_error *err)
{
	struct buffer shown = { 0 };

	url_print(&shown, text);
	pop3_fail(err, POP3_E_USAGE, "invalid server URL '%s': %s", buffer_text(&shown), why);
	buffer_release(&shown);
	return -1;
}

/* "host", "host:port" or "[address]:port"; a bare IPv6 address is the whole text. */
static int parse_host(struct url *url, const char *part, size_t length, const char *whole,
		      struct pop3_error *err)
{
	const char *const colon = memchr(part, ':', length), *bracket;
	const size_t skip = length > 0 && part[0] == '[' ? 1 : 0;
	size_t host = length, used;
	uint64_t port;

	if (skip > 0) {
		bracket = memchr(part, ']', length);
		host = bracket != NULL ? (size_t)(bracket - part) - 1 : 0;
	} else if (colon != NULL && memrchr(part, ':', length) == colon) {
		host = (size_t)(colon - part);
	}
	if (host == 0)
		return bad(whole, "the host name is missing", err);
	if (!copy_part(url->host, sizeof url->host, part + skip, host) ||
	    strpbrk(url->host, " /@\\") != NULL)
		return bad(whole, "invalid host name", err);
	used = host + 2 * skip;
	if (used == length)
		return 0;
	if (part[used] != ':' ||
	    !number_parse(part + used + 1, length - used - 1, UINT16_MAX, &port) || port == 0)
		return bad(whole, "the port must be from 1 to 65535", err);
	url->port = (uint16_t)port;
	return 0;
}

int url_parse(const char *text, struct url *url, struct pop3_error *err)
{
	const char *part = strstr(text, "://"), *at, *colon;
	size_t length, user;

	*url = (struct url){ .port = 0 };
	if (strlen(text) > URL_MAX)
		return pop3_fail(err, POP3_E_USAGE, "the URL is longer than %d octets", URL_MAX);
	if (part != NULL &&
	    (part == text ||
	     !copy_part(url->scheme, sizeof url->scheme, text, (size_t)(part - text))))
		return bad(text, "unknown scheme", err);
	part = part != NULL ? part + 3 : text;
	length = strlen(part);
	if (length > 0 && part[length - 1] == '/')
		length--;
	at = memrchr(part, '@', length);
	if (at == NULL)
		return parse_host(url, part, length, text, err);
	colon = memchr(part, ':', (size_t)(at - part));
	user = (size_t)((colon != NULL ? colon : at) - part);
	if (!copy_part(url->user, sizeof url->user, part, user) ||
	    (colon != NULL && !copy_part(url->password, sizeof url->password, colon + 1,
					 (size_t)(at - colon - 1))))
		return bad(text, "invalid user name", err);
	return parse_host(url, at + 1, length - (size_t)(at + 1 - part), text, err);
}

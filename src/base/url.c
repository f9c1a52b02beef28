/* Strict parsing of URLs of servers and proxies. */
#include "base/url.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/number.h"
#include "base/text.h"

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *const found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)((found - digits) % 16) : -1;
}

/* Copies with %XX decoded. Control characters are rejected: they could end a command line. */
static bool copy_part(char *out, size_t size, const char *text, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length; i++) {
		char octet = text[i];

		if (octet == '%') {
			if (i + 2 >= length || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0)
				return false;
			octet = (char)(hex(text[i + 1]) * 16 + hex(text[i + 2]));
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

static bool parse_userinfo(struct url *url, const char *text, size_t length)
{
	const char *const colon = memchr(text, ':', length);
	const size_t user = colon != NULL ? (size_t)(colon - text) : length;

	return copy_part(url->user, sizeof url->user, text, user) &&
	       (colon == NULL ||
		copy_part(url->password, sizeof url->password, colon + 1, length - user - 1));
}

/* The length of the host in text. An IPv6 address is in brackets, or bare when no port follows. */
static size_t host_length(const char *text, size_t length, size_t *skip)
{
	const char *const colon = memchr(text, ':', length);

	*skip = 0;
	if (length > 0 && text[0] == '[') {
		const char *const end = memchr(text, ']', length);

		*skip = 1;
		return end != NULL ? (size_t)(end - text) - 1 : 0;
	}
	if (colon == NULL || memchr(colon + 1, ':', length - (size_t)(colon - text) - 1) != NULL)
		return length;
	return (size_t)(colon - text);
}

static int parse_host(struct url *url, const char *part, size_t length, const char *whole,
		      struct pop3_error *err)
{
	size_t skip, used;
	uint64_t port;
	const size_t host = host_length(part, length, &skip);

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
	const char *part = strstr(text, "://"), *at;
	size_t length;

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
	if (at != NULL) {
		if (!parse_userinfo(url, part, (size_t)(at - part)))
			return bad(text, "invalid user name", err);
		length -= (size_t)(at + 1 - part);
		part = at + 1;
	}
	return parse_host(url, part, length, text, err);
}

/*
 * Connections through a proxy: SOCKS5 with host names resolved by the proxy (RFC 1928, RFC 1929),
 * and HTTP CONNECT (RFC 9110 section 9.3.6). After the handshake the result is a plain socket
 * stream.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/number.h"
#include "base/url.h"
#include "net/stream.h"

#define HTTP_ANSWER_MAX 16384 /* maximum size of status line and header fields */
#define SOCKS_NAME_MAX 255    /* RFC 1928 section 5: the length field has one octet */

/* A handshake with a proxy. */
struct dialogue {
	struct stream *stream;
	const struct pop3_timeouts *timeouts;
	int64_t deadline;
	const struct url *proxy;
	const char *host;
	uint16_t port;
};

static int send_octets(const struct dialogue *d, const void *data, size_t length,
		       struct pop3_error *err)
{
	return stream_send(d->stream, data, length, d->timeouts, d->deadline, err);
}

/* Receives exactly length octets and not more: what follows comes from the POP3 server. */
static int receive(const struct dialogue *d, void *data, size_t length, struct pop3_error *err)
{
	for (char *next = data; length > 0;) {
		const ssize_t got = stream_receive(d->stream, next, length, d->timeouts,
						   d->deadline, err);

		if (got < 0)
			return -1;
		if (got == 0)
			return pop3_fail(err, POP3_E_CONNECT, "the proxy closed the connection");
		next += got;
		length -= (size_t)got;
	}
	return 0;
}

static int socks_authenticate(const struct dialogue *d, struct pop3_error *err)
{
	const size_t user = strlen(d->proxy->user), password = strlen(d->proxy->password);
	struct buffer request = { 0 };
	unsigned char answer[2];
	int result;

	if (user > SOCKS_NAME_MAX || password > SOCKS_NAME_MAX)
		return pop3_fail(err, POP3_E_USAGE, "the proxy's user name or password is too "
						    "long");
	buffer_append_octet(&request, 1);
	buffer_append_octet(&request, (char)user);
	buffer_append_text(&request, d->proxy->user);
	buffer_append_octet(&request, (char)password);
	buffer_append_text(&request, d->proxy->password);
	result = send_octets(d, request.data, request.length, err);
	buffer_wipe(&request);
	buffer_release(&request);
	if (result < 0 || receive(d, answer, sizeof answer, err) < 0)
		return -1;
	if (answer[1] != 0)
		return pop3_fail(err, POP3_E_CONNECT, "the proxy refused the user name or "
						      "password");
	return 0;
}

static int socks_handshake(const struct dialogue *d, struct pop3_error *err)
{
	static const char *const reasons[] = {
		"granted",		 "general failure",   "the proxy's rules do not allow it",
		"network unreachable",	 "host unreachable",  "connection refused",
		"the request expired on the way",	 "command not known",
		"address type not known",
	};
	const size_t name = strlen(d->host);
	unsigned char methods[] = { 5, 1, d->proxy->user[0] != '\0' ? 2 : 0 };
	unsigned char chosen[2], request[7 + SOCKS_NAME_MAX] = { 5, 1, 0, 3, (unsigned char)name };
	unsigned char answer[4], length = 0, address[256 + 2];

	if (send_octets(d, methods, sizeof methods, err) < 0 ||
	    receive(d, chosen, sizeof chosen, err) < 0)
		return -1;
	if (chosen[0] != 5)
		return pop3_fail(err, POP3_E_CONNECT, "the proxy does not speak SOCKS5");
	if (chosen[1] != methods[2])
		return pop3_fail(err, POP3_E_CONNECT, "the proxy requires a different kind of "
						      "login");
	if (chosen[1] == 2 && socks_authenticate(d, err) < 0)
		return -1;
	memcpy(request + 5, d->host, name);
	request[5 + name] = (unsigned char)(d->port >> 8);
	request[6 + name] = (unsigned char)(d->port & 0xff);
	if (send_octets(d, request, 7 + name, err) < 0 ||
	    receive(d, answer, sizeof answer, err) < 0)
		return -1;
	if (answer[0] != 5)
		return pop3_fail(err, POP3_E_CONNECT, "the proxy does not speak SOCKS5");
	if (answer[1] != 0)
		return pop3_fail(err, POP3_E_CONNECT, "the proxy could not connect to '%s': %s",
				 d->host, answer[1] < sizeof reasons / sizeof reasons[0]
						  ? reasons[answer[1]] : "unknown failure");
	/* The answer ends with a bound address, which is ignored. */
	if (answer[3] == 1)
		length = 4;
	else if (answer[3] == 4)
		length = 16;
	else if (receive(d, &length, 1, err) < 0)
		return -1;
	return receive(d, address, length + 2U, err);
}

/* Reads one octet at a time, so as not to consume the POP3 server's greeting. */
static int http_answer(const struct dialogue *d, struct buffer *answer, struct pop3_error *err)
{
	while (answer->length < 4 ||
	       memcmp(answer->data + answer->length - 4, "\r\n\r\n", 4) != 0) {
		char octet;

		if (receive(d, &octet, 1, err) < 0)
			return -1;
		buffer_append_octet(answer, octet);
		if (buffer_check(answer, POP3_E_CONNECT, err) < 0)
			return pop3_context(err, "the proxy's answer");
	}
	if (strncmp(answer->data, "HTTP/1.", 7) != 0 || answer->length < 12)
		return pop3_fail(err, POP3_E_CONNECT, "the proxy does not speak HTTP");
	if (answer->data[9] != '2')
		return pop3_fail(err, POP3_E_CONNECT, "the proxy could not connect to '%s': %.*s",
				 d->host, (int)strcspn(answer->data + 9, "\r\n"), answer->data + 9);
	return 0;
}

static int http_handshake(const struct dialogue *d, struct pop3_error *err)
{
	const bool literal = strchr(d->host, ':') != NULL;
	char target[SOCKS_NAME_MAX + 16];
	struct buffer login = { 0 }, request = { 0 }, answer = { .limit = HTTP_ANSWER_MAX };
	int result;

	snprintf(target, sizeof target, "%s%s%s:%u", literal ? "[" : "", d->host,
		 literal ? "]" : "", (unsigned)d->port);
	buffer_append_format(&request, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", target, target);
	if (d->proxy->user[0] != '\0') {
		buffer_append_format(&login, "%s:%s", d->proxy->user, d->proxy->password);
		buffer_append_text(&request, "Proxy-Authorization: Basic ");
		base64_encode(&request, login.data, login.length);
		buffer_append_text(&request, "\r\n");
	}
	buffer_append_text(&request, "\r\n");
	result = buffer_check(&request, POP3_E_USAGE, err);
	if (result == 0)
		result = send_octets(d, request.data, request.length, err);
	if (result == 0)
		result = http_answer(d, &answer, err);
	buffer_wipe(&login);
	buffer_release(&login);
	buffer_wipe(&request);
	buffer_release(&request);
	buffer_release(&answer);
	return result;
}

static const struct proxy_kind {
	const char *scheme;
	uint16_t port;
	int (*handshake)(const struct dialogue *, struct pop3_error *);
} kinds[] = {
	{ "socks5h", 1080, socks_handshake },
	{ "socks5", 1080, socks_handshake },
	{ "http", 8080, http_handshake },
	{ 0 },
};

struct stream *proxy_connect(const char *proxy, const char *host, uint16_t port, int family,
			     const struct pop3_timeouts *timeouts, int64_t deadline,
			     struct pop3_error *err)
{
	const struct proxy_kind *kind = kinds;
	struct url url;
	struct dialogue d = {
		.timeouts = timeouts, .deadline = deadline,
		.proxy = &url, .host = host, .port = port,
	};

	if (url_parse(proxy, &url, err) < 0)
		return NULL;
	if (strlen(host) > SOCKS_NAME_MAX) {
		pop3_fail(err, POP3_E_USAGE, "the host name is too long for a proxy");
		return NULL;
	}
	while (kind->scheme != NULL && strcasecmp(url.scheme, kind->scheme) != 0)
		kind++;
	if (kind->scheme == NULL) {
		pop3_fail(err, POP3_E_USAGE,
			  "unknown kind of proxy '%s' (use socks5h:// or http://)", url.scheme);
		return NULL;
	}
	d.stream = tcp_connect(url.host, url.port != 0 ? url.port : kind->port, family, timeouts,
			       deadline, NULL, err);
	if (d.stream != NULL && kind->handshake(&d, err) == 0)
		return d.stream;
	stream_close(d.stream);
	pop3_context(err, "proxy '%s'", url.host);
	return NULL;
}

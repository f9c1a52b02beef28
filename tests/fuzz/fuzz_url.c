/* URLs: a parsed URL, written again with every octet escaped, is parsed to the same parts. */
#include "base/url.h"

#include "fuzz.h"

static void put_escaped(struct buffer *out, const char *text)
{
	for (; *text != '\0'; text++)
		buffer_append_format(out, "%%%02X", (unsigned char)*text);
}

static void write_url(struct buffer *out, const struct url *url)
{
	put_escaped(out, url->scheme);
	if (url->scheme[0] != '\0')
		buffer_append_text(out, "://");
	if (url->user[0] != '\0' || url->password[0] != '\0') {
		put_escaped(out, url->user);
		if (url->password[0] != '\0')
			buffer_append_octet(out, ':');
		put_escaped(out, url->password);
		buffer_append_octet(out, '@');
	}
	put_escaped(out, url->host);
	if (url->port != 0)
		buffer_append_format(out, ":%u", url->port);
}

static bool is_same(const struct url *a, const struct url *b)
{
	return strcmp(a->scheme, b->scheme) == 0 && strcmp(a->user, b->user) == 0 &&
	       strcmp(a->password, b->password) == 0 && strcmp(a->host, b->host) == 0 &&
	       a->port == b->port;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct input input = input_of(data, size);
	char *const text = input_copy(&input);
	struct pop3_error err = { .code = POP3_E_NONE };
	struct buffer written = { 0 };
	struct url url, again;

	if (url_parse(text, &url, &err) < 0) {
		must(err.code == POP3_E_USAGE && err.text[0] != '\0',
		     "an invalid URL is a usage error with a text");
	} else {
		must(url.host[0] != '\0', "a URL names a host");
		write_url(&written, &url);
		must(written.length >= URL_MAX || url_parse(written.data, &again, &err) == 0,
		     "a rewritten URL can be parsed");
		must(written.length >= URL_MAX || is_same(&url, &again),
		     "a rewritten URL has the same parts");
	}
	buffer_release(&written);
	free(text);
	return 0;
}

/* URLs of servers: the supported forms, and rejected ones. */
#include "base/url.h"

#include "check.h"

static const struct {
	const char *text;
	const char *scheme, *user, *password, *host;
	int64_t port;
} urls[] = {
	{ "h", "", "", "", "h", 0 },
	{ "pop.example.org", "", "", "", "pop.example.org", 0 },
	{ "h:1", "", "", "", "h", 1 },
	{ "h:65535", "", "", "", "h", 65535 },
	{ "h/", "", "", "", "h", 0 },
	{ "pop3://h", "pop3", "", "", "h", 0 },
	{ "POP3S://h:995/", "POP3S", "", "", "h", 995 },
	{ "pop3s://ann@h", "pop3s", "ann", "", "h", 0 },
	{ "ann@h:995", "", "ann", "", "h", 995 },
	{ "pop3s://ann@example.org@h", "pop3s", "ann@example.org", "", "h", 0 },
	{ "pop3s://ann%40example.org@h", "pop3s", "ann@example.org", "", "h", 0 },
	{ "pop3s://a%2Fb%3ac@h", "pop3s", "a/b:c", "", "h", 0 },
	{ "pop3s://gr%C3%BC%c3%9fe@h", "pop3s", "gr\xc3\xbc\xc3\x9f" "e", "", "h", 0 },
	{ "http://ann:pass%3Aword@h", "http", "ann", "pass:word", "h", 0 },
	{ "http://ann:a:b@h", "http", "ann", "a:b", "h", 0 },
	{ "http://:word@h", "http", "", "word", "h", 0 },
	{ "[::1]", "", "", "", "::1", 0 },
	{ "[::1]:110", "", "", "", "::1", 110 },
	{ "pop3://ann@[2001:db8::1]:110/", "pop3", "ann", "", "2001:db8::1", 110 },
	{ "::1", "", "", "", "::1", 0 },
	{ "2001:db8::1:995", "", "", "", "2001:db8::1:995", 0 },
	{ "fe80::1%25eth0", "", "", "", "fe80::1%eth0", 0 },
	{ "h:0000000000995", "", "", "", "h", 995 },
};

static const char *const no_urls[] = {
	"", "/", "pop3://", "pop3s:///", "pop3s://@", "pop3s://ann@", ":995", "[::1", "[]", "[]:1",
	"[::1]x", "[::1]:", "h:", "h:0", "h:65536", "h:-1", "h:+1", "h:1x", "h: 1", "h h",
	"h/path", "h//", "a\\b", "h%00", "h%0d%0aQUIT", "h%7f", "h%", "h%4", "h%4x", "h\n", "h\t",
	"ann%0@h", "ann\r\nDELE 1@h", "ann%0d%0a@h", "http://ann:%00@h", "://h",
	"a-very-long-scheme-name://h",
};

static void check_long(size_t length, bool passes)
{
	char *const text = malloc(length + 1);
	struct pop3_error err = { .code = POP3_E_NONE };
	struct url url;

	memset(text, 'x', length);
	text[length] = '\0';
	check_number("a long host", url_parse(text, &url, &err), passes ? 0 : -1);
	memcpy(text + length - 2, "@h", 2);
	check_number("a long user", url_parse(text, &url, &err), length <= URL_MAX ? 0 : -1);
	free(text);
}

int main(void)
{
	struct pop3_error err;
	struct url url;

	for (size_t i = 0; i < ROWS(urls); i++) {
		check_number(urls[i].text, url_parse(urls[i].text, &url, &err), 0);
		check_text("scheme", url.scheme, urls[i].scheme);
		check_text("user", url.user, urls[i].user);
		check_text("password", url.password, urls[i].password);
		check_text("host", url.host, urls[i].host);
		check_number("port", url.port, urls[i].port);
	}
	for (size_t i = 0; i < ROWS(no_urls); i++) {
		err.code = POP3_E_NONE;
		check_number(no_urls[i], url_parse(no_urls[i], &url, &err), -1);
		check_number("is a usage error", err.code, POP3_E_USAGE);
	}
	check_long(255, true);
	check_long(256, false);
	check_long(URL_MAX, false);
	check_long(URL_MAX + 1, false);
	return check_end();
}

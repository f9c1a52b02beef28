/* The options that name the server, the user and the connection. */
#include "cli/connection.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "pop3/session.h"

enum pipelining { PIPELINING_AUTO = 1, PIPELINING_OFF };

#define FIELD(name) offsetof(struct connection, name)

/* "auto|user|...", built from the mechanisms available. */
static char mechanisms[256] = "auto";

const struct option_spec connection_options[] = {
	{ OPTION_TEXT, 'a', "account", FIELD(account), "NAME",
	  "a section of the configuration file", NULL },
	{ OPTION_TEXT, 's', "server", FIELD(server), "URL",
	  "pop3s://[USER@]HOST[:PORT]; pop3:// requires STLS", NULL },
	{ OPTION_TEXT, 'u', "user", FIELD(user), "NAME", "user name (overrides the URL)", NULL },
	{ OPTION_CHOICE, 0, "tls", FIELD(tls), "implicit|stls|off",
	  "overrides the URL; off sends everything unencrypted", NULL },
	{ OPTION_CHOICE, 0, "auth", FIELD(auth), mechanisms, "how to log in", "auto" },
	{ OPTION_TEXT, 0, "password-command", FIELD(password_command), "COMMAND",
	  "the password is the first line it prints", NULL },
	{ OPTION_PATH, 0, "password-file", FIELD(password_file), "FILE",
	  "the password is its first line", NULL },
	{ OPTION_TEXT, 0, "password-fd", FIELD(password_fd), "N",
	  "the password is the first line of descriptor N", NULL },
	{ OPTION_FLAG, 0, "no-input", FIELD(no_input), NULL, "never prompt", NULL },
	{ OPTION_PATH, 0, "ca-file", FIELD(ca_file), "FILE",
	  "trust these authorities, not the system's", NULL },
	{ OPTION_PATH, 0, "ca-dir", FIELD(ca_dir), "DIR",
	  "trust the authorities in this directory, named by hash", NULL },
	{ OPTION_LIST, 0, "pin", FIELD(pins), "sha256//BASE64",
	  "public key the server must have; repeatable", NULL },
	{ OPTION_PATH, 0, "cert", FIELD(cert), "FILE", "this client's certificate", NULL },
	{ OPTION_PATH, 0, "key", FIELD(key), "FILE", "its private key, if in another file", NULL },
	{ OPTION_CHOICE, 0, "tls-min", FIELD(tls_min), "1.2|1.3", "oldest TLS version allowed",
	  "1.2" },
	{ OPTION_TEXT, 0, "tls-name", FIELD(tls_name), "NAME",
	  "name the certificate must have, if not the host's", NULL },
	{ OPTION_FLAG, 0, "no-verify", FIELD(no_verify), NULL,
	  "accept any certificate (pins still hold)", NULL },
	{ OPTION_FLAG, '4', "ipv4", FIELD(ipv4), NULL, "connect over IPv4 only", NULL },
	{ OPTION_FLAG, '6', "ipv6", FIELD(ipv6), NULL, "connect over IPv6 only", NULL },
	{ OPTION_TEXT, 0, "proxy", FIELD(proxy), "URL", "socks5h://HOST:PORT or http://HOST:PORT",
	  NULL },
	{ OPTION_TEXT, 0, "tunnel", FIELD(tunnel), "COMMAND",
	  "its stdin and stdout are the connection", NULL },
	{ OPTION_NUMBER, 0, "connect-timeout", FIELD(connect_timeout), "SECONDS",
	  "limit for connecting, TLS included", "20" },
	{ OPTION_NUMBER, 0, "timeout", FIELD(timeout), "SECONDS",
	  "limit for waiting without progress", "60" },
	{ OPTION_NUMBER, 0, "max-time", FIELD(max_time), "SECONDS",
	  "limit for the whole run; 0 means none", "0" },
	{ OPTION_NUMBER, 0, "retry", FIELD(retry), "N",
	  "retry up to N times after a temporary failure", "0" },
	{ OPTION_CHOICE, 0, "pipelining", FIELD(pipelining), "auto|off",
	  "send commands ahead of the answers, or one at a time", "auto" },
	{ OPTION_PATH, 0, "trace", FIELD(trace), "FILE",
	  "append the conversation to a file (-: stderr), secrets masked", NULL },
	{ OPTION_FLAG, 0, "no-sandbox", FIELD(no_sandbox), NULL,
	  "do not sandbox the process", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

void connection_options_begin(void)
{
	size_t length = strlen("auto");
	const char *name;

	for (size_t i = 0; (name = pop3_auth_name(i)) != NULL && length < sizeof mechanisms; i++)
		length += (size_t)snprintf(mechanisms + length, sizeof mechanisms - length, "|%s",
					   name);
}

/* --- the URL --- */

static const struct {
	const char *scheme;
	enum pop3_tls_mode tls;
} schemes[] = {
	{ "", POP3_TLS_IMPLICIT },
	{ "pop3s", POP3_TLS_IMPLICIT },
	{ "pop3", POP3_TLS_STLS },
};

static int read_server(struct connection *c, bool any_scheme, struct pop3_error *err)
{
	if (url_parse(c->server, &c->url, err) < 0)
		return -1;
	if (c->url.password[0] != '\0')
		return pop3_fail(err, POP3_E_USAGE,
				 "a password in the URL is visible to other users: use "
				 "--password-command or --password-file");
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		if (strcasecmp(c->url.scheme, schemes[i].scheme) == 0) {
			c->target.tls = schemes[i].tls;
			return 0;
		}
	}
	c->manages = any_scheme;
	c->target.tls = POP3_TLS_OFF;
	if (any_scheme)
		return 0;
	return pop3_fail(err, POP3_E_USAGE, "unknown scheme '%s://' (use pop3s:// or pop3://)",
					    c->url.scheme);
}

/* --- the rest --- */

/* Before anything is connected to: otherwise a mistyped name would be noticed late, or never. */
static int check_tls_options(struct connection *c, struct pop3_error *err)
{
	const struct {
		const char *option, *path;
		int flags;
	} rows[] = {
		{ "ca-file", c->ca_file, O_RDONLY },
		{ "ca-dir", c->ca_dir, O_RDONLY | O_DIRECTORY },
		{ "cert", c->cert, O_RDONLY },
		{ "key", c->key, O_RDONLY },
	};

	c->at_fault = "pin";
	for (size_t i = 0; i < c->pins.count; i++)
		if (strncmp(c->pins.items[i], "sha256//", 8) != 0 ||
		    strlen(c->pins.items[i]) != 8 + 44)
			return pop3_fail(err, POP3_E_USAGE,
					 "--pin: '%s' is not 'sha256//' followed by 44 characters "
					 "of base64",
					 c->pins.items[i]);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int fd;

		if (rows[i].path == NULL)
			continue;
		fd = open(rows[i].path, rows[i].flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		if (fd >= 0) {
			close(fd);
			continue;
		}
		c->at_fault = rows[i].option;
		return pop3_fail_errno(err, POP3_E_CONFIG, "--%s: cannot open '%s'", rows[i].option,
				       rows[i].path);
	}
	return 0;
}

int connection_prepare(struct connection *c, const struct option_set *set, bool any_scheme,
		       struct pop3_error *err)
{
	static const enum pop3_tls_mode modes[] = {
		POP3_TLS_IMPLICIT, POP3_TLS_IMPLICIT, POP3_TLS_STLS, POP3_TLS_OFF,
	};

	c->set = set;
	c->at_fault = "server";
	if (read_server(c, any_scheme, err) < 0)
		return -1;
	/* The management protocols have no TLS: what is given for it is refused as a whole. */
	if (!c->manages && check_tls_options(c, err) < 0)
		return -1;
	c->at_fault = NULL;
	if (c->ipv4 && c->ipv6)
		return pop3_fail(err, POP3_E_USAGE, "-4 and -6 cannot be used together");
	if (c->proxy != NULL && c->tunnel != NULL)
		return pop3_fail(err, POP3_E_USAGE, "--proxy and --tunnel cannot be used together");
	if (c->tls != 0)
		c->target.tls = modes[c->tls];
	if (c->user == NULL && c->url.user[0] != '\0')
		c->user = c->url.user;
	c->target.lock_step = c->pipelining == PIPELINING_OFF;
	c->target.host = c->url.host;
	c->target.port = c->url.port;
	c->target.user = c->user;
	c->target.secret = &c->secret;
	c->target.family = c->ipv4 ? AF_INET : c->ipv6 ? AF_INET6 : AF_UNSPEC;
	c->target.proxy = c->proxy;
	c->target.tunnel = c->tunnel;
	c->target.timeouts = (struct pop3_timeouts){
		.connect_ms = (int64_t)c->connect_timeout * 1000,
		.progress_ms = (int64_t)c->timeout * 1000,
		.until_ms = c->max_time > 0 ? clock_ms() + (int64_t)c->max_time * 1000 : 0,
		.cancel_fd = c->target.timeouts.cancel_fd,
	};
	c->target.trust = (struct pop3_trust){
		.ca_file = c->ca_file, .ca_dir = c->ca_dir,
		.pins = c->pins.items, .pin_count = c->pins.count,
		.cert = c->cert, .key = c->key, .name = c->tls_name,
		.tls_1_3_only = c->tls_min == 2, .no_verify = c->no_verify,
	};
	c->target.auth = c->auth > 1 ? pop3_auth_name((size_t)c->auth - 2) : NULL;
	return 0;
}

void connection_name(const struct connection *c, struct buffer *out)
{
	const uint16_t pop3_port = c->target.tls == POP3_TLS_IMPLICIT ? 995 : 110;

	buffer_append_format(out, "%s@%s", c->user != NULL ? c->user : "", c->url.host);
	if (c->url.port != 0)
		buffer_append_format(out, ":%u", (unsigned)c->url.port);
	else if (!c->manages)
		buffer_append_format(out, ":%u", (unsigned)pop3_port);
}

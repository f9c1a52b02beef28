/* Advice: none for a good account, and one sentence for each problem. */
#include "cmd/check/advice.h"

#include "check.h"

#define NOW 1800000000 /* 2027-01-15 08:00:00 UTC */
#define DAY 86400

static struct pop3_account account;
static struct pop3_diagnostics report;
static struct probe probe;
static enum pop3_code failure;
static const char *pins[] = { "sha256//old" };

static void list(struct pop3_capa *capa, const char *line)
{
	struct pop3_error err;

	pop3_capa_add(capa, line, strlen(line), &err);
}

/* A good account, which each row breaks in its own way. */
static void begin(void)
{
	pop3_diagnostics_release(&report);
	probe_release(&probe);
	failure = POP3_E_NONE;
	account = (struct pop3_account){ .host = "pop.example.org", .user = "ann" };
	report.addresses[0] = (struct pop3_address){ .text = "::1", .attempt = POP3_CONNECTED };
	report.address_count = 1;
	report.greeted_at = NOW;
	report.is_named = report.logged_in = true;
	report.mechanism = "PLAIN";
	report.tls_version = report.cipher = "x";
	memcpy(report.pin, "sha256//new", 12);
	report.chain_length = 2;
	report.chain[0] = (struct pop3_certificate){
		.subject = "CN=pop", .issuer = "CN=ca", .names = "pop.example.org, a.example",
		.not_before = NOW - 30 * DAY, .not_after = NOW + 60 * DAY,
	};
	report.chain[1] = (struct pop3_certificate){
		.subject = "CN=ca", .not_before = NOW - 900 * DAY, .not_after = NOW + 900 * DAY,
	};
	list(&report.capa, "SASL PLAIN");
	probe = (struct probe){ .uidl = PROBE_WORKS, .top = PROBE_WORKS };
	list(&probe.capa, "PIPELINING");
}

/* The session ended before its greeting, or before TLS, or before the login was accepted. */
static void end_at(enum pop3_code code, bool greeted)
{
	begin();
	failure = code;
	report.greeted_at = greeted ? NOW : 0;
	report.logged_in = false;
	report.mechanism = NULL;
	report.chain_length = 0;
	report.pin[0] = '\0';
	probe_release(&probe);
	probe = (struct probe){ .uidl = PROBE_UNKNOWN };
}

static void unknown_host(void) { end_at(POP3_E_HOST, false); }
static void proxied(void) { end_at(POP3_E_CONNECT, false), report.address_count = 0; }

static void closed_port(void)
{
	end_at(POP3_E_CONNECT, false);
	report.addresses[0].attempt = POP3_FAILED;
}

static void filtered_port(void)
{
	end_at(POP3_E_TIMEOUT, false);
	report.addresses[0].attempt = POP3_NOT_CONNECTED;
	account.port = 9955;
}

static void silent(void) { end_at(POP3_E_TIMEOUT, false), account.tls = POP3_TLS_STLS; }

static void speaking(enum pop3_language language)
{
	end_at(POP3_E_PROTOCOL, false);
	report.language = language;
}

static void tls_there(void)
{
	speaking(POP3_SPEAKS_TLS);
	account.tls = POP3_TLS_STLS;
	account.host = "2001:db8::1";
}

static void clear_there(void) { speaking(POP3_SPEAKS_CLEAR); }
static void imap_there(void) { speaking(POP3_SPEAKS_IMAP), account.port = 143; }
static void smtp_there(void) { speaking(POP3_SPEAKS_SMTP), account.port = 25; }
static void no_stls(void) { end_at(POP3_E_TLS, true), report.stls_refused = true; }
static void in_clear(void) { end_at(POP3_E_NONE, true), account.tls = POP3_TLS_OFF; }
static void other_name(void) { begin(), report.is_named = false; }
static void no_name(void) { other_name(), report.chain[0].names[0] = '\0'; }
static void expired(void) { begin(), report.chain[0].not_after = NOW - 1; }
static void authority_expired(void) { begin(), report.chain[1].not_after = NOW - 3 * DAY; }
static void expires_soon(void) { begin(), report.chain[0].not_after = NOW + 14 * DAY - 1; }
static void expires_later(void) { begin(), report.chain[0].not_after = NOW + 14 * DAY; }
static void not_yet(void) { begin(), report.chain[0].not_before = NOW + 1; }
static void self_signed(void) { begin(), report.distrust = POP3_SELF_SIGNED; }
static void unknown_authority(void) { begin(), report.distrust = POP3_UNKNOWN_AUTHORITY; }
static void alone(void) { unknown_authority(), report.chain_length = 1; }

static void short_lived(void)
{
	begin();
	report.chain[0].not_before = NOW - 2 * DAY;
	report.chain[0].not_after = NOW + 4 * DAY;
}

static void not_verified(void)
{
	expired();
	report.is_named = false;
	account.trust.no_verify = true;
}

static void pinned(void)
{
	not_verified();
	account.trust.pins = pins;
	account.trust.pin_count = 1;
}

static void rightly_pinned(void) { pinned(), memcpy(report.pin, pins[0], strlen(pins[0]) + 1); }

static void refused(void) { end_at(POP3_E_CREDENTIALS, true), report.mechanism = "PLAIN"; }
static void address_refused(void) { refused(), account.user = "ann@example.org"; }

static void only(const char *sasl)
{
	end_at(POP3_E_CREDENTIALS, true);
	pop3_capa_release(&report.capa);
	list(&report.capa, sasl);
}

static void only_oauth(void) { only("SASL OAUTHBEARER"); }
static void only_xoauth(void) { only("SASL OAUTHBEARER XOAUTH2"); }
static void only_gssapi(void) { only("SASL GSSAPI"); }
static void only_ntlm(void) { only("SASL NTLM MSN"); }
static void cram_or_token(void) { only("SASL CRAM-MD5 XOAUTH2"); }
static void only_external(void) { only("SASL EXTERNAL"); }
static void password_or_token(void) { only("SASL PLAIN XOAUTH2"), report.mechanism = "PLAIN"; }
static void old_token(void) { password_or_token(), report.mechanism = "XOAUTH2"; }
static void in_use(void) { refused(), failure = POP3_E_IN_USE; }
static void too_early(void) { refused(), failure = POP3_E_LOGIN_DELAY; }
static void out_of_order(void) { refused(), failure = POP3_E_SYS_TEMP; }
static void pauses(void) { begin(), list(&probe.capa, "LOGIN-DELAY 300 USER"); }
static void no_pauses(void) { begin(), list(&probe.capa, "LOGIN-DELAY 0"); }
static void expire(void) { begin(), list(&probe.capa, "EXPIRE 0"); }
static void no_uidl(void) { begin(), probe.uidl = PROBE_REFUSED; }
static void no_top(void) { begin(), probe.top = PROBE_REFUSED; }
static void no_pipelining(void) { begin(), pop3_capa_release(&probe.capa); }
static void clock_ahead(void) { begin(), probe.clock_ahead = 3600; }
static void clock_behind(void) { begin(), memcpy(report.greeting, "<1.1799996400@a>", 17); }

static const struct {
	const char *name;
	void (*set_up)(void);
	const char *advice; /* the beginnings of all sentences, separated by "|" */
} rows[] = {
	{ "good", begin, "" },
	{ "unknown host", unknown_host, "check the spelling of 'pop.example.org'" },
	{ "closed port", closed_port, "check that port 995 is right" },
	{ "filtered port", filtered_port, "check that port 9955 is right" },
	{ "by proxy", proxied, "" },
	{ "silent", silent, "a server that expects TLS sends no greeting: try "
			    "pop3s://pop.example.org:110" },
	{ "TLS on the STLS port", tls_there, "port 110 uses TLS from the first octet: use "
				  "pop3s://[2001:db8::1]:110" },
	{ "clear text on the TLS port",
	  clear_there, "port 995 begins unencrypted: use pop3://pop.example.org:995" },
	{ "IMAP", imap_there, "an IMAP server is on port 143: POP3 is pop3s://pop.example.org (" },
	{ "SMTP", smtp_there, "an SMTP server is on port 25: POP3 is pop3s://pop.example.org (" },
	{ "no STLS", no_stls, "the server has no STLS: try pop3s://pop.example.org;" },
	{ "without TLS", in_clear, "anyone on the network path can read" },
	{ "other name", other_name, "the certificate is valid for pop.example.org, a.example: " },
	{ "no name", no_name, "the certificate contains no host name" },
	{ "expired", expired, "the certificate CN=pop expired on 2027-01-15:" },
	{ "authority expired", authority_expired, "the certificate CN=ca expired on 2027-01-12:" },
	{ "expires soon", expires_soon, "the certificate CN=pop expires in 13 days:" },
	{ "expires later", expires_later, "" },
	{ "short-lived", short_lived, "" },
	{ "not yet valid", not_yet, "the certificate becomes valid on 2027-01-15: set this" },
	{ "self-signed", self_signed, "the certificate is self-signed: once the server's operator has "
				      "confirmed the key, use --no-verify --pin sha256//new," },
	{ "unknown authority", unknown_authority, "its authority is not trusted here" },
	{ "alone", alone, "its authority is not trusted here|the server sends only its own" },
	{ "not verified", not_verified, "the certificate was not verified: once the key is confirmed, add --pin "
					"sha256//new" },
	{ "pinned", pinned, "the server's key does not match --pin: if the server's operator confirms the "
			    "change, use --pin sha256//new" },
	{ "rightly pinned", rightly_pinned, "" },
	{ "refused", refused, "check user name and password:|the server may expect the whole address: --user "
			      "ann@DOMAIN" },
	{ "address refused", address_refused, "check user name and password:" },
	{ "only OAUTHBEARER", only_oauth, "the server accepts only tokens: use --auth oauthbearer," },
	{ "only OAuth", only_xoauth, "the server accepts only tokens: use --auth xoauth2," },
	{ "only NTLM", only_ntlm, "the server offers only NTLM MSN, none of which pop3 has:" },
	{ "CRAM-MD5 beside OAuth", cram_or_token, "the server takes a password by CRAM-MD5 only," },
	{ "only EXTERNAL", only_external, "the server does not accept passwords:" },
	{ "only GSSAPI", only_gssapi, "the server offers only GSSAPI, none of which pop3 has:" },
	{ "password or token", password_or_token, "check user name and password:|the server may expect the whole|"
						  "the server may accept only "
						  "a token for this user: --auth xoauth2" },
	{ "old token", old_token, "check the user name, and get a new token|the server may expect the whole" },
	{ "in use", in_use, "another session is using the mailbox" },
	{ "too early", too_early, "the last login was too recent" },
	{ "out of order", out_of_order, "the server has a temporary problem" },
	{ "LOGIN-DELAY", pauses, "wait at least 300 seconds between logins:" },
	{ "LOGIN-DELAY 0", no_pauses, "" },
	{ "EXPIRE 0", expire, "the server deletes fetched messages" },
	{ "no UIDL", no_uidl, "without UIDL," },
	{ "no TOP", no_top, "without TOP," },
	{ "no PIPELINING", no_pipelining, "without PIPELINING," },
	{ "clock ahead", clock_ahead, "the clocks are 3600 seconds apart:" },
	{ "clock behind", clock_behind, "the clocks are 3600 seconds apart:" },
};

/* All sentences, each truncated to the length that the row expects. */
static void check_row(const char *name, const char *expected)
{
	const struct check_results results = { &account, &report, &probe, failure, NOW };
	struct buffer sentence = { 0 }, got = { 0 };
	const char *rest = expected;

	for (size_t at = 0; advice_next(&results, &at, &sentence);) {
		const size_t length = strcspn(rest, "|");

		if (got.length > 0)
			buffer_append_octet(&got, '|');
		buffer_append(&got, sentence.data,
			      length > 0 && length < sentence.length ? length : sentence.length);
		check_number("no placeholder is left", strpbrk(sentence.data, "{}") != NULL, 0);
		rest += length + (rest[length] == '|');
	}
	check_text(name, buffer_text(&got), expected);
	buffer_release(&sentence);
	buffer_release(&got);
}

int main(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		rows[i].set_up();
		check_row(rows[i].name, rows[i].advice);
	}
	pop3_diagnostics_release(&report);
	probe_release(&probe);
	return check_end();
}

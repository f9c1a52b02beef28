/* Advice on the results: the problems it found, a sentence for each, and words to fill in. */
#include "cmd/check/advice.h"

#include <assert.h>
#include <dirent.h>
#include <inttypes.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "pop3/session.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WORD_OCTETS 16 /* of a word in braces, with its NUL */

/* What may be wrong, in the order of the advice. */
enum problem {
	/* The way there. */
	HOST_IS_UNKNOWN, NO_NAME_SERVER, NO_ANSWER, SILENT, SPEAKS_TLS, SPEAKS_CLEAR, SPEAKS_IMAP,
	SPEAKS_SMTP, NO_STLS, IN_CLEAR,
	/* The certificate. */
	FOR_ANOTHER_HOST, NAMES_NO_HOST, EXPIRED, EXPIRES_SOON, NOT_YET_VALID, SELF_SIGNED,
	NO_AUTHORITIES, UNKNOWN_AUTHORITY, COMES_ALONE, ANOTHER_KEY, UNVERIFIED,
	/* The login. */
	ONLY_OAUTH, ONLY_CRAM_MD5, ONLY_UNKNOWN, NO_PASSWORD, TOKEN_REFUSED, PASSWORD_REFUSED,
	MAY_WANT_ADDRESS, MAY_WANT_TOKEN, IN_USE, TOO_EARLY, OUT_OF_ORDER,
	/* The mailbox. */
	WANTS_PAUSES, DELETES_FETCHED, NO_UIDL, NO_TOP, NO_PIPELINING, ANOTHER_CLOCK,
	PROBLEMS
};

/* Words in braces are replaced by put_word. */
static const char *const sentences[] = {
	[HOST_IS_UNKNOWN] = "check the spelling of '{host}'",
	[NO_NAME_SERVER] =
		"no name server answers: see whether this machine is online, and which ones "
		"/etc/resolv.conf names",
	[NO_ANSWER] =
		"check that port {port} is right (995 for pop3s://, 110 for pop3://) and that no "
		"firewall blocks it",
	[SILENT] = "a server that expects TLS sends no greeting: try pop3s://{host}:{port}",
	[SPEAKS_TLS] = "port {port} uses TLS from the first octet: use pop3s://{host}:{port}",
	[SPEAKS_CLEAR] =
		"port {port} begins unencrypted: use pop3://{host}:{port}, which requires STLS",
	[SPEAKS_IMAP] =
		"an IMAP server is on port {port}: POP3 is pop3s://{host} (port 995) or "
		"pop3://{host} (port 110)",
	[SPEAKS_SMTP] =
		"an SMTP server is on port {port}: POP3 is pop3s://{host} (port 995) or "
		"pop3://{host} (port 110)",
	[NO_STLS] =
		"the server has no STLS: try pop3s://{host}; --tls off would send password and "
		"mail unencrypted",
	[IN_CLEAR] =
		"anyone on the network path can read this session: use pop3s://{host}, or pop3:// "
		"if the server offers STLS",
	[FOR_ANOTHER_HOST] =
		"the certificate is valid for {names}: use one of these as the host, or as "
		"--tls-name",
	[NAMES_NO_HOST] =
		"the certificate contains no host name: the server's operator must replace it",
	[EXPIRED] =
		"the certificate {subject} expired on {until}: the server's operator must renew it",
	[EXPIRES_SOON] =
		"the certificate {subject} expires in {days} days: the server's operator must "
		"renew it",
	[NOT_YET_VALID] =
		"the certificate becomes valid on {from}: set this machine's clock if that date "
		"has passed",
	[SELF_SIGNED] =
		"the certificate is self-signed: once the server's operator has confirmed the "
		"key, use --no-verify --pin {pin}, or the certificate as --ca-file",
	[NO_AUTHORITIES] =
		"no authority is installed on this machine: install the package ca-certificates",
	[UNKNOWN_AUTHORITY] =
		"its authority is not trusted here: add it with --ca-file, or once the key is "
		"confirmed use --no-verify --pin {pin}",
	[COMES_ALONE] =
		"the server sends only its own certificate: an intermediate certificate may be "
		"missing there",
	[ANOTHER_KEY] =
		"the server's key does not match --pin: if the server's operator confirms the "
		"change, use --pin {pin}",
	[UNVERIFIED] =
		"the certificate was not verified: once the key is confirmed, add --pin {pin}",
	[ONLY_OAUTH] =
		"the server accepts only tokens: use --auth {oauth}, and a --password-command "
		"that prints one",
	[ONLY_CRAM_MD5] =
		"the server takes a password by CRAM-MD5 only, which is weak: use --auth cram-md5 "
		"if you accept that",
	[ONLY_UNKNOWN] =
		"the server offers only {mechanisms}, none of which pop3 has: ask its operator "
		"for PLAIN over TLS, or for a token",
	[NO_PASSWORD] =
		"the server does not accept passwords: choose one of its mechanisms with --auth",
	[TOKEN_REFUSED] = "check the user name, and get a new token: tokens expire",
	[PASSWORD_REFUSED] =
		"check user name and password: with two-factor login the provider issues app "
		"passwords, and POP3 may have to be enabled there",
	[MAY_WANT_ADDRESS] = "the server may expect the whole address: --user {user}@DOMAIN",
	[MAY_WANT_TOKEN] = "the server may accept only a token for this user: --auth {oauth}",
	[IN_USE] =
		"another session is using the mailbox: end the other program, or try again later "
		"(--retry)",
	[TOO_EARLY] = "the last login was too recent: wait, or use --retry",
	[OUT_OF_ORDER] = "the server has a temporary problem: try again later (--retry)",
	[WANTS_PAUSES] =
		"wait at least {delay} seconds between logins: the server may refuse earlier ones",
	[DELETES_FETCHED] =
		"the server deletes fetched messages when the session ends with QUIT: fetch "
		"--peek prevents that",
	[NO_UIDL] =
		"without UIDL, messages are identified by their headers: 'new' takes longer here",
	[NO_TOP] = "without TOP, headers and filters fetch whole messages",
	[NO_PIPELINING] =
		"without PIPELINING, each message costs a round trip: fetching is slow from a "
		"distant server",
	[ANOTHER_CLOCK] =
		"the clocks are {ahead} seconds apart: set this machine's clock if it is the "
		"wrong one",
};

static_assert(COUNT(sentences) == PROBLEMS, "there is advice for every problem");

static bool lists(const struct check_results *f, const char *capability)
{
	size_t ignored;

	return pop3_capa_find(results_capa(f), capability, &ignored) != NULL;
}

static void find_on_the_way(const struct check_results *f, bool found[PROBLEMS])
{
	const struct pop3_account *const account = f->account;
	const struct pop3_diagnostics *const report = f->report;
	const bool is_late = f->failure == POP3_E_TIMEOUT;
	bool is_connected;

	found[HOST_IS_UNKNOWN] = f->failure == POP3_E_HOST;
	found[NO_NAME_SERVER] = is_late && report->address_count == 0 && account->proxy == NULL &&
				account->tunnel == NULL;
	/* A proxy or tunnel connects without an address. */
	is_connected = report->address_count == 0 && !found[NO_NAME_SERVER];
	for (size_t i = 0; i < report->address_count; i++)
		is_connected = is_connected || report->addresses[i].attempt == POP3_CONNECTED;
	found[NO_ANSWER] = (is_late || f->failure == POP3_E_CONNECT) && !is_connected &&
			   !found[NO_NAME_SERVER];
	found[SILENT] = is_late && is_connected && report->greeted_at == 0 &&
			account->tls != POP3_TLS_IMPLICIT;
	found[SPEAKS_TLS] = report->language == POP3_SPEAKS_TLS;
	found[SPEAKS_CLEAR] = report->language == POP3_SPEAKS_CLEAR;
	found[SPEAKS_IMAP] = report->language == POP3_SPEAKS_IMAP;
	found[SPEAKS_SMTP] = report->language == POP3_SPEAKS_SMTP;
	found[NO_STLS] = report->stls_refused;
	found[IN_CLEAR] = account->tls == POP3_TLS_OFF && report->greeted_at != 0;
}

static bool system_has_authorities(void)
{
	const char *const file = getenv(X509_get_default_cert_file_env());
	const char *const path = getenv(X509_get_default_cert_dir_env());
	const struct dirent *entry = NULL;
	DIR *directory;

	if (access(file != NULL ? file : X509_get_default_cert_file(), R_OK) == 0)
		return true;
	directory = opendir(path != NULL ? path : X509_get_default_cert_dir());
	while (directory != NULL && (entry = readdir(directory)) != NULL && entry->d_name[0] == '.')
		continue;
	if (directory != NULL)
		closedir(directory);
	return entry != NULL;
}

static void find_in_certificates(const struct check_results *f, bool found[PROBLEMS])
{
	const struct pop3_diagnostics *const report = f->report;
	const struct pop3_trust *const trust = &f->account->trust;
	const struct pop3_certificate *own, *shortest;

	found[ANOTHER_KEY] = trust->pin_count > 0 && report->pin[0] != '\0';
	for (size_t i = 0; i < trust->pin_count; i++)
		if (strcmp(trust->pins[i], report->pin) == 0)
			found[ANOTHER_KEY] = false;
	if (report->chain_length == 0)
		return;
	found[UNVERIFIED] = trust->no_verify && trust->pin_count == 0;
	if (trust->no_verify)
		return;
	own = &report->chain[0];
	shortest = results_shortest_lived(f);
	found[FOR_ANOTHER_HOST] = !report->is_named && own->names[0] != '\0';
	found[NAMES_NO_HOST] = own->names[0] == '\0';
	found[EXPIRED] = shortest->not_after < f->now;
	/* Those valid for only days are renewed constantly: warn after two thirds of their life. */
	found[EXPIRES_SOON] =
		!found[EXPIRED] && results_days_left(f, shortest) < ADVICE_DAYS &&
		shortest->not_after - f->now < (shortest->not_after - shortest->not_before) / 3;
	found[NOT_YET_VALID] = own->not_before > f->now;
	found[SELF_SIGNED] = report->distrust == POP3_SELF_SIGNED;
	found[UNKNOWN_AUTHORITY] = report->distrust == POP3_UNKNOWN_AUTHORITY;
	found[NO_AUTHORITIES] = found[UNKNOWN_AUTHORITY] && trust->ca_file == NULL &&
				trust->ca_dir == NULL && !system_has_authorities();
	found[COMES_ALONE] = found[UNKNOWN_AUTHORITY] && report->chain_length == 1;
}

/* Whether any mechanism that it lists is one of ours. */
static bool offers_known_mechanism(const struct check_results *f)
{
	const char *name;

	for (size_t i = 0; (name = pop3_auth_name(i)) != NULL; i++)
		if (pop3_capa_lists(results_capa(f), "SASL", name))
			return true;
	return false;
}

static void find_at_login(const struct check_results *f, bool found[PROBLEMS])
{
	const struct pop3_capa *const capa = results_capa(f);
	const char *const mechanism = f->report->mechanism;
	const bool offers_oauth = pop3_capa_lists(capa, "SASL", "XOAUTH2") ||
				  pop3_capa_lists(capa, "SASL", "OAUTHBEARER");

	found[IN_USE] = f->failure == POP3_E_IN_USE;
	found[TOO_EARLY] = f->failure == POP3_E_LOGIN_DELAY;
	found[OUT_OF_ORDER] = f->failure == POP3_E_SYS_TEMP;
	if (f->failure != POP3_E_CREDENTIALS)
		return;
	if (mechanism == NULL) {
		/* It takes a password, but is weak: only --auth chooses it. */
		found[ONLY_CRAM_MD5] = pop3_capa_lists(capa, "SASL", "CRAM-MD5");
		found[ONLY_OAUTH] = offers_oauth && !found[ONLY_CRAM_MD5];
		found[ONLY_UNKNOWN] = lists(f, "SASL") && !offers_known_mechanism(f);
		found[NO_PASSWORD] = !offers_oauth && !found[ONLY_CRAM_MD5] &&
				     !found[ONLY_UNKNOWN];
		return;
	}
	found[TOKEN_REFUSED] = strstr(mechanism, "OAUTH") != NULL;
	found[PASSWORD_REFUSED] = !found[TOKEN_REFUSED];
	found[MAY_WANT_ADDRESS] = strchr(f->account->user, '@') == NULL;
	found[MAY_WANT_TOKEN] = found[PASSWORD_REFUSED] && offers_oauth;
}

static void find_in_mailbox(const struct check_results *f, bool found[PROBLEMS])
{
	const struct pop3_capa *const capa = results_capa(f);

	found[WANTS_PAUSES] = lists(f, "LOGIN-DELAY") && !pop3_capa_lists(capa, "LOGIN-DELAY", "0");
	found[DELETES_FETCHED] = pop3_capa_lists(capa, "EXPIRE", "0");
	found[NO_UIDL] = f->probe->uidl == PROBE_REFUSED;
	found[NO_TOP] = f->probe->top == PROBE_REFUSED;
	found[NO_PIPELINING] = f->report->logged_in && !lists(f, "PIPELINING");
	found[ANOTHER_CLOCK] = results_clock_ahead(f) != 0;
}

/* --- the words in braces --- */

static void put_date(int64_t moment, struct buffer *out)
{
	struct tm utc;
	char text[32];

	clock_utc(moment, &utc);
	strftime(text, sizeof text, "%Y-%m-%d", &utc);
	buffer_append_text(out, text);
}

/* Replaces a word; only those are asked for whose value the sentence's condition implies. */
static void put_word(const struct check_results *f, const char *word, struct buffer *out)
{
	const struct pop3_diagnostics *const report = f->report;
	const struct pop3_capa *const capa = results_capa(f);
	const char *const host = f->account->host;
	size_t length;

	if (strcmp(word, "host") == 0) {
		buffer_append_format(out, strchr(host, ':') != NULL ? "[%s]" : "%s", host);
	} else if (strcmp(word, "port") == 0) {
		buffer_append_format(out, "%u", results_port(f));
	} else if (strcmp(word, "user") == 0) {
		buffer_append_text(out, f->account->user);
	} else if (strcmp(word, "names") == 0) {
		buffer_append_text(out, report->chain[0].names);
	} else if (strcmp(word, "subject") == 0) {
		buffer_append_text(out, results_shortest_lived(f)->subject);
	} else if (strcmp(word, "from") == 0) {
		put_date(report->chain[0].not_before, out);
	} else if (strcmp(word, "until") == 0) {
		put_date(results_shortest_lived(f)->not_after, out);
	} else if (strcmp(word, "days") == 0) {
		buffer_append_format(out, "%" PRId64,
				     results_days_left(f, results_shortest_lived(f)));
	} else if (strcmp(word, "pin") == 0) {
		buffer_append_text(out, report->pin);
	} else if (strcmp(word, "oauth") == 0) {
		buffer_append_text(out, pop3_capa_lists(capa, "SASL", "XOAUTH2") ? "xoauth2" :
										    "oauthbearer");
	} else if (strcmp(word, "mechanisms") == 0) {
		const char *const text = pop3_capa_find(capa, "SASL", &length);

		buffer_append(out, text, length);
	} else if (strcmp(word, "delay") == 0) {
		const char *const text = pop3_capa_find(capa, "LOGIN-DELAY", &length);

		buffer_append(out, text, strspn(text, "0123456789"));
	} else if (strcmp(word, "ahead") == 0) {
		buffer_append_format(out, "%" PRId64, imaxabs(results_clock_ahead(f)));
	}
}

bool advice_next(const struct check_results *f, size_t *at, struct buffer *out)
{
	bool found[PROBLEMS] = { false };
	const char *text, *brace, *end;

	find_on_the_way(f, found);
	find_in_certificates(f, found);
	find_at_login(f, found);
	find_in_mailbox(f, found);
	while (*at < PROBLEMS && !found[*at])
		(*at)++;
	if (*at == PROBLEMS)
		return false;
	text = sentences[(*at)++];
	buffer_clear(out);
	for (; (brace = strchr(text, '{')) != NULL; text = end + 1) {
		char word[WORD_OCTETS];

		end = strchr(brace, '}');
		buffer_append(out, text, (size_t)(brace - text));
		snprintf(word, sizeof word, "%.*s", (int)(end - brace - 1), brace + 1);
		put_word(f, word, out);
	}
	buffer_append_text(out, text);
	return true;
}

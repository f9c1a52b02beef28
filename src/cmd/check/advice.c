/* Advice on the results: a table of conditions with sentences, and the words to fill in. */
#include "cmd/check/advice.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pop3/session.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WORD_OCTETS 16 /* of a word in braces, with its NUL */


static bool lists(const struct check_results *f, const char *capability)
{
	size_t ignored;

	return pop3_capa_find(results_capa(f), capability, &ignored) != NULL;
}

/* --- the way there --- */

static bool host_is_unknown(const struct check_results *f)
{
	return f->failure == POP3_E_HOST;
}

/* No name server answered, and the host's name is looked up locally. */
static bool has_no_names(const struct check_results *f)
{
	return f->failure == POP3_E_TIMEOUT && f->report->address_count == 0 &&
	       f->account->proxy == NULL && f->account->tunnel == NULL;
}

static bool is_connected(const struct check_results *f)
{
	for (size_t i = 0; i < f->report->address_count; i++)
		if (f->report->addresses[i].attempt == POP3_CONNECTED)
			return true;
	return f->report->address_count == 0 && !has_no_names(f); /* by proxy or tunnel */
}

static bool has_no_answer(const struct check_results *f)
{
	return (f->failure == POP3_E_CONNECT || f->failure == POP3_E_TIMEOUT) && !is_connected(f) &&
	       !has_no_names(f);
}

static bool is_silent(const struct check_results *f)
{
	return f->failure == POP3_E_TIMEOUT && is_connected(f) && f->report->greeted_at == 0 &&
	       f->account->tls != POP3_TLS_IMPLICIT;
}

static bool speaks_tls(const struct check_results *f)
{
	return f->report->language == POP3_SPEAKS_TLS;
}

static bool speaks_clear(const struct check_results *f)
{
	return f->report->language == POP3_SPEAKS_CLEAR;
}

static bool speaks_imap(const struct check_results *f)
{
	return f->report->language == POP3_SPEAKS_IMAP;
}

static bool speaks_smtp(const struct check_results *f)
{
	return f->report->language == POP3_SPEAKS_SMTP;
}

static bool has_no_stls(const struct check_results *f)
{
	return f->report->stls_refused;
}

static bool is_in_clear(const struct check_results *f)
{
	return f->account->tls == POP3_TLS_OFF && f->report->greeted_at != 0;
}

/* --- the certificate --- */

static bool is_verified(const struct check_results *f)
{
	return f->report->chain_length > 0 && !f->account->trust.no_verify;
}

static bool is_unverified(const struct check_results *f)
{
	return f->report->chain_length > 0 && f->account->trust.no_verify &&
	       f->account->trust.pin_count == 0;
}

static bool is_for_another(const struct check_results *f)
{
	return is_verified(f) && !f->report->is_named && f->report->chain[0].names[0] != '\0';
}

static bool names_no_host(const struct check_results *f)
{
	return is_verified(f) && f->report->chain[0].names[0] == '\0';
}

static bool has_expired(const struct check_results *f)
{
	return is_verified(f) && results_shortest_lived(f)->not_after < f->now;
}

/* Certificates valid for only days are renewed constantly: warn after two thirds of their life. */
static bool expires_soon(const struct check_results *f)
{
	const struct pop3_certificate *const c = results_shortest_lived(f);

	return is_verified(f) && !has_expired(f) && results_days_left(f, c) < ADVICE_DAYS &&
	       c->not_after - f->now < (c->not_after - c->not_before) / 3;
}

static bool is_not_yet_valid(const struct check_results *f)
{
	return is_verified(f) && f->report->chain[0].not_before > f->now;
}

static bool is_self_signed(const struct check_results *f)
{
	return is_verified(f) && f->report->distrust == POP3_SELF_SIGNED;
}

static bool is_of_unknown_authority(const struct check_results *f)
{
	return is_verified(f) && f->report->distrust == POP3_UNKNOWN_AUTHORITY;
}

static bool is_empty_folder(const char *path)
{
	DIR *const folder = opendir(path);
	const struct dirent *entry = NULL;

	while (folder != NULL && (entry = readdir(folder)) != NULL && entry->d_name[0] == '.')
		continue;
	if (folder != NULL)
		closedir(folder);
	return entry == NULL;
}

/* The system's are asked, and it has none. */
static bool lacks_authorities(const struct check_results *f)
{
	const char *const file = getenv(X509_get_default_cert_file_env());
	const char *const folder = getenv(X509_get_default_cert_dir_env());

	return is_of_unknown_authority(f) && f->account->trust.ca_file == NULL &&
	       f->account->trust.ca_dir == NULL &&
	       access(file != NULL ? file : X509_get_default_cert_file(), R_OK) < 0 &&
	       is_empty_folder(folder != NULL ? folder : X509_get_default_cert_dir());
}

static bool comes_alone(const struct check_results *f)
{
	return is_of_unknown_authority(f) && f->report->chain_length == 1;
}

static bool has_another_key(const struct check_results *f)
{
	const struct pop3_trust *const trust = &f->account->trust;

	for (size_t i = 0; i < trust->pin_count; i++)
		if (strcmp(trust->pins[i], f->report->pin) == 0)
			return false;
	return trust->pin_count > 0 && f->report->pin[0] != '\0';
}

/* --- the login --- */

static bool offers_oauth(const struct check_results *f)
{
	return pop3_capa_lists(results_capa(f), "SASL", "XOAUTH2") ||
	       pop3_capa_lists(results_capa(f), "SASL", "OAUTHBEARER");
}

static bool finds_no_mechanism(const struct check_results *f)
{
	return f->failure == POP3_E_CREDENTIALS && f->report->mechanism == NULL;
}

/* It takes a password, but is weak: only --auth chooses it. */
static bool offers_cram_md5(const struct check_results *f)
{
	return finds_no_mechanism(f) && pop3_capa_lists(results_capa(f), "SASL", "CRAM-MD5");
}

static bool takes_only_oauth(const struct check_results *f)
{
	return finds_no_mechanism(f) && offers_oauth(f) && !offers_cram_md5(f);
}

static bool offers_only_unknown(const struct check_results *f)
{
	const char *name;

	if (!finds_no_mechanism(f) || !lists(f, "SASL"))
		return false;
	for (size_t i = 0; (name = pop3_auth_name(i)) != NULL; i++) {
		char upper[32] = "";

		for (size_t c = 0; name[c] != '\0' && c + 1 < sizeof upper; c++)
			upper[c] = (char)toupper((unsigned char)name[c]);
		if (pop3_capa_lists(results_capa(f), "SASL", upper))
			return false;
	}
	return true;
}

static bool takes_no_password(const struct check_results *f)
{
	return finds_no_mechanism(f) && !offers_oauth(f) && !offers_cram_md5(f) &&
	       !offers_only_unknown(f);
}

static bool is_refused(const struct check_results *f)
{
	return f->failure == POP3_E_CREDENTIALS && f->report->mechanism != NULL;
}

static bool refuses_token(const struct check_results *f)
{
	return is_refused(f) && strstr(f->report->mechanism, "OAUTH") != NULL;
}

static bool refuses_password(const struct check_results *f)
{
	return is_refused(f) && !refuses_token(f);
}

static bool may_want_address(const struct check_results *f)
{
	return is_refused(f) && strchr(f->account->user, '@') == NULL;
}

static bool may_want_token(const struct check_results *f)
{
	return refuses_password(f) && offers_oauth(f);
}

static bool is_in_use(const struct check_results *f)
{
	return f->failure == POP3_E_IN_USE;
}

static bool came_too_early(const struct check_results *f)
{
	return f->failure == POP3_E_LOGIN_DELAY;
}

static bool is_out_of_order(const struct check_results *f)
{
	return f->failure == POP3_E_SYS_TEMP;
}

/* --- the mailbox --- */

static bool wants_pauses(const struct check_results *f)
{
	return lists(f, "LOGIN-DELAY") && !pop3_capa_lists(results_capa(f), "LOGIN-DELAY", "0");
}

static bool deletes_what_was_fetched(const struct check_results *f)
{
	return pop3_capa_lists(results_capa(f), "EXPIRE", "0");
}

static bool has_no_uidl(const struct check_results *f)
{
	return f->probe->uidl == PROBE_REFUSED;
}

static bool has_no_top(const struct check_results *f)
{
	return f->probe->top == PROBE_REFUSED;
}

static bool has_no_pipelining(const struct check_results *f)
{
	return f->report->logged_in && !lists(f, "PIPELINING");
}

static bool has_another_clock(const struct check_results *f)
{
	return results_clock_ahead(f) != 0;
}

/* --- what to do --- */

static const struct {
	bool (*holds)(const struct check_results *);
	const char *sentence; /* words in braces are replaced by put_word */
} advice[] = {
	{ host_is_unknown, "check the spelling of '{host}'" },
	{ has_no_names, "no name server answers: see whether this machine is online, and which ones "
			"/etc/resolv.conf names" },
	{ has_no_answer, "check that port {port} is right (995 for pop3s://, 110 for pop3://) and "
			 "that no firewall blocks it" },
	{ is_silent, "a server that expects TLS sends no greeting: try pop3s://{host}:{port}" },
	{ speaks_tls, "port {port} uses TLS from the first octet: use pop3s://{host}:{port}" },
	{ speaks_clear, "port {port} begins unencrypted: use pop3://{host}:{port}, which requires "
			"STLS" },
	{ speaks_imap, "an IMAP server is on port {port}: POP3 is pop3s://{host} (port 995) or "
		       "pop3://{host} (port 110)" },
	{ speaks_smtp, "an SMTP server is on port {port}: POP3 is pop3s://{host} (port 995) or "
		       "pop3://{host} (port 110)" },
	{ has_no_stls, "the server has no STLS: try pop3s://{host}; --tls off would send password "
		       "and mail unencrypted" },
	{ is_in_clear, "anyone on the network path can read this session: use pop3s://{host}, or "
		       "pop3:// if the server offers STLS" },
	{ is_for_another, "the certificate is valid for {names}: use one of these as the host, or "
			  "as --tls-name" },
	{ names_no_host, "the certificate contains no host name: the server's operator must "
			 "replace it" },
	{ has_expired, "the certificate {subject} expired on {until}: the server's operator must "
		       "renew it" },
	{ expires_soon, "the certificate {subject} expires in {days} days: the server's operator "
			"must renew it" },
	{ is_not_yet_valid, "the certificate becomes valid on {from}: set this machine's clock if "
			    "that date has passed" },
	{ is_self_signed, "the certificate is self-signed: once the server's operator has "
			  "confirmed the key, use --no-verify --pin {pin}, or the certificate as "
			  "--ca-file" },
	{ lacks_authorities, "no authority is installed on this machine: install the package "
			     "ca-certificates" },
	{ is_of_unknown_authority, "its authority is not trusted here: add it with --ca-file, or "
				   "once the key is confirmed use --no-verify --pin {pin}" },
	{ comes_alone, "the server sends only its own certificate: an intermediate certificate may "
		       "be missing there" },
	{ has_another_key, "the server's key does not match --pin: if the server's operator "
			   "confirms the change, use --pin {pin}" },
	{ is_unverified, "the certificate was not verified: once the key is confirmed, add --pin "
			 "{pin}" },
	{ takes_only_oauth, "the server accepts only tokens: use --auth {oauth}, and a "
			    "--password-command that prints one" },
	{ offers_cram_md5, "the server takes a password by CRAM-MD5 only, which is weak: use --auth "
			   "cram-md5 if you accept that" },
	{ offers_only_unknown, "the server offers only {mechanisms}, none of which pop3 has: ask its "
			       "operator for PLAIN over TLS, or for a token" },
	{ takes_no_password, "the server does not accept passwords: choose one of its mechanisms "
			     "with --auth" },
	{ refuses_token, "check the user name, and get a new token: tokens expire" },
	{ refuses_password, "check user name and password: with two-factor login the provider "
			    "issues app passwords, and POP3 may have to be enabled there" },
	{ may_want_address, "the server may expect the whole address: --user {user}@DOMAIN" },
	{ may_want_token, "the server may accept only a token for this user: --auth {oauth}" },
	{ is_in_use, "another session is using the mailbox: end the other program, or try again "
		     "later (--retry)" },
	{ came_too_early, "the last login was too recent: wait, or use --retry" },
	{ is_out_of_order, "the server has a temporary problem: try again later (--retry)" },
	{ wants_pauses, "wait at least {delay} seconds between logins: the server may refuse "
			"earlier ones" },
	{ deletes_what_was_fetched, "the server deletes fetched messages when the session ends "
				    "with QUIT: fetch --peek prevents that" },
	{ has_no_uidl, "without UIDL, messages are identified by their headers: 'new' takes longer "
		       "here" },
	{ has_no_top, "without TOP, headers and filters fetch whole messages" },
	{ has_no_pipelining, "without PIPELINING, each message costs a round trip: fetching is "
			     "slow from a distant server" },
	{ has_another_clock, "the clocks are {ahead} seconds apart: set this machine's clock if it "
			     "is the wrong one" },
};

/* --- the words in braces --- */

static void put_date(int64_t moment, struct buffer *out)
{
	const time_t seconds = (time_t)moment;
	struct tm utc;
	char text[32];

	gmtime_r(&seconds, &utc);
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
	const char *text, *brace, *end;

	while (*at < COUNT(advice) && !advice[*at].holds(f))
		(*at)++;
	if (*at == COUNT(advice))
		return false;
	text = advice[(*at)++].sentence;
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

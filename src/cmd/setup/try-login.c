/* Logs in at the server that was found: as the whole address, then as the part before '@'. */
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/password.h"
#include "cmd/setup/setup.h"
#include "pop3/session.h"

static bool is_within_domain(const struct setup *setup, const char *host)
{
	const size_t length = strlen(host), domain = strlen(setup->domain);

	return length >= domain && strcasecmp(host + length - domain, setup->domain) == 0 &&
	       (length == domain || host[length - domain - 1] == '.');
}

bool setup_wants_token(const struct setup *setup)
{
	const struct provider *const provider = setup->candidates.provider;

	return setup->takes_only_oauth || (provider != NULL && provider->login == PROVIDER_OAUTH);
}

/* DNS may have been forged: a server in another domain gets the password only by consent. */
static bool may_log_in(const struct setup *setup)
{
	const struct candidate *const found = setup->found;
	const struct connection *const c = setup->connection;
	const char *const url = buffer_text(&setup->url);

	if (found == NULL || !found->from_dns || is_within_domain(setup, found->host))
		return true;
	if (c->no_input || access("/dev/tty", R_OK | W_OK) < 0 || isatty(STDIN_FILENO) != 1) {
		warn(setup->in, "login not tried: DNS, which can be forged, says that %s is at %s; "
				"if that is right, use --server %s",
		     setup->domain, found->host, url);
		return false;
	}
	warn(setup->in, "DNS, which can be forged, says that %s is at %s; press Enter for no login "
			"if that is wrong", setup->domain, found->host);
	return true;
}

static int try_login(struct setup *setup, const char *user, struct pop3_error *err)
{
	struct pop3_account *const account = &setup->connection->target;
	struct pop3_session *session;
	int result;

	setup->user = account->user = user;
	session = pop3_session_open(account, err);
	if (session == NULL)
		return -1;
	result = probe_maildrop(session, &setup->probe, err);
	pop3_session_abandon(session);
	pop3_session_close(session);
	return result;
}

/* The whole address first, then the part before '@' (RFC 6186 section 4). */
static int try_users(struct setup *setup, struct pop3_error *err)
{
	struct pop3_error first;

	if (try_login(setup, setup->user, err) == 0)
		return 0;
	if (err->code != POP3_E_CREDENTIALS || setup->report.mechanism == NULL ||
	    setup->user != setup->address)
		return -1;
	first = *err;
	if (try_login(setup, buffer_text(&setup->local), err) == 0) {
		setup_note(setup, setup->address, first.text);
		return 0;
	}
	if (err->code != POP3_E_CREDENTIALS)
		return -1;
	setup->user = setup->connection->target.user = setup->address;
	*err = first;
	return pop3_context(err, "neither '%s' nor '%s' can log in", setup->address,
			    buffer_text(&setup->local));
}

int setup_log_in(struct setup *setup, struct pop3_error *err)
{
	struct connection *const c = setup->connection;
	const struct provider *const provider = setup->candidates.provider;
	const struct pop3_capa *const capa = &setup->report.capa;
	const bool wants_token = setup_wants_token(setup);

	if (wants_token)
		warn(setup->in, "%s accepts only OAuth 2.0: see OAuth 2.0 in the EXAMPLES of the "
				"manual, 'man pop3'",
		     provider != NULL ? provider->name : c->url.host);
	else if (provider != NULL && provider->login == PROVIDER_APP_PASSWORD)
		warn(setup->in, "%s wants an app password in place of your own", provider->name);
	if (provider != NULL && provider->advice != NULL)
		warn(setup->in, "%s: %s", provider->name, provider->advice);

	setup->user = c->user != NULL ? c->user : setup->address;
	c->user = setup->user;
	if (wants_token && c->target.auth == NULL)
		c->target.auth = pop3_capa_lists(capa, "SASL", "OAUTHBEARER") &&
						 !pop3_capa_lists(capa, "SASL", "XOAUTH2")
					 ? "oauthbearer" : "xoauth2";
	/* Tokens cannot be typed. */
	c->no_input = c->no_input || wants_token;
	if (!may_log_in(setup))
		return 0;
	if (pop3_auth_needs_password(c->target.auth) && password_find(c, err) < 0) {
		if (err->code != POP3_E_USAGE)
			return -1;
		if (!wants_token)
			warn(setup->in, "login not tried, for want of a password: see 'pop3 "
					"check'");
		return 0;
	}
	if (try_users(setup, err) < 0) {
		setup_note_advice(setup, err);
		setup_print_notes(setup);
		return -1;
	}
	setup->logged_in = true;
	return 0;
}


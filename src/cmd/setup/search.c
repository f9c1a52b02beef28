/* Finds the server of an address: tries each candidate as check tries an account. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/run.h"
#include "cmd/check/advice.h"
#include "cmd/setup/setup.h"
#include "pop3/session.h"

#define GUESS_CONNECT_MS 10000 /* for guessed hosts, unless --connect-timeout is longer */

/* --- what was tried --- */

/* Printed at once at a terminal; otherwise only if every attempt failed. */
void setup_note(struct setup *setup, const char *what, const char *text)
{
	if (setup->in->general->verbose || isatty(STDERR_FILENO) == 1)
		warn(setup->in, "%s: %s", what, text);
	else
		buffer_append_format(&setup->tried, "%s: %s\n", what, text);
}

void setup_note_advice(struct setup *setup, const struct pop3_error *failure)
{
	const struct check_results results = {
		.account = &setup->connection->target, .report = &setup->report,
		.probe = &setup->probe, .now = (int64_t)time(NULL), .failure = failure->code,
	};
	struct buffer sentence = { 0 };

	for (size_t at = 0; advice_next(&results, &at, &sentence);)
		setup_note(setup, buffer_text(&setup->url), buffer_text(&sentence));
	buffer_release(&sentence);
}

void setup_print_notes(struct setup *setup)
{
	for (const char *line = buffer_text(&setup->tried); *line != '\0';) {
		const size_t length = strcspn(line, "\n");

		warn(setup->in, "%.*s", (int)length, line);
		line += length + (line[length] == '\n');
	}
	buffer_clear(&setup->tried);
}

/* --- the server --- */

/* Whether it offers mechanisms that take a token, but none that takes a password. */
static bool takes_only_oauth(const struct pop3_capa *capa)
{
	size_t ignored;
	bool password = pop3_capa_find(capa, "USER", &ignored) != NULL, token = false;
	const char *name;

	for (size_t i = 0; (name = pop3_auth_name(i)) != NULL; i++)
		if (pop3_auth_needs_password(name) && pop3_capa_lists(capa, "SASL", name))
			*(strstr(name, "oauth") != NULL ? &token : &password) = true;
	return token && !password;
}

/*
 * Checks with the command line's settings, but without a login: which server answers, with which
 * certificate, what it offers.
 */
static int try_server(struct setup *setup, struct pop3_error *err)
{
	struct connection *const c = setup->connection;
	struct pop3_account *const account = &c->target;
	struct pop3_session *session;

	c->server = buffer_text(&setup->url);
	if (buffer_check(&setup->url, POP3_E_MEMORY, err) < 0 ||
	    connection_prepare(c, setup->in->set, false, err) < 0)
		return -1;
	account->timeouts.until_ms = setup->until_ms;
	account->cache_dir = NULL;
	account->diagnostics = &setup->report;
	if (setup->in->run->trace.tracer.trace != NULL)
		account->tracer = &setup->in->run->trace.tracer;
	if (option_origin(setup->in->set, "connect-timeout") == FROM_BUILT_IN)
		account->timeouts.connect_ms = GUESS_CONNECT_MS;
	if (option_origin(setup->in->set, "timeout") == FROM_BUILT_IN)
		account->timeouts.progress_ms = INT64_C(2) * GUESS_CONNECT_MS;
	account->user = NULL;
	session = pop3_session_open(account, err);
	if (session == NULL)
		return -1;
	pop3_session_abandon(session);
	pop3_session_close(session);
	setup->takes_only_oauth = takes_only_oauth(&setup->report.capa);
	return 0;
}

/* How close to success a failure came: of several failures, the closest is reported. */
static int nearness(enum pop3_code code)
{
	switch ((int)code) {
	case POP3_E_NONE:
		return 0;
	case POP3_E_HOST:
		return 1;
	case POP3_E_TIMEOUT:
	case POP3_E_CONNECT:
		return 2;
	case POP3_E_TLS:
		return 4;
	default:
		return 3;
	}
}

/* Failures that would be the same with every server. */
static bool ends_search(const struct pop3_error *err)
{
	return err->code == POP3_E_INTERRUPTED || err->code == POP3_E_MEMORY ||
	       err->code == POP3_E_USAGE || err->code == POP3_E_CONFIG;
}

static bool is_unknown_host(const struct setup *setup, const bool *unknown, size_t candidate)
{
	const struct candidate *const list = setup->candidates.list;

	for (size_t i = 0; i < candidate; i++)
		if (unknown[i] && strcmp(list[i].host, list[candidate].host) == 0)
			return true;
	return false;
}

/* The first candidate that works; otherwise NULL, with the failure closest to success. */
static const struct candidate *search(struct setup *setup, struct pop3_error *err)
{
	const struct candidates *const c = &setup->candidates;
	const struct pop3_account *const account = &setup->connection->target;
	bool unknown[CANDIDATES_MAX] = { false };
	struct pop3_error failure;

	*err = (struct pop3_error){ .code = POP3_E_NONE };
	for (size_t i = 0; i < c->count; i++) {
		if (is_unknown_host(setup, unknown, i))
			continue;
		buffer_clear(&setup->url);
		candidate_url(&c->list[i], &setup->url);
		if (try_server(setup, &failure) == 0)
			return &c->list[i];
		if (nearness(failure.code) > nearness(err->code) || ends_search(&failure))
			*err = failure;
		if (ends_search(&failure))
			return NULL;
		unknown[i] = failure.code == POP3_E_HOST;
		setup_note(setup, buffer_text(&setup->url), failure.text);
		if (failure.code == POP3_E_TLS)
			setup_note_advice(setup, &failure);
		/* Without a name server that answers, no host can be found. */
		if (failure.code == POP3_E_TIMEOUT && setup->report.address_count == 0 &&
		    account->proxy == NULL && account->tunnel == NULL)
			break;
	}
	return NULL;
}

int setup_find_server(struct setup *setup, struct pop3_error *err)
{
	struct connection *const c = setup->connection;
	const struct pop3_timeouts timeouts = {
		.connect_ms = (int64_t)c->connect_timeout * 1000,
		.until_ms = setup->until_ms,
		.cancel_fd = c->target.timeouts.cancel_fd,
	};

	if (c->server != NULL) {
		buffer_append_text(&setup->url, c->server);
		if (try_server(setup, err) == 0)
			return 0;
		setup_note_advice(setup, err);
		setup_print_notes(setup);
		return -1;
	}
	if (candidates_find(setup->domain, &timeouts, &setup->candidates, err) < 0)
		return -1;
	if (setup->candidates.count == 0)
		return pop3_fail(err, POP3_E_NO_ACCOUNT,
				 "%s, which has the mail of '%s', has no POP3 server",
				 setup->candidates.provider->name, setup->domain);
	setup->found = search(setup, err);
	if (setup->found != NULL)
		return 0;
	if (ends_search(err))
		return -1;
	setup_print_notes(setup);
	c->target.host = NULL; /* the error is not about one of the hosts */
	return pop3_fail(err, err->code, "no usable POP3 server found for '%s': if you know it, "
					 "use --server", setup->address);
}

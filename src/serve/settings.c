/* Checks the settings, before anything is opened. */
#include "serve/serve.h"

#include <string.h>

#include "base/text.h"
#include "serve/service.h"

#define SPSCMP_TOKEN_MAX 40
#define PEEP_PASSWORD_MAX 128
#define SMTPSTATUS_AUTH_MAX 8

static int check_secrets(const struct serve_settings *settings, struct pop3_error *err)
{
	const struct {
		const char *protocol;
		const char *address;
		size_t max;
	} rows[] = {
		[SERVE_PEEP] = { "peep", settings->peep, PEEP_PASSWORD_MAX },
		[SERVE_SPSCMP] = { "spscmp", settings->spscmp, SPSCMP_TOKEN_MAX },
		[SERVE_SMTPSTATUS] = { "smtpstatus", settings->smtpstatus, SMTPSTATUS_AUTH_MAX },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct pop3_secret *const secret = settings->secrets[i];

		if (rows[i].address == NULL)
			continue;
		if (secret == NULL || secret->length == 0)
			return pop3_fail(err, POP3_E_USAGE, "--%s needs a secret: --secret-file, "
					 "--%s-secret-file or POP3_SERVE_SECRET",
					 rows[i].protocol, rows[i].protocol);
		if (secret->length > rows[i].max || strlen(secret->text) != secret->length ||
		    text_has_control(secret->text) || strchr(secret->text, ' ') != NULL)
			return pop3_fail(err, POP3_E_USAGE,
					 "the secret of --%s must be 1 to %zu octets without "
					 "blanks", rows[i].protocol, rows[i].max);
	}
	return 0;
}

int serve_check(const struct serve_settings *settings, struct pop3_error *err)
{
	if (settings->root == NULL)
		return pop3_fail(err, POP3_E_USAGE, "missing option: --maildir-root");
	if (settings->users == NULL)
		return pop3_fail(err, POP3_E_USAGE, "missing option: --users");
	if (settings->key != NULL && settings->cert == NULL)
		return pop3_fail(err, POP3_E_USAGE, "--key needs --cert");
	if (settings->listen_tls.count > 0 && settings->cert == NULL)
		return pop3_fail(err, POP3_E_USAGE, "--listen-tls needs --cert");
	if (settings->timeout > SERVICE_TIMEOUT_LIMIT)
		return pop3_fail(err, POP3_E_USAGE, "--timeout must be at most %d seconds",
				 SERVICE_TIMEOUT_LIMIT);
	if (settings->login_timeout < 1 || settings->login_timeout > SERVICE_LOGIN_TIMEOUT_LIMIT)
		return pop3_fail(err, POP3_E_USAGE, "--login-timeout must be from 1 to %d seconds",
				 SERVICE_LOGIN_TIMEOUT_LIMIT);
	if (settings->max_connections < 1 ||
	    settings->max_connections > SERVICE_CONNECTIONS_LIMIT)
		return pop3_fail(err, POP3_E_USAGE, "--max-connections must be from 1 to %d",
				 SERVICE_CONNECTIONS_LIMIT);
	if (settings->log_entries > SERVICE_LOG_ENTRIES_LIMIT)
		return pop3_fail(err, POP3_E_USAGE, "--log-entries must be at most %d",
				 SERVICE_LOG_ENTRIES_LIMIT);
	if (settings->max_users < 1 || settings->max_users > SERVICE_USERS_LIMIT)
		return pop3_fail(err, POP3_E_USAGE, "--max-users must be from 1 to %d",
				 SERVICE_USERS_LIMIT);
	return check_secrets(settings, err);
}

/* Valid and invalid combinations of settings. */
#include "check.h"
#include "serve/service.h"

#define SECRET(literal) &(const struct pop3_secret){ .text = (char[]){ literal }, \
						     .length = sizeof(literal) - 1 }
#define WELL .root = "mail", .users = "users", .login_timeout = 60, .max_connections = 1, \
	     .max_users = 1

static const char *const addresses[] = { "127.0.0.1:0" };

static const struct {
	struct serve_settings settings;
	const char *complaint; /* NULL = none */
} rows[] = {
	{ { WELL }, NULL },
	{ { .users = "users" }, "missing option: --maildir-root" },
	{ { .root = "mail" }, "missing option: --users" },
	{ { WELL, .key = "key" }, "--key needs --cert" },
	{ { WELL, .key = "key", .cert = "cert" }, NULL },
	{ { WELL, .listen_tls = { addresses, 1 } }, "--listen-tls needs --cert" },
	{ { WELL, .listen_tls = { addresses, 1 }, .cert = "cert" }, NULL },
	{ { WELL, .timeout = 86400 }, NULL },
	{ { WELL, .log_entries = 1000001 }, "--log-entries must be at most 1000000" },
	{ { WELL, .timeout = 86401 }, "--timeout must be at most 86400 seconds" },
	{ { .root = "mail", .users = "users" }, "--login-timeout must be from 1 to 60 seconds" },
	{ { .root = "mail", .users = "users", .login_timeout = 61 },
	  "--login-timeout must be from 1 to 60 seconds" },
	{ { .root = "mail", .users = "users", .login_timeout = 1, .max_users = 1 },
	  "--max-connections must be from 1 to 100000" },
	{ { .root = "mail", .users = "users", .login_timeout = 1, .max_connections = 100001,
	    .max_users = 1 },
	  "--max-connections must be from 1 to 100000" },
	{ { .root = "mail", .users = "users", .login_timeout = 1, .max_connections = 100000 },
	  "--max-users must be from 1 to 1000000" },
	{ { .root = "mail", .users = "users", .login_timeout = 1, .max_connections = 1,
	    .max_users = 1000001 },
	  "--max-users must be from 1 to 1000000" },
	{ { WELL, .peep = "*:1" }, 
	  "--peep needs a secret: --secret-file, --peep-secret-file or POP3_SERVE_SECRET" },
	{ { WELL, .spscmp = "*:1", .secrets = { [SERVE_SPSCMP] = SECRET("") } },
	  "--spscmp needs a secret: --secret-file, --spscmp-secret-file or POP3_SERVE_SECRET" },
	{ { WELL, .monitor = "*:1" }, NULL },
	{ { WELL, .smtpstatus = "*:1", .secrets = { [SERVE_SMTPSTATUS] = SECRET("12345678") } }, NULL },
	{ { WELL, .smtpstatus = "*:1", .peep = "*:1",
	    .secrets = { [SERVE_PEEP] = SECRET("123456789"),
			 [SERVE_SMTPSTATUS] = SECRET("12345678") } }, NULL },
	{ { WELL, .smtpstatus = "*:1", .secrets = { [SERVE_SMTPSTATUS] = SECRET("123456789") } },
	  "the secret of --smtpstatus must be 1 to 8 octets without blanks" },
	{ { WELL, .spscmp = "*:1", .secrets = { [SERVE_SPSCMP] = SECRET("12345678901234567890123456789012345678901") } },
	  "the secret of --spscmp must be 1 to 40 octets without blanks" },
	{ { WELL, .peep = "*:1", .secrets = { [SERVE_PEEP] = SECRET("a b") } },
	  "the secret of --peep must be 1 to 128 octets without blanks" },
	{ { WELL, .peep = "*:1", .secrets = { [SERVE_PEEP] = SECRET("a\nb") } },
	  "the secret of --peep must be 1 to 128 octets without blanks" },
	{ { WELL, .peep = "*:1", .secrets = { [SERVE_PEEP] = SECRET("a\0b") } },
	  "the secret of --peep must be 1 to 128 octets without blanks" },
};

int main(void)
{
	for (size_t row = 0; row < ROWS(rows); row++) {
		struct pop3_error err = { .text = "" };
		const int result = serve_check(&rows[row].settings, &err);

		check_text(rows[row].complaint != NULL ? rows[row].complaint : "well", err.text,
			   rows[row].complaint != NULL ? rows[row].complaint : "");
		check_number("the error's code", result < 0 ? (int)err.code : -1,
			     rows[row].complaint != NULL ? (int)POP3_E_USAGE : -1);
	}
	return check_end();
}

/* pop3 serve: a POP3 server for Maildirs, which can be managed over four protocols. */
#include "serve/serve.h"

#include <unistd.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/password.h"
#include "cli/signals.h"
#include "cmd/commands.h"

#define SECRET_VARIABLE "POP3_SERVE_SECRET"

struct options {
	struct serve_settings settings;
	struct text_list listen, listen_tls;
	const char *add_user, *secret_file, *secret_files[SERVE_MANAGERS];
};

#define FIELD(name) offsetof(struct options, name)
#define SETTING(name) offsetof(struct options, settings.name)

static const struct option_spec options[] = {
	{ OPTION_LIST, 0, "listen", FIELD(listen), "ADDRESS:PORT",
	  "POP3 there, with STLS where there is a certificate; port 0 = any", NULL },
	{ OPTION_LIST, 0, "listen-tls", FIELD(listen_tls), "ADDRESS:PORT",
	  "POP3 there, over TLS from the first octet", NULL },
	{ OPTION_PATH, 0, "maildir-root", SETTING(root), "FOLDER",
	  "directory with one Maildir per user (created if missing)", NULL },
	{ OPTION_PATH, 0, "users", SETTING(users), "FILE",
	  "lines of name:hash, as crypt(3) makes them", NULL },
	{ OPTION_TEXT, 0, "add-user", FIELD(add_user), "NAME",
	  "add a user, the password from stdin's first line, and end", NULL },
	{ OPTION_PATH, 0, "cert", SETTING(cert), "FILE", "the certificate and its chain, PEM", NULL },
	{ OPTION_PATH, 0, "key", SETTING(key), "FILE", "its key, if not in the same file", NULL },
	{ OPTION_FLAG, 0, "allow-cleartext", SETTING(allow_cleartext), NULL,
	  "take passwords without TLS from other machines too", NULL },
	{ OPTION_DURATION, 0, "timeout", SETTING(timeout), "TIME",
	  "end sessions that are idle for so long; 0 = never", "600" },
	{ OPTION_DURATION, 0, "login-timeout", SETTING(login_timeout), "TIME",
	  "end connections without a login after that, whatever they send", "60" },
	{ OPTION_DURATION, 0, "login-delay", SETTING(login_delay), "TIME",
	  "between two logins of one user", NULL },
	{ OPTION_NUMBER, 0, "max-connections", SETTING(max_connections), "N",
	  "connections at a time", "1000" },
	{ OPTION_NUMBER, 0, "max-per-address", SETTING(max_per_address), "N",
	  "connections of one address; 0 = seven of eight places", NULL },
	{ OPTION_NUMBER, 0, "max-users", SETTING(max_users), "N", "users there may be", "10000" },
	{ OPTION_NUMBER, 0, "log-entries", SETTING(log_entries), "N",
	  "logins that managers can see in their log", "1000" },
	{ OPTION_PATH, 0, "state", SETTING(state), "FILE",
	  "keep there what managers set, for the next start", NULL },
	{ OPTION_TEXT, 0, "transform", SETTING(transform), "COMMAND",
	  "send messages through it: stdin to stdout; can be switched at run time", NULL },
	{ OPTION_TEXT, 0, "peep", SETTING(peep), "ADDRESS:PORT",
	  "management by PEEP there; any name goes with the secret", NULL },
	{ OPTION_TEXT, 0, "spscmp", SETTING(spscmp), "ADDRESS:PORT",
	  "management by SPSCMP there; the secret is the token", NULL },
	{ OPTION_TEXT, 0, "monitor", SETTING(monitor), "ADDRESS:PORT",
	  "management by METR, TRAN and so on there; asks nobody who he is", NULL },
	{ OPTION_TEXT, 0, "smtpstatus", SETTING(smtpstatus), "ADDRESS:PORT",
	  "management by SMTPStatus there; a secret of 8 octets at the most", NULL },
	{ OPTION_PATH, 0, "secret-file", FIELD(secret_file), "FILE",
	  "the managers' secret is its first line; or $" SECRET_VARIABLE, NULL },
	{ OPTION_PATH, 0, "peep-secret-file", FIELD(secret_files[SERVE_PEEP]), "FILE",
	  "a secret for --peep alone", NULL },
	{ OPTION_PATH, 0, "spscmp-secret-file", FIELD(secret_files[SERVE_SPSCMP]), "FILE",
	  "a secret for --spscmp alone", NULL },
	{ OPTION_PATH, 0, "smtpstatus-secret-file", FIELD(secret_files[SERVE_SMTPSTATUS]), "FILE",
	  "a secret for --smtpstatus alone", NULL },
	{ OPTION_FLAG, 0, "allow-remote-management", SETTING(allow_remote_management), NULL,
	  "let management listen on other than this machine's own addresses", NULL },
	{ OPTION_TEXT, 'u', "user", SETTING(user), "NAME",
	  "become this user once the sockets are open", NULL },
	{ OPTION_NUMBER, 0, "ready-fd", SETTING(ready_fd), "N",
	  "write a line feed to this descriptor once all is open", NULL },
	{ OPTION_FLAG, 0, "log-json", SETTING(log_json), NULL, "log JSON, an object a line", NULL },
	{ OPTION_FLAG, 0, "no-sandbox", SETTING(no_sandbox), NULL,
	  "do not give up rights before serving", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* Prints one record per listener, before the first client is served. */
struct printer {
	struct serve_observer observer;
	struct output *output;
};

static int print_listener(struct serve_observer *observer, const char *protocol,
			  const char *address, uint16_t port, struct pop3_error *err)
{
	struct output *const output = ((struct printer *)observer)->output;

	output_begin(output);
	output_text(output, "protocol", protocol);
	output_text(output, "address", address);
	output_number(output, "port", port);
	return output_end(output, err);
}

static int flush_listeners(struct serve_observer *observer, struct pop3_error *err)
{
	/* From here on the server handles signals itself. */
	if (signals_caught() != 0)
		return pop3_fail(err, POP3_E_INTERRUPTED, "interrupted");
	return output_flush(((struct printer *)observer)->output, err);
}

/* The secret of all management protocols, and those of single ones. */
struct secrets {
	struct pop3_secret common, own[SERVE_MANAGERS];
};

static int read_secret(const char *file, struct pop3_secret *secret, struct pop3_error *err)
{
	const struct pop3_timeouts timeouts = { .cancel_fd = -1 };
	const struct password_sources sources = { .file = file, .timeouts = &timeouts };

	if (file == NULL)
		return 0;
	pop3_secret_wipe(secret);
	return password_from(&sources, secret, err);
}

static int read_secrets(const struct options *given, struct secrets *secrets,
			struct serve_settings *settings, struct pop3_error *err)
{
	int result = password_from_environment(SECRET_VARIABLE, &secrets->common, err);

	if (result == 0)
		result = read_secret(given->secret_file, &secrets->common, err);
	for (size_t i = 0; result == 0 && i < SERVE_MANAGERS; i++) {
		const bool own = given->secret_files[i] != NULL;

		result = read_secret(given->secret_files[i], &secrets->own[i], err);
		settings->secrets[i] = own ? &secrets->own[i] : &secrets->common;
	}
	return result;
}

static void wipe_secrets(struct secrets *secrets)
{
	pop3_secret_wipe(&secrets->common);
	for (size_t i = 0; i < SERVE_MANAGERS; i++)
		pop3_secret_wipe(&secrets->own[i]);
}

static int add_user(const struct serve_settings *settings, const char *name,
		    struct pop3_error *err)
{
	const struct pop3_timeouts timeouts = { .cancel_fd = -1 };
	const struct password_sources sources = {
		.fd = isatty(STDIN_FILENO) == 1 ? NULL : "0", .prompt = "Password: ",
		.timeouts = &timeouts,
	};
	struct pop3_secret password = { .text = NULL };
	int result = password_from(&sources, &password, err);

	if (result == 0)
		result = serve_add_user(settings, name, &password, err);
	pop3_secret_wipe(&password);
	return result;
}

static int run(struct invocation *in, struct pop3_error *err)
{
	const struct options *const given = in->options;
	struct printer printer = {
		.observer = { .listening = print_listener, .ready = flush_listeners },
		.output = in->output,
	};
	struct secrets secrets = { 0 };
	struct serve_settings settings = given->settings;
	int result;

	settings.listen = (struct serve_addresses){ given->listen.items, given->listen.count };
	settings.listen_tls = (struct serve_addresses){
		given->listen_tls.items, given->listen_tls.count,
	};
	if (given->add_user != NULL)
		return add_user(&settings, given->add_user, err);
	result = read_secrets(given, &secrets, &settings, err);
	if (result == 0)
		result = serve_run(&settings, &printer.observer, err);
	wipe_secrets(&secrets);
	return result;
}

const struct command cmd_serve = {
	.name = "serve",
	.summary = "Serve Maildirs over POP3",
	.operands = "", .options = options, .options_size = sizeof(struct options), .run = run,
	.examples = "  echo secret | pop3 serve --users users --add-user ann\n"
		    "  pop3 serve --listen 127.0.0.1:11110 --maildir-root mail --users users\n",
};

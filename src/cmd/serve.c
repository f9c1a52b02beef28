/* pop3 serve: a POP3 server for Maildirs, with four management protocols. */
#include "serve/serve.h"

#include <string.h>
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
	const char *try, *add_user, *secret_file, *secret_files[SERVE_MANAGERS];
};

#define FIELD(name) offsetof(struct options, name)
#define SETTING(name) offsetof(struct options, settings.name)

static const struct option_spec options[] = {
	{ OPTION_PATH, 0, "try", FIELD(try), "DIR",
	  "serve the Maildirs in DIR to this machine, with any password", NULL },
	{ OPTION_LIST, 0, "listen", FIELD(listen), "ADDRESS:PORT",
	  "serve POP3, with STLS if there is a certificate; port 0 = any", NULL },
	{ OPTION_LIST, 0, "listen-tls", FIELD(listen_tls), "ADDRESS:PORT",
	  "serve POP3 over TLS from the first octet", NULL },
	{ OPTION_PATH, 0, "maildir-root", SETTING(root), "DIR",
	  "directory with one Maildir per user (created if missing)", NULL },
	{ OPTION_PATH, 0, "users", SETTING(users), "FILE",
	  "lines of name:hash, with hashes of crypt(3)", NULL },
	{ OPTION_TEXT, 0, "add-user", FIELD(add_user), "NAME",
	  "add a user with the password on stdin, and exit", NULL },
	{ OPTION_PATH, 0, "cert", SETTING(cert), "FILE", "certificate and its chain (PEM)", NULL },
	{ OPTION_PATH, 0, "key", SETTING(key), "FILE", "its key, if not in the same file", NULL },
	{ OPTION_FLAG, 0, "allow-cleartext", SETTING(allow_cleartext), NULL,
	  "accept passwords without TLS from other machines", NULL },
	{ OPTION_DURATION, 0, "timeout", SETTING(timeout), "TIME",
	  "end sessions idle for this long; 0 = never", "600" },
	{ OPTION_DURATION, 0, "login-timeout", SETTING(login_timeout), "TIME",
	  "end connections without a login after this time", "60" },
	{ OPTION_DURATION, 0, "login-delay", SETTING(login_delay), "TIME",
	  "minimum time between two logins of one user", NULL },
	{ OPTION_NUMBER, 0, "max-connections", SETTING(max_connections), "N",
	  "maximum number of POP3 connections", "1000" },
	{ OPTION_NUMBER, 0, "max-per-address", SETTING(max_per_address), "N",
	  "maximum from one address; 0 = 7/8 of --max-connections", NULL },
	{ OPTION_NUMBER, 0, "max-users", SETTING(max_users), "N",
	  "maximum number of users", "10000" },
	{ OPTION_NUMBER, 0, "log-entries", SETTING(log_entries), "N",
	  "latest logins kept in the managers' log", "1000" },
	{ OPTION_PATH, 0, "state", SETTING(state), "FILE",
	  "save what managers set, for the next start", NULL },
	{ OPTION_TEXT, 0, "transform", SETTING(transform), "COMMAND",
	  "send messages through COMMAND; managers can switch it off and on", NULL },
	{ OPTION_TEXT, 0, "peep", SETTING(peep), "ADDRESS:PORT",
	  "accept management by PEEP; the secret works with any user name", NULL },
	{ OPTION_TEXT, 0, "spscmp", SETTING(spscmp), "ADDRESS:PORT",
	  "accept management by SPSCMP; the secret is the token", NULL },
	{ OPTION_TEXT, 0, "monitor", SETTING(monitor), "ADDRESS:PORT",
	  "accept management by METR, TRAN and so on, without a login", NULL },
	{ OPTION_TEXT, 0, "smtpstatus", SETTING(smtpstatus), "ADDRESS:PORT",
	  "accept management by SMTPStatus; secrets have at most 8 octets", NULL },
	{ OPTION_PATH, 0, "secret-file", FIELD(secret_file), "FILE",
	  "the managers' secret is its first line (or $" SECRET_VARIABLE ")", NULL },
	{ OPTION_PATH, 0, "peep-secret-file", FIELD(secret_files[SERVE_PEEP]), "FILE",
	  "the secret of --peep", NULL },
	{ OPTION_PATH, 0, "spscmp-secret-file", FIELD(secret_files[SERVE_SPSCMP]), "FILE",
	  "the secret of --spscmp", NULL },
	{ OPTION_PATH, 0, "smtpstatus-secret-file", FIELD(secret_files[SERVE_SMTPSTATUS]), "FILE",
	  "the secret of --smtpstatus", NULL },
	{ OPTION_FLAG, 0, "allow-remote-management", SETTING(allow_remote_management), NULL,
	  "let management listen on addresses other than loopback", NULL },
	{ OPTION_TEXT, 'u', "user", SETTING(user), "NAME",
	  "switch to this user once the sockets are open", NULL },
	{ OPTION_NUMBER, 0, "ready-fd", SETTING(ready_fd), "N",
	  "write a line feed to this descriptor once serving", NULL },
	{ OPTION_FLAG, 0, "log-json", SETTING(log_json), NULL,
	  "log in JSON, one object per line", NULL },
	{ OPTION_FLAG, 0, "no-sandbox", SETTING(no_sandbox), NULL,
	  "keep the rights to write anywhere and run programs", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* Prints one record per listener, or a URL per mailbox of a trial, before serving begins. */
struct printer {
	struct serve_observer observer;
	struct output *output;
	const struct serve_trial *trial;
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

static int print_urls(struct serve_observer *observer, const char *protocol, const char *address,
		      uint16_t port, struct pop3_error *err)
{
	const struct serve_trial *const trial = ((struct printer *)observer)->trial;
	struct output *const output = ((struct printer *)observer)->output;

	if (strcmp(protocol, "pop3") != 0)
		return print_listener(observer, protocol, address, port, err);
	for (size_t i = 0; i < trial->count; i++) {
		struct buffer url = { 0 };

		buffer_append_text(&url, "pop3://");
		for (const char *octet = trial->users[i]; *octet != '\0'; octet++)
			buffer_append_format(&url, strchr("@%/:?#[]", *octet) != NULL ? "%%%02X" :
					     "%c", (unsigned char)*octet);
		buffer_append_format(&url, strchr(address, ':') != NULL ? "@[%s]:%u" : "@%s:%u",
				     address, (unsigned)port);
		output_begin(output);
		output_text(output, "url", buffer_text(&url));
		buffer_release(&url);
		if (output_end(output, err) < 0)
			return -1;
	}
	return 0;
}

static int flush_listeners(struct serve_observer *observer, struct pop3_error *err)
{
	/* From now on, the server handles signals itself. */
	if (signals_caught() != 0)
		return pop3_fail(err, POP3_E_INTERRUPTED, "interrupted");
	return output_flush(((struct printer *)observer)->output, err);
}

/* The secret for all management protocols, and those for single ones. */
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

static int try_out(const struct invocation *in, struct serve_settings settings, struct pop3_error *err)
{
	static const char *const any_port[] = { "127.0.0.1:0" };
	const struct options *const given = in->options;
	struct serve_trial trial = { .fd = -1 };
	struct printer printer = {
		.observer = { .listening = print_urls, .ready = flush_listeners },
		.output = in->output, .trial = &trial,
	};
	int result;

	if (settings.root != NULL || settings.users != NULL || settings.user != NULL)
		return pop3_fail(err, POP3_E_USAGE,
				 "--try needs no --maildir-root, --users and --user, and takes "
				 "none");
	result = serve_trial_open(&trial, given->try, err);
	settings.root = given->try;
	settings.users = trial.path;
	settings.any_password = true;
	if (settings.listen.count == 0)
		settings.listen = (struct serve_addresses){ any_port, 1 };
	if (result == 0) {
		warn(in, "any password opens a mailbox; clients of pop3 add --tls off");
		result = serve_run(&settings, &printer.observer, err);
	}
	serve_trial_release(&trial);
	return result;
}

/* An address without a host listens on all interfaces, which the user may not have intended. */
static void warn_of_all_addresses(const struct invocation *in, const struct text_list *listen)
{
	for (size_t i = 0; i < listen->count; i++)
		if (listen->items[i][0] == ':')
			warn(in, "'%s' listens on all addresses; 127.0.0.1%s is for this machine "
				 "alone", listen->items[i], listen->items[i]);
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
	warn_of_all_addresses(in, &given->listen);
	warn_of_all_addresses(in, &given->listen_tls);
	result = read_secrets(given, &secrets, &settings, err);
	if (result == 0 && given->try != NULL)
		result = try_out(in, settings, err);
	else if (result == 0)
		result = serve_run(&settings, &printer.observer, err);
	pop3_secret_wipe(&secrets.common);
	for (size_t i = 0; i < SERVE_MANAGERS; i++)
		pop3_secret_wipe(&secrets.own[i]);
	return result;
}

const struct command cmd_serve = {
	.name = "serve",
	.summary = "Serve Maildirs over POP3",
	.operands = "", .options = options, .options_size = sizeof(struct options), .run = run,
	.examples = "  pop3 serve --try mail\n"
		    "  echo secret | pop3 serve --users users --add-user ann\n"
		    "  pop3 serve --listen 127.0.0.1:11110 --maildir-root mail --users users\n",
};

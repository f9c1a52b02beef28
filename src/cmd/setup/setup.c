/*
 * pop3 setup: from an address to an account. Finds the domain's server, tries it as check does, and
 * prints the section for the configuration file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/password.h"
#include "cli/run.h"
#include "cmd/commands.h"
#include "cmd/setup/setup.h"

#define HOST_OCTETS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

struct setup_options {
	bool write;
};

static const struct option_spec options[] = {
	{ OPTION_FLAG, 0, "write", offsetof(struct setup_options, write), NULL,
	  "append the section to the configuration file", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* --- the address --- */

static int read_address(struct setup *setup, struct pop3_error *err)
{
	const char *const address = setup->address, *const at = strchr(address, '@');
	const char *const domain = at != NULL ? at + 1 : "";
	const size_t length = strlen(domain);
	const unsigned char odd = (unsigned char)domain[strspn(domain, HOST_OCTETS)];

	if (at == NULL || at == address || strchr(domain, '@') != NULL ||
	    text_has_control(address) || address[0] == ' ')
		return pop3_fail(err, POP3_E_USAGE,
				 "'%s' is not an address: it must be NAME@DOMAIN", address);
	if (length == 0 || length + sizeof "_pop3s._tcp." > DNS_NAME_OCTETS || domain[0] == '.' ||
	    domain[length - 1] == '.' || strstr(domain, "..") != NULL || odd != '\0')
		return pop3_fail(err, POP3_E_USAGE, "'%s' is not a domain%s", domain,
				 odd >= 0x80 ? " in ASCII letters: write it as xn--..." : "");
	buffer_append(&setup->local, address, (size_t)(at - address));
	setup->domain = domain;
	return buffer_check(&setup->local, POP3_E_MEMORY, err);
}

static int name_account(struct setup *setup, struct pop3_error *err)
{
	const struct config *const config = setup->in->config;
	const char *const given = setup->connection->account;

	setup->name = given != NULL ? given : setup->address;
	setup->path = buffer_text(&config->path);
	file_directory_of(&setup->directory, setup->path);
	if (strlen(setup->name) > SECTION_NAME_MAX || setup->name[0] == '\0' ||
	    strpbrk(setup->name, "]/") != NULL || text_has_control(setup->name) ||
	    strcmp(setup->name, CONFIG_DEFAULTS) == 0)
		return pop3_fail(err, POP3_E_USAGE, "'%s' cannot be the name of an account: choose "
						    "another one with --account", setup->name);
	for (size_t i = 0; setup->writes && i < config->account_count; i++)
		if (strcmp(config->accounts[i], setup->name) == 0)
			return pop3_fail(err, POP3_E_CONFIG, "%s already has an account '%s': "
							     "choose another name with --account",
					 setup->path, setup->name);
	return buffer_check(&setup->directory, POP3_E_MEMORY, err);
}

/* --- the command --- */

static int prepare(struct invocation *in, struct pop3_error *err)
{
	struct setup *const setup = calloc(1, sizeof *setup);
	struct connection *const c = in->connection;

	if (setup == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	in->work = setup;
	setup->in = in;
	setup->connection = c;
	setup->candidates.notes = &setup->tried;
	setup->address = in->operands[0];
	setup->writes = ((const struct setup_options *)in->options)->write;
	setup->until_ms = c->max_time > 0 ? clock_ms() + (int64_t)c->max_time * 1000 : 0;
	if (read_address(setup, err) < 0 || name_account(setup, err) < 0 ||
	    config_apply(in->config, NULL, in->set, err) < 0 ||
	    password_from_environment("POP3_PASSWORD", &c->in_environment, err) < 0)
		return -1;
	if ((c->trace != NULL || in->general->verbose) &&
	    trace_open(&in->run->trace, c->trace, in->general, &c->target.timeouts, err) < 0)
		return -1;
	return 0;
}

static int run(struct invocation *in, struct pop3_error *err)
{
	struct setup *const setup = in->work;
	struct section section;
	int result = 0;

	if (setup_find_server(setup, err) < 0 || setup_log_in(setup, err) < 0)
		return -1;
	if (setup->writes && setup->logged_in && setup->connection->prompts)
		result = setup_keep_password(setup, err);
	setup_put_section(setup, &section);
	if (result == 0)
		result = section_print(&section, err);
	if (result == 0 && setup->writes)
		result = section_append(&section, setup->path, err);
	section_release(&section);
	if (result == 0 && setup->writes)
		warn(in, "account '%s' is written to %s", setup->name, setup->path);
	return result;
}

static void release(struct invocation *in)
{
	struct setup *const setup = in->work;

	if (setup == NULL)
		return;
	pop3_diagnostics_release(&setup->report);
	probe_release(&setup->probe);
	buffer_release(&setup->local);
	buffer_release(&setup->directory);
	buffer_release(&setup->url);
	buffer_release(&setup->tried);
	free(setup);
}

const struct command cmd_setup = {
	.name = "setup", .summary = "Find an account's settings, try them, and print its section",
	.operands = "ADDRESS", .min = 1, .max = 1, .needs = NEEDS_CONFIG,
	.options = options, .options_size = sizeof(struct setup_options),
	.prepare = prepare, .run = run, .release = release,
	.examples = "  pop3 setup ann@example.org --write\n"
		    "  pop3 setup ann@example.org --server pop3://mail.example.org\n",
};

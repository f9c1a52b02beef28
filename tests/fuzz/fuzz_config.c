/* Configuration files: a valid one applies to each of its accounts; an error names the place. */
#include "options/config.h"

#include "base/string-pool.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/password.h"
#include "cmd/commands.h"
#include "scratch.h"

static void apply(struct config *config, const char *account, struct string_pool *pool)
{
	struct option_set set = { .pool = pool };
	struct connection connection;
	struct general general;
	struct pop3_error err = { .code = POP3_E_NONE };

	must(config_expect(config, account, &err) == 0, "a listed account exists");
	must(option_set_add(&set, general_options, &general, sizeof general, &err) == 0 &&
		     option_set_add(&set, connection_options, &connection, sizeof connection,
				    &err) == 0,
	     "options can be set");
	if (config_apply(config, account, &set, &err) < 0)
		must(err.code == POP3_E_CONFIG && strstr(err.text, "/pop3/config") != NULL,
		     "a setting that cannot be applied is a configuration error");
	else if (connection.server != NULL &&
		 connection_prepare(&connection, &set, false, &err) < 0)
		must(err.code == POP3_E_USAGE || err.code == POP3_E_CONFIG,
		     "a contradiction is a usage or configuration error");
	password_release(&connection);
	option_set_release(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct string_pool pool = { .newest = NULL };
	struct pop3_error err = { .code = POP3_E_NONE };
	struct getopt_table known;
	struct config config;

	commands_begin();
	command_all_options(&known, "");
	scratch_directory("pop3");
	scratch_write("pop3/config", data, size);
	setenv("XDG_CONFIG_HOME", scratch(), 1);
	if (config_read(&config, &known, &pool, &err) < 0)
		must(err.code == POP3_E_CONFIG && strstr(err.text, "/pop3/config") != NULL,
		     "an invalid file is a configuration error");
	else
		for (size_t i = 0; i < config.account_count; i++)
			apply(&config, config.accounts[i], &pool);
	config_release(&config);
	string_pool_release(&pool);
	return 0;
}

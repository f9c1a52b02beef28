/* pop3 accounts: the accounts of the configuration, or every setting of one. */
#include <string.h>

#include "cli/output.h"
#include "cmd/commands.h"
#include "options/config.h"

struct accounts_options {
	const char *show;
};

static const struct option_spec options[] = {
	{ OPTION_TEXT, 0, "show", offsetof(struct accounts_options, show), "ACCOUNT",
	  "print each setting of an account and its source", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

static const char *const sources[] = {
	[FROM_NOWHERE] = "", [FROM_BUILT_IN] = "built-in", [FROM_DEFAULTS] = "defaults",
	[FROM_ACCOUNT] = "account", [FROM_ENVIRONMENT] = "environment",
	[FROM_COMMAND_LINE] = "command line",
};

static int print_setting(struct invocation *in, const char *name, const char *value,
			 enum option_source source, struct pop3_error *err)
{
	output_begin(in->output);
	output_text(in->output, "setting", name);
	output_text(in->output, "value", value);
	output_text(in->output, "source", sources[source]);
	return output_end(in->output, err);
}

static int print_group(struct invocation *in, const struct option_group *group,
		       struct pop3_error *err)
{
	struct buffer value = { 0 };
	int result = 0;

	for (size_t i = 0; result == 0 && group->rows[i].type != OPTION_END; i++) {
		const struct option_place place = { group, &group->rows[i] };

		if (group->sources[i] == FROM_NOWHERE)
			continue;
		buffer_clear(&value);
		option_print(&value, place);
		result = print_setting(in, group->rows[i].name, buffer_text(&value),
				       group->sources[i], err);
	}
	buffer_release(&value);
	return result;
}

/* Of the settings for other subcommands, a password is not shown. */
static int show(struct invocation *in, const char *account, struct pop3_error *err)
{
	if (config_expect(in->config, account, err) < 0 ||
	    config_apply(in->config, account, in->set, err) < 0)
		return -1;
	for (size_t g = 0; g < in->set->count; g++)
		if (in->set->groups[g].values == in->connection &&
		    print_group(in, &in->set->groups[g], err) < 0)
			return -1;
	for (size_t i = 0; i < in->config->count; i++) {
		const struct config_entry *const entry = &in->config->entries[i];
		const bool is_password = strcmp(entry->key, "password") == 0;
		const bool is_account = strcmp(entry->section, account) == 0;
		char name[CONFIG_NAME_MAX];

		if (!is_account && strcmp(entry->section, CONFIG_DEFAULTS) != 0)
			continue;
		config_option_name(entry->key, name);
		if (option_find(in->set, name).row != NULL)
			continue;
		if (print_setting(in, name, is_password ? "********" : entry->value,
				  is_account ? FROM_ACCOUNT : FROM_DEFAULTS, err) < 0)
			return -1;
	}
	return 0;
}

static int run(struct invocation *in, struct pop3_error *err)
{
	const char *const account = ((const struct accounts_options *)in->options)->show;

	if (account != NULL)
		return show(in, account, err);
	for (size_t i = 0; i < in->config->account_count; i++) {
		output_begin(in->output);
		output_text(in->output, "account", in->config->accounts[i]);
		if (output_end(in->output, err) < 0)
			return -1;
	}
	return 0;
}

const struct command cmd_accounts = {
	.name = "accounts", .summary = "List the configured accounts, one per line",
	.operands = "", .needs = NEEDS_CONFIG,
	.options = options, .options_size = sizeof(struct accounts_options), .run = run,
	.examples = "  pop3 accounts\n"
		    "  pop3 accounts --show \"$(pop3 accounts | head -n 1)\"\n",
};

/* The configuration file, read by inih; what it may say is what the option rows say. */
#include "cli/config.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cli/arena.h"
#include "cli/nearest.h"
#include "cli/rows.h"

#define LINE_MAX_OCTETS 65536

/* What inih's callbacks share: it counts no lines, so its reader does. */
struct reading {
	struct config *config;
	FILE *file;
	unsigned line;
	struct pop3_error *err;
	bool failed;
};

static char *next_line(char *out, int size, void *arg)
{
	struct reading *const reading = arg;

	reading->line++;
	return reading->failed ? NULL : fgets(out, size, reading->file);
}

static int fail_at(struct reading *reading, const char *what, const char *subject,
		   const char *hint)
{
	reading->failed = true;
	pop3_fail(reading->err, POP3_E_CONFIG, "%s line %u: %s '%s'%s",
		  buffer_text(&reading->config->path), reading->line, what, subject, hint);
	return 0;
}

void config_option_name(const char *key, char name[CONFIG_NAME_MAX])
{
	size_t i = 0;

	for (; key[i] != '\0' && i + 1 < CONFIG_NAME_MAX; i++)
		name[i] = key[i] == '_' ? '-' : key[i];
	name[i] = '\0';
}

/* A key with "-" where "_" belongs is named right, out of the caller's room. */
static bool is_known_key(const char *key, struct nearest *nearest, char right[CONFIG_NAME_MAX])
{
	char name[CONFIG_NAME_MAX];

	config_option_name(key, name);
	if (strcmp(name, "password") == 0)
		return true;
	if (rows_find(name, nearest) == NULL)
		return false;
	if (strchr(key, '-') == NULL)
		return true;
	for (size_t i = 0; i < CONFIG_NAME_MAX; i++)
		right[i] = name[i] == '-' ? '_' : name[i];
	nearest->word = right;
	return false;
}

static bool remember_account(struct config *config, const char *section)
{
	if (strcmp(section, CONFIG_DEFAULTS) == 0 ||
	    (config->account_count > 0 &&
	     strcmp(config->accounts[config->account_count - 1], section) == 0))
		return true;
	if (config->account_count == config->account_capacity) {
		const size_t capacity = config->account_capacity * 2 + 8;
		const char **const accounts =
			reallocarray(config->accounts, capacity, sizeof *accounts);

		if (accounts == NULL)
			return false;
		config->accounts = accounts;
		config->account_capacity = capacity;
	}
	config->accounts[config->account_count++] = section;
	return true;
}

static bool remember_entry(struct config *config, struct config_entry entry)
{
	if (config->count == config->capacity) {
		const size_t capacity = config->capacity * 2 + 16;
		struct config_entry *const entries =
			reallocarray(config->entries, capacity, sizeof *entries);

		if (entries == NULL)
			return false;
		config->entries = entries;
		config->capacity = capacity;
	}
	config->entries[config->count++] = entry;
	return true;
}

static int take_entry(void *arg, const char *section, const char *key, const char *value)
{
	struct reading *const reading = arg;
	struct config *const config = reading->config;
	struct config_entry entry = { .line = reading->line };
	struct nearest nearest = { .word = NULL };
	char right[CONFIG_NAME_MAX];

	if (reading->failed)
		return 0;
	if (section[0] == '\0')
		return fail_at(reading, "no section stands before the key", key, "");
	if (!is_known_key(key, &nearest, right)) {
		char hint[128];

		return fail_at(reading, "unknown key", key,
			       nearest_hint(&nearest, hint, sizeof hint));
	}
	if (strcmp(key, "password") == 0 && !config->is_private)
		return fail_at(reading, "others can read the file, so it must not hold", key,
			       ": chmod 600 it");
	entry.section = arena_keep(config->arena, section, reading->err);
	entry.key = arena_keep(config->arena, key, reading->err);
	entry.value = arena_keep(config->arena, value, reading->err);
	if (entry.section == NULL || entry.key == NULL || entry.value == NULL ||
	    !remember_account(config, entry.section) || !remember_entry(config, entry)) {
		reading->failed = true;
		pop3_fail(reading->err, POP3_E_MEMORY, "out of memory");
		return 0;
	}
	return 1;
}

static int parse(struct config *config, FILE *file, struct pop3_error *err)
{
	struct reading reading = { .config = config, .file = file, .err = err };
	struct stat status;
	int bad_line;

	ini_use_stack = false;
	ini_allow_realloc = true;
	ini_max_line = LINE_MAX_OCTETS;
	ini_allow_inline_comments = false; /* " ;" may stand in a command */
	ini_stop_on_first_error = true;
	config->is_private = fstat(fileno(file), &status) == 0 && (status.st_mode & 077) == 0;
	bad_line = ini_parse_stream(next_line, &reading, take_entry, &reading);
	if (reading.failed)
		return -1;
	if (bad_line > 0)
		return pop3_fail(err, POP3_E_CONFIG, "%s line %d: neither [section] nor key = value",
				 buffer_text(&config->path), bad_line);
	if (bad_line < 0)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	return 0;
}

int config_read(struct config *config, struct arena *arena, struct pop3_error *err)
{
	const char *const home = getenv("XDG_CONFIG_HOME");
	FILE *file;
	int result;

	*config = (struct config){ .arena = arena };
	file_expand(&config->path, home != NULL && home[0] == '/' ? home : "~/.config");
	buffer_append_text(&config->path, "/pop3/config");
	file = fopen(buffer_text(&config->path), "re");
	if (file == NULL && errno == ENOENT)
		return 0;
	if (file == NULL)
		return pop3_fail_errno(err, POP3_E_CONFIG, "cannot read '%s'",
				       buffer_text(&config->path));
	result = parse(config, file, err);
	fclose(file);
	return result;
}

/* --- applying --- */

static int apply_entry(struct config *config, const struct config_entry *entry,
		       enum option_source source, struct option_set *set, struct pop3_error *err)
{
	char name[CONFIG_NAME_MAX], where[128];
	struct option_place place;

	config_option_name(entry->key, name);
	if (strcmp(name, "password") == 0) {
		if (config->password.length > 0)
			return 0;
		config->password_origin = source;
		return pop3_secret_append(&config->password, entry->value, strlen(entry->value),
					  err);
	}
	place = option_find(set, name);
	if (place.row == NULL)
		return 0; /* another subcommand's */
	snprintf(where, sizeof where, "%s line %u", entry->key, entry->line);
	if (option_assign(set, place, entry->value, source, where, err) == 0)
		return 0;
	err->code = err->code == POP3_E_USAGE ? POP3_E_CONFIG : err->code;
	return pop3_context(err, "%s", buffer_text(&config->path));
}

static int apply_section(struct config *config, const char *section, enum option_source source,
			 struct option_set *set, struct pop3_error *err)
{
	for (size_t i = 0; i < config->count; i++)
		if (strcmp(config->entries[i].section, section) == 0 &&
		    apply_entry(config, &config->entries[i], source, set, err) < 0)
			return -1;
	return 0;
}

int config_apply(struct config *config, const char *account, struct option_set *set,
		 struct pop3_error *err)
{
	if (account != NULL && apply_section(config, account, FROM_ACCOUNT, set, err) < 0)
		return -1;
	return apply_section(config, CONFIG_DEFAULTS, FROM_DEFAULTS, set, err);
}

int config_expect(const struct config *config, const char *account, struct pop3_error *err)
{
	struct nearest nearest = { .word = NULL };
	char hint[128];

	for (size_t i = 0; i < config->account_count; i++) {
		if (strcmp(config->accounts[i], account) == 0)
			return 0;
		nearest_offer(&nearest, account, config->accounts[i]);
	}
	return pop3_fail(err, POP3_E_NO_ACCOUNT, "there is no account '%s' in %s%s", account,
			 buffer_text(&config->path), nearest_hint(&nearest, hint, sizeof hint));
}

void config_release(struct config *config)
{
	buffer_release(&config->path);
	free(config->entries);
	free(config->accounts);
	pop3_secret_wipe(&config->password);
}

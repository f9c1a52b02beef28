/* The configuration file, parsed by inih; the option rows define its keys. */
#include "options/config.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "base/string-pool.h"

#define LINE_MAX_OCTETS 65536
#define SECTION_OCTETS 49 /* inih cuts off what a section's name has beyond these */

struct section_line {
	const char *name;
	unsigned line;
};

/* Shared by inih's callbacks. inih does not report line numbers, so next_line counts them. */
struct reading {
	struct config *config;
	const struct getopt_table *known;
	const char *next; /* the rest of the file */
	unsigned line;
	struct section_line *sections;
	size_t section_count, section_capacity;
	struct pop3_error *err;
	bool failed;
};

/* Returns false, which is also inih's 0 of a callback that failed. */
static bool fail_at(struct reading *reading, const char *what, const char *subject,
		    const char *hint)
{
	reading->failed = true;
	pop3_fail(reading->err, POP3_E_CONFIG, "%s line %u: %s '%s'%s",
		  buffer_text(&reading->config->path), reading->line, what, subject, hint);
	return false;
}

/* inih would make one section of two with the same name, and cut a long name off. */
static bool take_section(struct reading *reading, const char *line)
{
	const char *const end = strchr(line, ']');
	char name[SECTION_OCTETS + 1], what[64];
	struct section_line *sections;
	const char *copy;

	if (line[0] != '[' || end == NULL)
		return true;
	if (end - line - 1 > SECTION_OCTETS)
		return fail_at(reading, "the name of a section is longer than 49 octets:", line,
			       "");
	snprintf(name, sizeof name, "%.*s", (int)(end - line - 1), line + 1);
	if (name[0] == ' ' || (end > line + 1 && end[-1] == ' '))
		return fail_at(reading, "the name of a section has blanks around it:", name, "");
	for (size_t i = 0; i < reading->section_count; i++) {
		if (strcmp(reading->sections[i].name, name) != 0)
			continue;
		snprintf(what, sizeof what, "line %u already has a section",
			 reading->sections[i].line);
		return fail_at(reading, what, name, "");
	}
	copy = string_pool_add(reading->config->pool, name, reading->err);
	if (copy == NULL) {
		reading->failed = true;
		return false;
	}
	sections = array_room(reading->sections, reading->section_count,
			      &reading->section_capacity, sizeof *sections);
	if (sections == NULL)
		return fail_at(reading, "out of memory at section", name, "");
	reading->sections = sections;
	sections[reading->section_count++] = (struct section_line){ copy, reading->line };
	return true;
}

/* Removes leading blanks, which inih would take as a continuation of the value before. */
static char *next_line(char *out, int size, void *arg)
{
	struct reading *const reading = arg;
	const char *line = reading->next;
	size_t length;

	reading->line++;
	if (reading->failed || line[0] == '\0')
		return NULL;
	line += strspn(line, " \t\r\f\v");
	length = strcspn(line, "\n");
	reading->next = line + length + (line[length] == '\n');
	if (length >= (size_t)size) {
		reading->failed = true;
		pop3_fail(reading->err, POP3_E_CONFIG, "%s line %u: more than %d octets",
			  buffer_text(&reading->config->path), reading->line, size - 1);
		return NULL;
	}
	memcpy(out, line, length);
	out[length] = '\0';
	return take_section(reading, out) ? out : NULL;
}

void config_option_name(const char *key, char name[CONFIG_NAME_MAX])
{
	size_t i = 0;

	for (; key[i] != '\0' && i + 1 < CONFIG_NAME_MAX; i++)
		name[i] = key[i] == '_' ? '-' : key[i];
	name[i] = '\0';
}

static bool is_password(const char *key)
{
	return strcmp(key, "password") == 0;
}

/* right receives the spelling of the nearest key, as in the file. */
static bool is_known_key(const struct getopt_table *known, const char *key,
			 struct nearest *nearest, char right[CONFIG_NAME_MAX])
{
	const struct option_spec *row;
	char name[CONFIG_NAME_MAX];

	config_option_name(key, name);
	if (is_password(name))
		return true;
	nearest_offer(nearest, name, "password");
	row = getopt_table_find(known, name, nearest);
	if (row != NULL && strchr(key, '-') == NULL)
		return true;
	if (row != NULL)
		nearest->word = row->name;
	if (nearest->word == NULL)
		return false;
	snprintf(right, CONFIG_NAME_MAX, "%s", nearest->word);
	for (char *dash = right; (dash = strchr(dash, '-')) != NULL;)
		*dash = '_';
	nearest->word = right;
	return false;
}

static bool keep_entry(struct reading *reading, const char *section, const char *key,
		       const char *value)
{
	struct config *const config = reading->config;
	const struct config_entry entry = {
		.section = string_pool_add(config->pool, section, reading->err),
		.key = string_pool_add(config->pool, key, reading->err),
		.value = string_pool_add(config->pool, value, reading->err),
		.line = reading->line,
	};
	struct config_entry *const entries = array_room(config->entries, config->count,
							&config->capacity, sizeof *entries);
	const char **const accounts = array_room(config->accounts, config->account_count,
						 &config->account_capacity, sizeof *accounts);

	config->entries = entries != NULL ? entries : config->entries;
	config->accounts = accounts != NULL ? accounts : config->accounts;
	if (entry.section == NULL || entry.key == NULL || entry.value == NULL || entries == NULL ||
	    accounts == NULL) {
		reading->failed = true;
		pop3_fail(reading->err, POP3_E_MEMORY, "out of memory");
		return false;
	}
	entries[config->count++] = entry;
	if (strcmp(section, CONFIG_DEFAULTS) != 0 &&
	    (config->account_count == 0 ||
	     strcmp(accounts[config->account_count - 1], section) != 0))
		accounts[config->account_count++] = entry.section;
	return true;
}

/* Comments cannot follow a value on its line; in most values such text was meant as one. */
static bool ends_in_comment(const struct getopt_table *known, const char *key, const char *value)
{
	char name[CONFIG_NAME_MAX];
	const struct option_spec *row;

	config_option_name(key, name);
	row = getopt_table_find(known, name, NULL);
	if (row == NULL || (row->type == OPTION_TEXT && (strcmp(row->argument, "COMMAND") == 0 ||
							  strcmp(row->argument, "DEST") == 0)))
		return false;
	return strstr(value, " #") != NULL || strstr(value, "\t#") != NULL ||
	       strstr(value, " ;") != NULL || strstr(value, "\t;") != NULL;
}

static int take_entry(void *arg, const char *section, const char *key, const char *value)
{
	struct reading *const reading = arg;
	struct nearest nearest = { .word = NULL };
	char right[CONFIG_NAME_MAX];
	bool kept;

	if (reading->failed)
		return false;
	if (section[0] == '\0')
		return fail_at(reading, "the key is not in a section", key, "");
	if (!is_known_key(reading->known, key, &nearest, right)) {
		char hint[128];

		return fail_at(reading, "unknown key", key,
			       nearest_hint(&nearest, hint, sizeof hint));
	}
	if (ends_in_comment(reading->known, key, value))
		return fail_at(reading,
			       "put comments on lines of their own, not after the value of", key,
			       "");
	if (is_password(key) && !reading->config->is_private)
		return fail_at(reading,
			       "the file is readable by other users, so it must not contain", key,
			       ": run chmod 600 on it");
	kept = keep_entry(reading, section, key, value);
	/* value is part of inih's line buffer, which inih frees without wiping it. */
	if (is_password(key))
		explicit_bzero((char *)value, strlen(value));
	return kept;
}

static int parse(struct config *config, const struct getopt_table *known,
		 const struct buffer *text, struct pop3_error *err)
{
	const char *const path = buffer_text(&config->path);
	struct reading reading = {
		.config = config, .known = known, .next = buffer_text(text), .err = err,
	};
	int bad_line;

	if (strlen(reading.next) != text->length)
		return pop3_fail(err, POP3_E_CONFIG, "%s contains a NUL", path);
	ini_use_stack = false;
	ini_initial_alloc = ini_max_line = LINE_MAX_OCTETS;
	ini_allow_inline_comments = false; /* a command may contain " ;" */
	ini_stop_on_first_error = true;
	bad_line = ini_parse_stream(next_line, &reading, take_entry, &reading);
	free(reading.sections);
	if (reading.failed)
		return -1;
	if (bad_line > 0)
		return pop3_fail(err, POP3_E_CONFIG,
				 "%s line %d: expected [section] or key = value", path, bad_line);
	if (bad_line < 0)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	return 0;
}

int config_read(struct config *config, const struct getopt_table *known,
		struct string_pool *pool, struct pop3_error *err)
{
	struct buffer text = { 0 };
	struct stat status;
	int result;

	*config = (struct config){ .pool = pool };
	if (file_user_directory(&config->path, "XDG_CONFIG_HOME", "~/.config", err) < 0)
		return -1;
	buffer_append_text(&config->path, "/pop3/config");
	result = file_read(buffer_text(&config->path), &text);
	if (result < 0 && errno == ENOENT)
		return 0;
	config->is_there = true;
	if (result < 0) {
		pop3_fail_errno(err, POP3_E_CONFIG, "cannot read '%s'", buffer_text(&config->path));
	} else {
		config->is_private = stat(buffer_text(&config->path), &status) == 0 &&
				     (status.st_mode & 077) == 0;
		result = parse(config, known, &text, err);
	}
	buffer_wipe(&text);
	buffer_release(&text);
	return result;
}

/* --- applying --- */

/* Wipes those of all accounts. */
static void wipe_passwords(struct config *config)
{
	for (size_t i = 0; i < config->count; i++)
		if (is_password(config->entries[i].key))
			explicit_bzero(config->entries[i].value, strlen(config->entries[i].value));
}

static int apply_entry(struct config *config, const struct config_entry *entry,
		       enum option_source source, struct option_set *set, struct pop3_error *err)
{
	char name[CONFIG_NAME_MAX];
	struct option_place place;

	config_option_name(entry->key, name);
	if (is_password(name)) {
		if (config->password.length > 0)
			return 0;
		config->password_origin = source;
		return pop3_secret_append(&config->password, entry->value, strlen(entry->value),
					  err);
	}
	place = option_find(set, name);
	if (place.row == NULL)
		return 0; /* an option of another subcommand */
	if (option_assign(set, place, entry->value, source, entry->key, err) == 0)
		return 0;
	err->code = err->code == POP3_E_USAGE ? POP3_E_CONFIG : err->code;
	return pop3_context(err, "%s line %u", buffer_text(&config->path), entry->line);
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
	int result = 0;

	if (account != NULL)
		result = apply_section(config, account, FROM_ACCOUNT, set, err);
	if (result == 0)
		result = apply_section(config, CONFIG_DEFAULTS, FROM_DEFAULTS, set, err);
	wipe_passwords(config);
	return result;
}

int config_blame(const struct config *config, const char *account, const struct option_set *set,
		 const char *option, struct pop3_error *err)
{
	const enum option_source source = option_origin(set, option);
	const char *const section = source == FROM_ACCOUNT ? account : CONFIG_DEFAULTS;
	char name[CONFIG_NAME_MAX];

	if (source != FROM_ACCOUNT && source != FROM_DEFAULTS)
		return -1;
	for (size_t i = 0; i < config->count; i++) {
		config_option_name(config->entries[i].key, name);
		if (strcmp(name, option) != 0 || strcmp(config->entries[i].section, section) != 0)
			continue;
		err->code = POP3_E_CONFIG;
		return pop3_context(err, "%s line %u", buffer_text(&config->path),
				    config->entries[i].line);
	}
	return -1;
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
	return pop3_fail(err, POP3_E_NO_ACCOUNT, "unknown account '%s': %s %s%s", account,
			 buffer_text(&config->path),
			 config->is_there ? "has no such section" : "does not exist",
			 nearest_hint(&nearest, hint, sizeof hint));
}

void config_release(struct config *config)
{
	wipe_passwords(config);
	buffer_release(&config->path);
	free(config->entries);
	free(config->accounts);
	pop3_secret_wipe(&config->password);
}

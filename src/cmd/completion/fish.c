/* Completion for fish. */
#include "cmd/completion/candidates.h"

#include <string.h>

#include "options/general.h"

static const char head[] =
	"# Completion of pop3 for fish. Printed by \"pop3 completion fish\": do not edit.\n"
	"\n"
	"# The words before the cursor that are neither options nor their values.\n"
	"function __pop3_words\n"
	"	set -l value no\n"
	"	set -l ended no\n"
	"	for word in (commandline -opc)[2..]\n"
	"		if test $value = yes\n"
	"			set value no\n"
	"			continue\n"
	"		end\n"
	"		if test $ended = no\n"
	"			switch \"$word\"\n"
	"				case --\n"
	"					set ended yes\n"
	"					continue\n"
	"				case ";

static const char functions[] =
	"\n"
	"					set value yes\n"
	"					continue\n"
	"				case '-?*'\n"
	"					continue\n"
	"			end\n"
	"		end\n"
	"		echo $word\n"
	"	end\n"
	"end\n"
	"\n"
	"# No subcommand yet.\n"
	"function __pop3_none\n"
	"	not count (__pop3_words) >/dev/null\n"
	"end\n"
	"\n"
	"# One of these subcommands.\n"
	"function __pop3_is\n"
	"	set -l words (__pop3_words)\n"
	"	set -q words[1]; and contains -- $words[1] $argv\n"
	"end\n"
	"\n"
	"# That subcommand, and no operand yet.\n"
	"function __pop3_first\n"
	"	test \"$(__pop3_words)\" = $argv[1]\n"
	"end\n"
	"\n"
	"# That subcommand, and an operand.\n"
	"function __pop3_others\n"
	"	__pop3_is $argv[1]; and not __pop3_first $argv[1]\n"
	"end\n"
	"\n"
	"function __pop3_accounts\n"
	"	command pop3 accounts 2>/dev/null | cut -f 1\n"
	"end\n"
	"\n"
	"# The words, or the paths behind one that ends in a colon.\n"
	"function __pop3_destinations\n"
	"	set -l token (string replace -r '^--[^=]*=' '' -- (commandline -ct))\n"
	"	set -l front (string match -r '^[a-z]+:' -- $token)\n"
	"	if test -n \"$front\"\n"
	"		set -l path (string replace -r '^[a-z]+:' '' -- $token)\n"
	"		string replace -r '^' $front -- (__fish_complete_path $path)\n"
	"	else\n"
	"		string join \\n -- $argv\n"
	"	end\n"
	"end\n"
	"\n"
	"complete -c pop3 -f\n";

static void put_quoted(struct buffer *out, const char *text)
{
	buffer_append_octet(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buffer_append_octet(out, '\\');
		buffer_append_octet(out, *text);
	}
	buffer_append_octet(out, '\'');
}

static void put_value(struct buffer *out, struct completion_value value)
{
	static const char *const options[] = {
		[COMPLETE_NOTHING] = "", [COMPLETE_ANY] = " -x", [COMPLETE_WORDS] = " -x -a '",
		[COMPLETE_DESTINATION] = " -x -a '(__pop3_destinations ",
		[COMPLETE_FILE] = " -r -F",
		[COMPLETE_FOLDER] = " -x -a '(__fish_complete_directories)'",
		[COMPLETE_COMMAND] = " -x -a '(__fish_complete_command)'",
		[COMPLETE_ACCOUNT] = " -x -a '(__pop3_accounts)'",
	};

	buffer_append_text(out, options[value.kind]);
	if (value.words == NULL)
		return;
	completion_put_words(out, value.words, " ");
	buffer_append_text(out, value.kind == COMPLETE_DESTINATION ? ")'" : "'");
}

static void put_table(struct buffer *out, const struct option_spec *rows)
{
	const bool before = completion_takes(NULL, rows);
	struct buffer takers = { 0 };

	buffer_append_octet(out, '\n');
	completion_put_takers(&takers, rows, " ");
	for (; rows->type != OPTION_END; rows++) {
		buffer_append_format(out, "complete -c pop3 -n '%s__pop3_is %s'",
				     before ? "__pop3_none; or " : "", buffer_text(&takers));
		if (rows->letter != 0)
			buffer_append_format(out, " -s %c", rows->letter);
		buffer_append_format(out, " -l %s", rows->name);
		if (rows->type != OPTION_FLAG)
			put_value(out, completion_of_option(rows));
		buffer_append_text(out, " -d ");
		put_quoted(out, rows->help);
		buffer_append_octet(out, '\n');
	}
	buffer_release(&takers);
}

static void put_operand(struct buffer *out, const char *where, const char *name,
			struct completion_value value)
{
	if (value.kind == COMPLETE_NOTHING)
		return;
	buffer_append_format(out, "complete -c pop3 -n '%s %s'", where, name);
	put_value(out, value);
	buffer_append_octet(out, '\n');
}

static void put_operands(struct buffer *out)
{
	buffer_append_octet(out, '\n');
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct completion_value others = completion_of_others(commands[i]);
		const struct completion_value first = completion_of_first(commands[i]);
		const bool same = first.words == others.words;

		if (!same)
			put_operand(out, "__pop3_first", commands[i]->name, first);
		put_operand(out, same ? "__pop3_is" : "__pop3_others", commands[i]->name, others);
	}
}

static void put_subcommands(struct buffer *out)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		buffer_append_format(out, "complete -c pop3 -n __pop3_none -a %s -d ",
				     commands[i]->name);
		put_quoted(out, commands[i]->summary);
		buffer_append_octet(out, '\n');
	}
}

static void print(struct buffer *out)
{
	struct getopt_table all;

	completion_all_options(&all);
	buffer_append_text(out, head);
	for (size_t i = 0; i < all.count; i++) {
		const struct option_spec *const row = all.rows[i];

		if (row->type != OPTION_FLAG && row->letter != 0)
			buffer_append_format(out, "-%c ", row->letter);
		if (row->type != OPTION_FLAG)
			buffer_append_format(out, "--%s ", row->name);
	}
	buffer_append_text(out, functions);
	put_subcommands(out);
	put_operands(out);
	completion_each_table(put_table, out);
	buffer_append_octet(out, '\n');
	for (size_t i = 0; commands[i] != NULL; i++)
		buffer_append_format(out, "complete -c pop3-%s -w 'pop3 %s'\n", commands[i]->name,
				     commands[i]->name);
}

const struct completion_shell completion_fish = { "fish", print };

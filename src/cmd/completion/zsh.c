/* Completion for zsh, by its own _arguments. */
#include "cmd/completion/candidates.h"

#include <string.h>

#include "options/general.h"

static const char accounts[] =
	"_pop3_accounts() {\n"
	"	local -a accounts\n"
	"	accounts=(${(f)\"$(command pop3 accounts 2>/dev/null | cut -f 1)\"})\n"
	"	_describe -t accounts account accounts\n"
	"}\n"
	"\n"
	"# _pop3_words WORD...: one of them; no blank follows a colon.\n"
	"_pop3_words() {\n"
	"	compadd -S '' -- ${(M)@:#*:}\n"
	"	compadd -- ${@:#*:}\n"
	"}\n"
	"\n"
	"_pop3_destination() {\n"
	"	if compset -P '*:'; then\n"
	"		_files\n"
	"	else\n"
	"		_pop3_words $@\n"
	"	fi\n"
	"}\n"
	"\n";

static const char tail[] =
	"_pop3() {\n"
	"	local curcontext=$curcontext subcommand= state state_descr line\n"
	"	local -a options operands\n"
	"	typeset -A opt_args\n"
	"	if [[ $service == pop3-* ]]; then\n"
	"		subcommand=${service#pop3-}\n"
	"	else\n"
	"		_pop3_options\n"
	"		_arguments -C -s -S $options \\\n"
	"			'(-): :_pop3_subcommands' '(-)*:: :->rest' && return\n"
	"		[[ $state == rest ]] || return\n"
	"		subcommand=$words[1]\n"
	"	fi\n"
	"	_pop3_options\n"
	"	_pop3_operands\n"
	"	_arguments -s -S $options $operands\n"
	"}\n"
	"\n"
	"_pop3 \"$@\"\n";

/* Text inside single quotes that _arguments and _describe read: backslash before what they use. */
static void put_quoted(struct buffer *out, const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buffer_append_text(out, "'\\''");
		else if (strchr(special, *text) != NULL)
			buffer_append_format(out, "\\%c", *text);
		else
			buffer_append_octet(out, *text);
	}
}

static void put_action(struct buffer *out, struct completion_value value)
{
	static const char *const actions[] = {
		[COMPLETE_NOTHING] = "", [COMPLETE_ANY] = " ", [COMPLETE_WORDS] = " _pop3_words ",
		[COMPLETE_DESTINATION] = " _pop3_destination ", [COMPLETE_FILE] = "_files",
		[COMPLETE_FOLDER] = "_files -/", [COMPLETE_COMMAND] = "_command_names -e",
		[COMPLETE_ACCOUNT] = "_pop3_accounts",
	};
	struct buffer words = { 0 };

	buffer_append_text(out, actions[value.kind]);
	if (value.words == NULL)
		return;
	completion_put_words(&words, value.words, " ");
	put_quoted(out, buffer_text(&words), ":");
	buffer_release(&words);
}

/* '(-a --account)'{-a+,--account=}'[help]:NAME:action' */
static void put_row(struct buffer *out, const struct option_spec *row)
{
	const bool flag = row->type == OPTION_FLAG, list = row->type == OPTION_LIST;

	buffer_append_text(out, "\t\t\t");
	if (row->letter != 0 && !list)
		buffer_append_format(out, "'(-%c --%s)'", row->letter, row->name);
	if (row->letter != 0)
		buffer_append_format(out, "%s{-%c%s,--%s%s}'", list ? "'*'" : "", row->letter,
				     flag ? "" : "+", row->name, flag ? "" : "=");
	else
		buffer_append_format(out, "'%s--%s%s", list ? "*" : "", row->name, flag ? "" : "=");
	buffer_append_octet(out, '[');
	put_quoted(out, row->help, "[]:\\");
	buffer_append_octet(out, ']');
	if (!flag) {
		buffer_append_octet(out, ':');
		put_quoted(out, row->type == OPTION_CHOICE ? row->name : row->argument, ":\\");
		buffer_append_octet(out, ':');
		put_action(out, completion_of_option(row));
	}
	buffer_append_text(out, "'\n");
}

static void put_table(struct buffer *out, const struct option_spec *rows)
{
	buffer_append_format(out, "\tcase $subcommand in\n\t(%s",
			     completion_takes(NULL, rows) ? "''|" : "");
	completion_put_takers(out, rows, "|");
	buffer_append_text(out, ")\n\t\toptions+=(\n");
	for (; rows->type != OPTION_END; rows++)
		put_row(out, rows);
	buffer_append_text(out, "\t\t)\n\t\t;;\n\tesac\n");
}

static void put_operands(struct buffer *out)
{
	buffer_append_text(out, "# Sets operands: what the subcommand takes besides options.\n"
				"_pop3_operands() {\n\toperands=()\n\tcase $subcommand in\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct completion_value others = completion_of_others(commands[i]);
		const struct completion_value first = completion_of_first(commands[i]);

		if (first.kind == COMPLETE_NOTHING)
			continue;
		buffer_append_format(out, "\t(%s) operands=(", commands[i]->name);
		if (first.words != others.words) {
			buffer_append_text(out, "': :");
			put_action(out, first);
			buffer_append_octet(out, '\'');
		}
		if (others.kind != COMPLETE_NOTHING) {
			buffer_append_text(out, first.words != others.words ? " '*: :" : "'*: :");
			put_action(out, others);
			buffer_append_octet(out, '\'');
		}
		buffer_append_text(out, ") ;;\n");
	}
	buffer_append_text(out, "\tesac\n}\n\n");
}

static void put_subcommands(struct buffer *out)
{
	buffer_append_text(out, "_pop3_subcommands() {\n\tlocal -a subcommands\n"
				"\tsubcommands=(\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		buffer_append_format(out, "\t\t'%s:", commands[i]->name);
		put_quoted(out, commands[i]->summary, ":\\");
		buffer_append_text(out, "'\n");
	}
	buffer_append_text(out, "\t)\n\t_describe -t commands subcommand subcommands\n}\n\n");
}

static void print(struct buffer *out)
{
	buffer_append_text(out, "#compdef pop3 pop3-");
	completion_put_takers(out, general_options, " pop3-");
	buffer_append_text(out, "\n# Completion of pop3 for zsh. Printed by \"pop3 completion "
				"zsh\": do not edit.\n\n");
	put_subcommands(out);
	buffer_append_text(out, accounts);
	buffer_append_text(out, "# Sets options: what the subcommand takes, or what may stand "
				"before any.\n_pop3_options() {\n\toptions=()\n");
	completion_each_table(put_table, out);
	buffer_append_text(out, "}\n\n");
	put_operands(out);
	buffer_append_text(out, tail);
}

const struct completion_shell completion_zsh = { "zsh", print };

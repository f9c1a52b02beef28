/* Completion for bash. The script needs nothing of the bash-completion package. */
#include "cmd/completion/candidates.h"

#include "options/general.h"

static const char head[] =
	"# Completion of pop3 for bash. Printed by \"pop3 completion bash\": do not edit.\n"
	"\n"
	"# Sets words: those behind the program's name up to the cursor, whole again where\n"
	"# readline has split them; glued: the front of the last one that it leaves alone.\n"
	"_pop3_words() {\n"
	"	local i word\n"
	"	words=() glued=\n"
	"	for ((i = 1; i <= COMP_CWORD; i++)); do\n"
	"		word=${COMP_WORDS[i]}\n"
	"		if ((i == 1)) || [[ $word != [=:@]* && (! $word ||\n"
	"			${COMP_WORDS[i - 1]} != *[=:@]) ]]; then\n"
	"			words+=(\"$word\") glued=\n"
	"			continue\n"
	"		fi\n"
	"		[[ $word == [=:@]* ]] || glued=${words[-1]}\n"
	"		words[-1]+=$word\n"
	"		[[ $word != [=:@]* ]] || glued=${words[-1]}\n"
	"	done\n"
	"}\n"
	"\n";

static const char tail[] =
	"_pop3_accounts() {\n"
	"	command pop3 accounts 2>/dev/null | cut -f 1\n"
	"}\n"
	"\n"
	"# _pop3_reply KIND [WORD...]: what of that kind begins with $current.\n"
	"_pop3_reply() {\n"
	"	local kind=$1 word candidates=(\"${@:2}\")\n"
	"	case $kind in\n"
	"	account) mapfile -t candidates < <(_pop3_accounts) ;;\n"
	"	command) mapfile -t candidates < <(compgen -c -- \"$current\") ;;\n"
	"	destination) [[ $current != *:* ]] || compopt -o default ;;\n"
	"	file) compopt -o default ;;\n"
	"	folder) compopt -o dirnames ;;\n"
	"	esac\n"
	"	for word in \"${candidates[@]}\"; do\n"
	"		[[ $word == \"$current\"* && $current != *: ]] || continue\n"
	"		printf -v word %q \"$word\"\n"
	"		COMPREPLY+=(\"$before$word\")\n"
	"	done\n"
	"	COMPREPLY=(\"${COMPREPLY[@]#\"$glued\"}\")\n"
	"	[[ ${COMPREPLY[0]-} != *: ]] || compopt -o nospace\n"
	"}\n"
	"\n"
	"# Sets subcommand, operands: how many stand behind it, and option: whose value is next.\n"
	"_pop3_read() {\n"
	"	local word\n"
	"	for word in \"${words[@]:0:${#words[@]}-1}\"; do\n"
	"		if [[ $option ]]; then\n"
	"			option=\n"
	"		elif [[ $word == -- ]]; then\n"
	"			ended=yes\n"
	"		elif [[ $word == -?* && ! $ended ]]; then\n"
	"			_pop3_value \"$word\"\n"
	"			[[ ! ${value[0]} ]] || option=$word\n"
	"		elif [[ $subcommand ]]; then\n"
	"			operands=$((operands + 1))\n"
	"		else\n"
	"			subcommand=$word\n"
	"		fi\n"
	"	done\n"
	"}\n"
	"\n"
	"_pop3() {\n"
	"	local words glued current before='' ended='' options value\n"
	"	local subcommand='' operands=0 option=''\n"
	"	[[ ${1##*/} != pop3-* ]] || subcommand=${1##*pop3-}\n"
	"	_pop3_words\n"
	"	_pop3_read\n"
	"	current=${words[-1]} COMPREPLY=()\n"
	"	if [[ ! $option && ! $ended && $current == --*=* ]]; then\n"
	"		option=${current%%=*} before=$option=\n"
	"		current=${current#*=}\n"
	"	fi\n"
	"	if [[ $option ]]; then\n"
	"		_pop3_value \"$option\"\n"
	"		_pop3_reply \"${value[@]}\"\n"
	"	elif [[ $current == -* && ! $ended ]]; then\n"
	"		_pop3_options\n"
	"		_pop3_reply words \"${options[@]}\"\n"
	"	elif [[ $subcommand ]]; then\n"
	"		_pop3_operand\n"
	"		_pop3_reply \"${value[@]}\"\n"
	"	else\n"
	"		_pop3_reply words ";

static const char *const kinds[] = {
	[COMPLETE_NOTHING] = "", [COMPLETE_ANY] = "any", [COMPLETE_WORDS] = "words",
	[COMPLETE_DESTINATION] = "destination", [COMPLETE_FILE] = "file",
	[COMPLETE_FOLDER] = "folder", [COMPLETE_COMMAND] = "command",
	[COMPLETE_ACCOUNT] = "account",
};

static void put_spellings(struct buffer *out, const struct option_spec *row,
			  const char *separator)
{
	buffer_append_format(out, "--%s", row->name);
	if (row->letter != 0)
		buffer_append_format(out, "%s-%c", separator, row->letter);
}

static void put_table(struct buffer *out, const struct option_spec *rows)
{
	buffer_append_format(out, "\tcase $subcommand in\n\t%s",
			     completion_takes(NULL, rows) ? "'' | " : "");
	completion_put_takers(out, rows, " | ");
	buffer_append_text(out, ")\n\t\toptions+=(\n");
	for (; rows->type != OPTION_END; rows++) {
		buffer_append_text(out, "\t\t\t");
		put_spellings(out, rows, " ");
		buffer_append_octet(out, '\n');
	}
	buffer_append_text(out, "\t\t)\n\t\t;;\n\tesac\n");
}

static void put_options(struct buffer *out)
{
	buffer_append_text(out, "# Sets options: what the subcommand takes, or what may stand "
				"before any.\n_pop3_options() {\n\toptions=()\n");
	completion_each_table(put_table, out);
	buffer_append_text(out, "}\n\n");
}

static void put_value(struct buffer *out, struct completion_value value)
{
	buffer_append_format(out, ") value=(%s", kinds[value.kind]);
	if (value.words != NULL) {
		buffer_append_octet(out, ' ');
		completion_put_words(out, value.words, " ");
	}
	buffer_append_text(out, ") ;;\n");
}

static void put_values(struct buffer *out)
{
	struct getopt_table all;

	completion_all_options(&all);
	buffer_append_text(out, "# Sets value: what stands behind an option; empty when nothing "
				"does.\n_pop3_value() {\n\tcase $1 in\n");
	for (size_t i = 0; i < all.count; i++) {
		if (all.rows[i]->type == OPTION_FLAG)
			continue;
		buffer_append_octet(out, '\t');
		put_spellings(out, all.rows[i], " | ");
		put_value(out, completion_of_option(all.rows[i]));
	}
	buffer_append_text(out, "\t*) value=('') ;;\n\tesac\n}\n\n");
}

static void put_operands(struct buffer *out)
{
	buffer_append_text(out, "# Sets value: what the next operand may be.\n"
				"_pop3_operand() {\n\tcase $subcommand:$operands in\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct completion_value others = completion_of_others(commands[i]);
		const struct completion_value first = completion_of_first(commands[i]);

		if (first.words != others.words) {
			buffer_append_format(out, "\t%s:0", commands[i]->name);
			put_value(out, first);
		}
		if (others.kind != COMPLETE_NOTHING) {
			buffer_append_format(out, "\t%s:*", commands[i]->name);
			put_value(out, others);
		}
	}
	buffer_append_text(out, "\t*) value=('') ;;\n\tesac\n}\n\n");
}

static void print(struct buffer *out)
{
	buffer_append_text(out, head);
	put_options(out);
	put_values(out);
	put_operands(out);
	buffer_append_text(out, tail);
	completion_put_takers(out, general_options, " ");
	buffer_append_text(out, "\n\tfi\n}\n\ncomplete -F _pop3 pop3 pop3-");
	completion_put_takers(out, general_options, " pop3-");
	buffer_append_octet(out, '\n');
}

const struct completion_shell completion_bash = { "bash", print };

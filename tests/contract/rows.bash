# The program's subcommands and option rows, as it prints them for the shells' completion.
# shellcheck disable=SC2154 # names from common.bash, which is loaded first

root=$(realpath "$helpers/../..")
manual=$root/man/pop3.1
manuals=("$root"/man/pop3{.1,-admin.1,-serve.8})
readme=$root/README.md

# answers WORD…: print what the program offers as completions of the last of these words.
answers() {
	"$program" __complete "$@" | sed 1d
}

# NAME TAB SUMMARY for each subcommand.
subcommands_with_summaries() {
	answers ''
}

subcommands() {
	subcommands_with_summaries | cut -f 1
}

# value_of SUBCOMMAND OPTION: set $value to the kind of value that the option takes: "flag",
# "files", "words: A B C", or nothing.
value_of() {
	local found word _
	value=
	while IFS=$'\t' read -r word _; do
		if [ -z "${found:-}" ]; then
			value=${word/%words/words:} found=yes
		else
			value+=" $word"
		fi
	done < <("$program" __complete "$1" "--$2=")
	[ "$value" != 'words: yes no' ] || value=flag
}

# Print each destination as the help names it, such as maildir:PATH.
destinations() {
	answers fetch - | sed -n 's/^--output\t//p' | sed 's/, /\n/g'
}

# Print one line per option row: the subcommands that take it, each between spaces; its letter or
# "-"; its long name; its kind of value; its help. A row from a subcommand's own "Options:" is never
# merged with another's. The list is made once for all files that run-tests runs.
rows() {
	local listed=${results:-$BATS_FILE_TMPDIR}/rows
	[ -e "$listed" ] || {
		list_rows >"$listed.$$"
		mv "$listed.$$" "$listed"
	}
	cat "$listed"
}

list_rows() {
	local name letter word text own key value order=()
	local -A takers values
	for name in $(subcommands); do
		own=$("$program" "$name" --help | sed -n '/^Options:/,/^$/s/^ .*--\([^ ]*\).*/ \1 /p')
		letter=-
		while IFS=$'\t' read -r word text; do
			[[ $word == --* ]] || {
				letter=${word#-}
				continue
			}
			word=${word#--} key=$letter$'\t'$word$'\t'$text
			[[ $own != *" $word "* ]] || key+=$'\t'$name
			[ -n "${takers[$key]:-}" ] || {
				value_of "$name" "$word"
				order+=("$key") values[$key]=$value takers[$key]=' '
			}
			takers[$key]+="$name " letter=-
		done < <(answers "$name" -)
	done
	for key in "${order[@]}"; do
		IFS=$'\t' read -r letter word text _ <<<"$key"
		printf '%s\t%s\t%s\t%s\t%s\n' "${takers[$key]}" "$letter" "$word" "${values[$key]}" "$text"
	done
}

# rows_of, own_rows_of SUBCOMMAND: the rows that it takes, and those that no other takes.
rows_of() {
	rows | grep "^[^	]* $1 "
}

own_rows_of() {
	rows | grep "^ $1 	"
}

# topics_of SUBCOMMAND: the help pages that its own page refers to.
topics_of() {
	"$program" help "$1" | sed -n '/^See also: pop3 help /{ s///; s/, /\n/g; p }'
}

# pages_of SUBCOMMAND: print its help page and those that it refers to.
pages_of() {
	local topic
	"$program" help "$1"
	for topic in $(topics_of "$1"); do
		"$program" help "$topic"
	done
}

# agree EXPECTED ACTUAL: fail and print the differences unless the two lists are the same.
agree() {
	diff <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}

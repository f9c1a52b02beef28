# What the program says about itself: its subcommands and option rows, as it tells the shells.
# shellcheck disable=SC2154 # names from common.bash, which is loaded first

root=$(realpath "$helpers/../..")
manual=$root/man/pop3.1
manuals=("$root"/man/pop3{.1,-admin.1,-serve.8})
readme=$root/README.md

# answers WORD…: what the program offers a shell for the last of these words.
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

# Sets value: what may be the value of an option of a subcommand: "flag", "files", "words: A B C",
# or nothing.
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

# A line for each row: the subcommands that take it, between blanks; its letter or "-"; its long
# name; what its value is; its help. A row of --help that is the subcommand's own stands alone.
# They are listed once for all files that run-tests runs.
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

# The rows that a subcommand takes, and those of them that no other does.
rows_of() {
	rows | grep "^[^	]* $1 "
}

own_rows_of() {
	rows | grep "^ $1 	"
}

# The pages that a subcommand's page refers to.
topics_of() {
	"$program" help "$1" | sed -n '/^See also: pop3 help /{ s///; s/, /\n/g; p }'
}

# A subcommand's page with those it refers to.
pages_of() {
	local topic
	"$program" help "$1"
	for topic in $(topics_of "$1"); do
		"$program" help "$topic"
	done
}

# agree EXPECTED ACTUAL: two lists are the same; shows the difference.
agree() {
	diff <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}

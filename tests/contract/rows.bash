# What the program says about itself: its subcommands and option rows, as it tells the shells.
# shellcheck disable=SC2154 # names from common.bash, which is loaded first

root=$(realpath "$helpers/../..")
manual=$root/man/pop3.1
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

# What may be the value of an option of a subcommand: "flag", "files", "words: A B C", or nothing.
value_of() {
	"$program" __complete "$1" "--$2=" | awk -F '\t' '
		NR == 1 { value = $1 (($1 == "words") ? ":" : "") }
		NR > 1 { value = value " " $1 }
		END { print value == "words: yes no" ? "flag" : value }'
}

# A line for each row: the subcommands that take it, between blanks; its letter or "-"; its long
# name; what its value is; its help. A row of --help that is the subcommand's own stands alone.
rows() {
	local name letter word text own
	local all=$BATS_FILE_TMPDIR/rows
	[ -e "$all" ] || for name in $(subcommands); do
		own=$("$program" "$name" --help | sed -n '/^Options:/,/^$/s/^ .*--\([^ ]*\).*/ \1 /p')
		letter=-
		while IFS=$'\t' read -r word text; do
			case $word in
			--*)
				word=${word#--}
				printf '%s\t' "$name" "$letter" "$word" "$(value_of "$name" "$word")" "$text"
				[[ $own == *" $word "* ]] && echo "$name" || echo
				letter=-
				;;
			-*) letter=${word#-} ;;
			esac
		done < <(answers "$name" -)
	done | awk -F '\t' '
		{ row = $2 FS $3 FS $4 FS $5; key = row FS $6; shown[key] = row }
		!(key in takers) { order[++count] = key; takers[key] = " " }
		{ takers[key] = takers[key] $1 " " }
		END { for (i = 1; i <= count; i++) print takers[order[i]] FS shown[order[i]] }' >"$all"
	cat "$all"
}

# The rows that a subcommand takes, and those of them that no other does.
rows_of() {
	rows | grep "^[^	]* $1 "
}

own_rows_of() {
	rows | grep "^ $1 	"
}

# agree EXPECTED ACTUAL: two lists are the same; shows the difference.
agree() {
	diff <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}

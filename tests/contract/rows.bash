# What the program says about itself: its subcommands and option rows, read from its own
# completion script for fish, which has a line for each.
# shellcheck disable=SC2154 # names from common.bash, which is loaded first

root=$(realpath "$helpers/../..")
manual=$root/man/pop3.1
readme=$root/README.md

# NAME TAB SUMMARY for each subcommand.
subcommands_with_summaries() {
	"$program" completion fish |
		sed -n "s/^complete -c pop3 -n __pop3_none -a \([^ ]*\) -d '\(.*\)'\$/\1\t\2/p" |
		sed "s/\\\\'/'/g; s/\\\\\\\\/\\\\/g"
}

subcommands() {
	subcommands_with_summaries | cut -f 1
}

# A line for each row: the subcommands that take it, between blanks; its letter or "-"; its long
# name; "flag" or what its value is; its help.
rows() {
	"$program" completion fish | sed -n "
		/^complete -c pop3 -n '[^']*__pop3_is /!d
		/ -l /!d
		s/^complete -c pop3 -n '[^']*__pop3_is \([^']*\)'/ \1 \t/
		s/\t -s \(.\)/\t\1/
		s/\t -l/\t- -l/
		s/ -l \([^ ]*\) /\t\1\t/
		s/-d '\(.*\)'\$/\t\1/
		s/\t\t/\tflag\t/
		s/ \t\([^\t]*\)\$/\t\1/
		s/\\\\'/'/g
		p"
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

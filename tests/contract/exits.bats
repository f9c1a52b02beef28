# The program, its manual and its README have the same exit statuses.
# shellcheck disable=SC2154 # names from common.bash and rows.bash
load ../helpers/common
load rows

source_file=$root/src/cli/exit.c
table=$root/src/pop3/recovery.c

# Print STATUS TAB MEANING, as in exit.c. A meaning may itself contain another status.
meanings() {
	sed -nE 's/^\t\{ ([0-9]+), "(.*)" \},$/\1\t\2/p' "$source_file"
}

statuses() {
	meanings | sed -E 's/\t.*\(([0-9]+): .*/\n\1/; s/\t.*//'
}

@test "the exit status of every failure has a meaning" {
	local used
	used=$(sed -nE 's/^\t\[POP3_E_[A-Z_]*\] = \{ ([0-9]+),.*/\1/p' "$table" | sort -nu)
	[ -n "$used" ]
	agree "$used" "$(statuses | sort -nu | grep -vx 143)"
}

@test "the manual lists exactly the exit statuses of the program" {
	local documented
	documented=$(sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EX/s/^\.It //p' "$manual" | sed 's/ , /\n/g')
	agree "$(statuses)" "$documented"
}

@test "the README's table of exit statuses is that of the program" {
	local documented
	documented=$(sed -nE 's/^\| ([0-9]+) \| (.*) \|$/\1\t\2/p' "$readme")
	agree "$(meanings)" "$documented"
}

@test "a usage error exits with 64, help and version with 0" {
	pop3 64
	pop3 64 there-is-no-such-subcommand
	pop3 64 stat --there-is-no-such-option
	pop3 0 --version
	pop3 0 --help
}

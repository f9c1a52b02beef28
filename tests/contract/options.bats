# An option letter has one meaning everywhere, and an option name one kind of value.
# shellcheck disable=SC2154 # names from common.bash and rows.bash
load ../helpers/common
load rows

# Subcommands for servers, in which a name may have another meaning than in the clients.
own_side=' serve admin '

# Print the names that have two values on the lines "NAME TAB VALUE" of stdin.
contradictions() {
	sort -u | awk -F '\t' '$1 in value { print $1 ": " value[$1] " and " $2 } { value[$1] = $2 }'
}

# kinds_of SUBCOMMAND…: print NAME TAB KIND for each of their options. The kind of value combines
# what completion offers and the name of the argument in the help.
kinds_of() {
	local name
	for name; do
		pages_of "$name" >stdout
		sed -nE 's/^  (    |-., )--([^ ]+)( ([^ ]+))?.*/\2\t\4/p' stdout | sed 's/\t-$/\t/' |
			sort >arguments
		rows_of "$name" | awk -F '\t' '{ print $3 "\t" $4 }' | sort |
			join -t $'\t' - arguments | awk -F '\t' '
				{ print $1 "\t" ($2 == "flag" ? "flag" : $2 " " $3) }'
	done
}

# Print the commands of the tests of behaviour, one per line, without comments and test names.
tested_lines() {
	sed -e '/^[[:blank:]]*#/d' -e 's/@test "[^"]*"//' \
		-e ':more' -e '/\\$/{' -e N -e 's/\\\n//' -e 'b more' -e '}' \
		"$root"/tests/{cli,real,fault}/*.bats
}

# untested LINES: print the options of the rows on stdin that none of these lines uses. A letter, or
# a name that occurs in several rows, counts only on a line with a subcommand that takes the row.
untested() {
	local takers letter name _ whole='([^[:alnum:]-]|$)'
	while IFS=$'\t' read -r takers letter name _; do
		takers=${takers# } takers="\\<(${takers// /|})\\>"
		takers=${takers/|)/)} letter=${letter/#-/-$name}
		grep -E "$takers" "$1" | grep -qE -- " -$letter$whole| --$name$whole" ||
			{ [ "$(cut -f 3 rows | grep -cx "$name")" -eq 1 ] &&
				grep -qE -- "--$name$whole" "$1"; } ||
			echo "$takers --$name"
	done
}

@test "a letter means the same option everywhere" {
	[ -z "$(rows | cut -f 2,3 | grep -v '^-' | contradictions)" ]
}

@test "an option has the same letter everywhere" {
	[ -z "$(rows | awk -F '\t' '{ print $3 "\t" $2 }' | contradictions)" ]
}

@test "no subcommand has two options of the same name" {
	local name
	for name in $(subcommands); do
		[ -z "$(rows_of "$name" | cut -f 3 | sort | uniq -d)" ]
	done
}

# Options before the subcommand are parsed before it is known which subcommand takes them.
@test "an option takes a value in all subcommands or in none" {
	[ -z "$(rows | awk -F '\t' '{ print $3 "\t" ($4 == "flag") }' | contradictions)" ]
}

@test "an option takes the same kind of value in all clients" {
	local clients=() name
	for name in $(subcommands); do
		[[ $own_side == *" $name "* ]] || clients+=("$name")
	done
	kinds_of "${clients[@]}" >kinds
	[ -s kinds ]
	[ -z "$(contradictions <kinds)" ]
}

@test "names of options and subcommands are lower-case words" {
	[ -z "$(rows | cut -f 3 | grep -vxE '[a-z0-9]+(-[a-z0-9]+)*')" ]
	[ -z "$(subcommands | grep -vxE '[a-z]+')" ]
}

@test "the check finds a name with two values" {
	[ "$(printf 'o\toutput\no\tonly\n' | contradictions)" = 'o: only and output' ]
}

@test "every option is used in a test" {
	rows >rows
	tested_lines >lines
	[ -s rows ]
	[ -z "$(untested lines <rows | tee /dev/stderr)" ]
}

@test "the check finds an option that no test uses" {
	printf ' fetch wait \t-\tpeek\n fetch \to\toutput\n stat \t-\tkey\n serve \t-\tkey\n' >rows
	printf '%s\n' 'fetch --peeks' 'list -o x' 'serve --key' 'serve -- stat' >lines
	untested lines <rows | sed 's/.* //' >found
	[ "$(paste -sd ' ' found)" = '--peek --output --key' ]
	printf '%s\n' 'gets --peek' 'fetch -o x' 'stat --key' >>lines
	[ -z "$(untested lines <rows)" ]
}

# The help of every subcommand describes what it does and every option that it takes.
# shellcheck disable=SC2154 # names from common.bash and rows.bash
load ../helpers/common
load rows

# Print the options on a help page: letter or "-", long name.
options_in_help() {
	sed -nE 's/^  -(.), --([^ ]+).*/\1\t\2/p; s/^      --([^ ]+).*/-\t\1/p'
}

# lines_allowed SUBCOMMAND: the maximum length of its help page: one screen where possible.
lines_allowed() {
	case $1 in
	fetch | batch) echo 36 ;;
	seen) echo 32 ;;
	setup) echo 30 ;;
	admin) echo 60 ;;
	serve) echo 64 ;;
	*) echo 24 ;;
	esac
}

@test "the overview names every subcommand with its summary" {
	pop3 0 --help
	agree "$(subcommands_with_summaries)" \
		"$(sed -nE 's/^  ([a-z]+) +([A-Z].*)/\1\t\2/p' stdout)"
	[ -z "$stderr" ]
	[ "${#lines[@]}" -le 24 ]
	[[ $output == *'pop3 help connection, messages, output, exit'* ]]
}

@test "summaries are phrases without a full stop" {
	[ -z "$(subcommands_with_summaries | grep '\.$')" ]
	[ -z "$(subcommands_with_summaries | grep -v '	[A-Z]')" ]
}

@test "every subcommand has help with its summary" {
	local name summary
	while IFS=$'\t' read -r name summary; do
		pop3 0 "$name" --help
		[ -z "$stderr" ]
		[[ ${lines[0]} == "usage: pop3 $name"* ]]
		[ "${lines[1]}" = "$summary." ]
	done < <(subcommands_with_summaries)
}

@test "a page has the subcommand's own options, and the pages it refers to have the others" {
	local name
	for name in $(subcommands); do
		agree "$(own_rows_of "$name" | cut -f 2,3 | sort)" \
			"$("$program" help "$name" | options_in_help | sort)"
		agree "$(rows_of "$name" | cut -f 2,3 | sort)" \
			"$(pages_of "$name" | options_in_help | sort)"
	done
}

@test "help describes each option" {
	local name text
	for name in $(subcommands); do
		pages_of "$name" | tr -s ' \n' ' ' >page
		while read -r text; do
			grep -qF -- "$text" page
		done < <(rows_of "$name" | cut -f 5 | tr -s ' ')
	done
}

@test "help lists every word that an option can be" {
	local name words word
	for name in $(subcommands); do
		pages_of "$name" >page
		while read -r words; do
			for word in $words; do
				grep -qE -- "(^|[ |])$word([,|:)]|[A-Z]*|$)" page
			done
		done < <(rows_of "$name" | cut -f 4 | sed -n 's/^words: //p')
	done
}

@test "the help of an option is a phrase without a full stop" {
	[ -z "$(rows | cut -f 5 | grep -E '^$|\.$')" ]
}

@test "help is printed for -h, for --help, for pop3 help and for pop3-NAME --help" {
	local name
	for name in $(subcommands); do
		pop3 0 "$name" --help
		mv stdout expected
		pop3 0 -h "$name"
		diff expected stdout
		pop3 0 help "$name"
		diff expected stdout
		ln -s "$program" "pop3-$name"
		"./pop3-$name" --help | diff expected -
	done
}

@test "help pages fit a terminal" {
	local name
	for name in $(subcommands) connection messages output exit; do
		pop3 0 help "$name"
		[ -z "$(grep -nE '.{81,}| $' stdout)" ]
		[ -n "${lines[0]}" ]
		[ "$name" = connection ] || [ "${#lines[@]}" -le "$(lines_allowed "$name")" ]
	done
	pop3 0 help
	[ -z "$(grep -nE '.{81,}| $' stdout)" ]
}

@test "every page has two to four examples, and every topic has a page" {
	local name count
	for name in $(subcommands); do
		pop3 0 help "$name"
		count=$(sed -n '/^Examples:/,/^$/p' stdout | grep -c '^  .*pop3 ')
		[ "$count" -ge 2 ] && [ "$count" -le 4 ]
	done
	for name in $(answers help '' | cut -f 1); do
		pop3 0 help "$name"
	done
}

@test "every selector in the help is valid" {
	local word
	pop3 0 help stat
	for word in $(sed -n 's/^MESSAGE: //p' stdout | sed 's/:N/:3/g; s/:UID/:x/; s/ -$//'); do
		pop3 69 stat "$word" -s 127.0.0.1:1 -u ann --password-file <(echo x) --no-input
	done
}

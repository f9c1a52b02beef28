# Every subcommand tells what it does and every option that it takes.
# shellcheck disable=SC2154 # names from common.bash and rows.bash
load ../helpers/common
load rows

# What --help shows of the options: letter or "-", long name.
options_in_help() {
	sed -nE 's/^  -(.), --([^ ]+).*/\1\t\2/p; s/^      --([^ ]+).*/-\t\1/p' stdout
}

@test "the overview names every subcommand with its summary" {
	pop3 0 --help
	agree "$(subcommands_with_summaries)" \
		"$(sed -nE 's/^  ([a-z]+) +([A-Z].*)/\1\t\2/p' stdout)"
	[ -z "$stderr" ]
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

@test "help has every option once, and no other" {
	local name
	for name in $(subcommands); do
		pop3 0 "$name" --help
		agree "$(rows_of "$name" | cut -f 2,3 | sort)" "$(options_in_help | sort)"
	done
}

@test "help says what each option does" {
	local name text
	for name in $(subcommands); do
		pop3 0 "$name" --help
		while read -r text; do
			grep -qF -- "$text" stdout
		done < <(rows_of "$name" | cut -f 5)
	done
}

@test "help of an option is a phrase without a full stop" {
	[ -z "$(rows | cut -f 5 | grep -E '^$|\.$')" ]
}

@test "help is asked for before, after and by the name of a link" {
	local name
	for name in $(subcommands); do
		pop3 0 "$name" --help
		mv stdout expected
		pop3 0 -h "$name"
		diff expected stdout
		ln -s "$program" "pop3-$name"
		"./pop3-$name" --help | diff expected -
	done
}

@test "lines of help fit a terminal" {
	local name
	for name in $(subcommands); do
		pop3 0 "$name" --help
		[ -z "$(grep -E '.{101,}| $' stdout)" ]
	done
}

# The manual pages, which are written by hand, describe exactly what the program has.
# shellcheck disable=SC2154 # names from common.bash and rows.bash
load ../helpers/common
load rows

# Print the options that the manual pages describe: section, letter or "-", long name. The section
# is the subcommand, also on its own page, or "-" for options of several subcommands.
options_of_manual() {
	awk '
		/^\.Dt / { page = tolower($2); own = sub(/^pop3-/, "", page) }
		/^\.Sh / { subcommands = /SUBCOMMANDS/ }
		/^\.S[hs] / { section = own ? page : subcommands && /^\.Ss/ ? $2 : "-" }
		/^\.It Fl / {
			letter = "-"
			for (i = 2; i <= NF; i++) {
				if ($(i - 1) != "Fl")
					continue
				if ($i !~ /^-/) {
					letter = $i
				} else {
					print section "\t" letter "\t" substr($i, 2)
					letter = "-"
				}
			}
		}' "${manuals[@]}"
}

# description_of OPTION: print its description in the manual, with the lists in it.
description_of() {
	awk -v name="-$1" '
		/^\.El/ { depth-- }
		/^\.(It|El|Sh|Ss)/ && depth <= level { inside = 0 }
		/^\.It Fl / && !inside {
			for (i = 3; i <= NF; i++)
				inside = inside || $i == name
			level = depth
		}
		inside
		/^\.Bl/ { depth++ }' "${manuals[@]}"
}

# Print every subcommand that an example in the manual or the README calls.
called_in_examples() {
	{
		sed -n '/^\.Bd -literal/,/^\.Ed/p' "${manuals[@]}"
		sed -n '/^```[a-z]/,/^```$/p' "$readme"
	} |
		grep -oE '(^|[^-_@/a-z.])pop3( -a [^ ]+| --?[a-z-]+)* [a-z]+' | sed 's/.* //' | sort -u
}

@test "the manual passes mandoc's checks" {
	run -0 mandoc -T lint -W warning "${manuals[@]}"
	[ -z "$output" ]
}

@test "the manual has one section per subcommand" {
	agree "$(subcommands | sort)" \
		"$(sed -n '/^\.Sh SUBCOMMANDS/,/^\.Sh [^S]/s/^\.Ss //p' "$manual" | sort)"
}

@test "the section of a subcommand describes exactly its own options" {
	local name
	for name in $(subcommands); do
		echo "$name"
		agree "$(own_rows_of "$name" | cut -f 2,3 | sort)" \
			"$(options_of_manual | sed -n "s/^$name\t//p" | sort)"
	done
}

@test "options of several subcommands are described once" {
	agree "$(rows | grep '^ [^ ]* [^	]' | cut -f 2,3 | sort)" \
		"$(options_of_manual | sed -n 's/^-\t//p' | sort)"
}

@test "the manual mentions no option that the program lacks" {
	local long
	while read -r long; do
		rows | cut -f 3 | grep -qx -e "$long" || {
			echo "there is no --$long"
			return 1
		}
	done < <(grep -oE 'Fl -[a-z0-9][a-z0-9-]*' "${manuals[@]}" | sed 's/.*Fl -//' | sort -u)
}

@test "the manual lists every word that an option can be" {
	local name value word
	while IFS=$'\t' read -r name value; do
		for word in ${value//:/}; do
			description_of "$name" | grep -qE -e "(^|[ :])$word([ ,:]|$)" || {
				echo "--$name $word is missing"
				return 1
			}
		done
	done < <(rows | cut -f 3,4 | sed -n 's/\twords: /\t/p')
}

@test "the manual describes each destination, and the README lists it" {
	agree "$(destinations | sort)" \
		"$(description_of output | sed -nE 's/^\.It Cm //p' | sed 's/ : Ns Ar /:/' | sort)"
	agree "$(destinations)" \
		"$(sed -n '/Destinations: /,/^$/{ s/.*Destinations: //; p }' "$readme" |
			grep -oE '`[^`]+`' | tr -d '`')"
}

@test "the manual describes every environment variable that the program reads" {
	local name
	while read -r name; do
		grep -qE "^\.It Ev (.* , )?$name( |\$)" "${manuals[@]}" || {
			echo "$name is missing"
			return 1
		}
	done < <(grep -rhoE --include='*.c' '(getenv|from_environment)\("[A-Z0-9_]+"|, "POP3_[A-Z]+" \}' \
		"$root/src" | grep -oE '[A-Z][A-Z0-9_]+' | grep -vx HOME | sort -u)
}

@test "examples call only existing subcommands" {
	[ -n "$(called_in_examples)" ]
	[ -z "$(called_in_examples | grep -vxF "$(subcommands)")" ]
}

# The README's page about the code, as one line.
code_page() {
	sed -n '/^## The code in one page/,/^## Tests/p' "$readme" | tr '\n' ' '
}

@test "the files and functions that the README's page about the code names exist" {
	local name file
	code_page | grep -oE '`[^` ]*/[^` ]*`' | tr -d '`' | sed 's/NAME/*/' >files
	code_page | grep -oE '`[a-z0-9_]+`,? (in |\()`[^`]+\.c`' | tr -d '`(,' | sed 's/ in / /' >functions
	[ -s files ] && [ -s functions ]
	while read -r file; do
		compgen -G "$root/$file"
	done <files
	while read -r name file; do
		echo "$name in $file"
		grep -qE "^[^	].*\<$name\(" "$root/$file"
	done <functions
}

@test "the README's table of subcommands is that of the program" {
	agree "$(subcommands_with_summaries)" \
		"$(sed -nE 's/^\| `([a-z]+)` \| (.*) \|$/\1\t\2/p' "$readme")"
}

# The texts for users (errors, help, the manual pages) are in plain English.
# shellcheck disable=SC2154 # names from common.bash and rows.bash
load ../helpers/common
load rows

# Words and forms not to be used there, as Perl regular expressions.
odd_words() {
	sed 's/ *#.*//' <<-'END'
		(?<!there )is no(?! longer)              # is not a; unknown
		somebody|anybody|nobody|whoever          # the user, the server, a program
		(says?|said|tells?|told) (it|so|no|nothing|of) # reports, prints, sends
		hears?|heard|meets?|met with             # receives, finds
		at the (most|least)                      # at most, at least; must be from 1 to 9
		spelt( out)?|be it|so many|so long|as many as there
		turned? us|let us
		behind                                   # after
		in clear(?! text)                        # in clear text
		folders?                                 # directory
		an?( [a-z]+)? (a|an) (line|message|record|user|account)
		(is|are) up|is over                      # exceeded
		goes? on|going on                        # continue
		no more than there
		mend(s|ed)?                              # fix, renew, correct
	END
}

pattern() {
	odd_words | sed '/^[[:blank:]]*$/d' | paste -sd '|' | sed 's/.*/(?<![[:alpha:]-])(&)(?![[:alpha:]])/'
}

# odd: print the lines of stdin with such words, and fail if there are any.
odd() {
	local found
	found=$(grep -niP "$(pattern)") || return 0
	echo "$found"
	return 1
}

@test "the check finds each kind of odd wording" {
	local line
	while IFS= read -r line; do
		echo "$line"
		run ! odd <<<"$line"
	done <<-'END'
		'x' is no destination
		at the most 9
		everything goes in clear
		a record a message
		whoever runs the server
	END
	odd <<<"send everything in clear text"
}

@test "errors, help and advice are in plain English" {
	"$root/tests/contract/texts" "$root/src" | cut -f 3- | odd
}

@test "the manual pages are in plain English" {
	local page
	for page in "${manuals[@]}"; do
		mandoc -T utf8 "$page" | col -b | odd
	done
}

# The first word of an error is in lower case unless it is a name.
@test "an error begins in lower case and ends without a full stop" {
	local names='(STAT|LIST|UIDL|TOP|RETR|DELE|CAPA|STLS|QUIT|APOP|CRAM-MD5|SCRAM(-PLUS)?|TLS|POP3|OpenSSL|URL|JSON|EXPIRE|DNS)'
	"$root/tests/contract/texts" "$root/src" | awk -F '\t' '$2 == "error"' >errors
	[ "$(wc -l <errors)" -gt 300 ]
	run ! grep -P "\t(?!$names\b)[A-Z]" errors
	run ! grep -E '[^.]\.$' errors
}

@test "a test shows each text of an error or a warning whole" {
	"$helpers/error-texts"
}

# Filters on header fields and dates request only the headers they need, once.
load ../helpers/session

# three_heads: UIDL for three messages, then TOP for each.
three_heads() {
	cat <<-'TALK'
		C: UIDL
		S: +OK
		S*3: \# uid-\#
		S: .
		C: TOP 1 0
		S: +OK
		S: Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=
		S: Date: Sat, 17 May 2025 10:00:00 +0000
		S:
		S: .
		C: TOP 2 0
		S: +OK
		S: SUBJECT: Invoice
		S:  2025-117
		S: Date: Fri, 31 Dec 9999 10:00:00 +0000
		S:
		S: .
		C: TOP 3 0
		S: +OK
		S: From: nobody
		S:
		S: .
	TALK
}

# chosen UIDS OPTION…: uidl prints the UIDs of the messages that match the filters.
chosen() {
	in_session < <(three_heads)
	ann 0 uidl "${@:2}"
	[ "$(cut -f 2 stdout | paste -sd ' ')" = "$1" ]
}

@test "--match compares the field name and value case-insensitively" {
	chosen uid-2 --match 'subject~invoice 2025'
}

@test "--match decodes encoded words" {
	chosen uid-1 --match 'Subject~^gr.ße$'
}

@test "--match with !~ selects messages without the field" {
	chosen 'uid-1 uid-3' --match 'subject!~invoice'
}

@test "several --match options must all match" {
	chosen uid-1 --match 'subject~.' --match 'subject!~invoice'
}

@test "--older-than and --newer-than compare the Date, and neither selects a message without one" {
	chosen uid-1 --older-than 36h
	conversation_ended_well
	chosen uid-2 --newer-than 2w
}

@test "--limit counts the messages that match" {
	chosen uid-1 --match 'date~.' --limit 1
}

@test "headers does not request headers again that the filters have read" {
	in_session < <(three_heads)
	ann 0 headers --match 'from~nobody'
	[ "$output" = $'3\tuid-3\tFrom: nobody' ]
}

@test "sizes are compared before headers are requested" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 100
		S: 2 2000
		S: .
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
		C: TOP 2 0
		S: +OK
		S: Subject: two
		S:
		S: .
	TALK
	ann 0 uidl --larger 1000 --match 'subject~two'
	[ "$output" = $'2\tuid-2' ]
}

@test "--match accepts spaces around its operator" {
	chosen 'uid-1 uid-3' --match 'subject !~ invoice'
	conversation_ended_well
	chosen uid-2 --match ' subject  ~ invoice'
}

@test "--match searches text after a NUL" {
	in_session <<-'TALK'
		C: LIST 1
		S: +OK 1 100
		C: UIDL 1
		S: +OK 1 uid-1
		C: TOP 1 0
		S: +OK
		MESSAGE ../field/nul-before-word.eml
	TALK
	ann 0 uidl --match 'subject~invoice' 1
	[ "$output" = $'1\tuid-1' ]
}

@test "a message whose header cannot be retrieved is not selected, even with !~: 2" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
		C: TOP 1 0
		S: -ERR damaged
		C: TOP 2 0
		S: +OK
		S: Subject: two
		S:
		S: .
	TALK
	ann 2 uidl --match 'subject!~one'
	[ "$output" = $'2\tuid-2' ]
	[[ $stderr == *'message 1: '*damaged* ]]
}

@test "a message with a field too long for --match is not selected, even with !~: 2" {
	printf 'Subject: %s\n\nx\n' "$(printf 'x%.0s' {1..33000})" >long.eml
	in_session < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: UIDL 1' 'S: +OK 1 uid-1' \
		'C: TOP 1 0' 'S: +OK' "MESSAGE $PWD/long.eml")
	ann 2 uidl --match 'subject!~invoice' 1
	[ -z "$output" ]
	[[ $stderr == *"message 1: field 'subject' is too long for --match"* ]]
}

@test "a message with a header too long to be read whole is not selected by !~: 2" {
	local pattern
	for pattern in '0 ~one' '2 !~two'; do
		in_session < <(printf '%s\n' 'C: UIDL' 'S: +OK' 'S: 1 uid-1' 'S: .' 'C: TOP 1 0' 'S: +OK' \
			'S: Subject: one' "S*1100: X-\\#: $(printf %01000d 0)" 'S: Subject: two' 'S:' 'S: .')
		ann "${pattern%% *}" uidl --match "subject${pattern#* }"
		[ "$output" = "$([[ $pattern == 2* ]] || printf '1\tuid-1')" ]
	done
	[[ $stderr == *'message 1: the header is too long for --match with !~'* ]]
}

@test "-v reports how many messages have no usable Date" {
	in_session < <(three_heads)
	ann 0 uidl -v --older-than 36h
	[[ $stderr == *'1 message has no usable Date'* ]]
}

@test "an invalid --match pattern is rejected before connecting: 64" {
	ann 64 list -s 127.0.0.1:1 --match subject
	[[ $stderr == *"'subject' is not of the form FIELD~REGEX"* ]]
	ann 64 list -s 127.0.0.1:1 --match 'subject~('
	[[ $stderr == *'invalid regular expression'* ]]
	ann 64 list -s 127.0.0.1:1 --match 'subject~(a)\1'
	[[ $stderr == *'back-references are not supported'* ]]
}

@test "an invalid field name is rejected before connecting: 64" {
	ann 64 dele -s 127.0.0.1:1 all --match 'Subject: !~x'
	[[ $stderr == *"invalid field name 'Subject:'"* ]]
	ann 64 dele -s 127.0.0.1:1 all --match 'subject\!~x' # from "subject\!~x" in bash
	[[ $stderr == *"invalid field name 'subject\\\\'"* ]]
	ann 64 dele -s 127.0.0.1:1 all --match 'subject,from!~x'
	[[ $stderr == *"invalid field name 'subject,from'"* ]]
	ann 64 dele -s 127.0.0.1:1 all --match '@from!~x'
	[[ $stderr == *"invalid field name '@from'"* ]]
}

@test "--exit-status when no message matches: 1" {
	in_session < <(three_heads)
	ann 1 uidl -e --match 'subject~nothing such'
}

# Selectors: each form, what they match, and records on stdin that select messages again.
load ../helpers/session

# mailbox: UIDL with the messages 1, 2, 4, 5 (3 was removed).
mailbox() {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 uid-a
		S: 2 uid-b
		S: 4 uid-d
		S: 5 uid-e
		S: .
	TALK
}

# selects NUMBERS SELECTOR…: selects these messages of the mailbox, in its order.
selects() {
	mailbox
	ann 0 uidl "${@:2}"
	[ "$(cut -f 1 stdout | paste -sd ' ')" = "$1" ]
	conversation_ended_well
}

# selects_records NUMBERS OPTION…: the same for - with records on stdin.
selects_records() {
	selects "$1" "${@:2}" -
}

# misses SELECTOR…: one of them matches nothing: 66, and nothing is deleted.
misses() {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 uid-a
		S: .
	TALK
	ann 66 dele "$@"
	[ "$output" = '' ]
	conversation_ended_well
}

refused() {
	server=127.0.0.1:1
	ann 64 uidl "$@"
	[[ $stderr == 'pop3: '*"${*: -1}"* ]]
}

@test "no selector selects all messages" { selects '1 2 4 5'; }
@test "all selects all messages" { selects '1 2 4 5' all; }
@test "M-N selects a range" { selects '2 4' 2-4; }
@test "M- selects from M to the last message" { selects '4 5' 4-; }
@test "a comma separates numbers and ranges" { selects '1 4 5' 1,4-5; }
@test "first:N selects the first N messages" { selects '1 2' first:2; }
@test "first:N of fewer messages selects all" { selects '1 2 4 5' first:10; }
@test "last:N selects the last N messages" { selects '4 5' last:2; }
@test "last selects the last message" { selects 5 last; }
@test "uid:UID selects the message with that UID" { selects 4 uid:uid-d; }
@test "several selectors select their union, in the mailbox's order" {
	selects '1 4 5' last 1 uid:uid-d
}
@test "a message selected twice is printed once" { selects '2 4' 2 2-4 uid:uid-b 4; }
@test "all with a number selects all messages" { selects '1 2 4 5' all 2; }

@test "one number requests only that message" {
	in_session <<-'TALK'
		C: LIST 4
		S: +OK 4 10
		C: UIDL 4
		S: +OK 4 uid-d
	TALK
	ann 0 uidl 4
	[ "$output" = $'4\tuid-d' ]
}

@test "uid:UID understands the escapes of the output" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 a\xe4\\b
		S: .
	TALK
	ann 0 uidl 'uid:a\xE4\\b'
	[ "$output" = $'1\ta\\xE4\\\\b' ]
}

# --- messages that are missing

@test "a missing number: 66" { misses 1 3; }
@test "a range without messages: 66" { misses 1 7-9; }
@test "an open range without messages: 66" { misses 1 7-; }
@test "a missing UID: 66" { misses 1 uid:uid-x; }

@test "--ignore-missing ignores selectors that match nothing" {
	selects '1 5' 1 3 7-9 20- uid:uid-x 5 --ignore-missing
	selects '' 3 7- uid:uid-x --ignore-missing
	selects_records '2 4' --ignore-missing <<<$'2\tuid-b\n3\tuid-c\n{"number":4,"uid":"uid-d"}'
	mailbox
	ann 1 uidl 3,6 --ignore-missing --exit-status
	[ "$output$stderr" = '' ]
}

@test "--ignore-missing ignores a single missing number" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 100
		S: .
	TALK
	ann 0 fetch 3 --ignore-missing
	[ "$output$stderr" = '' ]
	conversation_ended_well
}

@test "in an empty mailbox all, first: and last: select nothing, last is an error: 66" {
	selects_nothing() {
		in_session <<-'TALK'
			C: UIDL
			S: +OK
			S: .
		TALK
		ann 0 uidl "$@"
		[ "$output" = '' ]
		conversation_ended_well
	}
	selects_nothing all
	selects_nothing first:3 last:3
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S: .
	TALK
	ann 66 uidl last
}

# --- syntax errors

@test "invalid selectors are usage errors" {
	refused 0
	refused 1-0
	refused 9-3
	refused 1,,2
	refused 1,
	refused -- -5
	refused 4294967296
	refused first:
	refused last:0
	refused first:x
	refused uid:
	refused lats
	refused ''
	refused ' 1'
	refused +1
}

# --- records from stdin

@test "records select by UID, not by number" {
	printf '1\tuid-d\n9\tuid-a\n' | selects_records '1 4'
}

@test "records may have more fields" {
	printf '4\tuid-d\t1000\tInvoice no. 5\n' | selects_records 4
}

@test "records may be aligned with spaces, as at a terminal" {
	printf 'number  uid    octets\n     4  uid-d    1000\n' | selects_records 4
}

@test "a header line is ignored" {
	printf 'number\tuid\n2\tuid-b\n' | selects_records 2
}

@test "a line with one field is a selector" {
	printf '2\nuid:uid-e\n4-\n' | selects_records '2 4 5'
}

@test "empty lines, CR LF and a missing line end at the end are accepted" {
	printf '\n\r\n4\tuid-d\r\n\n5\tuid-e' | selects_records '4 5'
}

@test "records and operands can be combined" {
	printf '4\tuid-d\n' | selects '1 4' uid:uid-a -
}

@test "-0 reads records that end with NUL" {
	mailbox
	printf '4\tuid-d\0005\tuid-e\0' | ann 0 uidl -0 -
	printf '4\tuid-d\0005\tuid-e\0' | cmp - stdout
}

@test "the output of uidl selects the same messages" {
	mailbox
	ann 0 uidl last:2
	mv stdout records
	selects_records '4 5' <records
}

@test "a UID with escaped octets selects the same message" {
	odd() {
		in_session <<-'TALK'
			C: UIDL
			S: +OK
			S: 1 a b\t\xe4\\x41
			S: 2 other
			S: .
		TALK
		ann 0 uidl "$@"
	}
	odd first:1
	mv stdout records
	odd - <records
	cmp stdout records
}

@test "JSON records select by UID, and JSON output selects the same message" {
	odd() {
		in_session <<-'TALK'
			C: UIDL
			S: +OK
			S: 1 a"b\\u0041\xe4
			S: 2 other
			S: .
		TALK
		ann 0 uidl --json "$@"
	}
	printf '{"number":1,"uid":"uid-d"}\n{ "x": {"uid": 1}, "uid" : "uid-e" }\n' | selects_records '4 5'
	odd first:1
	mv stdout records
	odd - <records
	cmp stdout records
	server=127.0.0.1:1
	ann 64 uidl - <<<'{"number":1}'
	[[ $stderr == *'the record has no UID' ]]
}

@test "a record of a message removed meanwhile: 66, and nothing is deleted" {
	printf '1\tuid-a\n2\tuid-b\n' | misses -
}

@test "empty input selects nothing" {
	mailbox
	ann 0 uidl - </dev/null
	[ "$output" = '' ]
}

@test "a malformed record is reported before connecting: 64" {
	server=127.0.0.1:1
	ann 64 uidl - <<<'uid;number'
	[[ $stderr == *"'uid;number'"* ]]
}

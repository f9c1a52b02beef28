# Which messages: each form of selector, filters, and records that go back in as they came out.
load ../helpers/session

# mailbox: a conversation in which UIDL lists the messages 1, 2, 4, 5 (3 was removed).
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

# selects NUMBERS SELECTOR…: of that mailbox, these messages, in the mailbox's order.
selects() {
	mailbox
	ann 0 uidl "${@:2}"
	[ "$(cut -f 1 stdout | paste -sd ' ')" = "$1" ]
	conversation_ended_well
}

# selects_records NUMBERS OPTION…: the same by - with records on stdin.
selects_records() {
	selects "$1" "${@:2}" -
}

# misses SELECTOR…: one of them is not there, and so nothing is done.
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

@test "nothing means all" { selects '1 2 4 5'; }
@test "all" { selects '1 2 4 5' all; }
@test "a range" { selects '2 4' 2-4; }
@test "a range without end" { selects '4 5' 4-; }
@test "a list" { selects '1 4 5' 1,4-5; }
@test "first:N" { selects '1 2' first:2; }
@test "first:N of fewer" { selects '1 2 4 5' first:10; }
@test "last:N" { selects '4 5' last:2; }
@test "last" { selects 5 last; }
@test "uid:UID" { selects 4 uid:uid-d; }
@test "several" { selects '1 4 5' last 1 uid:uid-d; }
@test "twice the same is once" { selects '2 4' 2 2-4 uid:uid-b 4; }
@test "all and a number" { selects '1 2 4 5' all 2; }

@test "one number is asked for alone" {
	in_session <<-'TALK'
		C: LIST 4
		S: +OK 4 10
		C: UIDL 4
		S: +OK 4 uid-d
	TALK
	ann 0 uidl 4
	[ "$output" = $'4\tuid-d' ]
}

@test "a UID with octets that are escaped in output" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 a\xe4\\b
		S: .
	TALK
	ann 0 uidl 'uid:a\xE4\\b'
	[ "$output" = $'1\ta\\xE4\\\\b' ]
}

# --- what is not there

@test "a number that is not there" { misses 1 3; }
@test "a range with nothing in it" { misses 1 7-9; }
@test "an open range with nothing in it" { misses 1 7-; }
@test "a UID that is not there" { misses 1 uid:uid-x; }

@test "--ignore-missing passes over what is not there" {
	selects '1 5' 1 3 7-9 20- uid:uid-x 5 --ignore-missing
	selects '' 3 7- uid:uid-x --ignore-missing
	selects_records '2 4' --ignore-missing <<<$'2\tuid-b\n3\tuid-c\n{"number":4,"uid":"uid-d"}'
	mailbox
	ann 1 uidl 3,6 --ignore-missing --exit-status
	[ "$output$stderr" = '' ]
}

@test "--ignore-missing with one number" {
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

@test "an empty mailbox: all, first: and last: select nothing, last misses" {
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

# --- mistakes

@test "what is no selector" {
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

@test "records are selected by UID, never by number" {
	printf '1\tuid-d\n9\tuid-a\n' | selects_records '1 4'
}

@test "records with more fields" {
	printf '4\tuid-d\t1000\tInvoice no. 5\n' | selects_records 4
}

@test "columns aligned with blanks, as from a terminal" {
	printf 'number  uid    octets\n     4  uid-d    1000\n' | selects_records 4
}

@test "a header line is no record" {
	printf 'number\tuid\n2\tuid-b\n' | selects_records 2
}

@test "a field alone is a selector" {
	printf '2\nuid:uid-e\n4-\n' | selects_records '2 4 5'
}

@test "empty lines, CR LF and a last line without end" {
	printf '\n\r\n4\tuid-d\r\n\n5\tuid-e' | selects_records '4 5'
}

@test "records and operands together" {
	printf '4\tuid-d\n' | selects '1 4' uid:uid-a -
}

@test "NUL-separated records with -0" {
	mailbox
	printf '4\tuid-d\0005\tuid-e\0' | ann 0 uidl -0 -
	printf '4\tuid-d\0005\tuid-e\0' | cmp - stdout
}

@test "what uidl prints goes back in" {
	mailbox
	ann 0 uidl last:2
	mv stdout records
	selects_records '4 5' <records
}

@test "a UID with odd octets goes back in" {
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

@test "JSON records select by UID, and go back in" {
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

@test "a message that was removed in between: 66, and nothing is done" {
	printf '1\tuid-a\n2\tuid-b\n' | misses -
}

@test "no records: nothing is selected" {
	mailbox
	ann 0 uidl - </dev/null
	[ "$output" = '' ]
}

@test "a record that is none is named before connecting" {
	server=127.0.0.1:1
	ann 64 uidl - <<<'uid;number'
	[[ $stderr == *"'uid;number'"* ]]
}

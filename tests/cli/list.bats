# pop3 list: number, UID and size of each message.
load ../helpers/session

@test "list prints number, UID and octets" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 100
		S: 2 2000
		S: .
		C: UIDL
		S: +OK
		S: 1 uid-a
		S: 2 uid-b
		S: .
	TALK
	ann 0 list
	[ "$output" = $'1\tuid-a\t100\n2\tuid-b\t2000' ]
}

@test "list of an empty mailbox prints nothing" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: .
		C: UIDL
		S: +OK
		S: .
	TALK
	ann 0 list
	[ "$output" = '' ]
}

@test "list of one message sends LIST and UIDL for that message only" {
	in_session <<-'TALK'
		C: LIST 7
		S: +OK 7 2000
		C: UIDL 7
		S: +OK 7 uid-b
	TALK
	ann 0 list 7
	[ "$output" = $'7\tuid-b\t2000' ]
}

@test "list of a missing message: 66" {
	in_session <<-'TALK'
		C: LIST 7
		S: -ERR no such message
		C: UIDL 7
		S: -ERR no such message
		C: LIST
		S: +OK
		S: 1 10
		S: .
		C: UIDL
		S: +OK
		S: 1 uid-1
		S: .
	TALK
	ann 66 list 7
	[ "$stderr" = "pop3: 127.0.0.1: no message '7'" ]
}

@test "--larger and --smaller compare with the size from LIST" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 100
		S: 2 1024
		S: 3 1025
		S: 4 5000
		S: .
		C: UIDL
		S: +OK
		S*4: \# uid-\#
		S: .
	TALK
	ann 0 list --larger 1K --smaller 5000
	[ "$output" = $'3\tuid-3\t1025' ]
}

@test "--limit keeps the first of the messages that match" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 10
		S: 2 20
		S: 3 30
		S: .
		C: UIDL
		S: +OK
		S*3: \# uid-\#
		S: .
	TALK
	ann 0 list --larger 10 --limit 1
	[ "$output" = $'2\tuid-2\t20' ]
}

@test "the server refuses LIST: 77" {
	in_session <<-'TALK'
		C: LIST
		S: -ERR not today
		C: UIDL
		S: -ERR not today
	TALK
	ann 77 list
	[ "$stderr" = 'pop3: 127.0.0.1: LIST: the server refused: not today' ]
}

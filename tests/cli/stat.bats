# pop3 stat: how many messages, how many octets.
load ../helpers/session

@test "stat prints the number of messages and their octets" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 320
	TALK
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "stat of an empty mailbox succeeds" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 0 0
	TALK
	ann 0 stat
	[ "$output" = $'0\t0' ]
}

@test "stat with operands counts the selected messages" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 100
		S: 2 20
		S: 3 3
		S: .
	TALK
	ann 0 stat 2-
	[ "$output" = $'2\t23' ]
}

@test "stat of one message sends LIST for that message only" {
	in_session <<-'TALK'
		C: LIST 2
		S: +OK 2 20
	TALK
	ann 0 stat 2
	[ "$output" = $'1\t20' ]
}

@test "--json names the fields" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 320
	TALK
	ann 0 stat --json
	[ "$output" = '{"messages":2,"octets":320}' ]
}

@test "the server refuses STAT: 77" {
	in_session <<-'TALK'
		C: STAT
		S: -ERR not today
	TALK
	ann 77 stat
	[ "$output" = '' ]
	[ "$stderr" = 'pop3: 127.0.0.1: STAT: the server refused: not today' ]
}

@test "--exit-status with an empty selection: 1" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: .
	TALK
	ann 1 stat --exit-status all
	[ "$stderr" = '' ]
}

# pop3 dele: what was deleted is known only after QUIT.
load ../helpers/session

# after_uidl: a conversation in which ann sees three messages.
after_uidl() {
	after_login < <(printf '%s\n' 'C: UIDL' 'S: +OK' 'S*3: \# uid-\#' 'S: .' && cat)
}

@test "dele reports what QUIT confirmed" {
	after_uidl <<-'TALK'
		C: DELE 1
		S: +OK
		C: DELE 3
		S: +OK
		C: QUIT
		S: +OK
	TALK
	ann 0 dele 1,3
	[ "$output" = $'1\tuid-1\tdeleted\n3\tuid-3\tdeleted' ]
}

@test "--dry-run touches nothing" {
	after_uidl <<-'TALK'
		C: QUIT
		S: +OK
	TALK
	ann 0 dele -n 1,3
	[ "$output" = $'1\tuid-1\twould-delete\n3\tuid-3\twould-delete' ]
}

@test "one refusal does not stop the others" {
	after_uidl <<-'TALK'
		C: DELE 1
		S: -ERR in use elsewhere
		C: DELE 2
		S: +OK
		C: QUIT
		S: +OK
	TALK
	ann 2 dele 1-2
	[ "$output" = $'1\tuid-1\tfailed\n2\tuid-2\tdeleted' ]
	[[ $stderr == *'message 1: the server refused: in use elsewhere'* ]]
}

@test "in JSON a record that failed says why" {
	after_uidl <<-'TALK'
		C: DELE 1
		S: -ERR "read only"
		C: DELE 2
		S: +OK
		C: QUIT
		S: +OK
	TALK
	ann 2 dele 1-2 --json
	[ "$output" = '{"number":1,"uid":"uid-1","status":"failed","code":"refused","error":"the server refused: \"read only\""}
{"number":2,"uid":"uid-2","status":"deleted"}' ]
}

@test "a QUIT that fails leaves it unknown" {
	after_uidl <<-'TALK'
		C: DELE 2
		S: +OK
		C: QUIT
		S: -ERR some deleted messages not removed
	TALK
	ann 81 dele 2-2
	[ "$output" = $'2\tuid-2\tunknown' ]
	[[ $stderr == *'deletions not confirmed: QUIT: some deleted messages not removed' ]]
}

@test "no answer to QUIT leaves it unknown" {
	after_uidl <<-'TALK'
		C: DELE 2
		S: +OK
		C: QUIT
		CLOSE
	TALK
	ann 81 dele 2-2
	[ "$output" = $'2\tuid-2\tunknown' ]
}

@test "a message that is not there: nothing at all is deleted" {
	after_uidl <<-'TALK'
		C: QUIT
		S: +OK
	TALK
	ann 66 dele 1 uid:other
	[ "$output" = '' ]
}

@test "a connection lost before QUIT has deleted nothing" {
	after_uidl <<-'TALK'
		C: DELE 1
		S: +OK
		C: DELE 2
		CLOSE
	TALK
	ann 75 dele 1-2
	[ "$output" = '' ]
}

@test "dele needs messages" {
	server=127.0.0.1:1
	ann 64 dele
	[ "$stderr" = 'pop3: missing operand: dele MESSAGE...' ]
}

@test "nothing selected is nothing done" {
	after_login <<-'TALK'
		C: UIDL
		S: +OK
		S: .
		C: QUIT
		S: +OK
	TALK
	ann 0 dele all
	[ "$output" = '' ]
}

# pop3 dele: deletions take effect at QUIT, so the records are printed after it.
load ../helpers/session

# after_uidl: a conversation in which ann sees three messages.
after_uidl() {
	after_login < <(printf '%s\n' 'C: UIDL' 'S: +OK' 'S*3: \# uid-\#' 'S: .' && cat)
}

@test "dele reports the deletions that QUIT confirmed" {
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

@test "--dry-run deletes nothing" {
	after_uidl <<-'TALK'
		C: QUIT
		S: +OK
	TALK
	ann 0 dele -n 1,3
	[ "$output" = $'1\tuid-1\twould-delete\n3\tuid-3\twould-delete' ]
}

@test "a refused DELE does not stop the others: 2" {
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

@test "--json gives the reason in the record of a failed message" {
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

@test "deletions are unknown after a refused QUIT: 81" {
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

@test "deletions are unknown after an unanswered QUIT: 81" {
	after_uidl <<-'TALK'
		C: DELE 2
		S: +OK
		C: QUIT
		CLOSE
	TALK
	ann 81 dele 2-2
	[ "$output" = $'2\tuid-2\tunknown' ]
}

@test "one missing message: 66, and nothing is deleted" {
	after_uidl <<-'TALK'
		C: QUIT
		S: +OK
	TALK
	ann 66 dele 1 uid:other
	[ "$output" = '' ]
}

@test "the connection is lost before QUIT: 75, and no record is printed" {
	after_uidl <<-'TALK'
		C: DELE 1
		S: +OK
		C: DELE 2
		CLOSE
	TALK
	ann 75 dele 1-2
	[ "$output" = '' ]
}

@test "dele without an operand is a usage error" {
	server=127.0.0.1:1
	ann 64 dele
	[ "$stderr" = 'pop3: missing operand: dele MESSAGE...' ]
}

@test "an empty selection deletes nothing: 0" {
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

# --- at a terminal

# typed ARGUMENT…: run pop3 as ann at a terminal, typing what is on stdin. The output is in
# `screen`.
typed() {
	status=0
	"$helpers/type-in" "$program" "$@" -s "$server" -u ann --tls off >screen 3>&- || status=$?
}

@test "several messages are deleted after the answer yes" {
	for answer in y Yes; do
		after_uidl <<-'TALK'
			C: DELE 1
			S: +OK
			C: DELE 3
			S: +OK
			C: QUIT
			S: +OK
		TALK
		typed dele 1,3 <<<"S: pop3: delete 2 messages of ann@$server? [y/N] "$'\n'"C: $answer\\r"
		[ "$status" -eq 0 ]
		[ "$(tail -n 2 screen)" = $'1       uid-1  deleted\n3       uid-3  deleted' ]
	done
}

@test "any other answer deletes nothing" {
	for answer in n '' 'maybe y' '\x04'; do
		after_uidl <<-'TALK'
			EOF
		TALK
		typed dele 1,3 <<<"S: [y/N] "$'\n'"C: $answer\\r"
		[ "$status" -eq 130 ]
		[ "$(tail -n 1 screen)" = 'pop3: nothing was deleted' ]
		conversation_ended_well
	done
}

@test "Ctrl-C at the question deletes nothing: 130" {
	after_uidl <<-'TALK'
		EOF
	TALK
	typed dele 1,3 <<<$'S: [y/N] \nC: \\x03'
	[ "$status" -eq 130 ]
	[ "$(grep -c pop3: screen)" -eq 2 ]
	[ "$(tail -n 1 screen)" = 'pop3: interrupted: nothing was deleted' ]
}

@test "dele does not ask for one message, with --yes or with --dry-run" {
	deletes() {
		after_uidl < <(printf 'C: DELE %s\nS: +OK\n' "$@"; goodbye)
	}
	deletes 2
	typed dele last:2 --limit 1 </dev/null
	[ "$(tail -n 1 screen)" = '2       uid-2  deleted' ]
	deletes 1 3
	typed dele 1,3 --yes </dev/null
	[ "$(tail -n 1 screen)" = '3       uid-3  deleted' ]
	after_uidl < <(goodbye)
	typed dele 1,3 -n </dev/null
	[ "$(tail -n 1 screen)" = '3       uid-3  would-delete' ]
}

@test "--no-input does not ask, even at a terminal: 64" {
	after_uidl <<-'TALK'
		C: QUIT
		S: +OK
	TALK
	typed dele 1,3 --no-input </dev/null
	[ "$status" -eq 64 ]
	[ "$(<screen)" = 'pop3: --no-input: use --yes to delete 2 messages' ]
}

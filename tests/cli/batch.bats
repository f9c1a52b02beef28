# pop3 batch: one login and one transaction for many subcommands, one per line.
load ../helpers/session

# listing: the answers to LIST and UIDL, three messages.
listing() {
	printf '%s\n' 'S: +OK' 'S*3: \# 10\#' 'S: .' 'S: +OK' 'S*3: \# uid-\#' 'S: .'
}

# after_listing: after login, LIST and UIDL without pipelining; the rest is on stdin.
after_listing() {
	after_login < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S*3: \# 10\#' 'S: .' \
			'C: UIDL' 'S: +OK' 'S*3: \# uid-\#' 'S: .'
		cat
	)
}

# batch STATUS [OPTION…]: run pop3 batch as ann, with the lines on stdin.
batch() {
	cat >lines
	ann "$1" batch "${@:2}" lines
}

@test "help within a batch omits the connection options" {
	after_login <<-'TALK'
		C: QUIT
		S: +OK
	TALK
	batch 0 <<-'END'
		headers --help
		help headers
		help output
	END
	[ "$(grep -c '^usage: headers \[OPTION\.\.\.\] \[MESSAGE\.\.\.\]$' stdout)" -eq 2 ]
	[ "$(grep -c '^See also: help messages, output, exit$' stdout)" -eq 2 ]
	[[ $output == *--fields* && $output == *--json* && $output != *--server* ]]
}

@test "each line prints what its subcommand prints" {
	after_listing <<-'TALK'
		C: STAT
		S: +OK 3 306
		C: TOP 2 0
		S: +OK
		S: Subject: two
		S:
		S: .
		C: QUIT
		S: +OK
	TALK
	batch 0 <<-'END'
		# what there is
		list last:2

		stat      # as the server counts
		headers 2
	END
	[ "$output" = $'2\tuid-2\t102\n3\tuid-3\t103\n3\t306\n2\tuid-2\tSubject: two' ]
}

@test "lines are pipelined when no answer decides what to send next" {
	after_greeting PIPELINING TOP UIDL <<-TALK
		C: USER ann
		C: PASS secret
		C: LIST
		C: UIDL
		S: +OK
		S: +OK
		$(listing)
		C: TOP 2 0
		C: DELE 1
		C: NOOP
		C: STAT
		C: CAPA
		C: DELE 3
		S: +OK
		S: Subject: two
		S:
		S: .
		S: +OK
		S: +OK
		S: +OK 2 203
		S: +OK
		S: TOP
		S: .
		S: +OK
		C: QUIT
		S: +OK
	TALK
	batch 0 <<-'END'
		headers 2
		dele 1
		noop
		stat
		capa
		dele uid:uid-3
	END
	printf '%s\n' $'2\tuid-2\tSubject: two' $'2\t203' $'TOP\t' $'1\tuid-1\tdeleted' \
		$'3\tuid-3\tdeleted' | diff - <(echo "$output")
}

@test "a line that selects messages waits for the answers to earlier deletions" {
	after_greeting PIPELINING <<-TALK
		C: USER ann
		C: PASS secret
		C: LIST
		C: UIDL
		S: +OK
		S: +OK
		$(listing)
		C: DELE 1
		S: -ERR not this one
		C: QUIT
		S: +OK
	TALK
	batch 2 --keep-going <<-'END'
		dele 1
		uidl
	END
	printf '%s\n' $'1\tuid-1' $'2\tuid-2' $'3\tuid-3' $'1\tuid-1\tfailed' | diff - <(echo "$output")
}

@test "--json adds the number of the line" {
	after_listing <<-'TALK'
		C: DELE 2
		S: +OK
		C: QUIT
		S: +OK
	TALK
	batch 0 --json <<-'END'

		dele 2
		list first:1
	END
	diff - <(echo "$output") <<-'END'
		{"line":3,"number":1,"uid":"uid-1","octets":101}
		{"line":2,"number":2,"uid":"uid-2","status":"deleted"}
	END
}

@test "words are quoted as in a shell" {
	after_login <<-'TALK'
		C: LIST
		S: +OK
		S: 1 10
		S: 2 20
		S: .
		C: UIDL
		S: +OK
		S: 1 a b
		S: 2 it's
		S: .
		C: QUIT
		S: +OK
	TALK
	batch 0 <<-'END'
		uidl 'uid:a b'
		uidl "uid:it's" # and a comment
		uidl uid:a\ b
		uidl uid:"a b"
	END
	[ "$output" = $'1\ta b\n2\tit\'s\n1\ta b\n1\ta b' ]
}

# --- a transaction

@test "a deleted message is gone for later lines, and QUIT confirms the deletion" {
	after_listing <<-'TALK'
		C: DELE 2
		S: +OK
		C: QUIT
		S: +OK
	TALK
	batch 0 <<-'END'
		dele 2
		uidl
	END
	[ "$output" = $'1\tuid-1\n3\tuid-3\n2\tuid-2\tdeleted' ]
}

@test "a line that fails ends the batch, and nothing is deleted" {
	after_listing <<-'TALK'
		C: DELE 2
		S: +OK
		EOF
	TALK
	batch 66 <<-'END'
		dele 2
		uidl 2
		dele 3
	END
	[ "$output" = "" ]
	[[ $stderr == "pop3: 127.0.0.1: line 2: no message '2'" ]]
}

@test "a refusal that arrives after later lines were sent ends the batch at its line" {
	after_greeting PIPELINING <<-TALK
		C: USER ann
		C: PASS secret
		C: LIST
		C: UIDL
		S: +OK
		S: +OK
		$(listing)
		C: STAT
		C: DELE 1
		C: STAT
		S: -ERR [SYS/TEMP] not now
		S: +OK
		S: +OK 2 203
		EOF
	TALK
	batch 75 <<-'END'
		list 1
		stat
		dele 1
		stat
	END
	[ "$output" = $'1\tuid-1\t101' ]
	[[ $stderr == *'line 2: STAT: the server refused: '*'not now' ]]
}

@test "--keep-going continues after a failed line: 2" {
	after_listing <<-'TALK'
		C: DELE 1
		S: +OK
		C: STAT
		S: -ERR no
		C: QUIT
		S: +OK
	TALK
	batch 2 --keep-going <<-'END'
		dele 1
		stat
		uidl 7
		uidl 2
	END
	[ "$output" = $'2\tuid-2\n1\tuid-1\tdeleted' ]
	[[ $stderr == *"line 2: STAT: the server refused: no"*"line 3: no message '7'"*'2 of the lines failed' ]]
}

@test "--keep-going: a fetch of a missing message does not block the state for later lines" {
	after_listing <<-'TALK'
		C: QUIT
		S: +OK
	TALK
	batch 2 --keep-going <<-'END'
		fetch 99 -o dir:box
		seen add u2
		seen list
	END
	[[ $output == *$'u2\tadded'* ]]
	[[ $stderr == *"line 1: no message '99'"*'1 of the lines failed' ]]
}

@test "--keep-going: a lost connection ends the batch all the same" {
	after_listing <<-'TALK'
		C: DELE 1
		S: +OK
		C: STAT
		CLOSE
	TALK
	batch 75 --keep-going <<-'END'
		dele 1
		stat
		stat
	END
	[ "$output" = "" ]
	[[ $stderr == *'line 2: STAT: '* ]]
}

# refused_login STATUS ANSWER OPTION…: the login is refused after LIST and UIDL were sent.
refused_login() {
	after_greeting PIPELINING UIDL <<-TALK
		C: USER ann
		C: PASS secret
		C: LIST
		C: UIDL
		S: +OK
		S: $2
		S: -ERR what?
		S: -ERR what?
		EOF
	TALK
	batch "$1" "${@:3}" <<-'END'
		dele uid:uid-1
		list
	END
	[ "$output" = '' ]
	[ "$stderr" = "pop3: 127.0.0.1: line 1: the server refused the login: ${2#-ERR }" ]
}

@test "a login refused temporarily: 75" { refused_login 75 '-ERR [SYS/TEMP] later'; }
@test "--keep-going: a login refused temporarily: 75" {
	refused_login 75 '-ERR [SYS/TEMP] later' --keep-going
}
@test "a login refused permanently: 77" { refused_login 77 '-ERR [AUTH] no'; }

# broken VERB NUMBER [ARGUMENT]: a message with an unstuffed dot, which breaks its session.
broken() {
	printf '%s\n' "C: $1 $2${3:+ $3}" 'S: +OK' 'S| .\r\nbehind a dot\r\n\r\n.\r\n' EOF
}

# listed_again [NUMBER…]: another session with the same messages; those NUMBERs are deleted again.
listed_again() {
	printf '%s\n' --- 'S: +OK ready'
	login
	printf '%s\n' 'C: LIST' 'S: +OK' 'S*3: \# 10\#' 'S: .' 'C: UIDL' 'S: +OK' 'S*3: \# uid-\#' 'S: .'
	[ $# -eq 0 ] || printf 'C: DELE %s\nS: +OK\n' "$@"
}

# whole VERB NUMBER [ARGUMENT]: a well-formed message.
whole() {
	printf '%s\n' "C: $1 $2${3:+ $3}" 'S: +OK' "S: A: $2" 'S:' 'S: .'
}

@test "fetch: a message that breaks the session fails, the others are fetched" {
	after_listing < <(
		whole RETR 1 && broken RETR 2
		listed_again && whole RETR 3 && goodbye
	)
	batch 2 <<<'fetch new -o dir:box'
	[ "$(cut -f 2,4 stdout | sort | tr '\t\n' ' ,')" = 'uid-1 fetched,uid-2 failed,uid-3 fetched,' ]
	[[ $stderr == *'line 1: 1 of the messages failed' ]]
}

@test "--keep-going: a new session repeats the deletions of earlier lines" {
	after_listing < <(
		printf 'C: DELE 1\nS: +OK\n'
		broken RETR 2
		listed_again 1 && whole RETR 3
		printf 'C: DELE 3\nS: +OK\n'
		goodbye
	)
	batch 2 --keep-going <<-'END'
		dele 1
		fetch all -o dir:box --delete
		uidl
	END
	[ "$(cut -f 2,4 stdout | paste -sd,)" = $'uid-2\tfailed,uid-3\tfetched,uid-2,uid-1' ]
	[ "${lines[-1]}" = $'1\tuid-1\tdeleted' ]
}

@test "--keep-going: fetch to stdout continues in a new session" {
	after_listing < <(broken RETR 2 && listed_again && whole RETR 3 && goodbye)
	batch 2 --keep-going <<-'END'
		fetch 2
		fetch 3
	END
	[ "$output" = $'A: 3\r\n\r' ]
	[[ $stderr == *'line 1: RETR 2: '* ]]
}

@test "headers: a message that breaks the session fails, later lines run in a new session" {
	after_listing < <(
		printf 'C: DELE 1\nS: +OK\n'
		broken TOP 2 0
		listed_again 1 && whole TOP 3 0
		printf 'C: DELE 3\nS: +OK\nC: STAT\nS: +OK 1 102\n'
		goodbye
	)
	batch 2 --keep-going <<-'END'
		dele 1
		headers
		dele 3
		stat
	END
	[ "$output" = $'3\tuid-3\tA: 3\n1\t102\n1\tuid-1\tdeleted\n3\tuid-3\tdeleted' ]
	[[ $stderr == *'line 2: 1 of the messages failed'* ]]
}

# in_flight COMMAND…: a session that pipelines the login, LIST, UIDL and these commands.
in_flight() {
	greeting USER PIPELINING UIDL TOP
	printf '%s\n' 'C: USER ann' 'C: PASS secret' 'C: LIST' 'C: UIDL' 'S: +OK' 'S: +OK'
	listing
	printf 'C: %s\n' "$@"
}

@test "headers: pipelined commands after a message that breaks the session are sent again" {
	converse - < <(
		in_flight 'TOP 1 0' 'TOP 2 0' 'TOP 3 0' 'DELE 1' STAT
		whole TOP 1 0 | sed 1d
		broken TOP 2 0 | sed 1d
		listed_again && whole TOP 1 0 && broken TOP 2 0
		listed_again
		whole TOP 3 0
		printf '%s\n' 'C: DELE 1' 'S: +OK' 'C: STAT' 'S: +OK 2 203'
		goodbye
	)
	batch 2 --keep-going <<-'END'
		headers
		dele 1
		stat
	END
	[ "$output" = $'1\tuid-1\tA: 1\n3\tuid-3\tA: 3\n2\t203\n1\tuid-1\tdeleted' ]
}

@test "headers: the batch ends if the broken message may be of a line already printed: 76" {
	local line
	for line in 'TOP 3 0' 'DELE 3'; do
		rm -rf home/cache
		converse - < <(
			in_flight 'TOP 1 0' 'TOP 2 0' "$line"
			whole TOP 1 0 | sed 1d
			broken TOP 2 0 | sed 1d
		)
		batch 76 <<-END
			headers 1-2
			$(sed 's/TOP/headers/; s/ 0//; s/DELE/dele/' <<<"$line")
		END
	done
}

@test "a filter that needs a new session repeats the deletions of earlier lines" {
	after_listing < <(
		printf 'C: DELE 3\nS: +OK\n'
		whole TOP 1 0 && broken TOP 2 0
		listed_again 3
		printf 'C: DELE 1\nS: +OK\n'
		goodbye
	)
	batch 2 --keep-going <<-'END'
		dele 3
		dele all --match a~1
	END
	[ "$output" = $'3\tuid-3\tdeleted\n1\tuid-1\tdeleted' ]
}

@test "a new session with other UIDs deletes nothing: 75" {
	after_listing < <(
		printf 'C: DELE 1\nS: +OK\n'
		broken RETR 2
		listed_again | sed 's/uid-\\#/other-\\#/'
		echo EOF
	)
	batch 75 --keep-going <<-'END'
		dele 1
		fetch all -o dir:box --delete
	END
	[[ $stderr == *'line 2: the mailbox may have changed in the new session' ]]
}

# without_uids: LIST of three messages of one size, and a refused UIDL.
without_uids() {
	printf '%s\n' 'C: LIST' 'S: +OK' 'S*3: \# 10' 'S: .' 'C: UIDL' 'S: -ERR what?'
}

# headers_of NUMBER…: TOP for these messages.
headers_of() {
	local number
	for number; do whole TOP "$number" 0; done
}

# A session without UIDL after another one: the numbers are proven by the headers.
proven_again() {
	printf '%s\n' --- 'S: +OK ready'
	login && without_uids && headers_of 1 2 3
}

@test "without UIDL, headers show that a new session has the messages to delete" {
	after_login < <(
		without_uids && headers_of 1 2 3
		printf 'C: DELE 1\nS: +OK\n'
		broken RETR 2
		proven_again
		printf 'C: DELE 1\nS: +OK\n'
		whole RETR 3
		printf 'C: DELE 3\nS: +OK\n'
		goodbye
	)
	batch 2 --keep-going <<-'END'
		dele 1
		fetch all -o dir:box --delete
	END
	[ "$(cut -f 1,4 stdout | paste -sd,)" = $'2\tfailed,3\tfetched,1' ]
}

@test "without UIDL, the message before a garbled answer is fetched in spite of marks" {
	after_login < <(
		without_uids && headers_of 1 2 3
		printf 'C: DELE 1\nS: +OK\n'
		whole RETR 2
		printf '%s\n' 'C: RETR 3' 'S: garbage' EOF
		proven_again
		printf 'C: DELE 1\nS: +OK\n'
		whole RETR 2
		printf '%s\n' 'C: NOOP' 'S: +OK' 'C: RETR 3' 'S: garbage' EOF
		proven_again
		printf 'C: DELE 1\nS: +OK\n'
		goodbye
	)
	batch 2 --keep-going <<-'END'
		dele 1
		fetch all -o dir:box
	END
	[ "$(cut -f 1,4 stdout | paste -sd,)" = $'3\tfailed,2\tfetched,1' ]
	[[ ${lines[2]} == *$'\tdeleted' ]]
}

# changed_after LINE…: the lines end with 75 because another header is in the new session.
changed_after() {
	after_login < <(
		without_uids && headers_of 1 2 3
		[[ $1 != dele* ]] || printf 'C: DELE 1\nS: +OK\n'
		broken RETR 2
		proven_again | sed 's/A: 1/A: 4/'
		echo EOF
	)
	batch 75 --keep-going < <(printf '%s\n' "$@")
	[[ $stderr == *'the mailbox may have changed in the new session' ]]
}

@test "without UIDL, a new session with other headers deletes nothing: 75" {
	changed_after 'dele 1' 'fetch 2 -o dir:box'
	changed_after 'fetch 2 -o dir:box' 'dele 1'
	changed_after 'fetch 2' 'fetch 3 -o dir:box --delete'
	changed_after 'fetch 2-3 -o dir:box'
}

# twins: in a session without UIDL, the first two of three messages have the same header.
twins() {
	without_uids && headers_of 1 2 3 | sed 's/A: 2/A: 1/'
}

@test "after a message that broke the session, one without any identity is not deleted: 75" {
	after_login < <(
		twins && broken RETR 3
		printf '%s\n' --- 'S: +OK ready'
		login && without_uids && headers_of 3
		echo EOF
	)
	batch 75 --keep-going <<-'END'
		fetch 3 -o dir:box
		dele 1
	END
	[[ $stderr == *'line 2: message 1 has no UID, and may be another one in the new session' ]]
}

@test "without UIDL, deletions are repeated in a session that has shown all headers" {
	after_login < <(
		without_uids && headers_of 1 2 3
		printf 'C: DELE 1\nS: +OK\n'
		broken RETR 2
		printf '%s\n' --- 'S: +OK ready'
		login && without_uids && headers_of 1 && broken TOP 2 0
		proven_again
		printf 'C: DELE 1\nS: +OK\n'
		goodbye
	)
	batch 2 --keep-going <<-'END'
		dele 1
		fetch 2 -o dir:box
	END
	[[ $output == *$'\tdeleted' ]]
}

@test "rset undoes the deletions" {
	after_listing <<-'TALK'
		C: DELE 1
		S: +OK
		C: RSET
		S: +OK
		C: DELE 1
		S: +OK
		C: QUIT
		S: +OK
	TALK
	batch 0 <<-'END'
		dele 1
		rset
		dele 1
	END
	[ "$output" = $'1\tuid-1\tdeleted' ]
}

@test "a refused rset ends the batch, so that nothing is deleted" {
	local option
	for option in '' --keep-going; do
		after_listing <<-'TALK'
			C: DELE 1
			S: +OK
			C: RSET
			S: -ERR no
			EOF
		TALK
		batch 77 $option <<-'END'
			dele 1
			rset
			stat
		END
		[ "$output" = '' ]
		[ "$stderr" = 'pop3: 127.0.0.1: line 2: RSET: the server refused: no' ]
	done
}

@test "abort ends the batch without deleting, quit deletes; later lines are not read" {
	after_listing <<-'TALK'
		C: DELE 1
		S: +OK
		EOF
	TALK
	batch 0 <<<$'dele 1\nabort\nstat'
	[ "$output" = "" ]
	conversation_ended_well
	after_listing <<-'TALK'
		C: DELE 1
		S: +OK
		C: QUIT
		S: +OK
	TALK
	batch 0 <<<$'dele 1\nquit\nstat'
	[ "$output" = $'1\tuid-1\tdeleted' ]
}

@test "deletions are unknown after a refused QUIT: 81" {
	after_listing <<-'TALK'
		C: DELE 1
		S: +OK
		C: DELE 3
		S: +OK
		C: QUIT
		S: -ERR some deleted messages not removed
	TALK
	batch 81 <<<$'dele 1\ndele 3'
	[ "$output" = $'1\tuid-1\tunknown\n3\tuid-3\tunknown' ]
}

@test "--peek after a deletion is a usage error" {
	after_listing <<-'TALK'
		C: DELE 1
		S: +OK
		EOF
	TALK
	batch 64 <<<$'dele 1\nfetch 2 -o mbox:box --peek'
	[[ $stderr == *'line 2: --peek ends without QUIT, so it cannot be used in a batch that deletes messages' ]]
}

# --- input

@test "the lines of a file are checked before connecting" {
	server=127.0.0.1:1
	batch 64 <<<$'stat\nlits'
	[[ $stderr == "pop3: line 2: unknown subcommand 'lits' (did you mean 'list'?); see 'help'" ]]
	batch 64 <<<$'stat\nlist \'1'
	[[ $stderr == "pop3: line 2: missing closing quote (')" ]]
	batch 64 <<<$'stat\nwait'
	[[ $stderr == "pop3: line 2: 'wait' cannot be used in this batch" ]]
	batch 64 <<<$'stat\ncheck'
	[[ $stderr == "pop3: line 2: 'check' cannot be used in this batch" ]]
	ann 66 batch missing
}

@test "a program that writes a line can read its answer before writing the next" {
	after_greeting PIPELINING <<-'TALK'
		C: USER ann
		C: PASS secret
		C: STAT
		S: +OK
		S: +OK
		S: +OK 3 306
		C: STAT
		S: +OK 4 400
		C: QUIT
		S: +OK
	TALK
	mkfifo questions answers
	"$program" batch -s "127.0.0.1:$port" -u ann --tls off <questions >answers 3>&- &
	stop_later $!
	exec {questions}>questions {answers}<answers
	echo stat >&"$questions"
	read -r -u "$answers" answer
	[ "$answer" = $'3\t306' ]
	echo stat >&"$questions"
	read -r -u "$answers" answer
	[ "$answer" = $'4\t400' ]
	exec {questions}>&-
	wait $!
	conversation_ended_well
}

@test "- in a line reads stdin, unless the batch is read from there" {
	after_listing <<<$'C: QUIT\nS: +OK'
	echo 'uidl -' >lines
	ann 0 batch lines <<<$'2\tuid-2'
	[ "$output" = $'2\tuid-2' ]
	conversation_ended_well
	server=127.0.0.1:1
	ann 64 batch <lines
	[[ $stderr == *"'-' cannot be used here: stdin holds the batch itself" ]]
}

@test "a line longer than 1048576 octets is rejected: 64" {
	after_login < <(goodbye)
	ann 64 batch < <(head -c 1100000 /dev/zero | tr '\0' x)
	[[ $stderr == *'line 1 is longer than 1048576 octets' ]]
}

@test "lines are read once: --retry does not apply after the first" {
	after_listing <<-'TALK'
		C: STAT
		S: -ERR [SYS/TEMP] later
		EOF
	TALK
	batch 75 --retry 1 <<<$'list 1\nstat'
	[ "$output" = $'1\tuid-1\t101' ]
}

# --- the state

@test "new, fetch and seen use the state of the account" {
	after_listing <<-'TALK'
		C: RETR 1
		S: +OK
		S: Subject: one
		S: .
		C: QUIT
		S: +OK
	TALK
	batch 0 <<-'END'
		fetch 1 -o dir:box
		uidl new
		seen list
		list new --limit 1
	END
	[ "$(cut -f 1-4 <<<"$output" | head -3)" = "$(printf '%s\n' $'1\tuid-1\t14\tfetched' $'2\tuid-2' $'3\tuid-3')" ]
	[[ $(sed -n 4p <<<"$output") == uid-1$'\t'*$'\t'14 ]]
	[ "$(sed -n 5p <<<"$output")" = $'2\tuid-2\t102' ]
}

# --- at a terminal

# type_in STATUS <STEPS: run pop3 batch as ann at a terminal; the output is in `screen`.
type_in() {
	local status=0
	TERM=vt100 "$helpers/type-in" "$program" batch -s "$server" -u ann --tls off \
		>screen 3>&- || status=$?
	[ "$status" -eq "$1" ] || {
		cat screen
		return 1
	}
}

@test "a deletion is recorded while a later line has the state open for writing" {
	after_listing < <(
		printf '%s\n' 'C: RETR 1' 'S: +OK' 'S: Subject: one' 'S:' 'S: .'
		goodbye
	)
	batch 0 <<<'fetch 1 -o dir:box'
	after_listing < <(
		printf '%s\n' 'C: DELE 1' 'S: +OK' 'C: RETR 2' 'S: +OK' 'S: Subject: two' 'S:' 'S: .'
		goodbye
	)
	batch 0 <<-'END'
		dele uid:uid-1
		fetch uid:uid-2 -o dir:box
	END
	[[ $output == *$'1\tuid-1\tdeleted' ]]
	conversation_ended_well
}

@test "at a prompt: lines run, words are completed, errors are printed" {
	after_listing <<-'TALK'
		C: STAT
		S: +OK 3 306
		C: DELE 2
		S: +OK
		C: QUIT
		S: +OK
	TALK
	type_in 0 <<-'STEPS'
		S: pop3>
		E: hel\t\r
		S: rset
		S: pop3>
		E: list 1\r
		S: 101
		S: pop3>
		E: sta\t\r
		S: 306
		S: pop3>
		E: bogus\r
		S: unknown subcommand 'bogus'
		S: pop3>
		E: dele 2\r
		S: 1 marked: 'quit' deletes them, 'rset' unmarks them
		S: pop3>
		E: \x04
		S: deleted
	STEPS
}

@test "at a prompt without libedit, lines run as the terminal gives them" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 3 306
	TALK
	: >libedit.so.2
	LD_LIBRARY_PATH=$PWD type_in 0 <<-'STEPS'
		S: pop3>
		C: stat\r
		S: 306
		S: pop3>
		C: quit\r
	STEPS
}

@test "at a prompt: Ctrl-C clears the line or interrupts the command, but does not exit" {
	after_listing <<-'TALK'
		C: DELE 2
		S: +OK
		?C: STAT
		STALL
		---
		S: +OK ready
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: NOOP
		S: +OK
		C: QUIT
		S: +OK
	TALK
	type_in 0 <<-'STEPS'
		S: pop3>
		E: half of a li
		S: half of a li
		C: \x03
		S: pop3>
		E: dele 2\r
		S: 1 marked
		S: pop3>
		E: stat\r
		S: stat\r\n
		C: \x03
		S: interrupted
		S: starting a new session; nothing was deleted
		S: pop3>
		E: noop\r
		S: pop3>
		E: quit\r
	STEPS
	run ! grep uid-2 screen
}

@test "what a line of a file cannot select is found before connecting" {
	local line
	for line in 'list 7x' 'uidl --match "sub ject~x"' 'dele all --match "subject~("'; do
		printf '%s\n' 'stat' "$line" >lines
		pop3 64 batch -s 127.0.0.1:1 -u ann --tls off lines
		[[ $stderr == 'pop3: '*'line 2: '* ]]
	done
}

# What real servers do, row by row of the list of quirks: exit status, stdout, stderr.
load ../helpers/account

# stat_passes: the conversation on stdin is all that `pop3 stat` needs to find 2 messages.
stat_passes() {
	converse -
	ann 0 stat "$@"
	[ "$output" = $'2\t320' ]
}

# stat_fails STATUS MESSAGE: the same, but it ends so.
stat_fails() {
	converse -
	ann "$1" stat
	[ "$output" = '' ]
	[ "$stderr" = "pop3: 127.0.0.1: $2" ]
}

# list_passes RECORD…: the answers to LIST and UIDL are on stdin.
list_passes() {
	in_session
	ann 0 list
	[ "$output" = "$(printf '%s\n' "$@")" ]
}

# fetch_answered STATUS: ann fetches message 1; what RETR is answered with is on stdin.
fetch_answered() {
	local status=$1
	shift
	after_login < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: RETR 1' && cat)
	ann "$status" fetch 1 "$@"
}

# --- status lines, greeting

@test "1: a + or - alone is a status line" {
	stat_passes <<-'TALK'
		S: +
		C: CAPA
		S: -
		C: USER ann
		S: +
		C: PASS secret
		S: +
		C: STAT
		S: + 2 320
		C: QUIT
		S: +
	TALK
}

@test "1: status lines in lower case" {
	stat_passes <<-'TALK'
		S: +ok ready
		C: CAPA
		S: -err
		C: USER ann
		S: +ok
		C: PASS secret
		S: +ok
		C: STAT
		S: +ok 2 320
		C: QUIT
		S: +ok
	TALK
}

@test "2: a greeting that says the maildrop is in use is temporary" {
	stat_fails 75 'the server refused the connection: [IN-USE] later' <<-'TALK'
		S: -ERR [IN-USE] later
	TALK
}

@test "2: a greeting that says too many connections is temporary" {
	stat_fails 75 'the server refused the connection: too many connections' <<-'TALK'
		S: -ERR too many connections
	TALK
}

@test "3: an IMAP greeting is named" {
	converse - <<<'S: * OK [CAPABILITY IMAP4rev1] ready'
	ann 76 stat
	[[ $stderr == *IMAP*995* ]]
}

@test "3: an SMTP greeting is named" {
	converse - <<<'S: 220 mail.example.org ESMTP'
	ann 76 stat
	[[ $stderr == *SMTP*995* ]]
}

@test "3: a TLS record on a plain port names the option" {
	converse - <<<'S| \x15\x03\x01\x00\x02\x02\x28'
	ann 76 stat
	[[ $stderr == *'--tls implicit'* ]]
}

@test "3: a plain greeting where TLS should be names the option" {
	converse - <<-'TALK'
		S: +OK ready
		STALL
	TALK
	pop3 80 stat -u ann
	[[ $stderr == *'--tls stls'* ]]
}

@test "3: another protocol altogether is 76" {
	converse - <<<'S: SSH-2.0-OpenSSH_9.2'
	ann 76 stat
	[[ $stderr == *"not a POP3 server's answer: 'SSH-2.0-OpenSSH_9.2'" ]]
}

@test "4: a server that hangs up after a failed AUTH has refused, not been lost" {
	after_greeting 'SASL PLAIN' <<-'TALK'
		C: AUTH PLAIN \64(\0ann\0secret)
		S: -ERR wrong
		CLOSE
	TALK
	ann 77 stat
	[ "$stderr" = 'pop3: 127.0.0.1: the server refused the login: wrong' ]
}

@test "5: a few blank lines before a status line are passed over" {
	stat_passes <<-'TALK'
		S:
		S: +OK ready
		C: CAPA
		S: -ERR
		C: USER ann
		S:
		S: +OK
		C: PASS secret
		S*4:
		S: +OK
		C: STAT
		S: +OK 2 320
		S:
		C: QUIT
		S: +OK
	TALK
}

@test "5: blank lines without end are 76" {
	stat_fails 76 "greeting: not a POP3 server's answer: ''" <<-'TALK'
		S*100:
	TALK
}

@test "6: LF alone at the end of status lines" {
	stat_passes <<-'TALK'
		S| +OK ready\n
		C: CAPA
		S| +OK\nTOP\n.\n
		C: USER ann
		S| +OK\n
		C: PASS secret
		S| +OK\n
		C: STAT
		S| +OK 2 320\n
		C: QUIT
		S| +OK\n
	TALK
}

@test "6: a status line that has lost its LF took the header's first line with it" {
	fetch_answered 76 <<-'TALK'
		S| +OK 30 octets\r*From: ann@example.org\r\nSubject: x\r\n\r\n.\r\n
	TALK
	[[ $stderr == *"not a POP3 server's answer: '+OK 30 octets\\r*From: ann@example.org'" ]]
}

# --- CAPA

@test "7: a connection that dies of CAPA is made again without it" {
	stat_passes <<-'TALK'
		S: +OK ready
		C: CAPA
		CLOSE
		---
		S: +OK ready
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
}

@test "8: UIDL and TOP are used though CAPA does not list them" {
	converse - < <(greeting USER && login && printf '%s\n' 'C: LIST 1' 'S: +OK 1 9' \
		'C: UIDL 1' 'S: +OK 1 uid-1' 'C: TOP 1 0' 'S: +OK' 'S: A: b' 'S:' 'S: .' && goodbye)
	ann 0 headers 1
	[ "$output" = $'1\tuid-1\tA: b' ]
}

@test "9: names in lower case, CR left on the line, a dot in front" {
	after_greeting '..private' 'sasl plain\r' <<-'TALK'
		C: AUTH PLAIN \64(\0ann\0secret)
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
	ann 0 stat
}

@test "9: a list of capabilities without end is 76" {
	converse - <<-'TALK'
		S: +OK ready
		C: CAPA
		S: +OK
		S*300: X-\#
		S: .
	TALK
	ann 76 stat
	[[ $stderr == *'the list of capabilities is too long' ]]
}

@test "10: what was known before STLS is forgotten" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: +OK
		TLS
		C: CAPA
		S: +OK
		S: SASL PLAIN
		S: .
		C: AUTH PLAIN \64(\0ann\0secret)
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
	pop3 0 stat -u ann --tls stls --ca-file "$certificates/ca.pem"
}

@test "10: octets behind the answer to STLS end the session" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S| +OK\r\n+OK injected\r\n
		EOF
	TALK
	pop3 80 stat -u ann --tls stls
}

# --- login

# refused STATUS TEXT: PASS is answered with -ERR and that.
refused() {
	after_greeting <<-TALK
		C: USER ann
		S: +OK
		C: PASS secret
		S: -ERR $2
	TALK
	ann "$1" stat
	[ "$stderr" = "pop3: 127.0.0.1: the server refused the login: $2" ]
}

@test "11: IN-USE is 75" { refused 75 '[IN-USE] other session'; }
@test "11: LOGIN-DELAY is 75" { refused 75 '[LOGIN-DELAY] wait'; }
@test "11: SYS/TEMP is 75" { refused 75 '[SYS/TEMP] no disk'; }
@test "11: AUTH is 77" { refused 77 '[AUTH] mailbox locked for you'; }
@test "11: SYS/PERM is 77" { refused 77 '[SYS/PERM] too many lies'; }
@test "11: an unknown code is no code" { refused 77 '[X-FOO] no'; }
@test "11: lock busy" { refused 75 'lock busy'; }
@test "11: already in use" { refused 75 'Mailbox already in use'; }
@test "11: try again" { refused 75 'Try again later'; }
@test "11: too many" { refused 75 'Too many connections from you'; }
@test "11: any other words are 77" { refused 77 'Authentication failed'; }

@test "13: STAT refused after a good login means LOGIN-DELAY" {
	after_login <<-'TALK'
		C: STAT
		S: -ERR login allowed only every 15 minutes
	TALK
	ann 75 stat --json
	[[ $stderr == *'"code":"login-delay"'*'"retry_after":900'* ]]
}

@test "14: a greeting with <…> is no offer of APOP" {
	stat_passes <<-'TALK'
		S: +OK <1896.697170952@dbc.mtview.ca.us>
		C: CAPA
		S: -ERR
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
}

@test "15: blanks, recent: and 8-bit octets go as they are" {
	after_greeting <<-'TALK'
		C: USER recent:ann b
		S: +OK
		C: PASS  p\xe4ss w\xc3\xb6rd 
		S: +OK
		C: STAT
		S: +OK 0 0
		C: QUIT
		S: +OK
	TALK
	POP3_PASSWORD=$' p\xe4ss w\xc3\xb6rd ' pop3 0 stat -u 'recent:ann b' --tls off
}

@test "16: UTF8 is sent when offered" {
	after_greeting UTF8 USER <<-'TALK'
		C: UTF8
		S: +OK
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 0 0
		C: QUIT
		S: +OK
	TALK
	ann 0 stat
}

@test "16: a refusal of UTF8 is ignored" {
	after_greeting UTF8 USER <<-'TALK'
		C: UTF8
		S: -ERR later
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 0 0
		C: QUIT
		S: +OK
	TALK
	ann 0 stat
	[ "$stderr" = '' ]
}

@test "17: EXPIRE 0 and LOGIN-DELAY are told with -v, and work goes on" {
	converse - < <(greeting USER 'EXPIRE 0' 'LOGIN-DELAY 300' && login &&
		printf '%s\n' 'C: LIST 1' 'S: +OK 1 9' 'C: RETR 1' 'S: +OK' 'S: a' 'S: .' && goodbye)
	ann 0 fetch -v 1
	[[ $stderr == *'300 seconds'*'EXPIRE 0'* ]]
}

# --- STAT, LIST, UIDL

@test "18: sizes over 2^32 are kept" {
	list_passes $'1\tuid-1\t18446744073709551614' <<-'TALK'
		C: LIST
		S: +OK
		S: 1 18446744073709551614
		S: .
		C: UIDL
		S: +OK
		S: 1 uid-1
		S: .
	TALK
}

@test "18: a size that is missing, negative or no number is unknown" {
	list_passes $'1\tuid-1\t-' $'2\tuid-2\t-' $'3\tuid-3\t-' $'4\tuid-4\t-' <<-'TALK'
		C: LIST
		S: +OK
		S: 1
		S: 2 -5
		S: 3 many
		S: 4 99999999999999999999
		S: .
		C: UIDL
		S: +OK
		S*4: \# uid-\#
		S: .
	TALK
}

@test "18: a negative size in STAT is unknown" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 -5
	TALK
	ann 0 stat
	[ "$output" = $'2\t-' ]
}

@test "18: a wrong size is no reason to cut a message" {
	fetch_answered 0 <<-'TALK'
		S: +OK 3 octets
		S: many more than that
		S: .
		C: QUIT
		S: +OK
	TALK
	[ "$output" = $'many more than that\r' ]
}

@test "19: gaps and numbers in any order" {
	list_passes $'2\tuid-2\t20' $'5\tuid-5\t50' $'9\tuid-9\t90' <<-'TALK'
		C: LIST
		S: +OK
		S: 9 90
		S: 2 20
		S: 5 50
		S: .
		C: UIDL
		S: +OK
		S: 5 uid-5
		S: 9 uid-9
		S: 2 uid-2
		S: .
	TALK
}

@test "19: LIST and UIDL that disagree are both heard" {
	list_passes $'1\tuid-1\t10' $'3\tuid-3\t-' <<-'TALK'
		C: LIST
		S: +OK 7 messages
		S: 1 10
		S: .
		C: UIDL
		S: +OK
		S: 1 uid-1
		S: 3 uid-3
		S: .
	TALK
}

@test "20: several blanks before a UID, blanks inside, 8-bit, more than 70 characters" {
	local long
	printf -v long '%0100d' 0
	list_passes $'1\tuid-1\t1' $'2\tblank inside\t2' $'3\t\\xE4\t3' "4	$long	4" <<-TALK
		C: LIST
		S: +OK
		S*4: \\# \\#
		S: .
		C: UIDL
		S: +OK
		S: 1    uid-1
		S: 2 blank inside
		S: 3 \\xe4
		S: 4 $long
		S: .
	TALK
}

@test "20: empty and repeated UIDs get an identity from the header block" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 same
		S: 2 other
		S: 3 same
		S: 4
		S: .
		C: TOP 1 0
		S: +OK
		S: A: 1
		S:
		S: .
		C: TOP 3 0
		S: +OK
		S: A: 3
		S:
		S: .
		C: TOP 4 0
		S: +OK
		S: A: 4
		S:
		S: .
	TALK
	ann 0 dele --dry-run all
	[[ ${lines[0]} == $'1\ttop:'* ]]
	[[ ${lines[1]} == $'2\tother\t'* ]]
	[[ ${lines[2]} == $'3\ttop:'* ]]
	[[ ${lines[3]} == $'4\ttop:'* ]]
	[ "$(cut -f 2 stdout | sort -u | wc -l)" -eq 4 ]
}

@test "21: STAT with words between its numbers" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 messages (89 octets)
	TALK
	ann 0 stat
	[ "$output" = $'2\t89' ]
}

@test "21: LIST n answered without +OK" {
	in_session <<-'TALK'
		C: LIST 1
		S: 1 100
	TALK
	ann 0 stat 1
	[ "$output" = $'1\t100' ]
}

@test "21: LIST n not answered at all is 75" {
	after_login <<-'TALK'
		C: LIST 1
		STALL
	TALK
	ann 75 stat --timeout 1 1
	[ "$stderr" = 'pop3: 127.0.0.1: LIST 1: no answer within 1 s' ]
}

# one_of ANSWER-TO-LIST ANSWER-TO-UIDL LIST-OF-UIDS: list 2, where these are not about message 2.
one_of() {
	in_session < <(printf '%s\n' 'C: LIST 2' "$1" 'C: UIDL 2' "$2" \
		'C: LIST' 'S: +OK' 'S*3: \# 10\#' 'S: .' 'C: UIDL' "${@:3}")
	ann 0 list 2
	[ "$output" = $'2\tuid-2\t102' ]
}

uid_list=('S: +OK' 'S*3: \# uid-\#' 'S: .')

@test "42: LIST n and UIDL n answered with another message" {
	one_of 'S: +OK 1 101' 'S: +OK 1 uid-1' "${uid_list[@]}"
}

@test "42: without the number" { one_of 'S: +OK 102' 'S: +OK uid-2' "${uid_list[@]}"; }
@test "42: with the number alone" { one_of 'S: +OK 2' 'S: +OK 2' "${uid_list[@]}"; }
@test "42: with words" { one_of 'S: +OK here it is' 'S: +OK here it is' "${uid_list[@]}"; }
@test "42: refused" { one_of 'S: -ERR what?' 'S: -ERR what?' "${uid_list[@]}"; }
@test "42: UIDL n alone is refused" { one_of 'S: +OK 2 102' 'S: -ERR what?' "${uid_list[@]}"; }

@test "42: with the whole list" {
	one_of $'S: +OK\nS*3: \\# 10\\#\nS: .' $'S: +OK\nS*3: \\# uid-\\#\nS: .' "${uid_list[@]}"
}

@test "42: with the whole list, sent ahead: QUIT is taken back" {
	converse - < <(
		greeting USER PIPELINING UIDL
		printf '%s\n' 'C: USER ann' 'C: PASS secret' 'C: LIST 2' 'C: UIDL 2' 'C: QUIT' \
			'S: +OK' 'S: +OK' 'S: +OK' 'S*3: \# 10\#' 'S: .' "${uid_list[@]}" 'S: +OK' ---
		printf '%s\n' 'S: +OK ready' 'C: USER ann' 'C: PASS secret' 'C: LIST' 'C: UIDL' \
			'S: +OK' 'S: +OK' 'S: +OK' 'S*3: \# 10\#' 'S: .' "${uid_list[@]}"
		goodbye
	)
	ann 0 list 2
	[ "$output" = $'2\tuid-2\t102' ]
}

@test "42: refused for now is not 'no such message'" {
	after_login <<<$'C: LIST 2\nS: -ERR [SYS/TEMP] later\nC: UIDL 2\nS: -ERR [SYS/TEMP] later\n?C: QUIT\nS: +OK'
	ann 75 list 2
}

@test "42: UIDL n refused for now is not 'no UIDs'" {
	after_login <<<$'C: LIST 2\nS: +OK 2 10\nC: UIDL 2\nS: -ERR [IN-USE] later\n?C: QUIT\nS: +OK'
	ann 75 fetch 2 -o dir:box
	[ ! -e box/*.eml ]
}

# uidl_refused STATUS ANSWER [CAPABILITY…]: what comes of that answer to UIDL.
uidl_refused() {
	converse - < <(greeting "${@:3}" && login && printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 10' 'S: .' \
		'C: UIDL' "S: $2" && if [ "$1" = 0 ]; then
			printf '%s\n' 'C: TOP 1 0' 'S: +OK' 'S: A: b' 'S:' 'S: .'
		fi && printf '%s\n' '?C: QUIT' 'S: +OK')
	ann "$1" list
}

@test "41: UIDL refused for now: 75" { uidl_refused 75 '-ERR [SYS/TEMP] later'; }
@test "41: UIDL refused in words for now: 75" { uidl_refused 75 '-ERR mailbox busy, try again'; }
@test "41: UIDL not known: identities of our own" { uidl_refused 0 '-ERR unknown command' USER TOP; }

@test "41: UIDL refused by a server that gave UIDs before: 75, and nothing is new" {
	converse - < <(
		greeting && login && two_mails && retrieved 1 && retrieved 2 && goodbye
		printf '%s\n' --- 'S: +OK ready' && login
		printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 20' 'S: .' 'C: UIDL' 'S: -ERR what?' \
			'?C: QUIT' 'S: +OK'
	)
	ann 0 fetch new -o dir:box
	ann 75 fetch new -o dir:box
	[ "$output" = '' ]
	[ "$(echo box/*)" = 'box/uid-1.eml box/uid-2.eml' ]
}

@test "22: LIST of an empty mailbox without its dot is a time-out, and named" {
	after_login <<-'TALK'
		C: LIST
		S: +OK 0 messages
		STALL
		---
		S: +OK ready
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 2 20
	TALK
	ann 75 list --timeout 1
	[ "$stderr" = 'pop3: 127.0.0.1: LIST: no answer within 1 s' ]
}

# empty ENDING CAPABILITY…: LIST of an empty mailbox without its dot; another session says so.
empty() {
	converse - < <(greeting "${@:2}" && login && printf '%s\n' 'C: LIST' 'S: +OK 0 messages' "$1" --- \
		'S: +OK ready' && login && printf '%s\n' 'C: STAT' 'S: +OK 0 0' && goodbye)
	ann 0 list --timeout 1
	[ "$output" = '' ]
}

@test "43: LIST of an empty mailbox without its dot, and silence" { empty STALL USER; }
@test "43: LIST of an empty mailbox without its dot, and the end" { empty CLOSE USER; }

@test "24: a number behind the last one may be new mail" {
	list_passes $'1\tuid-1\t10' $'2\tuid-2\t-' <<-'TALK'
		C: LIST
		S: +OK 1 message
		S: 1 10
		S: .
		C: UIDL
		S: +OK
		S: 1 uid-1
		S: 2 uid-2
		S: .
	TALK
}

@test "25: 100,000 messages" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S*100000: \# uid-\#
		S: .
	TALK
	ann 0 uidl
	[ "$(wc -l <stdout)" -eq 100000 ]
	[ "$(tail -n 1 stdout)" = $'100000\tuid-100000' ]
}

# --- RETR, TOP

@test "26: LF . LF in a body is no end where status lines end in CR LF" {
	fetch_answered 0 <<-'TALK'
		S: +OK
		S| one\n.\ntwo\n.\r\nthree\r\n.\r\n
		C: QUIT
		S: +OK
	TALK
	printf 'one\n.\ntwo\n.\r\nthree\r\n' | cmp - stdout
}

@test "26: LF . LF is the end where the status line ended in LF alone" {
	fetch_answered 0 <<-'TALK'
		S| +OK\n
		S| one\n..two\n.\n
		C: QUIT
		S: +OK
	TALK
	printf 'one\n.two\n' | cmp - stdout
}

@test "27: octets behind a false end fail the message" {
	fetch_answered 76 <<-'TALK'
		S: +OK
		S| one\r\n.\r\ntwo\r\n.\r\n
	TALK
}

@test "27: a false end deletes nothing" {
	after_login <<-'TALK'
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
		C: DELE 1
		S: +OK
		S: stray
		EOF
	TALK
	ann 76 dele all
	[ "$output" = '' ]
}

@test "28: a last line without CR LF before the dot is no end" {
	fetch_answered 75 --timeout 1 <<-'TALK'
		S: +OK
		S| one.\r\n
		STALL
	TALK
	[[ $stderr == *'RETR 1: no answer within 1 s' ]]
}

@test "28: a dot, CR and silence is no end" {
	fetch_answered 75 --timeout 1 <<-'TALK'
		S: +OK
		S| one\r\n.\r
		STALL
	TALK
}

@test "29: TOP that sends the whole body shows the header all the same" {
	in_session <<-'TALK'
		C: LIST 1
		S: +OK 1 100
		C: UIDL 1
		S: +OK 1 uid-1
		C: TOP 1 0
		S: +OK
		S: A: b
		S:
		S*1000: body
		S: .
	TALK
	ann 0 headers 1
	[ "$output" = $'1\tuid-1\tA: b' ]
}

# endless_body: more than is read of what nobody asked for; the client hangs up in between.
endless_body() {
	printf '%s\n' "S: $1" 'S:' '?S*200000: 0123456789012345678901234567890123456789' EOF
}

# session_again: what the server can do is remembered by now.
session_again() {
	printf '%s\n' --- 'S: +OK ready'
	login
}

# lists_three UID UID UID: LIST and UIDL of three messages.
lists_three() {
	printf '%s\n' 'C: LIST' 'S: +OK' 'S*3: \# 100' 'S: .' \
		'C: UIDL' 'S: +OK' "S: 1 $1" "S: 2 $2" "S: 3 $3" 'S: .'
}

# two_overruns [UID]: TOP 1 and TOP 2 send bodies without end; the third message may be another.
two_overruns() {
	greeting
	login
	printf '%s\n' 'C: UIDL' 'S: +OK' 'S*3: \# uid-\#' 'S: .' 'C: TOP 1 0' 'S: +OK'
	endless_body 'A: b'
	session_again
	lists_three uid-1 uid-2 uid-3
	printf '%s\n' 'C: TOP 2 0' 'S: +OK'
	endless_body 'A: c'
	session_again
	lists_three uid-1 uid-2 "${1:-uid-3}"
}

@test "29: TOP that sends bodies without end: each time a new session, and all headers" {
	converse - < <(
		two_overruns
		printf '%s\n' 'C: TOP 3 0' 'S: +OK' 'S: A: d' 'S:' 'S: .'
		goodbye
	)
	ann 0 headers -v
	[ "$output" = $'1\tuid-1\tA: b\n2\tuid-2\tA: c\n3\tuid-3\tA: d' ]
	[[ $stderr == *'a new session instead of the rest: TOP 2'* ]]
}

@test "29: the new session has other messages: 75" {
	converse - < <(two_overruns uid-4 && echo EOF)
	ann 75 headers
	[[ $stderr == *'may have changed'* ]]
}

@test "29: without UIDL the sizes must be the same" {
	converse - < <(
		greeting
		login
		printf '%s\n' 'C: LIST 2' 'S: +OK 2 100' 'C: UIDL 2' 'S: -ERR' \
			'C: LIST' 'S: +OK' 'S: 2 100' 'S: .' 'C: UIDL' 'S: -ERR' 'C: TOP 2 0' 'S: +OK'
		endless_body 'A: b'
		session_again
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 100' 'S: 2 101' 'S: .' 'C: UIDL' 'S: -ERR' EOF
	)
	ann 75 headers 2
	[[ $stderr == *'may have changed'* ]]
}

@test "29: no new session where messages are marked as deleted: the body is read" {
	in_session < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 100' 'S: .' \
			'C: UIDL' 'S: +OK' 'S*2: \# uid-\#' 'S: .' \
			'C: DELE 1' 'S: +OK' 'C: TOP 2 0' 'S: +OK' 'S: A: b' 'S:' \
			'S*200000: 0123456789012345678901234567890123456789' 'S: .'
	)
	printf '%s\n' 'dele 1' 'list --match A~b' >lines
	ann 0 batch lines
	[[ $output == *$'2\tuid-2\t100'* ]]
}

@test "29: where logins are to be far between, a long body is read instead" {
	converse - < <(
		greeting 'LOGIN-DELAY 300'
		login
		printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: UIDL 1' 'S: +OK 1 uid-1' 'C: TOP 1 0' \
			'S: +OK' 'S: A: b' 'S:' \
			'S*200000: 0123456789012345678901234567890123456789' 'S: .'
		goodbye
	)
	ann 0 headers 1
	[ "$output" = $'1\tuid-1\tA: b' ]
}

@test "29: TOP absent: RETR for headers, said with -v" {
	in_session <<-'TALK'
		C: LIST 1
		S: +OK 1 100
		C: UIDL 1
		S: +OK 1 uid-1
		C: TOP 1 0
		S: -ERR what?
		C: RETR 1
		S: +OK
		S: A: b
		S:
		S: body
		S: .
	TALK
	ann 0 headers -v 1
	[ "$output" = $'1\tuid-1\tA: b' ]
	[[ $stderr == *'no TOP'* ]]
}

@test "30: -ERR for the one message asked for" {
	fetch_answered 77 <<-'TALK'
		S: -ERR message is damaged
		?C: QUIT
		S: +OK
	TALK
	[ "$output" = '' ]
	[[ $stderr == *'message is damaged'* ]]
}

@test "30: -ERR for one message: the others go on" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S*3: \# 20
		S: .
		C: UIDL
		S: +OK
		S*3: \# uid-\#
		S: .
		C: RETR 1
		S: +OK
		S: Subject: one
		S:
		S: .
		C: RETR 2
		S: -ERR message is damaged
		C: RETR 3
		S: +OK
		S: Subject: three
		S:
		S: .
	TALK
	ann 2 fetch all -o dir:box
	[ "$(cut -f 1,4 stdout | sort | tr '\t\n' ' ,')" = '1 fetched,2 failed,3 fetched,' ]
	[ "$(echo box/*)" = 'box/uid-1.eml box/uid-3.eml' ]
}

@test "32: FIN in the middle of a message is 75" {
	fetch_answered 75 <<-'TALK'
		S: +OK
		S| Subject: half\r\n\r\nbody\r\n
		CLOSE
	TALK
}

@test "32: RST in the middle of a message is 75" {
	fetch_answered 75 <<-'TALK'
		S: +OK
		S| Subject: half\r\n
		RESET
	TALK
}

# cut_tls ENDING WHY: a message over TLS is cut short, with or without close_notify.
cut_tls() {
	converse - <<-TALK
		TLS
		S: +OK
		C: CAPA
		S: -ERR
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: LIST 1
		S: +OK 1 100
		C: RETR 1
		S: +OK
		S: Subject: half
		$1
	TALK
	pop3 75 fetch -u ann --ca-file "$certificates/ca.pem" 1
	[ "$stderr" = "pop3: 127.0.0.1: RETR 1: $2" ]
}

@test "32: TLS that ends with close_notify in the middle is 75" {
	cut_tls TLS-CLOSE 'the server closed the connection'
}

@test "32: TLS that ends without close_notify in the middle is 75" {
	cut_tls CLOSE 'the connection was cut without a TLS close'
}

@test "32: TLS that is reset in the middle is 75" {
	cut_tls RESET 'the connection was lost: Connection reset by peer'
}

# two_mails: the answers to LIST and UIDL of a mailbox with two messages.
two_mails() {
	printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 20' 'S: .' \
		'C: UIDL' 'S: +OK' 'S*2: \# uid-\#' 'S: .'
}

# retrieved NUMBER: RETR and its answer.
retrieved() {
	printf '%s\n' "C: RETR $1" QUIET 'S: +OK' "S: Subject: $1" S: 'S: .'
}

@test "33: --peek ends without QUIT" {
	after_login < <(two_mails && retrieved 1 && retrieved 2 && echo EOF)
	ann 0 fetch all -o dir:box --peek
	[ "$(echo box/*)" = 'box/uid-1.eml box/uid-2.eml' ]
}

@test "33: a server that deletes what it sends is asked for one message at a time" {
	converse - < <(greeting PIPELINING USER 'EXPIRE 0' && printf '%s\n' 'C: USER ann' \
		'C: PASS secret' 'S: +OK' 'S: +OK' && two_mails && retrieved 1 && retrieved 2 && goodbye)
	ann 0 fetch all -o dir:box
	[[ $stderr == *'fetching one at a time'* ]]
}

@test "33: what such a server has sent is durable before the next is asked for" {
	local steps
	converse - < <(greeting USER 'EXPIRE 0' && login && two_mails && retrieved 1 && retrieved 2 && goodbye)
	ASAN_OPTIONS=detect_leaks=0 strace -y -o trace -e trace=sendto,fsync,syncfs,renameat2 "$program" fetch all -o dir:box \
		-s "$server" -u ann --tls off >stdout 2>stderr 3>&-
	grep -q "<$PWD/" trace || skip "strace is not shown which files they are"
	steps=$(sed -n 's,^sendto.*RETR.*,R,p; s,^f*sync.*/box.*,S,p; s,^renameat2.*,N,p' trace |
		tr -d '\n' | tr -s S)
	[ "$steps" = RSNSRSNS ]
}

# expiring: a server that deletes at QUIT what it has sent. The rest of the conversation is on stdin.
expiring() {
	converse - < <(greeting USER 'EXPIRE 0' && login && cat)
}

@test "33: such a server gets no QUIT when a command refuses what was sent, for now or for good" {
	for code in 1 75; do
		expiring < <(two_mails && retrieved 1 && retrieved 2 && echo EOF)
		ann 2 fetch all -o "pipe:exit $code"
		[ "$(cut -f 4 stdout | paste -sd,)" = failed,failed ]
		[[ $stderr == *'without QUIT'* ]]
	done
	expiring < <(two_mails && retrieved 1 && retrieved 2 && echo EOF)
	ann 2 fetch all --delete -o "pipe:exit \$((POP3_NUMBER - 1))"
	[ "$(cut -f 4 stdout | paste -sd,)" = fetched,failed ]
	expiring < <(two_mails && retrieved 1 && retrieved 2 && goodbye)
	ann 0 fetch all -o 'pipe:exit 99'
}

@test "33: nor when a message was larger than it may be: QUIT ends another session" {
	expiring < <(two_mails && printf '%s\n' 'C: RETR 1' 'S: +OK' 'S*100: \# larger than LIST said' \
		'?S: .' EOF --- 'S: +OK ready' && login && two_mails | sed 1,4d && retrieved 2 && goodbye)
	ann 2 fetch all -o dir:box --max-size 1K
	[ "$(cut -f 4 stdout | paste -sd,)" = failed,fetched ]
}

@test "33: nor when stdout takes nothing" {
	expiring < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 20' && retrieved 1 && echo EOF)
	status=0
	"$program" fetch 1 -s "$server" -u ann --tls off >/dev/full 2>stderr 3>&- || status=$?
	[ "$status" -eq 74 ]
}

@test "33: a message that is refused was not sent, and QUIT may come" {
	expiring < <(two_mails && printf '%s\n' 'C: RETR 1' 'S: -ERR damaged' && retrieved 2 && goodbye)
	ann 2 fetch all -o dir:box
}

@test "33: no line of a batch is followed by QUIT either" {
	expiring < <(two_mails && printf '%s\n' 'C: DELE 2' 'S: +OK' && retrieved 1 && echo EOF)
	ann 81 batch --keep-going <<-'END'
		dele 2
		fetch 1 -o 'pipe:exit 1'
	END
	[[ $stderr == *'nothing was deleted'* ]]
	grep -qx $'2\tuid-2\tunknown' stdout
	expiring < <(two_mails && retrieved 1 && echo EOF)
	ann 2 batch <<<"fetch 1 -o 'pipe:exit 1'"
}

@test "33: what two lines of a batch have looked at is gone without any UID having changed" {
	after_greeting USER TOP UIDL 'EXPIRE 0' < <(
		login
		printf '%s\n' 'C: LIST' 'S: +OK' 'S*10: \# 20' 'S: .' 'C: UIDL' 'S: +OK' 'S*10: \# u\#' 'S: .'
		for number in 1 2 3 4 5 6 7 8 9 10; do retrieved $number; done
		goodbye
	)
	printf '[ann]\nserver = %s\nuser = ann\ntls = off\n' "$server" >"$XDG_CONFIG_HOME/pop3/config"
	account 0 batch <<<$'fetch new -o dir:box\nfetch new -o dir:box'
	next_session < <(holds new && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "33: without TOP, headers are no reason to delete a message" {
	without_uidl() { printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 20' 'S: .' 'C: UIDL' 'S: -ERR what?'; }
	refused_tops() { printf "C: TOP %d 0\nS: -ERR what?\n" 1 2; }
	expiring < <(two_mails | sed 1,4d && refused_tops && goodbye)
	ann 2 headers all
	[[ $stderr == *'message 1: the server has no TOP'*'EXPIRE 0'* ]]
	expiring < <(two_mails && refused_tops && goodbye)
	ann 2 fetch all --match 'subject~1' -o dir:box
	expiring < <(without_uidl && refused_tops && goodbye)
	ann 0 list
	[ "$output" = $'1\t\t20\n2\t\t20' ]
	expiring < <(without_uidl && refused_tops && goodbye)
	ann 2 fetch new -o dir:box
	[ "$(cut -f 4 stdout | paste -sd,)" = skipped,skipped ]
}

@test "33: what EXPIRE is for this user is asked after the login" {
	converse - < <(greeting USER 'EXPIRE 30 USER' && login && two_mails &&
		printf '%s\n' 'C: CAPA' 'S: +OK' 'S: EXPIRE 0' 'S: .' && retrieved 1 && retrieved 2 && echo EOF)
	ann 2 fetch all -o 'pipe:exit 1'
}

# --- QUIT and afterwards

@test "34: QUIT is refused, and nothing was to be deleted: 0" {
	after_login <<-'TALK'
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: -ERR
	TALK
	ann 0 stat
}

@test "34: the server hangs up at QUIT, and nothing was to be deleted: 0" {
	after_login <<-'TALK'
		C: STAT
		S: +OK 2 320
		C: QUIT
		CLOSE
	TALK
	ann 0 stat
}

@test "35: --retry covers a maildrop that is still locked" {
	stat_passes --retry 1 <<-'TALK'
		S: +OK ready
		C: CAPA
		S: -ERR
		C: USER ann
		S: +OK
		C: PASS secret
		S: -ERR [IN-USE] just a moment
		---
		S: +OK ready
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
}

@test "36: every command is one write, and what is sent ahead are whole lines" {
	converse - < <(greeting USER PIPELINING && printf '%s\n' 'C: USER ann' 'C: PASS secret' \
		'C: STAT' 'C: QUIT' 'S: +OK' 'S: +OK' 'S: +OK 2 320' 'S: +OK')
	ASAN_OPTIONS=detect_leaks=0 strace -s 256 -o trace -e trace=sendto "$program" stat -s "$server" -u ann --tls off \
		>stdout 2>stderr 3>&-
	[ "$(grep -c '^sendto(.*\\r\\n", ' trace)" -eq "$(grep -c '^sendto(' trace)" ]
	grep -q '^sendto(.*CAPA' trace
}

@test "37: PIPELINING that is broken: again in lock step, and said" {
	stat_passes -v <<-'TALK'
		S: +OK ready
		C: CAPA
		S: +OK
		S: USER
		S: PIPELINING
		S: .
		C: USER ann
		C: PASS secret
		C: STAT
		C: QUIT
		S: +OK
		S: garbage
		---
		S: +OK ready
		C: CAPA
		S: +OK
		S: USER
		S: PIPELINING
		S: .
		C: USER ann
		QUIET
		S: +OK
		C: PASS secret
		QUIET
		S: +OK
		C: STAT
		QUIET
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
	[[ $stderr == *'lock step'* ]]
}

@test "38: SNI is always sent" {
	converse - <<-'TALK'
		TLS sni=localhost
		S: -ERR [SYS/TEMP] enough
	TALK
	pop3 75 stat -u ann -s "localhost:$port" --ca-file "$certificates/ca.pem"
}

@test "39: commands behind a login are lost: Courier and Cyrus hear none before its answer" {
	local name
	for name in 'Courier Mail Server' 'Cyrus POP3 3.6.1'; do
		stat_passes < <(sed "s/NAME/$name/" <<-'TALK'
			S: +OK ready
			C: CAPA
			S: +OK
			S: USER
			S: PIPELINING
			S: IMPLEMENTATION NAME
			S: .
			C: USER ann
			C: PASS secret
			QUIET
			S: +OK
			S: +OK logged in
			C: STAT
			C: QUIT
			S: +OK 2 320
			S: +OK
		TALK
		)
	done
}

# --- an -ERR for inactivity that nobody asked for ---

# parts: what the server says then; the client may ask whether it is still there.
parts() {
	printf '%s\n' 'S: -ERR Disconnected for inactivity.' CLOSE '?C: NOOP'
}

@test "47: in place of an answer: 75, no message is blamed, and none is left for good" {
	for _ in 1 2 3 4; do
		next_session < <(holds u1 u2 u3 && sends 1 && echo 'C: RETR 2' && parts)
		account 75 fetch all -o dir:box
		[ "$(cut -f 2,4 stdout)" = $'u1\tfetched' ]
		[[ $stderr == *'RETR 2: the server ended the session: Disconnected for inactivity.' ]]
	done
	next_session < <(holds u1 u2 u3 && sends 2 3 && goodbye)
	account 0 fetch new -o dir:box
}

@test "47: behind a message, which is delivered" {
	next_session < <(holds u1 u2 && sends 1 && parts)
	account 75 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout)" = $'u1\tfetched' ]
	next_session < <(holds u1 && sends 1 && parts)
	account 75 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout)" = $'u1\tfetched' ]
}

@test "47: instead of lists and deletions: 75" {
	local command
	for command in 'C: LIST' "$(sizes u1)"$'\nC: UIDL'; do
		next_session < <(echo "$command" && parts)
		account 75 list
	done
	next_session < <(uids u1 && echo 'C: DELE 1' && parts)
	account 75 dele all
	next_session < <(holds u1 && sends 1 && echo 'C: DELE 1' && parts)
	account 75 fetch all --delete -o dir:box
}

@test "47: where commands are sent ahead, too" {
	after_greeting PIPELINING UIDL < <(
		printf '%s\n' 'C: USER ann' 'C: PASS secret' 'C: LIST' 'C: UIDL' 'S: +OK' 'S: +OK' \
			'S: +OK' 'S: 1 14' 'S: 2 100' 'S: 3 200' 'S: .' 'S: +OK' 'S*3: \# u\#' 'S: .' \
			'C: RETR 1' 'C: RETR 2' 'C: RETR 3' 'S: +OK' 'S: Subject: x' 'S:' 'S: .'
		parts | sed '$d'
	)
	ann 75 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout)" = $'u1\tfetched' ]
}

@test "47: a server that says the like of one message, and goes on" {
	next_session < <(
		holds u1 u2
		printf '%s\n' 'C: RETR 1' 'S: -ERR timed out reading the message' 'C: NOOP' 'S: +OK'
		sends 2 && goodbye
	)
	account 2 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout | sort)" = $'u1\tfailed\nu2\tfetched' ]
}

@test "47: octets behind a message that are no end of the session fail it" {
	next_session < <(holds u1 && printf '%s\n' 'C: RETR 1' 'S: +OK' 'S: a' 'S: .' 'S: -ERR idle' 'S: b' EOF)
	account 2 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout)" = $'u1\tfailed' ]
}

# --- a dot that is the very first octet of a message, and is not stuffed ---

# dotted VERB NUMBER [ARGUMENT]: what such a message looks like, and the end of its session.
dotted() {
	printf '%s\n' "C: $1 $2${3:+ $3}" 'S: +OK' 'S| .\r\nbehind a dot\r\n\r\n.\r\n' EOF
}

again() {
	printf '%s\n' --- 'S: +OK ready'
	login
}

@test "50: the message fails, the others come in new sessions, and each run ends with 2" {
	local order number
	for order in '1 2 3 4 5 6' '5 1 2 3 4 6' '5 1 2 3 4 6'; do
		next_session < <(
			holds u1 u2 u3 u4 u5 u6
			for number in $order; do
				if [ $number -eq 5 ]; then
					sends 5
					continue
				fi
				dotted RETR $number
				[ $number -eq 6 ] || { again && uids u1 u2 u3 u4 u5 u6; }
			done
		)
		account 2 fetch all -o dir:box
		[ "$(cut -f 2,4 stdout | sort | tr '\t\n' ' ,')" = \
			'u1 failed,u2 failed,u3 failed,u4 failed,u5 fetched,u6 failed,' ]
	done
	next_session < <(holds u1 u2 && goodbye)
	account 2 fetch new -o dir:box
	[ "$(cut -f 2,4 stdout)" = $'u1\tskipped\nu2\tskipped' ]
}

@test "50: what was fetched beside it is deleted in another session" {
	next_session < <(
		holds u1 u2 && sends 1 && dotted RETR 2
		again && uids u1 u2 | sed '1i C: LIST\nS: +OK\nS: 1 100\nS: 2 100\nS: .'
		marks 1 && goodbye
	)
	account 2 fetch all --delete -o dir:box
	conversation_ended_well
}

@test "50: beside it an mbox is left without a spool" {
	next_session < <(holds u1 && dotted RETR 1)
	account 2 fetch all -o mbox:in/box
	[ "$(ls -A in)" = '' ]
}

@test "50: a server that deletes what it has sent keeps that message" {
	expiring < <(two_mails && dotted RETR 1 && again && two_mails | sed 1,4d && retrieved 2 && goodbye)
	ann 2 fetch all -o dir:box
	[ "$(cut -f 4 stdout | paste -sd,)" = failed,fetched ]
	[ "$(ls box | wc -l)" -eq 1 ]
	expiring < <(two_mails | sed 's/^S\*2/S*1/' && dotted RETR 1)
	ann 2 fetch new -o dir:box
	[ "$(cut -f 4 stdout)" = failed ]
}

@test "50: headers of the others follow in a new session" {
	after_login < <(
		uids u1 u2 && dotted TOP 1 0
		again && sizes u1 u2 && uids u1 u2
		printf '%s\n' 'C: TOP 2 0' 'S: +OK' 'S: A: b' 'S:' 'S: .'
		goodbye
	)
	ann 2 headers all
	[ "$output" = $'2\tu2\tA: b' ]
	[[ $stderr == *"message 1: the server sent more after the end of the message"* ]]
}

# --- what is no status line, in place of one ---

# garbage COMMAND: it is answered by no status line, and the session ends.
garbage() {
	printf '%s\n' "C: $1" 'S: garbage' EOF
}

# heads NUMBER…: the header of each message is shown.
heads() {
	printf 'C: TOP %s 0\nS: +OK\nS: A: b\nS:\nS: .\n' "$@"
}

# fails_beside_others STATUSES [DESTINATION]: a fetch ends with 2, and has these records.
fails_beside_others() {
	account 2 fetch new -o "${2:-dir:box}"
	conversation_ended_well
	[ "$(cut -f 2,4 stdout | sort | tr '\t\n' ' ,')" = "$1" ]
}

@test "27: a message that is answered by no status line fails, and is skipped after three runs" {
	next_session < <(
		holds u1 u2 u3 && garbage 'RETR 1'
		again && uids u1 u2 u3 && sends 2 3 && goodbye
	)
	fails_beside_others 'u1 failed,u2 fetched,u3 fetched,'
	next_session < <(holds u1 u2 u3 && garbage 'RETR 1')
	fails_beside_others 'u1 failed,'
	next_session < <(holds u1 u2 u3 && garbage 'RETR 1')
	fails_beside_others 'u1 failed,'
	next_session < <(holds u1 u2 u3 && goodbye)
	fails_beside_others 'u1 skipped,'
}

@test "27: the message before it is asked for again, with a NOOP behind it, and does not fail" {
	local destination
	for destination in dir:box mbox:box2 maildir:Mail 'pipe:cat >>piped'; do
		rm -rf home/state
		next_session < <(
			holds u1 u2 u3 && sends 1 && garbage 'RETR 2'
			again && uids u1 u2 u3 && sends 1 && printf '%s\n' 'C: NOOP' 'S: -ERR what?'
			garbage 'RETR 2'
			again && uids u1 u2 u3 && sends 3 && goodbye
		)
		fails_beside_others 'u1 fetched,u2 failed,u3 fetched,' "$destination"
	done
	[ "$(ls box)" = $'u1.eml\nu3.eml' ]
	[ "$(grep -c ^Subject box2)" -eq 2 ]
	[ "$(grep -c ^Subject piped)" -eq 2 ]
}

@test "27: it fails where the octets come behind it again" {
	next_session < <(
		holds u1 u2 u3 && sends 1 && garbage 'RETR 2'
		again && uids u1 u2 u3 && sends 1 && garbage NOOP
		again && uids u1 u2 u3 && sends 2 3 && goodbye
	)
	fails_beside_others 'u1 failed,u2 fetched,u3 fetched,'
}

@test "27: on stdout it is not written twice, and its failure does not count" {
	local run
	for run in 1 2 3; do
		next_session < <(
			holds u1 u2 && sends 1 && garbage 'RETR 2'
			again && uids u1 u2 && garbage 'RETR 2'
		)
		account 2 fetch new -o mbox:-
		[ "$(grep -c ^Subject stdout)" -le 1 ]
	done
	next_session < <(holds u1 u2 && sends 1 && goodbye)
	account 2 fetch new -o mbox:-
	[ "$(grep -c ^Subject stdout)" -eq 1 ]
	[[ $stderr == *"message 2: it failed in three runs"* ]]
}

@test "27: a server that deletes what it has sent keeps what could not be stored" {
	expiring < <(
		two_mails && retrieved 1 && garbage 'RETR 2'
		again && two_mails | sed 1,4d && garbage 'RETR 2'
	)
	ann 2 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout | tr '\t\n' ' ,')" = 'uid-1 fetched,uid-2 failed,' ]
}

@test "27: the headers of the others follow" {
	after_login < <(
		uids u1 u2 u3 && heads 1 && garbage 'TOP 2 0'
		again && sizes u1 u2 u3 && uids u1 u2 u3 && heads 1
		printf '%s\n' 'C: NOOP' 'S: +OK' && garbage 'TOP 2 0'
		again && sizes u1 u2 u3 && uids u1 u2 u3 && heads 3 && goodbye
	)
	ann 2 headers all
	[ "$output" = $'1\tu1\tA: b\n3\tu3\tA: b' ]
	[ "${stderr%%$'\n'*}" = "pop3: message 2: not a POP3 server's answer: 'garbage'" ]
	after_login < <(
		uids u1 u2 && heads 1 && garbage 'TOP 2 0'
		again && sizes u1 u2 && uids u1 u2 && heads 1 && garbage NOOP
		again && sizes u1 u2 && uids u1 u2 && heads 2 && goodbye
	)
	ann 2 headers all
	[ "$output" = $'2\tu2\tA: b' ]
}

# --- QUIT goes out ahead only where no answer can make more to ask ---

# pipelined_login: what goes out together with the first commands, and its answers.
pipelined_login() {
	printf '%s\n' 'C: USER ann' 'C: PASS secret'
	sed -n '/^C/p'
	printf '%s\n' QUIET 'S: +OK' 'S: +OK'
}

one_message='S: +OK
S: A: b
S:
S: .'

@test "8: list and uidl go on without UIDL where commands may be sent ahead" {
	converse - < <(
		greeting USER PIPELINING TOP
		pipelined_login <<<$'C: LIST\nC: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'S: -ERR what?' 'C: TOP 1 0' QUIET \
			"$one_message" 'C: QUIT' 'S: +OK' --- 'S: +OK ready'
		pipelined_login <<<'C: UIDL'
		printf '%s\n' 'S: -ERR what?' 'C: LIST' QUIET 'S: +OK' 'S: 1 100' 'S: .' \
			'C: TOP 1 0' "$one_message" 'C: QUIT' 'S: +OK'
	)
	ann 0 list all
	[[ $output == $'1\ttop:'*$'\t100' ]]
	ann 0 uidl all
	[[ $output == $'1\ttop:'* ]]
}

@test "8: headers go on without TOP where commands may be sent ahead" {
	converse - < <(
		greeting USER PIPELINING UIDL
		pipelined_login <<<'C: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 uid-1' 'S: .' 'C: TOP 1 0' QUIET 'S: -ERR what?' \
			'C: RETR 1' "$one_message" 'C: QUIT' 'S: +OK'
	)
	ann 0 headers
	[ "$output" = $'1\tuid-1\tA: b' ]
}

@test "8: filters go on without TOP where commands may be sent ahead" {
	local listing=('S: +OK' 'S: 1 100' 'S: .' 'S: +OK' 'S: 1 uid-1' 'S: .')
	local whole=('C: TOP 1 0' QUIET 'S: -ERR what?' 'C: RETR 1' "$one_message" 'C: QUIT' 'S: +OK')
	converse - < <(
		greeting USER PIPELINING UIDL
		pipelined_login <<<$'C: LIST\nC: UIDL'
		printf '%s\n' "${listing[@]}" "${whole[@]}" --- 'S: +OK ready'
		pipelined_login <<<'C: LIST'
		printf '%s\n' "${listing[@]::3}" "${whole[@]}" --- 'S: +OK ready'
		pipelined_login <<<'C: UIDL'
		printf '%s\n' "${listing[@]:3}" "${whole[@]}"
	)
	ann 0 list --match a~b
	[ "$output" = $'1\tuid-1\t100' ]
	ann 0 stat --match a~b
	[ "$output" = $'1\t100' ]
	ann 0 uidl --match a~b
	[ "$output" = $'1\tuid-1' ]
}

@test "8: a TOP that is listed and refused costs another session, where QUIT was sent with it" {
	converse - < <(
		greeting USER PIPELINING UIDL TOP
		pipelined_login <<<'C: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 uid-1' 'S: .' 'C: TOP 1 0' 'C: QUIT' 'S: -ERR what?' \
			'S: +OK' --- 'S: +OK ready'
		pipelined_login <<<$'C: LIST\nC: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'S: +OK' 'S: 1 uid-1' 'S: .' \
			'C: RETR 1' "$one_message" 'C: QUIT' 'S: +OK'
	)
	ann 0 headers
	[ "$output" = $'1\tuid-1\tA: b' ]
}

@test "8: a UIDL that is listed and refused costs another session, where QUIT was sent with it" {
	converse - < <(
		greeting USER PIPELINING UIDL TOP
		pipelined_login <<<$'C: LIST\nC: UIDL\nC: QUIT'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'S: -ERR what?' 'S: +OK' --- 'S: +OK ready'
		pipelined_login <<<$'C: LIST\nC: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'S: -ERR what?' 'C: TOP 1 0' \
			"$one_message" 'C: QUIT' 'S: +OK' --- 'S: +OK ready'
		pipelined_login <<<$'C: UIDL\nC: QUIT'
		printf '%s\n' 'S: -ERR what?' 'S: +OK' --- 'S: +OK ready'
		pipelined_login <<<'C: LIST'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'C: TOP 1 0' "$one_message" 'C: QUIT' 'S: +OK'
	)
	ann 0 list all
	[[ $output == $'1\ttop:'*$'\t100' ]]
	ann 0 uidl all
	[[ $output == $'1\ttop:'* ]]
}

@test "8: in a batch, too, headers go on where TOP is listed and refused" {
	converse - < <(
		greeting USER PIPELINING UIDL TOP
		pipelined_login <<<$'C: LIST\nC: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'S: +OK' 'S: 1 uid-1' 'S: .' \
			'C: TOP 1 0' 'C: STAT' 'S: -ERR what?' 'S: +OK 1 100' \
			'C: TOP 1 0' 'S: -ERR what?' 'C: RETR 1' "$one_message" 'C: QUIT' 'S: +OK'
	)
	ann 0 batch - <<<$'headers\nstat'
	[ "$output" = $'1\tuid-1\tA: b\n1\t100' ]
}

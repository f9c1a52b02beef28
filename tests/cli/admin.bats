# pop3 admin: the four management protocols, octet for octet.

load ../helpers/common

setup() {
	set_up_home
	export POP3_PASSWORD=secret
}

# served SCHEME [USER@]: start a server of that protocol; its conversation is on stdin.
served() {
	converse -
	server=$1://${2-}$server
}

# datagrams: start an SMTPStatus server; its exchange is on stdin.
datagrams() {
	local script verdict_fd
	script=$(mktemp "$BATS_TEST_TMPDIR/datagrams.XXX")
	cat >"$script"
	exec {verdict_fd}< <(exec "$helpers/datagrams" "$script" 3>&-)
	verdicts[$!]=$verdict_fd
	read -r port <&"$verdict_fd"
	server=smtpstatus://127.0.0.1:$port
}

# --- peep

@test "peep: metrics sends all its commands at once and prints names and values" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: rb?
		C: re?
		C: xe?
		C: cc?
		C: hc?
		C: hu?
		S: +1000
		S: +2
		S: +0
		S: +1
		S: +23
		S: +18446744073709551615
		C: q
		S: +
	TALK
	pop3 0 admin metrics
	[ "$output" = "octets	1000
messages	2
removed	0
connections-now	1
connections	23
logins	18446744073709551615" ]
	conversation_ended_well
}

@test "peep: answers with LF line ends, in fragments" {
	served peep root@ <<-'TALK'
		C: a root secret
		S| +
		S| \n
		C: u?
		S| +2\nan
		S| n\nbob
		S| \n
		C: q
		S| +\n
	TALK
	pop3 0 admin users
	[ "$output" = $'ann\nbob' ]
	conversation_ended_well
}

@test "peep: thousands of users, sent in many writes" {
	served peep root@ <<-TALK
		C: a root secret
		S: +
		C: u?
		S: +2000
		$(seq -f 'S: user%04g' 2000)
		C: q
		S: +
	TALK
	pop3 0 admin users
	[ "$output" = "$(seq -f 'user%04g' 2000)" ]
}

@test "peep: answers of one octet per write" {
	converse --most 1 - <<-'TALK'
		C: a root secret
		S: +
		C: cu?
		S: +1
		S: ann
		C: q
		S: +
	TALK
	pop3 0 admin online -s "peep://root@$server"
	[ "$output" = ann ]
	conversation_ended_well
}

@test "peep: online prints nothing when nobody is logged in" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: cu?
		S: +0
		C: q
		S: +
	TALK
	pop3 0 admin online
	[ -z "$output" ]
	conversation_ended_well
}

@test "peep: control characters in user names are escaped" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: u?
		S: +1
		S: \x1b[2J\0x
		C: q
		S: +
	TALK
	pop3 0 admin users
	[ "$output" = '\x1B[2J\x00x' ]
	conversation_ended_well
}

@test "peep: user-add takes the new password from a command, a file or a file descriptor" {
	echo joshua >password
	local source
	for source in '--new-password-command=echo joshua' --new-password-file=password \
		--new-password-fd=4; do
		served peep root@ <<-'TALK'
			C: a root secret
			S: +
			C: u+ ann joshua
			S: +
			C: q
			S: +
		TALK
		pop3 0 admin user-add ann "$source" 4<password
		[ -z "$output" ]
		conversation_ended_well
	done
}

@test "peep: each error code has its exit status and message" {
	local verb code status message
	while IFS='|' read -r verb code status message; do
		served peep root@ <<-TALK
			C: a root secret
			S: +
			C~ [a-z]+[=?+-].*
			S: $code
			C: q
			S: +
		TALK
		pop3 "$status" admin $verb --new-password-command 'echo joshua'
		[[ $stderr = *": $message" ]]
		[ -z "$output" ]
		conversation_ended_well
	done <<-'ROWS'
		online|-0|64|the server does not know the command
		user-del ann|-1|64|the server rejected the syntax of the request
		user-add ann|-3|64|the name is in use
		user-del ann|-4|66|no such user
		set max-connections 0|-5|64|the number of connections is out of range
		set maildir /nowhere|-6|64|the path is not usable
		set timeout 99999|-7|64|the time-out is out of range
		user-add ann|-8|64|the limit for users is reached
		user-add ann|-9|75|the server cannot store it
		users|-99|64|refused with code 99
	ROWS
}

@test "peep: a wrong password: 77, and q is sent" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: -2
		C: q
		S: +
	TALK
	pop3 77 admin users
	[[ $stderr = *'wrong user name or password'* ]]
	conversation_ended_well
}

@test "peep: set and get" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: c= 15
		S: +
		C: q
		S: +
		---
		C: a root secret
		S: +
		C: c?
		S: +15
		C: q
		S: +
		---
		C: a root secret
		S: +
		C: m?
		S: +/srv/mail
		C: q
		S: +
	TALK
	pop3 0 admin set max-connections 15
	[ -z "$output" ]
	pop3 0 admin get max-connections
	[ "$output" = 15 ]
	pop3 0 admin get maildir --json
	[ "$output" = '{"value":"/srv/mail"}' ]
	conversation_ended_well
}

@test "peep: capa needs no login" {
	served peep <<-'TALK'
		C: cap?
		S: +3
		S: a
		S: c=1-500
		S: t=0-300
		C: q
		S: +
	TALK
	pop3 0 admin capa
	[ "$output" = $'a\t\nc=\t1-500\nt=\t0-300' ]
	conversation_ended_well
}

@test "peep: users without a user name is a usage error" {
	pop3 64 admin users -s peep://127.0.0.1:1
	[[ $stderr = *'use --user'* ]]
}

@test "peep: a malformed answer: 76, a time-out or a lost connection: 75" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: c?
		S: +many
		?C: q
		---
		C: a root secret
		S: +
		C: c?
		STALL
		---
		C: a root secret
		S: +
		C: u?
		S: +3
		S: ann
		CLOSE
		?C: q
		---
		C: a root secret
		CLOSE
		?C: q
	TALK
	pop3 76 admin get max-connections
	[[ $stderr = *"'+many'"* ]]
	pop3 75 admin get max-connections --timeout 1
	pop3 75 admin users
	[ -z "$output" ]
	pop3 76 admin users
	[[ $stderr = *'closed the connection without an answer'* ]]
	conversation_ended_well
}

# --- spscmp

@test "spscmp: the examples of the specification" {
	served spscmp <<-'TALK'
		C: secret METRICS
		S: OK
		S: 1
		S: 2
		S: 100
		S: .
		---
		C: secret MAXUSERS 0
		S: ERR
	TALK
	pop3 0 admin metrics
	[ "$output" = $'connections-now\t1\nconnections\t2\noctets\t100' ]
	pop3 77 admin set max-users 0
	conversation_ended_well
}

@test "spscmp: users, user-add, user-del, user-passwd and user-rename" {
	served spscmp <<-'TALK'
		C: secret LISTUSERS
		S| OK\nann\n
		S| bob\n.\n
		---
		C: secret ADDUSER carl joshua
		S: OK
		---
		C: secret DELUSER carl
		S: ERR
		---
		C: secret UPDATEPASS carl joshua
		S: OK
		---
		C: secret UPDATENAME carl dora
		S: OK
	TALK
	pop3 0 admin users
	[ "$output" = $'ann\nbob' ]
	pop3 0 admin user-add carl --new-password-command 'echo joshua'
	pop3 77 admin user-del carl
	pop3 0 admin user-passwd carl --new-password-command 'echo joshua'
	pop3 0 admin user-rename carl dora
	[ -z "$output" ]
	conversation_ended_well
}

@test "spscmp: log prints nothing when the answer is truncated or refused" {
	served spscmp <<-'TALK'
		C: secret LOGS
		S: OK
		S: ann 2026-11-20 23:35:18
		S: .
		---
		C: secret LOGS
		S: OK
		S: ann 2026-11-20 23:35:18
		CLOSE
		---
		C: secret LOGS
		S: ERR
	TALK
	pop3 0 admin log
	[ "$output" = $'ann\t2026-11-20 23:35:18' ]
	pop3 75 admin log
	[ -z "$output" ]
	pop3 77 admin log
	conversation_ended_well
}

@test "spscmp: a connection closed without an answer: 76" {
	served spscmp <<-'TALK'
		C: secret MAXCONNS 5
		CLOSE
		---
		C: secret MAXCONNS 5
		RESET
	TALK
	pop3 76 admin set max-connections 5
	pop3 76 admin set max-connections 5
	conversation_ended_well
}

# --- monitor

@test "monitor: the examples of the specification" {
	served monitor <<-'TALK'
		S: +OK POP3 server ready
		C: METR
		S: +OK 1;48;2;0
		C: QUIT
		S: +OK Goodbye
		---
		S: +OK POP3 server ready
		C: TRAN 1
		S: +OK
		C: QUIT
		S: +OK Goodbye
		---
		S: +OK POP3 server ready
		C: TRAN 0
		S: -ERR Unknown command
		C: QUIT
		S: +OK Goodbye
	TALK
	pop3 0 admin metrics
	[ "$output" = $'messages\t1\noctets\t48\nonline\t2\nlogins\t0' ]
	pop3 0 admin set transform on
	pop3 64 admin set transform off
	[[ $stderr = *"'Unknown command'"* ]]
	conversation_ended_well
}

@test "monitor: info prints all fields of INFO, get prints one" {
	local verb
	for verb in info 'get host' 'get maildir' 'get address'; do
		served monitor <<-'TALK'
			S: +OK
			C: INFO
			S: +OK mail.example;/srv/a;b/;::1
			C: QUIT
			S: +OK
		TALK
		pop3 0 admin $verb
		echo "$output" >>said
		conversation_ended_well
	done
	[ "$(cat said)" = "host	mail.example
maildir	/srv/a;b/
address	::1
mail.example
/srv/a;b/
::1" ]
}

@test "monitor: set, which appends a slash to the path for DIRR" {
	local verb line
	while IFS='|' read -r verb line; do
		served monitor <<-TALK
			S: +OK
			C: $line
			S: +OK
			C: QUIT
			S: +OK
		TALK
		pop3 0 admin set $verb
		conversation_ended_well
	done <<-'ROWS'
		maildir /srv/mail|DIRR /srv/mail/
		maildir /srv/mail/|DIRR /srv/mail/
		host mail.example|HOST mail.example
		port 1110|PORT 1110
		address ::1|IPV6 ::1
		address 127.0.0.1|IPV6 127.0.0.1
	ROWS
}

@test "monitor: a path may contain spaces where the protocol allows them" {
	served monitor <<-TALK
		S: +OK
		C: DIRR /srv/my own mail/
		S: +OK
		C: QUIT
		S: +OK
	TALK
	pop3 0 admin set maildir '/srv/my own mail'
	conversation_ended_well
	pop3 64 admin set host 'a b'
	pop3 64 admin set maildir '/srv/my own mail' -s peep://root@127.0.0.1:1
	[[ $stderr = *blanks* ]]
}

@test "metrics NAME... requests only these metrics, where the protocol allows it" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: re?
		C: hu?
		S: +2
		S: +7
		C: q
		S: +
	TALK
	pop3 0 admin metrics logins messages
	[ "$output" = $'messages\t2\nlogins\t7' ]
	conversation_ended_well
	served spscmp <<-'TALK'
		C: secret METRICS
		S: OK
		S: 1
		S: 2
		S: 100
		S: .
	TALK
	pop3 0 admin metrics octets
	[ "$output" = $'octets\t100' ]
	conversation_ended_well
	datagrams <<-'TALK'
		C: cf fe 00 A 73 65 63 72 65 74 00 00 02
		S: cf fe 00 A 00 00 00 00 00 00 00 00 09
	TALK
	pop3 0 admin metrics octets
	[ "$output" = $'octets\t9' ]
	conversation_ended_well
	pop3 64 admin metrics nonsense -s monitor://127.0.0.1:1
	[[ $stderr = *"monitor has no metric 'nonsense' (use messages, octets, online, logins)" ]]
}

@test "peep: the verbs of pop3 serve's extensions" {
	local verb words
	while IFS='|' read -r verb words; do
		served peep root@ <<-TALK
			C: a root secret
			S: +
			C: $words
			S: +
			C: q
			S: +
		TALK
		pop3 0 admin $verb
		conversation_ended_well
	done <<-'ROWS'
		set max-message-octets 1000|ms= 1000
		set command TOP off|pc= TOP off
		kick ann|k- ann
	ROWS
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: cs?
		S: +1
		S: ann 127.0.0.1 17
		C: us?
		S: +2
		S: ann 100 2 2026-01-01T00:00:00Z
		S: bob 0 0 -
		C: l?
		S: +1
		S: ann 2026-01-01 00:00:00
		C: pc?
		S: +1
		S: TOP
		C: q
		S: +
	TALK
	pop3 0 batch <<<$'sessions\nuser-stats\nlog\nget commands-off'
	[ "$output" = $'ann\t127.0.0.1\t17\nann\t100\t2\t2026-01-01T00:00:00Z\nbob\t0\t0\t-\nann\t2026-01-01 00:00:00\nTOP' ]
	conversation_ended_well
}

@test "log --follow prints each new entry once" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: l?
		S: +2
		S: ann 2026-01-01 00:00:00
		S: bob 2026-01-01 00:00:01
		C: l?
		S: +2
		S: bob 2026-01-01 00:00:01
		S: bob 2026-01-01 00:00:01
		C: l?
		S: -9
		C: q
		S: +
	TALK
	pop3 75 admin log --follow
	[ "$output" = $'ann\t2026-01-01 00:00:00\nbob\t2026-01-01 00:00:01\nbob\t2026-01-01 00:00:01' ]
	conversation_ended_well
	pop3 64 admin users --follow
}

@test "options for TLS and login mechanisms are rejected: 64" {
	local option
	for option in --tls=off --auth=plain --ca-file=x --tls-name=x --no-verify --tls-min=1.3; do
		pop3 64 admin metrics -s monitor://127.0.0.1:1 "$option"
		[[ $stderr = *"${option%%=*} cannot be used here"* ]]
	done
}

@test "a number too large for any server is rejected: 64" {
	pop3 64 admin set max-connections 99999999999999999999 -s peep://root@127.0.0.1:1
	[[ $stderr = *"'99999999999999999999' is out of range" ]]
	pop3 64 admin set max-connections many -s peep://root@127.0.0.1:1
	[[ $stderr = *"'many' is not a number" ]]
}

@test "help lists verbs, schemes, ports and the sources of the password" {
	pop3 0 admin --help
	for word in 'user-rename NAME NEW-NAME' 'metrics [NAME...]' peep:// smtpstatus:// 2110 8889 1111 \
		7030 --password-command POP3_PASSWORD; do
		[[ $output = *"$word"* ]]
	done
}

@test "monitor: log with LF line ends" {
	served monitor <<-'TALK'
		S: +OK
		C: LOGG
		S| +OK log\nann came\nann went\n.\n
		C: QUIT
		S: +OK
	TALK
	pop3 0 admin log
	[ "$output" = $'ann came\nann went' ]
	conversation_ended_well
}

@test "monitor: an invalid greeting: 76, an -ERR greeting: 77" {
	served monitor <<-'TALK'
		S: 220 mail.example ESMTP
		?C: QUIT
		---
		S: -ERR too many
		C: QUIT
		S: +OK
	TALK
	pop3 76 admin metrics
	pop3 77 admin metrics
	conversation_ended_well
}

@test "monitor: an unanswered QUIT does not change the exit status" {
	served monitor <<-'TALK'
		S: +OK
		C: TRAN 1
		S: +OK
		C: QUIT
	TALK
	pop3 0 admin set transform on
	conversation_ended_well
}

# --- smtpstatus: 73 65 63 72 65 74 00 00 is the password

@test "smtpstatus: metrics accepts answers in any order" {
	datagrams <<-'TALK'
		C: cf fe 00 A 73 65 63 72 65 74 00 00 00
		C: cf fe 00 B 73 65 63 72 65 74 00 00 01
		C: cf fe 00 C 73 65 63 72 65 74 00 00 02
		S: cf fe 00 C 00 ff ff ff ff ff ff ff ff
		S: cf fe 00 B 00 00 00 00 00 00 00 00 01
		S: cf fe 00 A 00 00 00 00 00 00 00 01 02
	TALK
	pop3 0 admin metrics
	[ "$output" = $'connections\t258\nconnections-now\t1\noctets\t18446744073709551615' ]
	conversation_ended_well
}

@test "smtpstatus: short, long, repeated, foreign and late datagrams are ignored" {
	datagrams <<-'TALK'
		C: cf fe 00 A 73 65 63 72 65 74 00 00 00
		C: cf fe 00 B 73 65 63 72 65 74 00 00 01
		C: cf fe 00 C 73 65 63 72 65 74 00 00 02
		S: cf fe 00 A 00 00 00 00 00 00 00 00
		S: cf fe 00 A 00 00 00 00 00 00 00 00 07 00
		S: fe cf 00 A 00 00 00 00 00 00 00 00 07
		S: cf fe 01 A 00 00 00 00 00 00 00 00 07
		S: cf fe 00 A 00 00 00 00 00 00 00 00 01
		S: cf fe 00 A 00 00 00 00 00 00 00 00 07
		S: cf fe 00 B 00 00 00 00 00 00 00 00 02
		S: cf fe 00 C 00 00 00 00 00 00 00 00 03
	TALK
	pop3 0 admin metrics
	[ "$output" = $'connections\t1\nconnections-now\t2\noctets\t3' ]
	conversation_ended_well
}

@test "smtpstatus: a lost request is sent again with the same number" {
	datagrams <<-'TALK'
		C: cf fe 00 A 73 65 63 72 65 74 00 00 03
		C: cf fe 00 A 73 65 63 72 65 74 00 00 03
		S: cf fe 00 A 00 01 00 00 00 00 00 00 00
	TALK
	pop3 0 admin get transform
	[ "$output" = off ]
	conversation_ended_well
}

@test "smtpstatus: answers that mean nothing" {
	local answer
	while read -r answer; do
		datagrams <<-TALK
			C: cf fe 00 A 73 65 63 72 65 74 00 00 03
			S: cf fe 00 A ${answer%% =>*}
		TALK
		pop3 76 admin get transform
		[ "$stderr" = "pop3: 127.0.0.1: get transform: ${answer#* => }" ]
		conversation_ended_well
	done <<-'END'
		06 00 00 00 00 00 00 00 00 => the server answered with the undefined status 06
		00 05 00 00 00 00 00 00 00 => the server's answer is neither on nor off
	END
}

@test "a new password that is not typed the same twice" {
	run -64 "$helpers/type-in" "$program" admin -s peep://127.0.0.1:1 -u root user-add ann 3>&- <<-'END'
		S: New password for ann: 
		C: one\r
		S: Repeat the new password: 
		C: two\r
		S: the two passwords differ
	END
}

@test "smtpstatus: no answer: 75" {
	datagrams <<-'TALK'
		C: cf fe 00 A 73 65 63 72 65 74 00 00 03
	TALK
	pop3 75 admin get transform --timeout 1
	conversation_ended_well
}

@test "smtpstatus: set and get transform" {
	datagrams <<-'TALK'
		C: cf fe 00 A 73 65 63 72 65 74 00 00 04
		S: cf fe 00 A 00 00 00 00 00 00 00 00 00
		C: cf fe 00 B 73 65 63 72 65 74 00 00 05
		S: cf fe 00 B 00 00 00 00 00 00 00 00 00
		C: cf fe 00 C 73 65 63 72 65 74 00 00 03
		S: cf fe 00 C 00 00 00 00 00 00 00 00 00
		C: cf fe 00 D 73 65 63 72 65 74 00 00 03
		S: cf fe 00 D 00 02 00 00 00 00 00 00 00
	TALK
	pop3 0 admin set transform on
	pop3 0 admin set transform off
	[ -z "$output" ]
	pop3 0 admin get transform
	[ "$output" = on ]
	pop3 76 admin get transform
	conversation_ended_well
}

@test "smtpstatus: each error status has its exit status and message" {
	local state status message
	while IFS='|' read -r state status message; do
		datagrams <<-TALK
			C: cf fe 00 A 73 65 63 72 65 74 00 00 04
			S: cf fe 00 A $state 00 00 00 00 00 00 00 00
		TALK
		pop3 "$status" admin set transform on
		[[ $stderr = *"$message"* ]]
		conversation_ended_well
	done <<-'ROWS'
		01|77|wrong secret
		02|64|version 0
		03|64|does not know the command
		04|64|size
		05|75|internal error
		06|76|status 06
	ROWS
}

@test "smtpstatus: a password of more than eight octets is a usage error" {
	POP3_PASSWORD=123456789 pop3 64 admin metrics -s smtpstatus://127.0.0.1:1
	[[ $stderr != *123456789* ]]
}

@test "smtpstatus: the server accepts no datagrams: 69" {
	pop3 69 admin metrics -s smtpstatus://127.0.0.1:1
}

# --- all protocols

@test "a verb that the protocol lacks: 64, with the protocols that have it" {
	pop3 64 admin info -s peep://root@127.0.0.1:1
	[[ $stderr = *"peep has no 'info' (these have: monitor)"* ]]
	pop3 64 admin users -s smtpstatus://127.0.0.1:1
	[[ $stderr = *'(these have: peep, spscmp)'* ]]
}

@test "an error names the server, with the port if the URL has one" {
	pop3 64 admin users -s smtpstatus://ann@127.0.0.1:1 --json
	[[ $stderr == *',"server":"ann@127.0.0.1:1"}' ]]
	pop3 64 admin users -s smtpstatus://ann@127.0.0.1 --json
	[[ $stderr == *',"server":"ann@127.0.0.1"}' ]]
}

@test "unknown verbs, invalid arguments and other schemes are rejected before connecting: 64" {
	pop3 64 admin usres -s monitor://127.0.0.1:1
	[[ $stderr = *"'users'"* ]]
	pop3 64 admin get tiemout -s monitor://127.0.0.1:1
	[[ $stderr = *"'get timeout'"* ]]
	pop3 64 admin frobnicate -s monitor://127.0.0.1:1
	[[ $stderr = *"see 'pop3 help admin'" ]]
	pop3 64 admin -s monitor://127.0.0.1:1
	pop3 64 admin set port 70000 -s monitor://127.0.0.1:1
	pop3 64 admin set host $'a\r\nQUIT' -s monitor://127.0.0.1:1
	pop3 64 admin metrics -s pop3://127.0.0.1:1
	[[ $stderr = *monitor://* ]]
	pop3 64 admin user-add ann joshua -s peep://root@127.0.0.1:1
	[[ $stderr = *--new-password-command* && $stderr != *joshua* ]]
	pop3 64 admin user-add ann --no-input -s peep://root@127.0.0.1:1
	[[ $stderr = *--new-password-command* ]]
}

@test "the password is not sent in clear text to another machine without --insecure" {
	pop3 64 admin users -s peep://root@192.0.2.1
	[[ $stderr = *--tunnel*--insecure* ]]
	pop3 64 admin metrics -s smtpstatus://192.0.2.1
	[[ $stderr = *--tunnel*--insecure* ]]
	pop3 64 admin metrics -s spscmp://127.0.0.1:1 --proxy http://127.0.0.1:1
	[[ $stderr = *--tunnel*--insecure* ]]
	pop3 69 admin metrics -s spscmp://127.0.0.1:1 --proxy http://127.0.0.1:1 --insecure
}

@test "a trace does not contain passwords" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: u+ ann joshua
		S: +
		C: q
		S: +
	TALK
	pop3 0 admin user-add ann --new-password-command 'echo joshua' --trace trace
	grep 'a root \*\*\*' trace
	grep 'u+ ann \*\*\*' trace
	run -1 grep -e secret -e joshua trace
}

@test "--tunnel to another machine needs no --insecure" {
	served spscmp <<-'TALK'
		C: secret LISTUSERS
		S: OK
		S: .
	TALK
	pop3 0 admin users -s spscmp://192.0.2.1 \
		--tunnel "bash -c 'exec 5<>/dev/tcp/127.0.0.1/$port; cat <&5 & exec cat >&5'"
	conversation_ended_well
}

# --- batch

@test "batch: peep and monitor run all lines on one connection" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: u?
		S: +1
		S: ann
		C: c= 15
		S: +
		C: q
		S: +
	TALK
	pop3 0 batch <<<$'admin users\nadmin set max-connections 15'
	[ "$output" = ann ]
	conversation_ended_well
	served monitor <<-'TALK'
		S: +OK POP3 server ready
		C: TRAN 1
		S: +OK
		C: METR
		S: +OK 1;48;2;0
		C: QUIT
		S: +OK Goodbye
	TALK
	pop3 0 batch --json <<<$'admin set transform on\nadmin metrics'
	[ "$(head -1 <<<"$output")" = '{"line":2,"name":"messages","value":1}' ]
}

@test "batch: verbs work without the word admin" {
	served monitor <<-'TALK'
		S: +OK POP3 server ready
		C: TRAN 1
		S: +OK
		C: METR
		S: +OK 1;48;2;0
		C: QUIT
		S: +OK Goodbye
	TALK
	pop3 0 batch <<<$'set transform on\nmetrics octets\nquit'
	[ "$output" = $'octets\t48' ]
	conversation_ended_well
	served peep <<-'TALK'
		C: cap?
		S: +1
		S: a
		C: q
		S: +
	TALK
	pop3 0 batch <<<capa
	[ "$output" = $'a\t' ]
	conversation_ended_well
}

@test "batch: spscmp opens a connection for each line" {
	served spscmp <<-'TALK'
		C: secret LISTUSERS
		S: OK
		S: ann
		S: .
		CLOSE
		---
		C: secret MAXUSERS 3
		S: OK
		CLOSE
	TALK
	pop3 0 batch <<<$'admin users\nadmin set max-users 3\nquit'
	[ "$output" = ann ]
}

@test "batch: the password comes from the batch's options" {
	unset POP3_PASSWORD
	served spscmp <<-'TALK'
		C: joshua LISTUSERS
		S: OK
		S: ann
		S: .
		CLOSE
	TALK
	pop3 0 batch --password-command 'echo joshua' <<<'admin users'
	[ "$output" = ann ]
}

@test "batch: the output of a password command that failed is not used" {
	unset POP3_PASSWORD
	TERM=vt100 "$helpers/type-in" "$program" batch -s spscmp://127.0.0.1:1 \
		--password-command 'echo half; exit 1' <<-'STEPS' >screen 3>&-
		S: pop3>
		E: admin users\r
		S: the password command 'echo half; exit 1' failed
		S: pop3>
		E: admin users\r
		S: the password command 'echo half; exit 1' failed
		S: pop3>
		E: quit\r
	STEPS
}

@test "batch: an unrequested answer is not taken for the next line's: 76" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: u?
		S| +1\r\nann\r\n+1\r\nbob\r\n
		C: q
	TALK
	pop3 76 batch <<<$'admin users\nadmin online'
	[ "$output" = ann ]
	[[ $stderr == *'line 2: '*'the server sent an answer that nothing had asked for' ]]
}

@test "batch: a refused verb ends the batch, and POP3 subcommands are rejected" {
	served peep root@ <<-'TALK'
		C: a root secret
		S: +
		C: u- bob
		S: -4
		C: q
		S: +
	TALK
	pop3 66 batch <<<$'admin user-del bob\nadmin users'
	[[ $stderr == *'line 1: '*bob* ]]
	conversation_ended_well
	pop3 64 batch <<<stat
	[[ $stderr == *"line 1: 'stat' cannot be used in this batch" ]]
}

# pop3 fetch to stdout: the message itself, octet for octet.
load ../helpers/account
load ../helpers/messages

# fetched FILE: ann fetches message 1, which is that file, and gets just its octets.
fetched() {
	in_session <<-TALK
		C: LIST 1
		S: +OK 1 $(stat -c %s "$1")
		C: RETR 1
		S: +OK
		MESSAGE $1
	TALK
	ann 0 fetch 1
	cmp stdout "$1"
}

@test "fetch writes the message as it is" {
	fetched "$data/plain.eml"
}

@test "dot-stuffing is undone" {
	fetched "$data/dots.eml"
}

@test "NUL, 8-bit, bare CR and bare LF, LF . LF pass" {
	odd_message >odd.eml
	fetched "$PWD/odd.eml"
}

# as_mbox: ann fetches message 1, whose lines are on stdin, as an mbox.
as_mbox() {
	in_session < <(
		printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: UIDL 1' 'S: +OK 1 uid-1' \
			'C: RETR 1' 'S: +OK'
		sed 's/^/S: /'
		echo 'S: .'
	)
	ann 0 fetch 1 -o mbox:-
}

@test "as an mbox it begins with who sent it and when, in UTC" {
	as_mbox <<-'MESSAGE'
		Return-Path: <ann@example.org>
		Date: Sun, 1 Mar 2026 00:30:05 +0100

		From here on
	MESSAGE
	[ "${lines[0]}" = 'From ann@example.org Sat Feb 28 23:30:05 2026' ]
	[ "${lines[4]}" = '>From here on' ]
}

@test "as an mbox a day of one digit is padded" {
	as_mbox <<<'Date: Sun, 1 Mar 2026 08:09:05 +0000'
	[ "${lines[0]}" = 'From MAILER-DAEMON Sun Mar  1 08:09:05 2026' ]
}

# Every message of a mailbox of 250 is asked for; the 105th is refused.
many_messages() {
	printf '%s\n' 'C: LIST' 'S: +OK' 'S*250: \# 100' 'S: .' \
		'C: UIDL' 'S: +OK' 'S*250: \# uid-\#' 'S: .'
	for ((i = 1; i <= 250; i++)); do
		printf 'C: RETR %d\n' $i
		((i != 105)) || { echo 'S: -ERR' && continue; }
		printf '%s\n' 'S: +OK' "S: $i" 'S: .'
	done
}

@test "each of many messages is counted as seen with its octets, but for one that failed" {
	in_session < <(many_messages)
	ann 2 fetch all -o mbox:-
	pop3 0 seen list -s 127.0.0.1:"$port" -u ann
	cut -f 1,3 stdout | sort >seen
	for ((i = 1; i <= 250; i++)); do
		((i == 105)) || printf 'uid-%d\t%d\n' $i $((${#i} + 2))
	done | sort | cmp - seen
}

# RELIABILITY: standard output.
@test "what went out alone is new all the same, what went out in an mbox is not" {
	local retrieved='C: RETR 1\nS: +OK\nS: Subject: x\nS:\nS: .\n'
	local listed='C: LIST\nS: +OK\nS: 1 100\nS: .\nC: UIDL\nS: +OK\nS: 1 uid-1\nS: .\n'
	converse - < <(
		greeting && login && printf %b "C: LIST 1\nS: +OK 1 100\n$retrieved" && goodbye
		printf '%s\n' --- 'S: +OK ready' && login && printf %b "$listed$retrieved" && goodbye
		printf '%s\n' --- 'S: +OK ready' && login && printf %b "$listed" && goodbye
	)
	ann 0 fetch 1
	ann 0 fetch new -o mbox:-
	[[ $output == 'From MAILER-DAEMON '* ]]
	ann 0 fetch new -o mbox:-
	[ -z "$output" ]
}

@test "a line of megabytes passes" {
	long_line 5000000 >long.eml
	fetched "$PWD/long.eml"
}

@test "one octet a packet is the same message" {
	in_session --most 1 <<-'TALK'
		C: LIST 1
		S: +OK 1 100
		C: RETR 1
		S: +OK
		MESSAGE dots.eml
	TALK
	ann 0 fetch 1
	cmp stdout "$data/dots.eml"
}

@test "the last one" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 100
		S: 4 100
		S: .
		C: RETR 4
		S: +OK
		S: hello
		S: .
	TALK
	ann 0 fetch last
	[ "$output" = $'hello\r' ]
}

@test "by UID" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 100
		S: 2 100
		S: .
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
		C: RETR 2
		S: +OK
		S: hello
		S: .
	TALK
	ann 0 fetch uid:uid-2
	[ "$output" = $'hello\r' ]
}

@test "last of an empty mailbox is 66" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: .
	TALK
	ann 66 fetch last
}

@test "what may be several messages does not go to stdout" {
	server=127.0.0.1:1
	for selector in all 1-2 first:1 1,2 new; do
		ann 64 fetch "$selector"
	done
}

@test "a message cut short is no success" {
	after_login <<-'TALK'
		C: LIST 1
		S: +OK 1 100
		C: RETR 1
		S: +OK
		S: Subject: half
		CLOSE
	TALK
	ann 75 fetch 1
	[[ $stderr == *'RETR 1: the server closed the connection' ]]
}

@test "however much came before, a cut and a stall are told, and what is whole is delivered" {
	for cut in 'CLOSE 75' 'RESET 75' 'STALL 75'; do
		rm -rf box
		after_login <<-TALK
			C: LIST
			S: +OK
			S: 1 5000000
			S: 2 5000000
			S: .
			C: UIDL
			S: +OK
			S: 1 u1
			S: 2 u2
			S: .
			C: RETR 1
			S: +OK
			S*50000: \# lines as long as those of mail usually are, or a bit longer than that
			S: .
			C: RETR 2
			S: +OK
			S*50000: \# lines as long as those of mail usually are, or a bit longer than that
			${cut% *}
		TALK
		ann "${cut#* }" fetch all -o dir:box --timeout 1
		[ "$(cut -f 2,4 stdout | sort)" = $'u1\tfetched\nu2\tfailed' ]
		[ "$(find box -type f | wc -l) $(cat box/* | wc -l)" = '1 50000' ]
	done
}

# halves: two messages are asked for, and the second is cut.
halves() {
	holds u1 u2
	sends 1
	printf '%s\n' 'C: RETR 2' 'S: +OK' 'S: Subject: half' CLOSE
}

@test "what was delivered before the connection was lost has its record" {
	next_session < <(halves)
	account 75 fetch new -o dir:box
	[ "$(cut -f 2,4 stdout | sort)" = $'u1\tfetched\nu2\tfailed' ]
	next_session < <(halves | sed 's/u1/u3/')
	account 75 batch <<<'fetch new -o dir:box'
	[ "$(cut -f 2,4 stdout | sort)" = $'u2\tfailed\nu3\tfetched' ]
}

# --- --max-size

@test "--max-size leaves alone what is larger by LIST, and nothing else" {
	next_session < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 1025' 'S: 2 1024' 'S: 3 huge' 'S: .'
		uids u1 u2 u3
		sends 2 3
		goodbye
	)
	account 2 fetch all -o dir:box --max-size 1K
	[ "${lines[0]}" = $'1\tu1\t1025\tskipped\t-' ]
	[ "$(cut -f 2,4 stdout | sed 1d)" = $'u2\tfetched\nu3\tfetched' ]
	[[ $stderr == *'message 1: larger than --max-size'* ]]
	[[ $stderr == *': 1 of the messages skipped' ]]
	next_session < <(holds u1 u2 u3 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "--max-size to stdout asks for nothing that is larger" {
	in_session <<-'TALK'
		C: LIST 1
		S: +OK 1 1025
	TALK
	ann 2 fetch 1 --max-size 1K
	[ "$output" = '' ]
	[[ $stderr == *'message 1: larger than --max-size'* ]]
}

# larger NUMBER…: each of these is answered with 2,000 octets, where LIST says 100.
larger() {
	[ -e large.eml ] || message_of 2000 >large.eml
	printf '%s\n' "$@" | sed "s|.*|C: RETR &\nS: +OK\nMESSAGE $PWD/large.eml|"
}

@test "what turns out larger than --max-size fails alone, however often, in every run" {
	for _ in 1 2 3 4; do
		next_session < <(holds u1 u2 u3 u4 u5 u6 && larger 1 && sends 2 && larger 3 4 5 6 && goodbye)
		account 2 fetch all -o dir:box --max-size 1K
		[ "$(ls -A box)" = u2.eml ]
		[ "$(cut -f 2,4 stdout | sort | tr '\t\n' ' ,')" = \
			'u1 failed,u2 fetched,u3 failed,u4 failed,u5 failed,u6 failed,' ]
		[[ $stderr == *'message 1: larger than --max-size'* ]]
	done
}

@test "to stdout, too: nothing is left of it, and the exit is 2" {
	after_login < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 20' && larger 1 && goodbye)
	ann 2 fetch 1 --max-size 1K
	[[ $stderr == *'message 1: larger than --max-size'* ]]
	[ "$(wc -c <stdout)" -le 1024 ]
}

@test "what is larger than --max-size is not read without end" {
	next_session < <(
		holds u1 u2
		printf '%s\n' 'C: RETR 1' 'S: +OK' '?S*40000: 0123456789012345678901234567890123456789' \
			EOF --- 'S: +OK ready'
		login
		uids u1 u2
		sends 2
		goodbye
	)
	account 2 fetch all -o dir:box --max-size 1K
	[[ ${lines[0]} == $'1\tu1\t'*$'\tfailed\t-' ]]
	[ "$(ls -A box)" = u2.eml ]
}

@test "in JSON a record that failed says why" {
	next_session < <(holds u1 u2 && refuses RETR 1 && sends 2 && goodbye)
	account 2 fetch all -o dir:box --json
	[ "${lines[0]}" = '{"number":1,"uid":"u1","octets":0,"status":"failed","path":null,"code":"refused","error":"the server refused: damaged"}' ]
	[ "${lines[1]}" = "{\"number\":2,\"uid\":\"u2\",\"octets\":14,\"status\":\"fetched\",\"path\":\"$PWD/box/u2.eml\"}" ]
}

@test "what was passed over by --max-size is fetched by a later run that wants it" {
	for new in u2 u3 u4; do
		next_session < <(holds u1 $new && larger 1 && sends 2 && goodbye)
		account 2 fetch new -o dir:box --max-size 1K
	done
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

# Without --max-size LIST's word is doubted, too, but not by less than a mebibyte.
@test "a message without end fails long after the size that LIST said" {
	after_login <<-'TALK'
		C: LIST 1
		S: +OK 1 100
		C: RETR 1
		S: +OK
		?S*200000: 0123456789012345678901234567890123456789
		EOF
	TALK
	ann 76 fetch 1
	[[ $stderr == *'RETR 1: the message is longer than 1048676 octets' ]]
}

@test "--limit 1 makes any selection one message for stdout" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 20
		S: 2 20
		S: .
		C: RETR 1
		S: +OK
		S: Subject: x
		S:
		S: .
	TALK
	ann 0 fetch all --limit 1
	printf 'Subject: x\r\n\r\n' | cmp - stdout
	ann 64 fetch all --limit 2
	[[ $stderr == *'--limit 1'* ]]
}

@test "one message that the configuration has delivered is pointed out" {
	printf '[home]\nserver = 127.0.0.1:1\nuser = ann\npassword = x\noutput = dir:box\n' >"$XDG_CONFIG_HOME/pop3/config"
	chmod 600 "$XDG_CONFIG_HOME/pop3/config"
	pop3 69 fetch last -a home
	[[ $stderr == "pop3: delivering to dir:box, as 'output' in the configuration says; use '-o -' for standard output"* ]]
	pop3 69 fetch new -a home
	[[ $stderr != *delivering* ]]
	pop3 69 fetch last -a home -o dir:box
	[[ $stderr != *delivering* ]]
}

# pop3 fetch to stdout (the message itself, octet for octet), lost connections, --max-size.
load ../helpers/account
load ../helpers/messages

# fetched FILE: ann fetches message 1, which is that file, and stdout has exactly its octets.
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

@test "fetch writes the message unchanged" {
	fetched "$data/plain.eml"
}

@test "fetch removes dot-stuffing" {
	fetched "$data/dots.eml"
}

@test "NUL, 8-bit octets, bare CR, bare LF and LF . LF pass unchanged" {
	odd_message >odd.eml
	fetched "$PWD/odd.eml"
}

# as_mbox: ann fetches message 1, whose lines are on stdin, in mbox format.
as_mbox() {
	in_session < <(
		printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: UIDL 1' 'S: +OK 1 uid-1' \
			'C: RETR 1' 'S: +OK'
		sed 's/^/S: /'
		echo 'S: .'
	)
	ann 0 fetch 1 -o mbox:-
}

@test "the From_ line of an mbox has the sender and the date in UTC" {
	as_mbox <<-'MESSAGE'
		Return-Path: <ann@example.org>
		Date: Sun, 1 Mar 2026 00:30:05 +0100

		From here on
	MESSAGE
	[ "${lines[0]}" = 'From ann@example.org Sat Feb 28 23:30:05 2026' ]
	[ "${lines[4]}" = '>From here on' ]
}

@test "the From_ line of an mbox pads a day of one digit" {
	as_mbox <<<'Date: Sun, 1 Mar 2026 08:09:05 +0000'
	[ "${lines[0]}" = 'From MAILER-DAEMON Sun Mar  1 08:09:05 2026' ]
}

# many_messages: fetch all of a mailbox of 250 messages; the server refuses the 105th.
many_messages() {
	printf '%s\n' 'C: LIST' 'S: +OK' 'S*250: \# 100' 'S: .' \
		'C: UIDL' 'S: +OK' 'S*250: \# uid-\#' 'S: .'
	for ((i = 1; i <= 250; i++)); do
		printf 'C: RETR %d\n' $i
		((i != 105)) || { echo 'S: -ERR' && continue; }
		printf '%s\n' 'S: +OK' "S: $i" 'S: .'
	done
}

@test "all of many messages are recorded as seen with their octets, except the one that failed" {
	in_session < <(many_messages)
	ann 2 fetch all -o mbox:-
	pop3 0 seen list -s 127.0.0.1:"$port" -u ann
	cut -f 1,3 stdout | sort >seen
	for ((i = 1; i <= 250; i++)); do
		((i == 105)) || printf 'uid-%d\t%d\n' $i $((${#i} + 2))
	done | sort | cmp - seen
}

# RELIABILITY: standard output.
@test "a single message to stdout is not recorded as seen, one in mbox format is" {
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

@test "a line of five million octets passes unchanged" {
	long_line 5000000 >long.eml
	fetched "$PWD/long.eml"
}

@test "a message that arrives one octet per packet is complete" {
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

@test "fetch last fetches the message with the highest number" {
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

@test "fetch uid:UID fetches the message with that UID" {
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

@test "fetch last of an empty mailbox: 66" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: .
	TALK
	ann 66 fetch last
}

@test "a selector that can match several messages is a usage error with stdout" {
	server=127.0.0.1:1
	for selector in all 1-2 first:1 1,2 new; do
		ann 64 fetch "$selector"
	done
}

@test "a truncated message is not delivered: 75" {
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

@test "a large message is cut off or stalls late: 75, and the complete message is delivered" {
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

# halves: fetch two messages; the connection closes in the middle of the second.
halves() {
	holds u1 u2
	sends 1
	printf '%s\n' 'C: RETR 2' 'S: +OK' 'S: Subject: half' CLOSE
}

@test "a message delivered before the connection was lost has its record" {
	next_session < <(halves)
	account 75 fetch new -o dir:box
	[ "$(cut -f 2,4 stdout | sort)" = $'u1\tfetched\nu2\tfailed' ]
	next_session < <(halves | sed 's/u1/u3/')
	account 75 batch <<<'fetch new -o dir:box'
	[ "$(cut -f 2,4 stdout | sort)" = $'u2\tfailed\nu3\tfetched' ]
}

# --- --max-size

@test "--max-size skips only the messages that are larger by LIST" {
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

@test "--max-size to stdout does not retrieve a message that is larger by LIST" {
	in_session <<-'TALK'
		C: LIST 1
		S: +OK 1 1025
	TALK
	ann 2 fetch 1 --max-size 1K
	[ "$output" = '' ]
	[[ $stderr == *'message 1: larger than --max-size'* ]]
}

# larger NUMBER…: RETR sends 2,000 octets for each of these, where LIST says 100.
larger() {
	[ -e large.eml ] || message_of 2000 >large.eml
	printf '%s\n' "$@" | sed "s|.*|C: RETR &\nS: +OK\nMESSAGE $PWD/large.eml|"
}

@test "each message that exceeds --max-size only when retrieved fails, on every run: 2" {
	for _ in 1 2 3 4; do
		next_session < <(holds u1 u2 u3 u4 u5 u6 && larger 1 && sends 2 && larger 3 4 5 6 && goodbye)
		account 2 fetch all -o dir:box --max-size 1K
		[ "$(ls -A box)" = u2.eml ]
		[ "$(cut -f 2,4 stdout | sort | tr '\t\n' ' ,')" = \
			'u1 failed,u2 fetched,u3 failed,u4 failed,u5 failed,u6 failed,' ]
		[[ $stderr == *'message 1: larger than --max-size'* ]]
	done
}

@test "to stdout, a message that exceeds --max-size when retrieved is cut off: 2" {
	after_login < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 20' && larger 1 && goodbye)
	ann 2 fetch 1 --max-size 1K
	[[ $stderr == *'message 1: larger than --max-size'* ]]
	[ "$(wc -c <stdout)" -le 1024 ]
}

@test "the rest of an endless message that exceeds --max-size is not read" {
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

@test "--json gives the reason in the record of a failed message" {
	next_session < <(holds u1 u2 && refuses RETR 1 && sends 2 && goodbye)
	account 2 fetch all -o dir:box --json
	[ "${lines[0]}" = '{"number":1,"uid":"u1","octets":0,"status":"failed","path":null,"code":"refused","error":"the server refused: damaged"}' ]
	[ "${lines[1]}" = "{\"number\":2,\"uid\":\"u2\",\"octets\":14,\"status\":\"fetched\",\"path\":\"$PWD/box/u2.eml\"}" ]
}

@test "a message that exceeded --max-size is fetched by a later run without the option" {
	for new in u2 u3 u4; do
		next_session < <(holds u1 $new && larger 1 && sends 2 && goodbye)
		account 2 fetch new -o dir:box --max-size 1K
	done
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

# Without --max-size, LIST's size is a limit too, with a margin of a mebibyte.
@test "an endless message fails one mebibyte after the size that LIST gave" {
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

@test "any selector with --limit 1 may write to stdout" {
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

@test "fetching one message reports the destination when it comes from the configuration" {
	printf '[home]\nserver = 127.0.0.1:1\nuser = ann\npassword = x\noutput = dir:box\n' >"$XDG_CONFIG_HOME/pop3/config"
	chmod 600 "$XDG_CONFIG_HOME/pop3/config"
	pop3 69 fetch last -a home
	[[ $stderr == "pop3: delivering to dir:box, as 'output' in the configuration says; use '-o -' for standard output"* ]]
	pop3 69 fetch new -a home
	[[ $stderr != *delivering* ]]
	pop3 69 fetch last -a home -o dir:box
	[[ $stderr != *delivering* ]]
}

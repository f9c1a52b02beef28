# What comes out: records in each form, and text of servers that does nothing to a terminal.
load ../helpers/session

# one_message UID: a conversation about a mailbox with one message of that UID.
one_message() {
	in_session <<-TALK
		C: UIDL
		S: +OK
		S: 1 $1
		S: .
	TALK
}

two_messages() {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 5
		S: 2 123456
		S: .
		C: UIDL
		S: +OK
		S: 1 a
		S: 2 uid-b
		S: .
	TALK
}

# shown TEXT ESCAPED: the server's text, as `converse` writes it, comes out so.
shown() {
	one_message "$1"
	ann 0 uidl
	[ "$output" = "1	$2" ]
	conversation_ended_well
}

# is_json: every line of a file is one JSON object, in UTF-8.
is_json() {
	/usr/bin/python3 - "$1" <<-'END'
		import json, sys
		for line in open(sys.argv[1], "rb").read().decode().splitlines():
		    assert isinstance(json.loads(line), dict)
	END
}

# at_terminal COMMAND…: its output as a terminal gets it, in the file screen.
at_terminal() {
	script -qec "$(printf '%q ' "$@")" /dev/null >screen </dev/null
	tr -d '\r' <screen
}

# --- records

@test "fields by TAB, records by LF" {
	two_messages
	ann 0 list
	printf '1\ta\t5\n2\tuid-b\t123456\n' | cmp - stdout
}

@test "--header names the columns" {
	two_messages
	ann 0 list --header
	[ "${lines[0]}" = $'number\tuid\toctets' ]
	[ "${lines[1]}" = $'1\ta\t5' ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "-0 ends records in NUL" {
	two_messages
	ann 0 list -0
	printf '1\ta\t5\0002\tuid-b\t123456\0' | cmp - stdout
}

@test "--json is an object a line" {
	two_messages
	ann 0 list --json
	[ "${lines[1]}" = '{"number":2,"uid":"uid-b","octets":123456}' ]
	is_json stdout
}

@test "--json knows null for what the server does not tell" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 3
	TALK
	ann 0 stat --json
	[ "$output" = '{"messages":3,"octets":null}' ]
}

@test "--json has no header line" {
	two_messages
	ann 0 list --json --header
	is_json stdout
}

@test "at a terminal columns stand under a header line" {
	two_messages
	run -0 at_terminal "$program" list -s "$server" -u ann --tls off
	[ "$output" = 'number  uid    octets
1       a      5
2       uid-b  123456' ]
}

@test "at a terminal --json and -0 are what they are elsewhere" {
	two_messages
	run -0 at_terminal "$program" list -s "$server" -u ann --tls off --json
	[ "${lines[0]}" = '{"number":1,"uid":"a","octets":5}' ]
}

@test "a terminal on stderr alone makes no table" {
	two_messages
	run -0 at_terminal sh -c '"$@" | cat' sh "$program" list -s "$server" -u ann --tls off
	[ "${lines[0]}" = $'1\ta\t5' ]
}

# --- text of servers

@test "backslash and TAB" { shown 'a\\b\tc' 'a\\b\tc'; }
@test "ESC and other controls" { shown '\x1b[2J\x07\x7f' '\x1B[2J\x07\x7F'; }
@test "a CR in the middle" { shown 'a\rb' 'a\rb'; }
@test "C1 controls, as octets" { shown '\x9b31m' '\x9B31m'; }
@test "C1 controls, in UTF-8" { shown '\xc2\x9b31m' '\xC2\x9B31m'; }
@test "invalid UTF-8" { shown '\xff\xc3(\xed\xa0\x80' '\xFF\xC3(\xED\xA0\x80'; }
@test "overlong UTF-8" { shown '\xc0\x8a\xe0\x80\x8a' '\xC0\x8A\xE0\x80\x8A'; }
@test "bidirectional controls" { shown 'a\xe2\x80\xaeb\xe2\x81\xa6c' 'a\xE2\x80\xAEb\xE2\x81\xA6c'; }
@test "zero-width controls" { shown 'a\xe2\x80\x8bb\xef\xbb\xbfc' 'a\xE2\x80\x8Bb\xEF\xBB\xBFc'; }
@test "UTF-8 as it is" { shown 'Gr\xc3\xbc\xc3\x9fe\xe2\x82\xac\xf0\x9f\x98\x80' 'Grüße€😀'; }

@test "every octet, in JSON" {
	local uid=
	for octet in {1..9} 11 12 {14..255}; do
		uid+=$(printf '\\x%02x' "$octet")
	done
	one_message "$uid"
	ann 0 uidl --json
	is_json stdout
	run ! LC_ALL=C grep -q '[^ -~]' stdout
}

# nasty: what a server may try at any place, and what is seen of it.
nasty='\x1b]52;c;x\x07\xc2\x9b\xe2\x80\xae\xff'
tamed='\x1B]52;c;x\x07\xC2\x9B\xE2\x80\xAE\xFF'

@test "in headers" {
	in_session <<-TALK
		C: LIST 1
		S: +OK 1 9
		C: UIDL 1
		S: +OK 1 a
		C: TOP 1 0
		S: +OK
		S: Subject: $nasty
		S:
		S: .
	TALK
	ann 0 headers 1
	[ "$output" = "1	a	Subject: $tamed" ]
}

@test "in headers, hidden in an encoded word" {
	in_session <<-TALK
		C: LIST 1
		S: +OK 1 9
		C: UIDL 1
		S: +OK 1 a
		C: TOP 1 0
		S: +OK
		S: Subject: =?UTF-8?Q?=1B[2J=C2=9B=0AX:_y?=
		S:
		S: .
	TALK
	ann 0 headers 1
	[ "$output" = $'1\ta\tSubject: \\x1B[2J\\xC2\\x9B\\nX: y' ]
}

@test "in --fields and in the names asked for" {
	in_session <<-TALK
		C: LIST 1
		S: +OK 1 9
		C: UIDL 1
		S: +OK 1 a
		C: TOP 1 0
		S: +OK
		S: Subject: $nasty
		S:
		S: .
	TALK
	ann 0 headers --json --fields 'Subject,a"b\' 1
	is_json stdout
}

@test "in the text of a refusal" {
	in_session <<-TALK
		C: STAT
		S: -ERR $nasty
	TALK
	ann 77 stat
	[ "$stderr" = "pop3: 127.0.0.1: STAT: the server refused: $tamed" ]
}

@test "in the text of a refusal, as JSON" {
	in_session <<-TALK
		C: STAT
		S: -ERR "$nasty\\\\
	TALK
	ann 77 stat --json
	is_json stderr
}

@test "in a greeting" {
	converse - <<<"S: -ERR $nasty"
	ann 75 stat
	[[ $stderr == *"$tamed" ]]
}

@test "in what is no answer at all" {
	converse - <<<"S: $nasty"
	ann 76 stat
	[[ $stderr == *"'$tamed'" ]]
}

@test "in capabilities" {
	after_greeting <<-TALK
		C: CAPA
		S: +OK
		S: X-$nasty $nasty
		S: .
		C: QUIT
		S: +OK
	TALK
	pop3 0 capa --tls off
	[ "$output" = "X-$tamed	$tamed" ]
}

@test "in a trace" {
	in_session <<-TALK
		C: STAT
		S: -ERR $nasty
	TALK
	ann 77 stat --trace trace
	[[ $(<trace) == *"< -ERR $tamed"* ]]
}

@test "in --fields at a terminal the width is that of what is shown" {
	one_message '\x1b€'
	run -0 at_terminal env LC_ALL=C.UTF-8 "$program" uidl -s "$server" -u ann --tls off
	[ "${lines[1]}" = '1       \x1B€' ]
}

# --- errors

@test "an error in JSON says code, exit, message and server" {
	server=127.0.0.1:1
	ann 69 stat --json
	is_json stderr
	[ "$stderr" = '{"code":"connect","exit":69,"message":"'"'127.0.0.1' port 1: cannot connect: Connection refused"'","server":"ann@127.0.0.1:1"}' ]
}

@test "a usage error in JSON" {
	pop3 64 stat --json
	is_json stderr
}

@test "a usage error in JSON, whatever else is wrong" {
	pop3 64 stat --no-such-option --json
	is_json stderr
	pop3 64 --json no-such-subcommand
	is_json stderr
}

# two_headers: of which the server refuses the first.
two_headers() {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
		C: TOP 1 0
		S: -ERR "no"
		C: TOP 2 0
		S: +OK
		S:
		S: .
	TALK
}

@test "a warning in JSON is an object, and so is the error at the end" {
	two_headers
	ann 2 headers --json
	[ "$stderr" = '{"level":"warning","message":"message 1: the server refused: \"no\""}
{"code":"partial","exit":2,"message":"1 of the messages failed","server":"'"ann@$server"'"}' ]
}

@test "a warning in JSON names the line of a batch" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 100
		S: .
		C: UIDL
		S: +OK
		S: 1 uid-1
		S: .
		C: DELE 1
		S: -ERR "no"
	TALK
	ann 2 batch --json --keep-going <<<$'\n dele 1'
	[ "${stderr%%$'\n'*}" = '{"line":2,"level":"warning","message":"message 1: the server refused: \"no\""}' ]
	is_json stderr
	[ "$output" = '{"line":2,"number":1,"uid":"uid-1","status":"failed","code":"refused","error":"the server refused: \"no\""}' ]
}

@test "what -v notes is an object in JSON" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 320
	TALK
	ann 0 stat --json -v
	is_json stderr
}

@test "-q has no warnings" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
		C: TOP 1 0
		S: -ERR no
		C: TOP 2 0
		S: +OK
		S:
		S: .
	TALK
	ann 2 headers -q
	[[ $stderr != *'message 1'* ]]
}

@test "a full stdout is 74" {
	after_login <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 a
		S: .
		EOF
	TALK
	"$program" uidl -s "$server" -u ann --tls off >/dev/full 2>stderr || status=$?
	[ "$status" -eq 74 ]
	[[ $(<stderr) == *'cannot write to stdout: No space left on device' ]]
}

@test "a full stdout is 74 for --help too" {
	"$program" --help >/dev/full 2>stderr || status=$?
	[ "$status" -eq 74 ]
}

@test "a closed stdout is 74" {
	after_login <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 a
		S: .
		EOF
	TALK
	"$program" uidl -s "$server" -u ann --tls off >&- 2>stderr || status=$?
	[ "$status" -eq 74 ]
	[[ $(<stderr) == *'cannot write to stdout: Bad file descriptor' ]]
}

@test "without any of the three no file takes their place" {
	after_login <<-'TALK'
		C: LIST 1
		S: +OK 1 20
		C: UIDL 1
		S: +OK 1 a
		C: RETR 1
		S: +OK
		S: Subject: x
		S:
		S: .
		EOF
	TALK
	"$program" fetch 1 -o dir:box -v -s "$server" -u ann --tls off <&- >&- 2>&- || status=$?
	[ "$status" -eq 74 ]
	[ "$(<box/a.eml)" = $'Subject: x\r\n\r' ]
	conversation_ended_well
}

@test "a reader that has gone is 74, without a word" {
	after_login <<-'TALK'
		C: UIDL
		S: +OK
		S*100000: \# uid-\#
		S: .
		EOF
	TALK
	{
		"$program" uidl -s "$server" -u ann --tls off 2>stderr || echo $? >status
	} | head -n 1 >first
	[ "$(<first)" = $'1\tuid-1' ]
	[ "$(<status)" = 74 ]
	[ ! -s stderr ]
}

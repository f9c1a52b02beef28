# Output: records in each format, and escaping of the server's text.
load ../helpers/session

# one_message UID: a mailbox with one message, with that UID.
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

# shown TEXT ESCAPED: a UID of TEXT, as in `converse`, is printed as ESCAPED.
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

# at_terminal COMMAND…: print what the command writes to a terminal.
at_terminal() {
	script -qec "$(printf '%q ' "$@")" /dev/null >screen </dev/null
	tr -d '\r' <screen
}

# --- records

@test "fields are separated by TAB, records end in LF" {
	two_messages
	ann 0 list
	printf '1\ta\t5\n2\tuid-b\t123456\n' | cmp - stdout
}

@test "--header prints the names of the columns" {
	two_messages
	ann 0 list --header
	[ "${lines[0]}" = $'number\tuid\toctets' ]
	[ "${lines[1]}" = $'1\ta\t5' ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "-0 ends records with NUL" {
	two_messages
	ann 0 list -0
	printf '1\ta\t5\0002\tuid-b\t123456\0' | cmp - stdout
}

@test "--json prints one object per line" {
	two_messages
	ann 0 list --json
	[ "${lines[1]}" = '{"number":2,"uid":"uid-b","octets":123456}' ]
	is_json stdout
}

@test "--json prints null for a value that the server does not send" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 3
	TALK
	ann 0 stat --json
	[ "$output" = '{"messages":3,"octets":null}' ]
}

@test "--json with --header prints no header line" {
	two_messages
	ann 0 list --json --header
	is_json stdout
}

@test "at a terminal, aligned columns have a header line" {
	two_messages
	run -0 at_terminal "$program" list -s "$server" -u ann --tls off
	[ "$output" = 'number  uid    octets
1       a      5
2       uid-b  123456' ]
}

@test "at a terminal, --json prints the same objects" {
	two_messages
	run -0 at_terminal "$program" list -s "$server" -u ann --tls off --json
	[ "${lines[0]}" = '{"number":1,"uid":"a","octets":5}' ]
}

@test "without a terminal on stdout, columns are not aligned" {
	two_messages
	run -0 at_terminal sh -c '"$@" | cat' sh "$program" list -s "$server" -u ann --tls off
	[ "${lines[0]}" = $'1\ta\t5' ]
}

# --- text from the server

@test "a backslash and a TAB are escaped" { shown 'a\\b\tc' 'a\\b\tc'; }
@test "ESC and other control characters are escaped" { shown '\x1b[2J\x07\x7f' '\x1B[2J\x07\x7F'; }
@test "a CR within the text is escaped" { shown 'a\rb' 'a\rb'; }
@test "C1 control characters as single octets are escaped" { shown '\x9b31m' '\x9B31m'; }
@test "C1 control characters in UTF-8 are escaped" { shown '\xc2\x9b31m' '\xC2\x9B31m'; }
@test "invalid UTF-8 is escaped" { shown '\xff\xc3(\xed\xa0\x80' '\xFF\xC3(\xED\xA0\x80'; }
@test "overlong UTF-8 is escaped" { shown '\xc0\x8a\xe0\x80\x8a' '\xC0\x8A\xE0\x80\x8A'; }
@test "bidirectional control characters are escaped" {
	shown 'a\xe2\x80\xaeb\xe2\x81\xa6c' 'a\xE2\x80\xAEb\xE2\x81\xA6c'
}
@test "zero-width characters are escaped" {
	shown 'a\xe2\x80\x8bb\xef\xbb\xbfc' 'a\xE2\x80\x8Bb\xEF\xBB\xBFc'
}
@test "UTF-8 is printed unchanged" {
	shown 'Gr\xc3\xbc\xc3\x9fe\xe2\x82\xac\xf0\x9f\x98\x80' 'Grüße€😀'
}

@test "--json: every octet is printed as valid ASCII JSON" {
	local uid=
	for octet in {1..9} 11 12 {14..255}; do
		uid+=$(printf '\\x%02x' "$octet")
	done
	one_message "$uid"
	ann 0 uidl --json
	is_json stdout
	run ! LC_ALL=C grep -q '[^ -~]' stdout
}

# nasty: control characters and invalid UTF-8 from the server; tamed: how they are printed.
nasty='\x1b]52;c;x\x07\xc2\x9b\xe2\x80\xae\xff'
tamed='\x1B]52;c;x\x07\xC2\x9B\xE2\x80\xAE\xFF'

@test "control characters are escaped in header fields" {
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

@test "control characters are escaped in header fields after decoding encoded words" {
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

@test "control characters are escaped in --fields and in the names of its columns" {
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

@test "control characters are escaped in the text of a refusal" {
	in_session <<-TALK
		C: STAT
		S: -ERR $nasty
	TALK
	ann 77 stat
	[ "$stderr" = "pop3: 127.0.0.1: STAT: the server refused: $tamed" ]
}

@test "control characters are escaped in the text of a refusal, with --json" {
	in_session <<-TALK
		C: STAT
		S: -ERR "$nasty\\\\
	TALK
	ann 77 stat --json
	is_json stderr
}

@test "control characters are escaped in the greeting" {
	converse - <<<"S: -ERR $nasty"
	ann 75 stat
	[[ $stderr == *"$tamed" ]]
}

@test "control characters are escaped in an invalid answer" {
	converse - <<<"S: $nasty"
	ann 76 stat
	[[ $stderr == *"'$tamed'" ]]
}

@test "control characters are escaped in capabilities" {
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

@test "control characters are escaped in a trace" {
	in_session <<-TALK
		C: STAT
		S: -ERR $nasty
	TALK
	ann 77 stat --trace trace
	[[ $(<trace) == *"< -ERR $tamed"* ]]
}

@test "at a terminal, columns are as wide as the escaped text" {
	one_message '\x1b€'
	run -0 at_terminal env LC_ALL=C.UTF-8 "$program" uidl -s "$server" -u ann --tls off
	[ "${lines[1]}" = '1       \x1B€' ]
}

# --- errors

@test "--json: an error has code, exit, message and server" {
	server=127.0.0.1:1
	ann 69 stat --json
	is_json stderr
	[ "$stderr" = '{"code":"connect","exit":69,"message":"'"'127.0.0.1' port 1: cannot connect: Connection refused"'","server":"ann@127.0.0.1:1"}' ]
}

@test "--json: a usage error" {
	pop3 64 stat --json
	is_json stderr
}

@test "--json: a usage error after an unknown option or subcommand" {
	pop3 64 stat --no-such-option --json
	is_json stderr
	pop3 64 --json no-such-subcommand
	is_json stderr
}

# two_headers: TOP for two messages; the server refuses the first.
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

@test "--json: warnings are objects, like the final error" {
	two_headers
	ann 2 headers --json
	[ "$stderr" = '{"level":"warning","message":"message 1: the server refused: \"no\""}
{"code":"partial","exit":2,"message":"1 of the messages failed","server":"'"ann@$server"'"}' ]
}

@test "--json: a warning in a batch has its line number" {
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

@test "--json: the notes of -v are objects" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 320
	TALK
	ann 0 stat --json -v
	is_json stderr
}

@test "-q suppresses warnings" {
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

@test "stdout is a full device: 74" {
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

@test "stdout is a full device, for --help: 74" {
	"$program" --help >/dev/full 2>stderr || status=$?
	[ "$status" -eq 74 ]
}

@test "stdout is closed: 74" {
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

@test "with stdin, stdout and stderr closed, no file is opened under their numbers" {
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

@test "the reader of stdout exits: 74, without a message" {
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

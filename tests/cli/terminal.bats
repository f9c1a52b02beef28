# Output at a terminal: tables that fit its width, and control characters that are escaped.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/session

# at_terminal COLUMNS ARGUMENT…: pop3 as ann at a terminal of that width; its output is in `screen`.
at_terminal() {
	"$helpers/type-in" sh -c "stty cols $1 && exec \"\$@\"" - "$program" \
		-s "$server" -u ann --tls off "${@:2}" </dev/null >screen 3>&-
	mapfile -t lines <screen
}

# fits COLUMNS: no line of `screen` is wider, and none contains a control character.
fits() {
	/usr/bin/python3 - "$1" <<-'PYTHON'
		import sys, unicodedata
		def width(c):
		    if unicodedata.combining(c):
		        return 0
		    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
		for line in open("screen", encoding="utf-8"):
		    line = line.rstrip("\n")
		    assert all(c >= " " and not "\x7f" <= c <= "\x9f" for c in line), line
		    assert sum(map(width, line)) <= int(sys.argv[1]), line
	PYTHON
}

# mail FIELD…: the session of headers for two messages, of which the first has these fields.
mail() {
	in_session < <(
		printf '%s\n' 'C: UIDL' 'S: +OK' 'S: 1 0000000a5f3c1e2b' 'S: 2 0000000b5f3c1e2b' 'S: .'
		printf '%s\n' 'C: TOP 1 0' 'S: +OK'
		printf 'S: %s\n' "$@"
		printf '%s\n' 'S:' 'S: .' 'C: TOP 2 0' 'S: +OK' 'S: Subject: short' 'S:' 'S: .'
	)
}

# overview FIELD…: the session of headers --overview.
overview() {
	in_session < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 1234567' 'S: 2 20' 'S: .'
		printf '%s\n' 'C: UIDL' 'S: +OK' 'S: 1 0000000a5f3c1e2b' 'S: 2 0000000b5f3c1e2b' 'S: .'
		printf '%s\n' 'C: TOP 1 0' 'S: +OK'
		printf 'S: %s\n' 'Date: Sat, 21 Nov 2026 10:00:00 +0000' 'From: Ann <ann@example.org>' "$@"
		printf '%s\n' 'S:' 'S: .' 'C: TOP 2 0' 'S: +OK' 'S: Subject: short' 'S:' 'S: .'
	)
}

long='a subject that is much longer than any terminal is wide, as they are in newsletters'
wide='日本語の件名は幅が二倍になるので数え方を間違えると表が崩れます、そうでしょう'

@test "a long value is cut to the width of the terminal" {
	mail "Subject: $long"
	at_terminal 80 headers
	fits 80
	[ "${lines[0]}" = 'number  uid               field' ]
	[ "${lines[1]}" = '1       0000000a5f3c1e2b  Subject: a subject that is much longer than any termi…' ]
	[ "${lines[2]}" = '2       0000000b5f3c1e2b  Subject: short' ]
}

@test "--wide does not cut values" {
	mail "Subject: $long"
	at_terminal 80 headers --wide
	[ "${lines[1]}" = "1       0000000a5f3c1e2b  Subject: $long" ]
}

@test "--overview prints a table" {
	overview "Subject: $long"
	at_terminal 100 headers --overview
	fits 100
	[ "${lines[0]}" = 'number  uid               @date                 @from            Subject                     @octets' ]
	[ "${lines[1]}" = '1       0000000a5f3c1e2b  2026-11-21T10:00:00Z  ann@example.org  a subject that is much lo…  1234567' ]
	[ "${lines[2]}" = '2       0000000b5f3c1e2b                                         short                       20' ]
}

@test "--overview fits 80 and 40 columns" {
	for columns in 80 40; do
		overview "Subject: $long"
		at_terminal "$columns" headers --overview
		fits "$columns"
		[[ ${lines[0]} == number* ]]
		[[ ${lines[1]} == *…*1234567 ]]
	done
}

@test "the width of wide characters, accents and emoji is computed correctly" {
	mail "Subject: $wide" $'X: e\u0301e\u0301e\u0301 \U1F600\U1F600\U1F600\U1F600\U1F600\U1F600\U1F600\U1F600\U1F600'
	at_terminal 40 headers
	fits 40
	[ "${lines[1]}" = '1       0000000a5f3c1e2b  Subject: 日本…' ]
}

@test "locale and TERM do not affect the output" {
	for setting in LC_ALL=C LC_ALL=C.UTF-8 TERM=dumb TERM=; do
		mail "Subject: $wide"
		export "${setting?}"
		at_terminal 80 headers
		unset LC_ALL
		[ "${lines[1]}" = '1       0000000a5f3c1e2b  Subject: 日本語の件名は幅が二倍になるので数え方を間違…' ]
	done
}

@test "control characters in a value are escaped and stay in their column" {
	mail 'Subject: \x1b[2J\x1b]0;title\x07\x9b31m\xe2\x80\xaeabc\x08\x08\x08 and so on, and so on, and on'
	at_terminal 80 headers
	fits 80
	[[ ${lines[1]} == *'Subject: \x1B[2J\x1B]0;title\x07\x9B31m'* ]]
}

@test "in a pipe nothing is cut, even if the terminal is narrow" {
	mail "Subject: $long"
	"$helpers/type-in" sh -c 'stty cols 40; "$@" | cat' - "$program" headers -s "$server" -u ann \
		--tls off </dev/null >screen 3>&-
	[ "$(head -n 1 screen)" = "1	0000000a5f3c1e2b	Subject: $long" ]
}

@test "numbers are not cut" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 12345678901
		S: .
		C: UIDL
		S: +OK
		S: 1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
		S: .
	TALK
	at_terminal 40 list
	fits 40
	[ "${lines[1]}" = '1       aaaaaaaaaaaaaaaaaa…  12345678901' ]
}

# --- whole messages

# hostile_message COMMAND: the answer is a message with control characters.
hostile_message() {
	printf 'C: %s\nS: +OK\n' "$1"
	printf 'S: %s\n' 'Subject: \x1b[2J\x1b]0;x\x07' '' '\ttab \\ caf\xc3\xa9 \xe9 \x9b31m a\rb\x7f' .
}

shown='Subject: \x1B[2J\x1B]0;x\x07

	tab \ café \xE9 \x9B31m a\rb\x7F'

sent=$'Subject: \x1b[2J\x1b]0;x\a\r\n\r\n\ttab \\ caf\xc3\xa9 \xe9 \x9b31m a\rb\x7f\r\n'

list_one() {
	printf '%s\n' 'C: LIST 1' 'S: +OK 1 100'
}

@test "fetch to a terminal escapes control characters" {
	in_session < <(list_one; hostile_message 'RETR 1')
	at_terminal 80 fetch 1
	[ "$(<screen)" = "$shown" ]
}

@test "fetch -o - to a terminal writes the message unchanged" {
	in_session < <(list_one; hostile_message 'RETR 1')
	at_terminal 80 fetch 1 -o -
	printf '%s' "$sent" | tr -d '\r' >expected
	tr -d '\r' <screen | iconv -c -t UTF-8 >got
	grep -q $'\x1b\\[2J' got
}

@test "fetch to a pipe writes the message unchanged" {
	in_session < <(list_one; hostile_message 'RETR 1')
	ann 0 fetch 1
	printf '%s' "$sent" | cmp - stdout
}

@test "fetch -o mbox:- to a terminal escapes control characters" {
	in_session < <(
		printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: UIDL 1' 'S: +OK 1 a'
		hostile_message 'RETR 1'
	)
	at_terminal 80 fetch 1 -o mbox:-
	[ "$(tail -n +2 screen)" = "$shown" ]
}

@test "headers --raw and --lines to a terminal escape control characters" {
	for option in --raw --lines=5; do
		in_session < <(
			printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: UIDL 1' 'S: +OK 1 a'
			hostile_message "TOP 1 ${option//[!5]/}" | sed '1s/ $/ 0/'
		)
		at_terminal 80 headers 1 "$option"
		[ "${lines[0]}" = 'Subject: \x1B[2J\x1B]0;x\x07' ]
		run ! grep -q $'[^ -~\n\t\xc0-\xff\x80-\x8f\xa0-\xbf]' screen
	done
}

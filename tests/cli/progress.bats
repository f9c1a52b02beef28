# fetch --progress: one line on stderr that is drawn over and over, and gone at the end.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/account

# The line is drawn when a tenth of a second has passed since the last time: the command that gets
# the messages takes longer.
slow='pipe:sleep 0.2'

# three_messages: of 14 octets each, though LIST says 100.
three_messages() {
	next_session < <(holds u1 u2 u3 && sends 1 2 3 && goodbye)
}

# at_terminal COLUMNS [OPTION…]: three slow messages, with a terminal for stderr alone. What it
# got is in `screen`.
at_terminal() {
	three_messages
	"$helpers/type-in" sh -c "stty cols $1 && exec \"\$@\" >stdout" - \
		"$program" -a ann fetch all -o "$slow" "${@:2}" </dev/null >screen 3>&-
	[ "$(wc -l <stdout)" -eq 3 ]
}

# drawn: what was drawn in `screen`, a line each time.
drawn() {
	tr '\r' '\n' <"${1:-screen}" | sed -n '/[^ ]/p'
}

# gone_without_a_trace FILE: as a terminal shows it. Each drawing covers the one before, and at the
# end nothing is left and the next line begins at the margin.
gone_without_a_trace() {
	/usr/bin/python3 - "$1" <<-'PYTHON'
		import sys
		*drawings, end = open(sys.argv[1], newline="").read().split("\r")
		line = ""
		for drawing in drawings:
		    assert "\n" not in drawing, drawing
		    line = drawing + line[len(drawing):]
		    assert not drawing.strip() or line.rstrip() == drawing.rstrip(), line
		assert end == "" and line.strip() == "", (line, end)
	PYTHON
}

@test "messages, octets, rate and time left, and nothing of it at the end" {
	at_terminal 80
	drawn >lines
	grep -qE '^1 of 3 messages, (14|28|42) B, [0-9]+ B/s, [0-9]+:[0-9]{2} left *$' lines
	grep -qE '^3 of 3 messages, 42 B, ' lines
	gone_without_a_trace screen
}

@test "a terminal of 40 columns gets as much as fits in a line" {
	at_terminal 40
	drawn >lines
	grep -q '^1 of 3 messages, ' lines
	[ "$(awk '{ if (length > most) most = length } END { print most }' lines)" -le 39 ]
	gone_without_a_trace screen
}

@test "a terminal of 39 columns gets nothing" {
	at_terminal 39
	[ ! -s screen ]
}

@test "never" {
	at_terminal 80 --progress never
	[ ! -s screen ]
}

@test "where stderr is no terminal only always shows it" {
	three_messages
	account 0 fetch all -o "$slow"
	[ ! -s stderr ]
	three_messages
	account 0 fetch all -o "$slow" --progress auto
	[ ! -s stderr ]
	three_messages
	account 0 fetch all -o "$slow" --progress always
	drawn stderr | grep -q '^3 of 3 messages, 42 B, '
	gone_without_a_trace stderr
}

@test "a failure is told on a line of its own" {
	next_session < <(holds u1 u2 && sends 1 && refuses RETR 2 && goodbye)
	account 2 fetch all -o "$slow; exit 1" --progress always
	tr '\r' '\n' <stderr >lines
	[ "$(grep -c '^pop3: message [12]: ' lines)" -eq 2 ]
}

@test "messages that are skipped are not waited for" {
	next_session < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 100' 'S: 2 2000' 'S: 3 100' 'S: .'
		uids u1 u2 u3
		sends 1 3
		goodbye
	)
	account 2 fetch all -o "$slow" --max-size 1K --progress always
	drawn stderr | grep -q '^1 of 2 messages, '
}

# --- over a slow line

# slow_line: a relay for --tunnel that lets a line of the server pass every 50 ms.
slow_line() {
	cat >relay.py <<-'PYTHON'
		import os, socket, sys, threading, time
		host, port = sys.argv[1].rsplit(":", 1)
		server = socket.create_connection((host, int(port)))
		def send():
		    while octets := os.read(0, 65536):
		        server.sendall(octets)
		    os._exit(0)
		threading.Thread(target=send, daemon=True).start()
		for line in server.makefile("rb"):
		    time.sleep(0.05)
		    os.write(1, line)
		os._exit(0)
	PYTHON
	echo "exec /usr/bin/python3 -SB $PWD/relay.py $server"
}

# slowly ARGUMENT…: pop3 as ann over that line, with a terminal of 80 columns for stderr alone.
slowly() {
	"$helpers/type-in" sh -c 'stty cols 80 && exec "$@" >stdout' - \
		"$program" -a ann --tunnel "$(slow_line)" "$@" </dev/null >screen 3>&-
}

@test "the line moves with messages and octets, not with the batches that are stored" {
	next_session < <(holds u1 u2 u3 && sends 1 2 3 && goodbye)
	slowly fetch all -o maildir:box
	drawn >lines
	grep -qE '^1 of 3 messages, (14|28) B, ' lines
	grep -qE '^2 of 3 messages, (28|42) B, ' lines
	gone_without_a_trace screen
}

@test "one message to a file" {
	next_session < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 100'; sends 1; goodbye)
	slowly fetch 1
	drawn | grep -qE '^0 of 1 message, (12|14) B, [0-9]+ B/s, [0-9]+:[0-9]{2} left *$'
	gone_without_a_trace screen
}

# tops NUMBER…: the header of each message.
tops() {
	printf 'C: TOP %s 0\nS: +OK\nS: Subject: x\nS:\nS: .\n' "$@"
}

@test "headers" {
	next_session < <(uids u1 u2 u3 && tops 1 2 3 && goodbye)
	slowly headers
	drawn | grep -qE '^2 of 3 headers, 28 B, [0-9]+ B/s, [0-9]+:[0-9]{2} left *$'
	[ "$(wc -l <stdout)" -eq 3 ]
	gone_without_a_trace screen
}

@test "filters" {
	next_session < <(uids u1 u2 u3 && tops 1 2 3 && goodbye)
	slowly uidl --match subject~y
	drawn | grep -q '^2 of 3 headers, '
	gone_without_a_trace screen
}

@test "-q shows nothing of headers and filters" {
	next_session < <(uids u1 u2 u3 && tops 1 2 3 && goodbye)
	slowly headers --match subject~x -q
	[ ! -s screen ]
	[ "$(wc -l <stdout)" -eq 3 ]
}

@test "where stdout is the same terminal, records and progress do not meet" {
	next_session < <(uids u1 u2 u3 && tops 1 2 3 && goodbye)
	"$helpers/type-in" "$program" headers -a ann --tunnel "$(slow_line)" </dev/null >screen 3>&-
	sed 's/.*\r//' screen >lines
	[ "$(<lines)" = 'number  uid  field
1       u1   Subject: x
2       u2   Subject: x
3       u3   Subject: x' ]
}

# fetch --progress: one line on stderr that is redrawn, and erased at the end.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/account

# The line is redrawn at most every 0.1 s; with this command each message takes longer.
slow='pipe:sleep 0.2'

# three_messages: of 14 octets each, where LIST says 100.
three_messages() {
	next_session < <(holds u1 u2 u3 && sends 1 2 3 && goodbye)
}

# at_terminal COLUMNS [OPTION…]: fetch three slow messages with a terminal on stderr only, whose
# output is in `screen`.
at_terminal() {
	three_messages
	"$helpers/type-in" sh -c "stty cols $1 && exec \"\$@\" >stdout" - \
		"$program" -a ann fetch all -o "$slow" "${@:2}" </dev/null >screen 3>&-
	[ "$(wc -l <stdout)" -eq 3 ]
}

# drawn [FILE]: each drawing of the line in `screen` or FILE, on a line of its own.
drawn() {
	tr '\r' '\n' <"${1:-screen}" | sed -n '/[^ ]/p'
}

# is_erased FILE: each drawing covers the one before, and at the end the line is blank and the
# cursor at its start.
is_erased() {
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

@test "progress shows messages, octets, rate and time left, and is erased at the end" {
	at_terminal 80
	drawn >lines
	grep -qE '^1 of 3 messages, (14|28|42) B, [0-9]+ B/s, [0-9]+:[0-9]{2} left *$' lines
	grep -qE '^3 of 3 messages, 42 B, ' lines
	is_erased screen
}

@test "at a terminal of 40 columns the line is cut to fit" {
	at_terminal 40
	drawn >lines
	grep -q '^1 of 3 messages, ' lines
	[ "$(awk '{ if (length > most) most = length } END { print most }' lines)" -le 39 ]
	is_erased screen
}

@test "at a terminal of 39 columns nothing is shown" {
	at_terminal 39
	[ ! -s screen ]
}

@test "--progress never: nothing is shown" {
	at_terminal 80 --progress never
	[ ! -s screen ]
}

@test "without a terminal on stderr, only --progress always shows progress" {
	three_messages
	account 0 fetch all -o "$slow"
	[ ! -s stderr ]
	three_messages
	account 0 fetch all -o "$slow" --progress auto
	[ ! -s stderr ]
	three_messages
	account 0 fetch all -o "$slow" --progress always
	drawn stderr | grep -q '^3 of 3 messages, 42 B, '
	is_erased stderr
}

@test "a warning is printed on a line of its own" {
	next_session < <(holds u1 u2 && sends 1 && refuses RETR 2 && goodbye)
	account 2 fetch all -o "$slow; exit 1" --progress always
	tr '\r' '\n' <stderr >lines
	[ "$(grep -c '^pop3: message [12]: ' lines)" -eq 2 ]
}

@test "skipped messages are not counted" {
	next_session < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 100' 'S: 2 2000' 'S: 3 100' 'S: .'
		uids u1 u2 u3
		sends 1 3
		goodbye
	)
	account 2 fetch all -o "$slow" --max-size 1K --progress always
	drawn stderr | grep -q '^1 of 2 messages, '
}

# --- over a slow connection

# slow_line: a relay for --tunnel that delays each line of the server by 50 ms.
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

# slowly ARGUMENT…: pop3 as ann through it, with a terminal of 80 columns on stderr only.
slowly() {
	"$helpers/type-in" sh -c 'stty cols 80 && exec "$@" >stdout' - \
		"$program" -a ann --tunnel "$(slow_line)" "$@" </dev/null >screen 3>&-
}

@test "progress advances with each message received, not when messages are stored" {
	next_session < <(holds u1 u2 u3 && sends 1 2 3 && goodbye)
	slowly fetch all -o maildir:box
	drawn >lines
	# On a busy machine one of the messages may come with the next.
	grep -qE '^[12] of 3 messages, (14|28|42) B, ' lines
	is_erased screen
}

@test "progress of one message to a file" {
	next_session < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 100'; sends 1; goodbye)
	slowly fetch 1
	drawn | grep -qE '^0 of 1 message, (12|14) B, [0-9]+ B/s, [0-9]+:[0-9]{2} left *$'
	is_erased screen
}

# tops NUMBER…: TOP for each of these messages.
tops() {
	printf 'C: TOP %s 0\nS: +OK\nS: Subject: x\nS:\nS: .\n' "$@"
}

@test "progress of headers" {
	next_session < <(uids u1 u2 u3 && tops 1 2 3 && goodbye)
	slowly headers
	drawn | grep -qE '^[12] of 3 headers, (14|28|42) B, [0-9]+ B/s, [0-9]+:[0-9]{2} left *$'
	[ "$(wc -l <stdout)" -eq 3 ]
	is_erased screen
}

@test "progress of filters" {
	next_session < <(uids u1 u2 u3 && tops 1 2 3 && goodbye)
	slowly uidl --match subject~y
	drawn | grep -q '^[12] of 3 headers, '
	is_erased screen
}

@test "-q shows no progress of headers and filters" {
	next_session < <(uids u1 u2 u3 && tops 1 2 3 && goodbye)
	slowly headers --match subject~x -q
	[ ! -s screen ]
	[ "$(wc -l <stdout)" -eq 3 ]
}

@test "with stdout on the same terminal, records do not mix with progress" {
	next_session < <(uids u1 u2 u3 && tops 1 2 3 && goodbye)
	"$helpers/type-in" "$program" headers -a ann --tunnel "$(slow_line)" </dev/null >screen 3>&-
	sed 's/.*\r//' screen >lines
	[ "$(<lines)" = 'number  uid  field
1       u1   Subject: x
2       u2   Subject: x
3       u3   Subject: x' ]
}

# Signals: the connection is dropped, so nothing is deleted, and the exit status names the signal.
load ../helpers/session

# in_background ARGUMENT…: pop3 as ann, with its trace in the FIFO `trace`. Background processes
# of a shell ignore SIGINT, and would pass that on.
in_background() {
	mkfifo trace
	env --default-signal=INT "$program" "$@" -s "$server" -u ann --tls off --trace trace \
		>stdout 2>stderr 3>&- &
	running=$!
	stop_later "$running"
	exec {tracing}<trace
}

# has_sent COMMAND: wait until pop3 has sent it.
has_sent() {
	local line
	while read -r line <&"$tracing"; do
		[[ $line != *"> $1" ]] || return 0
	done
	return 1
}

# ends_with STATUS: pop3 exits; the rest of the trace is drained.
ends_with() {
	status=0
	cat <&"$tracing" >rest
	wait "$running" || status=$?
	[ "$status" -eq "$1" ]
}

# ends_on SIGNAL STATUS: the signal arrives in the middle of deletions.
ends_on() {
	after_login <<-'TALK'
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
		C: DELE 1
		S: +OK
		C: DELE 2
		EOF
	TALK
	in_background dele all
	has_sent 'DELE 2'
	kill "-$1" "$running"
	ends_with "$2"
	[ ! -s stdout ]
	[ "$(<stderr)" = 'pop3: DELE 2: interrupted: nothing was deleted' ]
	conversation_ended_well
}

@test "SIGINT: pop3 exits with 130 and sends no QUIT" { ends_on INT 130; }
@test "SIGTERM: pop3 exits with 143 and sends no QUIT" { ends_on TERM 143; }
@test "SIGHUP: pop3 exits with 129 and sends no QUIT" { ends_on HUP 129; }

@test "an interrupted fetch prints one error, with the number of messages fetched: 130" {
	after_login <<-'TALK'
		C: LIST
		S: +OK
		S*3: \# 100
		S: .
		C: UIDL
		S: +OK
		S*3: \# uid-\#
		S: .
		C: RETR 1
		S: +OK
		S: Subject: x
		S:
		S: .
		C: RETR 2
		S: +OK
		S: Subject: x
		EOF
	TALK
	in_background fetch all -o dir:box --delete
	has_sent 'RETR 2'
	kill -INT "$running"
	ends_with 130
	[ "$(<stderr)" = 'pop3: interrupted: 1 of 3 messages were fetched, nothing was deleted' ]
	[ "$(cut -f 1,2,4 stdout)" = $'1\tuid-1\tfetched' ]
	[ "$(ls -A box)" = uid-1.eml ]
	conversation_ended_well
}

@test "an ignored SIGINT, as under nohup, stays ignored" {
	after_login <<-'TALK'
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
	mkfifo gate
	(
		trap '' INT
		exec "$program" stat -s "$server" -u ann --tls off --password-command 'cat gate' \
			>stdout 2>stderr 3>&-
	) &
	running=$!
	stop_later "$running"
	exec {gate}>gate
	kill -INT "$running"
	echo secret >&"$gate"
	exec {gate}>&-
	wait "$running"
	[ "$(<stdout)" = $'2\t320' ]
}

@test "a signal after QUIT was sent: 81, deletions are unknown" {
	after_login <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 uid-1
		S: .
		C: DELE 1
		S: +OK
		C: QUIT
		EOF
	TALK
	in_background dele all
	has_sent QUIT
	kill -INT "$running"
	ends_with 81
	[ "$(<stdout)" = $'1\tuid-1\tunknown' ]
}

@test "a signal while the password command runs: 130 or 143" {
	after_greeting <<<$'EOF\n---\nS: +OK ready\nEOF'
	ann 130 stat --password-command 'kill -INT $PPID; exec sleep 1000'
	ann 143 stat --password-command 'kill -TERM $PPID; exec sleep 1000'
}

# asks_for_iterations COUNT: a server with that SCRAM iteration count; what it then receives is in
# `heard`.
asks_for_iterations() {
	rm -f port
	mkfifo port
	/usr/bin/python3 -SB - "$1" 3>&- >port <<-'END' &
		import base64, re, socket, sys
		listener = socket.create_server(("127.0.0.1", 0))
		print(listener.getsockname()[1], flush=True)
		connection = listener.accept()[0]
		lines = connection.makefile("rwb", buffering=0)
		lines.write(b"+OK ready\r\n")
		lines.readline()
		lines.write(b"+OK\r\nSASL SCRAM-SHA-256\r\n.\r\n")
		first = base64.b64decode(lines.readline().split()[2])
		nonce = re.search(rb"r=(.*)", first)[1]
		asks = b"r=%sx,s=c2FsdA==,i=%s" % (nonce, sys.argv[1].encode())
		lines.write(b"+ " + base64.b64encode(asks) + b"\r\n")
		with open("heard", "wb") as heard:
		    heard.write(lines.read())
	END
	stop_later $!
	read -r port <port
	server=127.0.0.1:$port
}

# If nothing else ends the computation, the limit on processor time does.
@test "computing many SCRAM iterations ends with --max-time and on signals" {
	asks_for_iterations 10000000
	(ulimit -t 3 && ann 75 stat --max-time 1)
	[ "$(<stderr)" = "pop3: 127.0.0.1: login by SCRAM-SHA-256: computing the 10000000 iterations that the server asks for: --max-time exceeded" ]
	wait "${started[-1]}"
	[ ! -s heard ]
	asks_for_iterations 10000000
	export POP3_PASSWORD=secret
	ulimit -t 3
	in_background stat
	grep -qm 1 '< + ' <&"$tracing"
	kill -TERM "$running"
	ends_with 143
	[[ $(<stderr) = *': interrupted' ]]
	wait "${started[-2]}"
	[ ! -s heard ]
}

@test "a SCRAM iteration count above the limit is rejected: 76" {
	asks_for_iterations 2147483648
	ann 76 stat
	[[ $stderr = *": the server's SCRAM iteration count is not from 4096 to 10000000" ]]
}

@test "a signal between two attempts of --retry: 143" {
	converse - <<-'TALK'
		S: -ERR [SYS/TEMP] no
	TALK
	in_background stat --retry 5
	grep -qm 1 SYS/TEMP <&"$tracing"
	kill -TERM "$running"
	ends_with 143
}

@test "the reader of stdout has exited: 74, not SIGPIPE" {
	after_login <<-'TALK'
		C: STAT
		S: +OK 2 320
		EOF
	TALK
	exec {gone}> >(:)
	wait "$!"
	"$program" stat -s "$server" -u ann --tls off 1>&"$gone" 2>stderr || status=$?
	[ "$status" -eq 74 ]
	[ ! -s stderr ]
}

@test "the reader of an mbox on stdout has exited: 74, and no more messages are retrieved" {
	after_login <<-'TALK'
		C: LIST
		S: +OK
		S*3: \# 200000
		S: .
		C: UIDL
		S: +OK
		S*3: \# uid-\#
		S: .
		C: RETR 1
		S: +OK
		S*3000: a line as long as lines of mail usually are, or a bit longer
		S: .
		EOF
	TALK
	exec {gone}> >(:)
	wait "$!"
	"$program" fetch all -o mbox:- -s "$server" -u ann --tls off 1>&"$gone" 2>stderr || status=$?
	[ "$status" -eq 74 ]
	[ ! -s stderr ]
}

# --- a stdout that is not read

# is_stuck: wait until pop3 has filled the pipe, which had one page left.
is_stuck() {
	/usr/bin/python3 - <<-'END'
		import array, fcntl, termios, time
		held = array.array("i", [0])
		with open("stuck", "rb+", buffering=0) as pipe:
		    for _ in range(1000):
		        fcntl.ioctl(pipe, termios.FIONREAD, held)
		        if held[0] == 65536:
		            raise SystemExit
		        time.sleep(0.02)
		raise SystemExit("nothing was written")
	END
}

# writes_to_full_pipe ARGUMENT…: pop3 as ann, with a message longer than the pipe.
writes_to_full_pipe() {
	after_login < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 120000' 'S: .'
		[[ $* != *mbox:-* ]] || printf '%s\n' 'C: UIDL' 'S: +OK' 'S: 1 one' 'S: .'
		printf '%s\n' 'C: RETR 1' 'S: +OK' 'S*2000: a line as long as lines of mail usually are' \
			'S: .' EOF
	)
	mkfifo stuck
	exec {stuck}<>stuck
	head -c 61440 /dev/zero >&"$stuck"
	env --default-signal=INT "$program" "$@" -s "$server" -u ann --tls off \
		>&"$stuck" 2>stderr 3>&- &
	running=$!
	stop_later "$running"
	is_stuck
}

# has_ended STATUS REASON: pop3 exits and sends nothing more.
has_ended() {
	status=0
	wait "$running" || status=$?
	[ "$status" -eq "$1" ]
	[[ $(<stderr) == "pop3: "*"cannot write to stdout: $2" ]]
	conversation_ended_well
}

@test "SIGTERM while writing a message to a full pipe: 143" {
	writes_to_full_pipe fetch last
	kill -TERM "$running"
	has_ended 143 interrupted
}

@test "SIGINT while writing an mbox to a full pipe: 130" {
	writes_to_full_pipe fetch all -o mbox:-
	kill -INT "$running"
	has_ended 130 interrupted
}

@test "--max-time while writing to a full pipe: 75" {
	writes_to_full_pipe fetch last --max-time 1
	has_ended 75 '--max-time exceeded'
}

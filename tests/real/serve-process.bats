# pop3 serve: limits, time-outs, signals and start-up.
load serve

# greeted: connect and read the greeting; the descriptor is in $connection.
greeted() {
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	read -r greeting <&"$connection"
}

@test "--max-connections refuses connections until one ends" {
	serve --max-connections 2
	greeted && first=$connection
	greeted
	[[ $greeting = +OK* ]]
	greeted
	[[ $greeting = '-ERR [SYS/TEMP] too many connections'* ]]
	printf 'QUIT\r\n' >&"$first"
	cat <&"$first" >/dev/null
	greeted
	[[ $greeting = +OK* ]]
}

@test "one address cannot use all connections" {
	serve --max-connections 16
	for _ in {1..14}; do
		greeted
		[[ $greeting = +OK* ]]
	done
	greeted
	[[ $greeting = '-ERR [SYS/TEMP]'* ]]
	serve --max-connections 16 --max-per-address 1
	greeted
	greeted
	[[ $greeting = '-ERR [SYS/TEMP]'* ]]
}

@test "when out of descriptors, the server waits until some are free" {
	printf '#!/bin/sh\nulimit -n 32\nexec "%s" "$@"\n' "$program" >limited
	chmod +x limited
	program=$PWD/limited serve
	grep -q 'warning descriptors=' log
	held=()
	for _ in {1..32}; do
		exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
		held+=("$connection")
	done
	until grep -q "error accept=" log; do sleep 0.02; done
	for connection in "${held[@]}"; do exec {connection}>&-; done
	until ann_sends STAT && [ -s received ]; do sleep 0.1; done
	received_is <<<'+OK 0 0'
}

@test "an idle session ends even if the client keeps sending single octets of a line" {
	serve --timeout 1
	printf 'NOOP' | talk "$pop3_port"
	grep -q 'reason=idle' log
	greeted
	SECONDS=0
	trap '' PIPE
	while { printf x >&"$connection"; } 2>/dev/null; do sleep 0.2; done
	[ "$SECONDS" -le 4 ]
}

@test "a client that stops reading is disconnected" {
	head -c 64M /dev/zero | message cur/1,W=67108866
	serve --timeout 1
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'RETR 1' >&"$connection"
	until grep -q 'not reading' log; do sleep 0.1; done
	serve --timeout 1 --listen-tls 127.0.0.1:0
	/usr/bin/python3 - "$pop3s_port" <<-'END'
		import socket, ssl, sys
		context = ssl.create_default_context()
		context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
		peer = context.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[1]))))
		peer.sendall(b'USER ann\r\nPASS secret\r\nRETR 1\r\n')
		while b'not reading' not in open('log', 'rb').read():
		    pass
	END
}

@test "SIGTERM lets running commands finish, and closes idle connections" {
	head -c 30M /dev/zero | tr '\0' '\n' | message cur/1,W=62914560
	add_user bob secret
	serve
	exec {idle}<>"/dev/tcp/127.0.0.1/$pop3_port"
	exec {busy}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'RETR 1' 'DELE 1' QUIT >&"$busy"
	for _ in 1 2 3 4; do read -r -u "$busy"; done
	kill -TERM "$serve_pid"
	timeout 5 cat <&"$idle" >/dev/null
	timeout 20 cat <&"$busy" | tail -1 | grep -qx $'.\r'
	wait "$serve_pid"
	[ "$(files_of ann)" = cur/1,W=62914560 ]
}

@test "a second SIGTERM ends running commands; the first ends TLS handshakes" {
	head -c 64M /dev/zero | message cur/1,W=67108866
	serve --listen-tls 127.0.0.1:0
	exec {idle}<>"/dev/tcp/127.0.0.1/$pop3s_port"
	exec {busy}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'RETR 1' >&"$busy"
	for _ in 1 2 3 4; do read -r -u "$busy"; done
	kill -TERM "$serve_pid"
	timeout 20 cat <&"$idle" >/dev/null
	kill -0 "$serve_pid"
	kill -TERM "$serve_pid"
	wait "$serve_pid"
	grep -q 'cut from=127.0.0.1 reason=stopping' log
	grep -q 'cut from=127.0.0.1 reason=stopped' log
}

@test "--log-json logs one line per event" {
	serve --log-json
	ann_sends STAT
	printf 'STLS\r\nx\r\n' | talk "$pop3_port"
	serve_ends_well
	/usr/bin/python3 - <<-'END'
		import json
		events = [json.loads(line) for line in open('log')]
		names = [event['event'] for event in events]
		for name in 'login', 'quit', 'cut', 'stopping', 'stopped':
		    assert name in names, names
		quit = events[names.index('quit')]
		assert (quit['user'], quit['from'], quit['removed']) == ('ann', '127.0.0.1', '0')
	END
}

# handed_over SOCKETS NAMES [OPTION…]: print the ports of that many new sockets, then exec the
# server with the sockets passed as by systemd. With 0 SOCKETS, one Unix socket is passed.
handed_over() {
	exec /usr/bin/python3 -SBc "$(sed 's/^\t\t//' <<-'END'
		import os, socket, sys
		count = int(sys.argv[1])
		for i in range(max(count, 1)):
		    if count > 0:
		        listener = socket.create_server(("127.0.0.1", 0))
		        print(listener.getsockname()[1], flush=True)
		    else:
		        listener = socket.socket(socket.AF_UNIX)
		    os.dup2(listener.detach(), 100 + i)
		for i in range(max(count, 1)):
		    os.dup2(100 + i, 3 + i)
		os.environ.update(LISTEN_FDS=str(max(count, 1)), LISTEN_FDNAMES=sys.argv[2],
		    LISTEN_PID=str(os.getpid()))
		os.execv(sys.argv[3], sys.argv[3:])
	END
	)" "$1" "$2" "$program" serve --users users --maildir-root mail "${@:3}"
}

@test "the server listens on a socket from systemd" {
	handed_over 1 '' >listeners 2>log 3>&- &
	stop_later $!
	until_there listeners $!
	pop3_port=$(head -n 1 listeners)
	ann_sends STAT
	received_is <<<'+OK 0 0'
}

@test "the names of sockets from systemd select their protocols" {
	handed_over 3 monitor:pop3s:whatever --cert "$certificates/good.pem" \
		--key "$certificates/good.key" >listeners 2>log 3>&- &
	stop_later $!
	until [ "$(wc -l <listeners)" -ge 6 ]; do
		kill -0 $!
		sleep 0.02
	done
	mapfile -t ports < <(head -n 3 listeners)
	tail -n 3 listeners >named
	diff - named <<-END
		monitor	127.0.0.1	${ports[0]}
		pop3s	127.0.0.1	${ports[1]}
		pop3	127.0.0.1	${ports[2]}
	END
}

@test "too many sockets and Unix sockets from systemd are refused" {
	run -78 handed_over 65 ''
	[[ $output = *'more than 64 sockets were passed' ]]
	run -78 handed_over 0 ''
	[[ $output = *'not an Internet socket' ]]
}

# refused STATUS PATTERN OPTION…: the server does not start; it exits with STATUS and prints
# PATTERN.
refused() {
	local code=0
	timeout 5 "$program" serve --users users --maildir-root mail "${@:3}" 2>error || code=$?
	cat error
	[ "$code" -eq "$1" ]
	grep -q -e "$2" error
}

@test "invalid and conflicting options are refused at start-up" {
	refused 64 'missing option: --listen or --listen-tls'
	refused 64 'ADDRESS:PORT' --listen 127.0.0.1
	refused 64 'ADDRESS:PORT' --listen ::1:0
	refused 64 'ADDRESS:PORT' --listen 127.0.0.1:65536
	refused 64 --cert --listen-tls 127.0.0.1:0
	refused 64 --secret-file --listen 127.0.0.1:0 --peep 127.0.0.1:0
	refused 64 '--monitor accepts only loopback addresses without --allow-remote-management' --listen 127.0.0.1:0 --monitor 0.0.0.0:0
	POP3_SERVE_SECRET=ninechars refused 64 '8 octets' --listen 127.0.0.1:0 \
		--smtpstatus 127.0.0.1:0
	refused 80 nonexistent --listen 127.0.0.1:0 --cert nonexistent
	refused 80 'cannot use the key' --listen 127.0.0.1:0 --cert "$certificates/good.pem" \
		--key nonexistent
	refused 80 'cannot use the key' --listen 127.0.0.1:0 --cert "$certificates/good.pem" \
		--key "$certificates/expired.key"
	refused 78 'no user' --listen 127.0.0.1:0 --user nobody-of-that-name
	refused 68 "cannot listen on 'a..b': Name or service not known" --listen a..b:0
	refused 74 'ready-fd 99' --listen 127.0.0.1:0 --ready-fd 99
	serve
	refused 69 'in use' --listen 127.0.0.1:0 --listen "127.0.0.1:$pop3_port"
}

@test "--user switches to that user once the sockets are open" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can become another user'
	chmod 711 "$BATS_RUN_TMPDIR" # let other users enter
	chown -R nobody .
	serve --user nobody
	grep -qE "^Uid:(.$(id -u nobody)){4}$" "/proc/$serve_pid/status"
	grep -qE "^Gid:(.$(id -g nobody)){4}$" "/proc/$serve_pid/status"
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	read -r greeting <&"$connection"
	[[ $greeting == +OK* ]]
	exec {connection}>&-
	serve_ends_well
}

@test "the server listens on IPv6 and IPv4, started in any working directory" {
	{ : <>/dev/tcp/::1/1; } 2>&1 | grep -q 'refused' || skip 'no IPv6'
	cd /
	"$program" serve --users "$BATS_TEST_TMPDIR/users" --maildir-root "$BATS_TEST_TMPDIR/mail" \
		--listen '[::1]:0' --listen 127.0.0.1:0 >"$BATS_TEST_TMPDIR/listeners" \
		2>"$BATS_TEST_TMPDIR/log" 3>&- &
	stop_later $!
	cd "$BATS_TEST_TMPDIR"
	until_there listeners $!
	port=$(awk '$2 == "::1" { print $3; exit }' listeners)
	exec {connection}<>"/dev/tcp/::1/$port"
	printf '%s\r\n' 'USER ann' 'PASS secret' QUIT >&"$connection"
	cat <&"$connection" | grep -q '^+OK goodbye'
}

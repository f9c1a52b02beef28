# Each test has its own `pop3 serve`: the mailboxes are in mail/, ann's password is "secret".
# shellcheck disable=SC2034,SC2154 # names for the tests, names from common.bash

load ../helpers/common

setup() {
	set_up_home
	"$helpers/certificates" "$certificates"
	add_user ann secret
}

add_user() {
	"$program" serve --users users --maildir-root mail --add-user "$1" <<<"$2"
}

# serve [OPTION…]: start it and wait until it is ready. Sets $serve_pid, and NAME_port for each
# listener.
serve() {
	local protocol address port
	rm -f ready
	mkfifo ready
	"$program" serve --users users --maildir-root mail --listen 127.0.0.1:0 \
		--cert "$certificates/good.pem" --key "$certificates/good.key" \
		--ready-fd 4 "$@" >listeners 2>log 3>&- 4>ready &
	serve_pid=$!
	stop_later "$serve_pid"
	read -r <ready || {
		cat log
		return 1
	}
	while IFS=$'\t' read -r protocol address port; do
		printf -v "${protocol}_port" %s "$port"
	done <listeners
}

# Stop the server with SIGTERM; fail if its exit status or its log shows an error.
serve_ends_well() {
	kill -TERM "$serve_pid"
	wait "$serve_pid"
	run ! grep -E 'ERROR|runtime error|Sanitizer' log
}

# talk PORT: send all of stdin at once; the server's answers until it closes go to `received`.
talk() {
	local connection
	exec {connection}<>"/dev/tcp/127.0.0.1/$1"
	cat >&"$connection"
	timeout 20 cat <&"$connection" >received
	exec {connection}>&-
}

# peers [ARGUMENT…]: run stdin in Python, where connect(PORT, N) connects from 127.0.0.N.
peers() {
	{
		cat <<-'END'
			import os, resource, socket, struct, sys, time
			hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
			resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
			def connect(port, source=1):
			    return socket.create_connection(('127.0.0.1', int(port)), 100, ('127.0.0.%d' % source, 0))
			def line(peer):
			    octets = b''
			    while not octets.endswith(b'\n'):
			        more = peer.recv(1)
			        if not more:
			            break
			        octets += more
			    return octets
			def log_in(port, source, user, password=b'secret'):
			    peer = connect(port, source)
			    peer.sendall(b'USER %s\r\nPASS %s\r\n' % (user, password))
			    answers = [line(peer) for _ in range(3)]
			    return peer, answers[-1]
			def reset(peer):
			    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
			    peer.close()
		END
		cat
	} >peers.py
	timeout 120 /usr/bin/python3 peers.py "$@"
}

# ann_sends COMMAND…: send them in a session of ann, from login to QUIT. The answers to the
# commands go to `received`.
ann_sends() {
	printf '%s\r\n' 'USER ann' 'PASS secret' "$@" QUIT | talk "$pop3_port"
	sed -i '1,3d; $d' received
}

# received_is: fail unless `received` contains the lines of stdin, each with CRLF.
received_is() {
	sed 's/$/\r/' >expected
	cmp expected received || {
		cat -A received
		return 1
	}
}

# message NAME: write stdin to a file of ann's mailbox, "new/NAME" or "cur/NAME".
message() {
	cat >"mail/ann/$1"
}

files_of() {
	(cd "mail/$1" && find new cur -type f | sort)
}

# free_port: print a port that was free a moment ago, for what cannot be told to choose one.
free_port() {
	/usr/bin/python3 -SBc 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'
}

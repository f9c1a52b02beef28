# The server is attacked or killed: it still serves other clients, and deletes only marked messages.
load ../real/serve

# attack [ARGUMENT…]: run stdin in Python, where connect(PORT, N) connects from 127.0.0.N.
attack() {
	{
		cat <<-'END'
			import resource, socket, struct, sys
			hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
			resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
			def connect(port, source=1):
			    address = ('127.0.0.%d' % source, 0)
			    return socket.create_connection(('127.0.0.1', int(port)), 20, address)
			def read_lines(peer):
			    octets = b''
			    try:
			        while more := peer.recv(65536):
			            octets += more
			    except ConnectionResetError:
			        pass
			    return octets.split(b'\r\n')[:-1]
		END
		cat
	} >attack.py
	timeout 120 /usr/bin/python3 attack.py "$@"
}

@test "each command is answered with arguments of any length, before and after the login" {
	serve
	attack "$pop3_port" <<-'END'
		login = b'USER ann\r\nPASS secret\r\n'
		verbs = b'''USER PASS AUTH APOP STLS CAPA QUIT STAT LIST UIDL RETR DELE TOP RSET NOOP
		    UTF8 LANG XYZZY'''.split()
		for before in b'', login:
		    for verb in verbs:
		        for length in 0, 1, 40, 255, 256, 512, 4096, 65536, 1 << 24:
		            peer = connect(sys.argv[1])
		            try:
		                peer.sendall(before + verb + b' ' * bool(length) + b'x' * length + b'\r\n')
		                peer.sendall(b'QUIT\r\n')
		            except (ConnectionResetError, BrokenPipeError):
		                pass
		            lines = read_lines(peer)
		            case = before, verb, length, lines[-3:]
		            if length > 4096 or verb == b'STLS' and length == 0 and not before:
		                assert lines[-1:] != [b'+OK goodbye'], case
		            else:
		                assert lines[-1] == b'+OK goodbye', case
		            peer.close()
	END
	serve_ends_well
}

@test "user names that are paths or have odd octets are refused" {
	serve
	attack "$pop3_port" <<-'END'
		import base64
		names = [b'..', b'.', b'a/../ann', b'./ann', b'/etc', b'ann/', b'ann\0', b'ann\0x', b'x' * 300,
		    b'\xff\xfe', b'ann\n']
		peers = []
		for source, name in enumerate(names, 2):
		    peers.append(connect(sys.argv[1], source))
		    plain = base64.b64encode(b'\0' + name + b'\0secret')
		    peers[-1].sendall(b'AUTH PLAIN ' + plain + b'\r\nSTAT\r\nQUIT\r\n')
		for name, peer in zip(names, peers):
		    lines = read_lines(peer)
		    assert lines[1].startswith(b'-ERR'), (name, lines)
		    assert lines[2] == b'-ERR not in this state', (name, lines)
	END
	[ "$(ls mail)" = ann ]
	serve_ends_well
}

@test "5,000 incomplete handshakes and 2,000 resets do not stop the server" {
	serve --listen-tls 127.0.0.1:0
	attack "$pop3s_port" "$pop3_port" <<-'END'
		reset = struct.pack('ii', 1, 0)
		held = []
		for i in range(5000):
		    peer = connect(sys.argv[1], 2 + i % 50)
		    try:
		        peer.sendall(b'\x16\x03\x01\x02\x00\x01'[:i % 7])
		    except (ConnectionResetError, BrokenPipeError):
		        pass
		    held.append(peer)
		peer = connect(sys.argv[2])
		peer.sendall(b'USER ann\r\nPASS secret\r\nQUIT\r\n')
		lines = read_lines(peer)
		full = lines == [b'-ERR [SYS/TEMP] too many connections'] or not lines
		assert full or lines[-1] == b'+OK goodbye', lines
		for peer in held:
		    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
		    peer.close()
		held = []
		for i in range(2000):
		    peer = connect(sys.argv[1 + i % 2], 2 + i % 50)
		    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
		    try:
		        peer.sendall(b'USER ann\r\nPASS secret\r\n'[:i % 25])
		    except (ConnectionResetError, BrokenPipeError):
		        pass
		    held.append(peer)
		for peer in held:
		    peer.close()
	END
	# The last connections may still be counted, and one may still lock the maildrop.
	until ann_sends NOOP && [ "$(<received)" = $'+OK\r' ]; do sleep 0.1; done
	serve_ends_well
}

# The commands that wait for answers fill the read buffer in the middle of a TLS record.
@test "over TLS, the server survives more commands than its buffer holds and early closes" {
	{ printf 'Subject: long\n\n'; seq 900; } | message new/1
	serve --listen-tls 127.0.0.1:0
	attack "$pop3s_port" "$certificates/ca.pem" <<-'END'
		import ssl, threading
		context = ssl.create_default_context(cafile=sys.argv[2])
		class Peer:
		    def __init__(self):
		        self.socket = connect(sys.argv[1])
		        self.input, self.output = ssl.MemoryBIO(), ssl.MemoryBIO()
		        self.tls = context.wrap_bio(self.input, self.output, server_hostname='localhost')
		        self.until_done(self.tls.do_handshake)
		    def until_done(self, action):
		        while True:
		            try:
		                return action()
		            except ssl.SSLZeroReturnError:
		                return b''
		            except ssl.SSLWantReadError:
		                self.socket.sendall(self.output.read())
		                self.input.write(self.socket.recv(65536)) or self.input.write_eof()
		    def send(self, commands, size, goodbye=False):
		        octets = b'USER ann\r\nPASS secret\r\n' + commands
		        for i in range(0, len(octets), size):
		            self.tls.write(octets[i:i + size])
		        if goodbye:
		            try:
		                self.tls.unwrap()
		            except ssl.SSLWantReadError:
		                pass
		        threading.Thread(target=self.socket.sendall, args=[self.output.read()]).start()
		    def lines(self):
		        octets = bytearray()
		        while more := self.until_done(lambda: self.tls.read(65536)):
		            octets += more
		        return octets.split(b'\r\n')[:-1]
		for size in 5000, 16384:
		    for goodbye in False, True:
		        peer = Peer()
		        peer.send(b'RETR 1\r\n' * 6000 + b'QUIT\r\n', size, goodbye)
		        lines = peer.lines()
		        assert lines.count(b'900') == 6000, (size, goodbye, lines.count(b'900'))
		        assert lines[-2:] == [b'.', b'+OK goodbye'], (size, goodbye, lines[-2:])
		        peer.socket.close()
		for goodbye in False, True:
		    peer = Peer()
		    peer.send(b'RETR 1\r\n' * 5000, 16384, goodbye)
		    peer.socket.recv(1)
		    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
		    peer.socket.shutdown(socket.SHUT_RDWR)
		    peer.socket.close()
	END
	until ann_sends NOOP && [ "$(<received)" = $'+OK\r' ]; do sleep 0.1; done
	serve_ends_well
}

# killed_at CALL COUNT: kill the server while QUIT removes messages 1 to 4 of 8. strace counts per
# thread: if a busy server has spread the calls over its threads, QUIT succeeds and is tried again.
killed_at() {
	local tries
	for tries in 1 2 3 4 5; do
		rm -rf mail/ann/{new,cur}/*
		for name in new/1 cur/2:2,S new/3 new/4 new/5 cur/6:2,S new/7 new/8; do
			echo "this is $name" | message "$name"
		done
		serve
		strace -f -o /dev/null -e "inject=$1:signal=KILL:when=$2" -p "$serve_pid" \
			2>tracing 3>&- &
		stop_later $!
		until grep -q attached tracing; do sleep 0.02; done
		printf '%s\r\n' 'USER ann' 'PASS secret' 'DELE 1' 'DELE 2' 'DELE 3' 'DELE 4' QUIT |
			talk "$pop3_port" || :
		grep -q goodbye received || break
		kill -KILL "$serve_pid"
		wait "$serve_pid" || :
	done
	run ! grep goodbye received
	wait "$serve_pid" || :
}

# left NAME…: exactly these messages are left, complete, in new or cur.
left() {
	serve
	ann_sends LIST
	[ "$(grep -c '^[0-9]' received)" -eq $# ]
	for name; do
		grep -rqx "this is [a-z]*/$name" mail/ann/new mail/ann/cur
	done
	ann_sends 'DELE 1' STAT
	grep -q "^+OK $(($# - 1)) " received
}

@test "a server killed in the middle of QUIT has deleted only marked messages" {
	needs_root
	killed_at unlinkat 1
	left 1 2:2,S 3 4 5 6:2,S 7 8
	killed_at unlinkat 3
	left 3 4 5 6:2,S 7 8
	killed_at renameat2 1
	left 5 6:2,S 7 8
	killed_at renameat2 3
	left 5 6:2,S 7 8
	killed_at fsync 1
	left 5 6:2,S 7 8
}

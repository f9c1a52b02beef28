# pop3 serve: no client, address or mailbox delays the others. Nothing is timed here: each load is
# so large that the test would time out if the others had to wait for it.
load serve

# slow_user NAME: add a user whose password takes seconds to hash.
slow_user() {
	printf '%s:$6$rounds=4000000$salt$%s\n' "$1" "$(printf 'x%.0s' {1..86})" >>users
}

@test "many logins from one address do not delay a login from another" {
	slow_user slow
	serve
	peers "$pop3_port" <<-'END'
		waiting = []
		for _ in range(300):
		    peer = connect(sys.argv[1], 2)
		    peer.sendall(b'USER slow\r\nPASS wrong\r\n')
		    waiting.append(peer)
		peer, answer = log_in(sys.argv[1], 3, b'ann')
		assert answer.startswith(b'+OK'), answer
	END
	kill -TERM "$serve_pid"
	kill -TERM "$serve_pid"
	wait "$serve_pid"
}

@test "the password of a client that hung up is not hashed, and counts as wrong" {
	slow_user slow
	serve
	peers "$pop3_port" <<-'END'
		gone = []
		for _ in range(100):
		    peer = connect(sys.argv[1])
		    for command in b'', b'USER slow\r\n':
		        peer.sendall(command)
		        line(peer)
		    peer.sendall(b'PASS wrong\r\n')
		    gone.append(peer)
		for peer in gone:
		    reset(peer)
		while open('log', 'rb').read().count(b'login-failed from=127.0.0.1 user=slow') < 98:
		    time.sleep(0.02)
		peer, answer = log_in(sys.argv[1], 1, b'ann')
		assert answer.startswith(b'+OK'), answer
	END
}

@test "mailboxes that take long to read do not keep others from opening" {
	for user in big1 big2 big3 big4 big5 bob; do add_user "$user" secret; done
	# Sparse files: reading them takes forever, but they need no disk space.
	for user in big1 big2 big3 big4 big5; do truncate -s 100G "mail/$user/cur/1"; done
	echo x >mail/bob/cur/1
	serve
	peers "$pop3_port" <<-'END'
		waiting = []
		for i in range(1, 6):
		    peer = connect(sys.argv[1], 1 + i)
		    peer.sendall(b'USER big%d\r\nPASS secret\r\n' % i)
		    waiting.append(peer)
		for source in 1, 2, 9:
		    peer, answer = log_in(sys.argv[1], source, b'bob')
		    assert answer.startswith(b'+OK'), answer
		    peer.sendall(b'QUIT\r\n')
		    line(peer)
		for peer in waiting:
		    reset(peer)
		while open('log', 'rb').read().count(b'reason=connection lost') < 5:
		    time.sleep(0.02)
		# The mailbox of a lost connection is not locked.
		peer = connect(sys.argv[1], 1)
		peer.sendall(b'USER big1\r\nPASS secret\r\n')
	END
	serve_ends_well
}

@test "clients that do not log in in time are disconnected, whatever they send" {
	serve --login-timeout 1 --listen-tls 127.0.0.1:0
	peers "$pop3_port" "$pop3s_port" <<-'END'
		known, answer = log_in(sys.argv[1], 1, b'ann')
		assert answer.startswith(b'+OK')
		silent, talking, tls = connect(sys.argv[1]), connect(sys.argv[1]), connect(sys.argv[2])
		try:
		    while True:
		        talking.sendall(b'CAPA\r\nUSER ann\r\n')
		        if not talking.recv(65536):
		            break
		        time.sleep(0.05)
		except ConnectionError:
		    pass
		line(silent)
		assert line(silent) == b''
		assert tls.recv(1) == b''
		known.sendall(b'STAT\r\n')
		assert line(known) == b'+OK 0 0\r\n'
	END
	[ "$(grep -c 'cut from=127.0.0.1 reason=no login in time' log)" -eq 3 ]
	serve_ends_well
}

@test "when full, the oldest waiting client of the address with most of them is dropped" {
	serve --max-connections 16 --max-per-address 12
	peers "$pop3_port" <<-'END'
		port = sys.argv[1]
		known, answer = log_in(port, 2, b'ann')
		assert answer.startswith(b'+OK')
		held = {source: [connect(port, source) for _ in range(count)]
		    for source, count in ((2, 11), (3, 4))}
		for peer in held[2] + held[3]:
		    assert line(peer).startswith(b'+OK')
		new = []
		for source in 4, 5:
		    new.append(connect(port, source))
		    assert line(new[-1]).startswith(b'+OK'), source
		    assert line(held[2].pop(0)) == b''
		# The address with the most clients gets no more.
		assert line(connect(port, 2)).startswith(b'-ERR [SYS/TEMP]')
		known.sendall(b'NOOP\r\n')
		assert line(known) == b'+OK\r\n'
		for peer in held[2] + held[3]:
		    peer.sendall(b'QUIT\r\n')
		    assert line(peer).startswith(b'+OK')
	END
	[ "$(grep -c 'refused from=127.0.0.2 .*reason=its place is needed' log)" -eq 1 ]
	serve_ends_well
}

@test "a mailbox that hangs does not keep the server from stopping" {
	needs_root
	serve
	strace -f -o calls -e inject=getdents64:delay_exit=100000000 -p "$serve_pid" 2>tracing 3>&- &
	local strace=$!
	stop_later "$strace"
	until grep -q attached tracing; do sleep 0.02; done
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' >&"$connection"
	until grep -q getdents64 calls; do sleep 0.02; done
	kill -TERM "$serve_pid"
	until grep -q stopping log; do sleep 0.02; done
	kill -TERM "$serve_pid"
	until grep -q 'did not finish in time' log; do sleep 0.02; done
	# The kernel would keep the process until strace has waited.
	kill -KILL "$strace"
	wait "$serve_pid"
}

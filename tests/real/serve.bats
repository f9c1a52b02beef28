# pop3 serve: POP3 on the wire, octet for octet.
load serve

@test "a session can use every command" {
	printf 'Subject: one\n\nhello\n' | message new/1.a
	printf 'Subject: two\n\nfirst\n.second\nthird\n' | message cur/2.b:2,S
	serve
	ann_sends STAT LIST 'LIST 2' UIDL 'UIDL 1' 'RETR 1' 'TOP 2 2' NOOP 'DELE 1' 'DELE 1' \
		'RETR 1' LIST STAT RSET STAT
	received_is <<-'END'
		+OK 2 62
		+OK 2 messages (62 octets)
		1 23
		2 39
		.
		+OK 2 39
		+OK
		1 1.a
		2 2.b
		.
		+OK 1 1.a
		+OK 23 octets
		Subject: one

		hello
		.
		+OK top of the message follows
		Subject: two

		first
		..second
		.
		+OK
		+OK marked
		-ERR no such message
		-ERR no such message
		+OK 1 messages (39 octets)
		2 39
		.
		+OK 1 39
		+OK
		+OK 2 62
	END
	serve_ends_well
}

@test "CAPA lists what applies in the current state" {
	serve --login-delay 5
	printf '%s\r\n' CAPA 'USER ann' 'PASS secret' CAPA QUIT | talk "$pop3_port"
	[ "$(grep -c '^STLS' received)" -eq 1 ]
	[ "$(grep -c '^LOGIN-DELAY 5' received)" -eq 2 ]
	for line in TOP UIDL USER 'SASL PLAIN' RESP-CODES AUTH-RESP-CODE PIPELINING 'EXPIRE NEVER' \
		UTF8; do
		[ "$(grep -c "^$line"$'\r' received)" -eq 2 ]
	done
	grep -q '^IMPLEMENTATION pop3-' received
}

@test "commands in the wrong state or with wrong arguments are refused" {
	serve
	printf '%s\r\n' STAT 'RETR 1' NOOP 'PASS x' USER 'user ann' 'UTF8' 'XYZZY' '' 'CAPA 1' \
		'pass secret' 'USER ann' UTF8 STLS 'AUTH PLAIN' RETR 'RETR x' 'RETR 0' 'RETR 1' \
		'RETR 18446744073709551616' 'TOP 1' 'LIST 1 2' 'noop' QUIT | talk "$pop3_port"
	sed 1d received >answers
	mv answers received
	received_is <<-'END'
		-ERR not in this state
		-ERR not in this state
		-ERR not in this state
		-ERR USER first
		-ERR bad arguments
		+OK
		+OK
		-ERR unknown command
		-ERR unknown command
		-ERR bad arguments
		+OK 0 messages
		-ERR not in this state
		-ERR not in this state
		-ERR not in this state
		-ERR not in this state
		-ERR bad arguments
		-ERR not a message number
		-ERR no such message
		-ERR no such message
		-ERR not a message number
		-ERR bad arguments
		-ERR bad arguments
		+OK
		+OK goodbye
	END
}

@test "hostile messages are sent octet for octet, with their correct sizes" {
	serve
	/usr/bin/python3 - "$pop3_port" <<-'END'
		import poplib, re, sys
		bodies = [b'', b'\n', b'\r', b'.', b'.\n', b'..\n', b'.\r\n', b'a\n.\nb', b'\r\n.\r\n',
		    b'no end', b'bare\rcr\r', b'a\r\nb\nc\r\n', b'nul\0nul\n', bytes(range(256)) * 300,
		    b'x' * 100000, b'\n' * 70000, b'.\n' * 40000, b'.' * 33000 + b'\n', b'\r\r\n\n\r']
		for i, body in enumerate(bodies):
		    open(f'mail/ann/new/{i:05}.m', 'wb').write(body)
		drop = poplib.POP3('127.0.0.1', int(sys.argv[1]))
		drop._MAXLINE = poplib._MAXLINE = 1 << 20
		drop.user('ann'); drop.pass_('secret')
		sizes = [int(line.split()[1]) for line in drop.list()[1]]
		for i, body in enumerate(bodies):
		    wanted = re.sub(rb'(?<!\r)\n', b'\r\n', body)
		    if wanted and not wanted.endswith(b'\n'):
		        wanted += b'\r\n'
		    drop._putcmd(f'RETR {i + 1}')
		    assert drop.file.readline().startswith(b'+OK')
		    got = b''
		    while (line := drop.file.readline()) != b'.\r\n':
		        got += line[1:] if line.startswith(b'.') else line
		    assert got == wanted, (i, got[:80], wanted[:80])
		    assert sizes[i] == len(wanted), (i, sizes[i], len(wanted))
		drop.quit()
	END
	serve_ends_well
}

@test "TOP ends after the header and the given number of lines" {
	printf 'A: b\r\nC: d\r\n\r\n1\r\n\r\n3' | message cur/1
	printf 'A: b\nno body' | message cur/2
	serve
	ann_sends 'TOP 1 0' 'TOP 1 2' 'TOP 1 99' 'TOP 2 0' 'TOP 1 x'
	received_is <<-'END'
		+OK top of the message follows
		A: b
		C: d

		.
		+OK top of the message follows
		A: b
		C: d

		1

		.
		+OK top of the message follows
		A: b
		C: d

		1

		3
		.
		+OK top of the message follows
		A: b
		no body
		.
		-ERR not a number of lines
	END
}

@test "a thousand commands are answered, in one segment or split anywhere" {
	serve
	{ printf 'USER ann\r\nPASS secret\r\n' && yes NOOP | head -1000 | sed 's/$/\r/' &&
		printf 'QUIT\r\n'; } >commands
	talk "$pop3_port" <commands
	[ "$(grep -c '^+OK' received)" -eq 1004 ]
	/usr/bin/python3 - "$pop3_port" <<-'END'
		import socket, sys
		commands = open('commands', 'rb').read()
		for step in 1, 2, 3, 5, 7, 11, 1447:
		    peer = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
		    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
		    for i in range(0, len(commands), step):
		        peer.sendall(commands[i:i + step])
		    answers = b''
		    while octets := peer.recv(65536):
		        answers += octets
		    assert answers.count(b'+OK') == 1004, (step, answers[-80:])
	END
	serve_ends_well
}

@test "a line that is too long is refused, and an endless one closes the connection" {
	serve
	for length in 1 40 250 255 256 512 2040; do
		head -c "$length" /dev/zero | tr '\0' x >argument
		printf 'USER %s\r\nQUIT\r\n' "$(cat argument)" | talk "$pop3_port"
		[ "$(grep -c '^+OK' received)" -eq 3 ]
	done
	for length in 2049 4096 60000; do
		{ head -c "$length" /dev/zero | tr '\0' x && printf '\r\nQUIT\r\n'; } | talk "$pop3_port"
		grep -q '^-ERR line too long' received
		grep -q '^+OK goodbye' received
	done
	{ head -c 16M /dev/zero | tr '\0' x || :; } | talk "$pop3_port" 2>errors || :
	run ! grep '^+OK goodbye' received
	grep -q 'endless line' log
	printf 'US\0ER ann\r\nUSER a\0nn\r\nPASS \1\r\nQUIT\r\n' | talk "$pop3_port"
	[ "$(grep -c '^-ERR' received)" -eq 3 ]
	serve_ends_well
}

@test "a slow reader of a 1 GiB message needs little memory and delays no other client" {
	truncate -s 1G mail/ann/cur/1.big,W=1073741826:2,
	add_user bob secret
	serve
	/usr/bin/python3 - "$pop3_port" "$serve_pid" <<-'END'
		import poplib, re, sys
		def memory(kind):
		    return int(re.search(kind + r':\s+(\d+)', open(f'/proc/{sys.argv[2]}/status').read())[1])
		slow = poplib.POP3('127.0.0.1', int(sys.argv[1]))
		slow.user('ann'); slow.pass_('secret')
		other = poplib.POP3('127.0.0.1', int(sys.argv[1]))
		other.user('bob'); other.pass_('secret')
		before = memory('VmRSS')
		slow._putcmd('RETR 1')
		slow.file.readline()
		for _ in range(200):
		    slow.file.read(1000)
		    other.noop()
		assert memory('VmRSS') - before < 8192, (before, memory('VmRSS'))
	END
	serve_ends_well
}

@test "many answers to a slow reader over TLS arrive octet for octet" {
	serve --listen-tls 127.0.0.1:0
	/usr/bin/python3 - "$pop3s_port" <<-'END'
		import socket, ssl, sys, time
		bodies = [(b'%d ' % i * (i * 3000)) + b'\r\n' for i in range(1, 20)]
		for i, body in enumerate(bodies, 10):
		    open(f'mail/ann/new/{i}.m', 'wb').write(body)
		context = ssl.create_default_context()
		context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
		peer = context.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[1]))))
		peer.sendall(b'USER ann\r\nPASS secret\r\n' +
		    b''.join(b'RETR %d\r\n' % i for i in range(1, 20)) + b'QUIT\r\n')
		time.sleep(0.5)
		received = b''
		while octets := peer.recv(65536):
		    received += octets
		for body in bodies:
		    assert b'octets\r\n' + body + b'.\r\n' in received, (body[:3], len(body))
	END
	serve_ends_well
}

# --- serve --try

# tries [OPTION…]: start serve --try on mail/, wait until it is ready, and set $urls to its URLs.
tries() {
	rm -f ready
	mkfifo ready
	"$program" serve --try mail --ready-fd 4 "$@" >urls 2>log 3>&- 4>ready &
	serve_pid=$!
	stop_later "$serve_pid"
	read -r <ready || {
		cat log
		return 1
	}
	mapfile -t urls <urls
}

@test "--try serves each Maildir with any password, and prints its URL" {
	rm -r mail users
	mkdir -p mail/bob@example.org/new mail/ann/new mail/none mail/.hidden/new
	printf 'Subject: x\n\n' >mail/ann/new/1
	tries
	[ "${#urls[@]}" -eq 2 ]
	grep -qx 'pop3: any password opens a mailbox; clients of pop3 add --tls off' log
	[[ ${urls[0]} == pop3://ann@127.0.0.1:* ]]
	[[ ${urls[1]} == pop3://bob%40example.org@127.0.0.1:* ]]
	POP3_PASSWORD=anything pop3 0 stat -s "${urls[0]}" --tls off
	[ "${lines[0]%%	*}" = 1 ]
	POP3_PASSWORD='something else' pop3 0 stat -s "${urls[1]}" --tls off
	POP3_PASSWORD=x pop3 77 stat -s "${urls[0]}" -u nobody --tls off
	serve_ends_well
}

@test "--try creates a missing Maildir, and leaves no other files" {
	rm -r mail users
	export TMPDIR=$PWD/tmp
	mkdir tmp
	tries --json
	[[ ${urls[0]} == '{"url":"pop3://test@127.0.0.1:'* ]]
	[ -d mail/test/new ]
	serve_ends_well
	[ -z "$(ls tmp)" ]
}

@test "--try listens on loopback addresses only, and refuses --users" {
	pop3 64 serve --try mail --listen '*:0'
	[[ $stderr == *'--try is for this machine alone: use 127.0.0.1'* ]]
	pop3 64 serve --try mail --users users
	[[ $stderr == *'--try needs no --maildir-root, --users and --user, and takes none'* ]]
	tries --listen '[::1]:0' --listen 127.0.0.1:0 || skip 'no IPv6'
	[[ ${urls[0]} == 'pop3://ann@[::1]:'* ]]
}

@test "--listen explains a missing address, and warns when it listens on all addresses" {
	pop3 64 serve --users users --maildir-root mail --listen 11110
	[ "$stderr" = "pop3: '11110' is not ADDRESS:PORT: use 127.0.0.1:11110 for this machine alone, or *:11110 for all addresses" ]
	serve --listen :0
	grep -qx "pop3: ':0' listens on all addresses; 127.0.0.1:0 is for this machine alone" log
}

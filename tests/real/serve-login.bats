# pop3 serve: logins, TLS and users.
load serve

plain() {
	printf '%s\0%s\0%s' "$1" "$2" "$3" | base64 -w 0
}

# tls PORT [OPTION…]: send stdin over TLS and write the server's answers to `received`.
tls() {
	timeout 20 openssl s_client -quiet -verify_return_error -CAfile "$certificates/ca.pem" \
		-connect "localhost:$1" "${@:2}" >received 2>trouble
}

@test "AUTH PLAIN works with and without an initial response" {
	serve
	printf '%s\r\n' "AUTH PLAIN $(plain '' ann secret)" STAT QUIT | talk "$pop3_port"
	grep -q '^+OK 0 0' received
	printf '%s\r\n' 'auth plain' "$(plain ann ann secret)" STAT QUIT | talk "$pop3_port"
	grep -qx $'+ \r' received
	grep -q '^+OK 0 0' received
}

@test "AUTH PLAIN refuses invalid responses" {
	serve
	printf '%s\r\n' 'AUTH PLAIN' '*' 'AUTH PLAIN =' 'AUTH PLAIN AAA' 'AUTH PLAIN' '!' \
		"AUTH PLAIN $(printf 'ann' | base64)" "AUTH PLAIN $(printf '\0ann' | base64)" \
		"AUTH PLAIN $(printf '\0ann\0secret\0' | base64)" 'AUTH LOGIN' AUTH \
		"AUTH PLAIN $(plain bob ann secret)" QUIT | talk "$pop3_port"
	sed 1d received >answers
	mv answers received
	received_is <<-END
		+$(printf ' ')
		-ERR cancelled
		-ERR bad PLAIN response
		-ERR not base64
		+$(printf ' ')
		-ERR not base64
		-ERR bad PLAIN response
		-ERR bad PLAIN response
		-ERR bad PLAIN response
		-ERR unknown mechanism
		-ERR bad arguments
		-ERR [AUTH] a user cannot act for another user
		+OK goodbye
	END
}

@test "a wrong password and an unknown user get the same delayed answer" {
	serve
	start=${EPOCHREALTIME/./}
	printf '%s\r\n' 'USER ann' 'PASS wrong' QUIT | talk "$pop3_port"
	[ $((${EPOCHREALTIME/./} - start)) -ge 1000000 ]
	cp received wrong
	printf '%s\r\n' 'USER nobody' 'PASS wrong' QUIT | talk "$pop3_port"
	cmp received wrong
	grep -q '^-ERR \[AUTH\]' received
	[ "$(grep -c 'login-failed' log)" -eq 2 ]
	ann_sends STAT
	received_is <<<'+OK 0 0'
}

@test "no user name leads out of the mail root" {
	before=$(find . | sort)
	for name in .. . ../mail/ann a/../ann /etc -x .hidden "$(printf 'x%.0s' {1..300})" 'a b' ''; do
		run -64 "$program" serve --users users --maildir-root mail "--add-user=$name" <<<secret
	done
	[ "$(find . | sort)" = "$before" ]
	echo '..:x' >bad
	run -78 "$program" serve --users bad --maildir-root mail --listen 127.0.0.1:0
	[[ $output = *"'bad' line 1"* ]]
	serve
	printf 'USER ../ann\r\nPASS secret\r\nQUIT\r\n' | talk "$pop3_port"
	grep -q '^-ERR \[AUTH\]' received
}

# For an unknown user, a fixed hash is checked to take as long. Its password must not log in.
@test "an unknown user cannot log in with the password of the fixed hash" {
	serve
	for name in ../out bob; do
		printf '%s\r\n' "USER $name" "PASS nobody's password" QUIT | talk "$pop3_port"
		grep -q '^-ERR \[AUTH\]' received
	done
	[ ! -e out ]
	[ "$(ls mail)" = ann ]
}

@test "clients log in over STLS and over implicit TLS" {
	serve --listen-tls 127.0.0.1:0
	printf '%s\r\n' CAPA 'USER ann' 'PASS secret' QUIT | tls "$pop3s_port"
	grep -q '^+OK goodbye' received
	run ! grep '^STLS' received
	{ sleep 0.5 && printf '%s\r\n' 'USER ann' 'PASS secret' STLS QUIT; } |
		tls "$pop3_port" -starttls pop3
	grep -q '^+OK goodbye' received
	grep -q '^-ERR not in this state' received
	curl -sS --cacert "$certificates/ca.pem" --ssl-reqd -u ann:secret "pop3://localhost:$pop3_port/"
	serve_ends_well
}

@test "plaintext after STLS is never processed" {
	serve
	printf 'STLS\r\nUSER ann\r\nPASS secret\r\n' | talk "$pop3_port"
	[ "$(grep -c . received)" -eq 1 ]
	grep -q 'plaintext after STLS' log
	/usr/bin/python3 - "$pop3_port" <<-'END'
		import socket, sys
		peer = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
		stream = peer.makefile('rb')
		stream.readline()
		peer.sendall(b'STLS\r\n')
		assert stream.readline().startswith(b'+OK')
		peer.sendall(b'CAPA\r\n' * 3)
		try:
		    assert b'+OK' not in stream.read()
		except ConnectionResetError:
		    pass
	END
}

@test "the user name sent before STLS is forgotten" {
	serve
	/usr/bin/python3 - "$pop3_port" <<-'END'
		import poplib, ssl, sys
		context = ssl.create_default_context()
		context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
		drop = poplib.POP3('127.0.0.1', int(sys.argv[1]))
		drop.user('ann')
		drop.stls(context)
		try:
		    drop.pass_('secret')
		    raise AssertionError
		except poplib.error_proto:
		    pass
		drop.user('ann')
		drop.pass_('secret')
		drop.quit()
	END
}

@test "a login in clear text from another machine needs --allow-cleartext" {
	other=$(hostname -I | tr ' ' '\n' | grep -m 1 '^[0-9.]*$') || skip 'no address but loopback'
	serve --listen "$other:0"
	port=$(awk -v a="$other" '$2 == a { print $3 }' listeners)
	{ exec {connection}<>"/dev/tcp/$other/$port"; } 2>/dev/null || skip 'not reachable'
	printf '%s\r\n' CAPA 'USER ann' "AUTH PLAIN $(plain '' ann secret)" QUIT >&"$connection"
	cat <&"$connection" >received
	[ "$(grep -c '^-ERR TLS first' received)" -eq 2 ]
	run ! grep -E '^(USER|SASL)' received
	serve --allow-cleartext --listen "$other:0"
	port=$(awk -v a="$other" '$2 == a { print $3 }' listeners)
	exec {connection}<>"/dev/tcp/$other/$port"
	printf '%s\r\n' 'USER ann' 'PASS secret' QUIT >&"$connection"
	cat <&"$connection" | grep -q '^+OK goodbye'
}

@test "--login-delay refuses a second login that comes too soon" {
	serve --login-delay 1h
	ann_sends STAT
	printf '%s\r\n' 'USER ann' 'PASS secret' QUIT | talk "$pop3_port"
	grep -q '^-ERR \[LOGIN-DELAY\]' received
	printf '%s\r\n' 'USER ann' 'PASS wrong' QUIT | talk "$pop3_port"
	grep -q '^-ERR \[AUTH\]' received
}

@test "--add-user creates the users file and the mailbox, and refuses an existing user" {
	run -0 "$program" serve --users fresh --maildir-root new/mail --add-user bob <<<$'pw\nnot this'
	[ -d new/mail/bob/cur ]
	[ "$(stat -c %a fresh)" = 600 ]
	grep -q '^bob:\$y\$' fresh
	cp fresh before
	run -77 "$program" serve --users fresh --maildir-root new/mail --add-user bob <<<pw
	[[ $output == *"user 'bob' exists already"* ]]
	cmp fresh before
	run -78 "$program" serve --users fresh --maildir-root new/mail --add-user eve <<<''
	run -64 "$program" serve --maildir-root new/mail --add-user eve <<<pw
	[ "$(wc -l <fresh)" -eq 1 ]
}

@test "--add-user keeps a symbolic link, and owner and mode of the users file" {
	mkdir elsewhere
	mv users elsewhere/list
	chmod 640 elsewhere/list
	ln -s elsewhere/list users
	add_user bob pw
	[ -L users ]
	[ "$(cut -d: -f1 elsewhere/list | xargs)" = 'ann bob' ]
	[ "$(stat -c %a elsewhere/list)" = 640 ]
	[ "$(ls elsewhere)" = list ]
	POP3_SERVE_SECRET=secretpa serve --spscmp 127.0.0.1:0
	printf 'secretpa ADDUSER carl pw\r\n' | talk "$spscmp_port"
	received_is <<<OK
	[ -L users ]
	[ "$(stat -c %a elsewhere/list)" = 640 ]
	[ "$(cut -d: -f1 elsewhere/list | xargs)" = 'ann bob carl' ]
}

@test "files that root creates get the owner of the mail root or of --user" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can give files away'
	chown daemon:mail users
	chown daemon:mail mail
	chmod 640 users
	add_user bob pw
	[ "$(stat -c '%U:%G %a' users)" = 'daemon:mail 640' ]
	[ "$(stat -c '%U:%G' mail/bob mail/bob/{new,cur,tmp} | sort -u)" = daemon:mail ]
	POP3_SERVE_SECRET=secretpa serve --spscmp 127.0.0.1:0
	printf 'secretpa ADDUSER carl pw\r\n' | talk "$spscmp_port"
	[ "$(stat -c '%U:%G %a' users)" = 'daemon:mail 640' ]
	[ "$(stat -c '%U:%G' mail/carl mail/carl/{new,cur,tmp} | sort -u)" = daemon:mail ]
	"$program" serve --users fresh --maildir-root new/mail --user nobody --add-user eve <<<pw
	[ "$(stat -c %U fresh new/mail new/mail/eve new/mail/eve/{new,cur,tmp} | sort -u)" = nobody ]
	run -78 "$program" serve --users fresh --maildir-root new/mail --user no-such-user \
		--add-user joe <<<pw
}

@test "unknown names, locked users and all hash methods get the same answer" {
	printf 'old:%s\nlocked:!\nodd:x\n' "$(openssl passwd -1 pw)" >>users
	serve
	# Each from its own address, as wrong passwords slow an address down.
	peers "$pop3_port" <<-'END'
		logins = [(user, b'wrong') for user in (b'ann', b'old', b'locked', b'odd', b'nobody')]
		logins += [(b'locked', password) for password in (b'x', b'!', b'')]
		waiting = []
		for source, (user, password) in enumerate(logins, 2):
		    waiting.append(connect(sys.argv[1], source))
		    waiting[-1].sendall(b'USER %s\r\nPASS %s\r\nQUIT\r\n' % (user, password))
		answers = {b''.join(iter(lambda: peer.recv(4096), b'')) for peer in waiting}
		assert len(answers) == 1, answers
		assert b'\r\n-ERR [AUTH]' in answers.pop()
	END
	printf '%s\r\n' 'USER old' 'PASS pw' QUIT | talk "$pop3_port"
	grep -q '^+OK 0 messages' received
}

@test "SIGHUP reloads users and certificates" {
	cp "$certificates/good.pem" cert.pem
	cp "$certificates/good.key" key.pem
	serve --listen-tls 127.0.0.1:0 --cert cert.pem --key key.pem
	add_user bob hello
	cp "$certificates/ip-only.pem" cert.pem
	cp "$certificates/ip-only.key" key.pem
	kill -HUP "$serve_pid"
	until grep -q reloading log; do sleep 0.02; done
	printf '%s\r\n' 'USER bob' 'PASS hello' QUIT | talk "$pop3_port"
	grep -q '^+OK goodbye' received
	printf 'QUIT\r\n' | tls "$pop3s_port" -showcerts -brief || :
	openssl s_client -connect "127.0.0.1:$pop3s_port" </dev/null 2>/dev/null | grep -qE 'CN ?= ?loopback'
	echo broken >cert.pem
	echo broken >users
	kill -HUP "$serve_pid"
	until [ "$(grep -c ' error ' log)" -eq 2 ]; do sleep 0.02; done
	printf '%s\r\n' 'USER bob' 'PASS hello' QUIT | talk "$pop3_port"
	grep -q '^+OK goodbye' received
	serve_ends_well
}

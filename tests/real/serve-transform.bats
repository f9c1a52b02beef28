# pop3 serve --transform: messages pass through an external program.
load serve

setup_message() {
	printf 'Subject: one\n\nhello\n.dot\n' | message cur/1
}

@test "a message passes through the program, which gets variables that describe it" {
	setup_message
	serve --transform 'cat; echo "$POP3_USER $POP3_UID $POP3_OCTETS $POP3_SERVE_SECRET"'
	ann_sends LIST 'RETR 1' 'TOP 1 1'
	received_is <<-'END'
		+OK 1 messages (29 octets)
		1 29
		.
		+OK 29 octets
		Subject: one

		hello
		..dot
		ann 1 29 
		.
		+OK top of the message follows
		Subject: one

		hello
		.
	END
	serve_ends_well
}

@test "the program inherits no descriptor from the server" {
	setup_message
	exec 7<users
	serve --transform 'cat; true <&7 && echo inherited; :'
	exec 7<&-
	ann_sends 'RETR 1'
	grep -qx $'hello\r' received
	run ! grep inherited received
	serve_ends_well
}

@test "the first octets are sent before the program has exited" {
	setup_message
	serve --transform 'cat; read -r line <go; echo end'
	mkfifo go
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'RETR 1' QUIT >&"$connection"
	until read -r -u "$connection" line && [ "$line" = $'hello\r' ]; do :; done
	echo >go
	cat <&"$connection" >received
	[ "$(cat received)" = $'..dot\r\nend\r\n.\r\n+OK goodbye\r' ]
}

@test "a program that fails before its first octet of output makes RETR fail" {
	setup_message
	serve --transform 'exit 3'
	ann_sends 'RETR 1' NOOP
	received_is <<<$'-ERR [SYS/TEMP] the transformation failed\n+OK'
	serve --transform '/nonexistent 2>/dev/null'
	ann_sends 'RETR 1' NOOP
	received_is <<<$'-ERR [SYS/TEMP] the transformation failed\n+OK'
	serve --transform true
	ann_sends 'RETR 1'
	received_is <<<$'+OK 29 octets\n.'
}

# cut_short COMMAND: the server closes the connection before the end of the message.
cut_short() {
	serve --timeout 1 --transform "$1"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'RETR 1' QUIT | talk "$pop3_port"
	run ! grep -- -ERR received
	run ! grep -x $'\\.\r' received
	run ! grep goodbye received
	grep -q 'transform-failed' log
}

@test "if a program fails later or hangs, the message never looks complete" {
	setup_message
	cut_short 'cat; exit 1'
	cut_short 'cat; kill -9 $$'
	cut_short 'cat; sleep 1000'
	cut_short 'cat; exec >&-; sleep 1000'
	cut_short 'cat; sleep 1000 & exit 0'
	serve_ends_well
}

@test "programs are killed when their client disconnects" {
	setup_message
	serve --transform 'echo $$ >pid; cat; while :; do echo more; done'
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'RETR 1' >&"$connection"
	until [ -s pid ]; do sleep 0.02; done
	exec {connection}>&-
	while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.02; done
	ann_sends NOOP 'TOP 1 0'
	while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.02; done
	serve_ends_well
}

@test "many messages of different sizes are transformed at once" {
	printf 'x\n' | message cur/1
	for user in {1..20}; do
		sed "s/^ann:/user$user:/" users
		mkdir -p "mail/user$user/cur" "mail/user$user/new"
		echo "$user" >"mail/user$user/cur/1"
	done >more-users
	cat more-users >>users
	serve --transform 'read -r n; yes "$n" | head -n $((n * 5000))'
	/usr/bin/python3 - "$pop3_port" <<-'END'
		import poplib, sys, threading
		def fetch(user):
		    drop = poplib.POP3('127.0.0.1', int(sys.argv[1]))
		    drop.user(f'user{user}'); drop.pass_('secret')
		    if drop.retr(1)[1] == [b'%d' % user] * (user * 5000):
		        good.append(user)
		    drop.quit()
		good = []
		threads = [threading.Thread(target=fetch, args=(user,)) for user in range(1, 21)]
		for thread in threads: thread.start()
		for thread in threads: thread.join()
		assert len(good) == 20, good
	END
	serve_ends_well
}

# pop3 serve --transform: messages through an external program.
load serve

setup_message() {
	printf 'Subject: one\n\nhello\n.dot\n' | message cur/1
}

@test "a message is sent through the program, which gets variables about it" {
	setup_message
	serve --transform 'cat; echo "$POP3_USER $POP3_UID $POP3_OCTETS $POP3_SERVE_SECRET"'
	says LIST 'RETR 1' 'TOP 1 1'
	heard_is <<-'END'
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

@test "the program has no descriptor that the server was started with" {
	setup_message
	exec 7<users
	serve --transform 'cat; true <&7 && echo inherited'
	exec 7<&-
	says 'RETR 1'
	grep -qx $'hello\r' heard
	run ! grep inherited heard
	serve_ends_well
}

@test "it streams: the first octets are sent before the program has ended" {
	setup_message
	serve --transform 'cat; read -r line <go; echo end'
	mkfifo go
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'RETR 1' QUIT >&"$connection"
	until read -r -u "$connection" line && [ "$line" = $'hello\r' ]; do :; done
	echo >go
	cat <&"$connection" >heard
	[ "$(cat heard)" = $'..dot\r\nend\r\n.\r\n+OK goodbye\r' ]
}

@test "a program that fails before its first octet of output" {
	setup_message
	serve --transform 'exit 3'
	says 'RETR 1' NOOP
	heard_is <<<$'-ERR [SYS/TEMP] the transformation failed\n+OK'
	serve --transform '/nonexistent 2>/dev/null'
	says 'RETR 1' NOOP
	heard_is <<<$'-ERR [SYS/TEMP] the transformation failed\n+OK'
	serve --transform true
	says 'RETR 1'
	heard_is <<<$'+OK 29 octets\n.'
}

# cut_short COMMAND: the connection closes before the message's end, whatever was sent of it.
cut_short() {
	serve --timeout 1 --transform "$1"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'RETR 1' QUIT | talk "$pop3_port"
	run ! grep -- -ERR heard
	run ! grep -x $'\\.\r' heard
	run ! grep goodbye heard
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
	says NOOP 'TOP 1 0'
	while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.02; done
	serve_ends_well
}

@test "many messages at once, of different sizes" {
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

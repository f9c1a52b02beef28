# pop3 serve: what a session changes in the Maildir, and other programs that change it meanwhile.
load serve

@test "QUIT removes marked messages, and moves the others from new to cur" {
	for name in new/1 new/2 cur/3:2,S; do echo x | message "$name"; done
	serve
	ann_sends 'DELE 1'
	[ "$(files_of ann)" = $'cur/2:2,\ncur/3:2,S' ]
}

@test "without QUIT nothing changes" {
	for name in new/1 new/2 cur/3:2,S; do echo x | message "$name"; done
	before=$(files_of ann)
	serve
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'DELE 1' 'DELE 3' NOOP >&"$connection"
	for _ in 1 2 3 4 5 6; do read -r -u "$connection"; done
	exec {connection}>&-
	ann_sends STAT
	[[ $(cat received) = '+OK 3 9'* ]]
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'DELE 1' 'RSET' QUIT >&"$connection"
	cat <&"$connection" >received
	[ "$(files_of ann | wc -l)" -eq "$(wc -l <<<"$before")" ]
}

@test "a maildrop is locked by one session at a time" {
	serve
	exec {first}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' >&"$first"
	for _ in 1 2 3; do read -r -u "$first"; done
	printf '%s\r\n' 'USER ann' 'PASS secret' QUIT | talk "$pop3_port"
	grep -q '^-ERR \[IN-USE\] the maildrop is in use' received
	printf 'QUIT\r\n' >&"$first"
	cat <&"$first" >goodbye
	grep -q '^+OK' goodbye
	ann_sends STAT
	grep -q '^+OK 0 0' received
}

@test "messages are in order of delivery, and UIDs do not change" {
	for name in 10.b 9.a 10.a:2,RS 100.x; do echo x | message "cur/$name"; done
	echo x | message "cur/11.with space"
	echo x | message "cur/12.$(printf 'l%.0s' {1..80})"
	serve
	ann_sends UIDL
	grep -v '^[+.]' received >first
	[[ $(cat first) = $'1 9.a\r\n2 10.a\r\n3 10.b\r\n4 sha256-'*$'\r\n5 sha256-'*$'\r\n6 100.x\r' ]]
	[ "$(cut -d' ' -f2 first | sort -u | wc -l)" -eq 6 ]
	mv mail/ann/cur/9.a mail/ann/cur/9.a:2,F
	ann_sends UIDL
	grep -v '^[+.]' received | cmp - first
}

@test "sizes come from the name, from the cache, or from reading the message once" {
	printf 'a\nb\n' | message cur/1.x,S=4,W=6
	printf 'a\nb\n' | message cur/2.x,W=777:2,S
	printf 'a\nb\n' | message cur/3.x,S=4
	serve
	ann_sends LIST
	received_is <<<$'+OK 3 messages (789 octets)\n1 6\n2 777\n3 6\n.'
	grep -q ' 6 3.x,S=4$' mail/ann/pop3-sizes
	sed -i 's/ 6 3.x/ 88 3.x/' mail/ann/pop3-sizes
	ann_sends 'LIST 3'
	received_is <<<'+OK 3 88'
	echo nonsense >mail/ann/pop3-sizes
	ann_sends 'LIST 3'
	received_is <<<'+OK 3 6'
}

# in_between SCRIPT COMMAND…: run the script between the login and the commands.
in_between() {
	local script=$1
	shift
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' >&"$connection"
	for _ in 1 2 3; do read -r -u "$connection"; done
	(cd mail/ann && eval "$script")
	printf '%s\r\n' "$@" QUIT >&"$connection"
	cat <&"$connection" | sed '$d' >received
	exec {connection}>&-
}

@test "changes by other programs never make RETR send another message" {
	for name in new/1 cur/2:2,S cur/3 cur/4; do echo "this is $name" | message "$name"; done
	serve
	in_between 'mv new/1 cur/1:2,S; mv cur/2:2,S cur/2:2,RS; mv cur/4 cur/3; rm -f cur/4' \
		'RETR 1' 'RETR 2' 'RETR 3' 'RETR 4'
	received_is <<-'END'
		+OK 15 octets
		this is new/1
		.
		+OK 19 octets
		this is cur/2:2,S
		.
		-ERR the message no longer exists
		-ERR the message no longer exists
	END
}

@test "QUIT removes marked messages that others have renamed, and no others" {
	for name in new/1 cur/2:2,S cur/3 cur/4; do echo "$name" | message "$name"; done
	serve
	in_between 'mv new/1 cur/1:2,S; rm cur/2:2,S; mv cur/4 cur/3; echo late >new/5' \
		'DELE 1' 'DELE 2' 'DELE 3'
	received_is <<<$'+OK marked\n+OK marked\n+OK marked'
	[ "$(files_of ann)" = $'cur/3\nnew/5' ]
	grep -q cur/4 mail/ann/cur/3
}

@test "symbolic links, directories and hidden files are not messages" {
	echo x | message cur/1
	ln -s /etc/passwd mail/ann/cur/2
	mkdir mail/ann/new/3
	echo x | message cur/.4
	serve
	ann_sends STAT
	received_is <<<'+OK 1 3'
	mv mail/ann elsewhere && ln -s ../elsewhere mail/ann
	printf '%s\r\n' 'USER ann' 'PASS secret' QUIT | talk "$pop3_port"
	grep -q '^-ERR \[SYS/TEMP\]' received
}

@test "if a file shrinks while it is sent, the connection is closed" {
	head -c 64M /dev/zero | message cur/1,W=67108866
	serve
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf '%s\r\n' 'USER ann' 'PASS secret' 'RETR 1' QUIT >&"$connection"
	for _ in 1 2 3 4; do read -r -u "$connection"; done
	truncate -s 1000 mail/ann/cur/1,W=67108866
	timeout 10 cat <&"$connection" >received || :
	[ "$(tail -c 5 received | od -An -c | tr -d ' ')" = '\0\0\0\0\0' ]
	grep -q 'message cannot be sent whole' log
}

@test "a mailbox of 100,000 messages can be opened and listed" {
	/usr/bin/python3 -c '
for i in range(100000):
    open(f"mail/ann/cur/{1700000000 + i}.x,W=10:2,S", "w").close()'
	serve
	ann_sends STAT LIST UIDL
	[ "$(wc -l <received)" -eq 200005 ]
	head -1 received | grep -q '^+OK 100000 1000000'
}

@test "a file that replaces a message is neither sent nor removed" {
	for name in cur/1 cur/2 cur/3 cur/4 cur/5 cur/6; do echo "$name" | message "$name"; done
	serve
	in_between 'ln -sf /etc/passwd cur/1; rm cur/2; mkfifo cur/2; rm cur/3; mkdir cur/3
		echo other >tmp/4; mv tmp/4 cur/4; chmod 0 cur/5; rm cur/6; ln -s 5 cur/6' \
		'RETR 1' 'RETR 2' 'RETR 3' 'RETR 4' 'RETR 6' 'DELE 1' 'DELE 2' 'DELE 3' 'DELE 4' 'DELE 6'
	[ "$(grep -c '^-ERR' received)" -eq 5 ]
	[ "$(files_of ann)" = $'cur/4\ncur/5' ]
	[ -L mail/ann/cur/1 ] && [ -p mail/ann/cur/2 ] && [ -d mail/ann/cur/3 ]
	serve_ends_well
}

@test "a session survives the removal of its mailbox" {
	for name in cur/1 cur/2; do echo "$name" | message "$name"; done
	serve
	in_between 'rm -rf cur new' 'RETR 1' STAT 'DELE 2'
	received_is <<-'END'
		-ERR [SYS/TEMP] cannot open the message
		+OK 2 14
		+OK marked
	END
	in_between 'cd .. && rm -rf ann && : >ann' NOOP
	received_is <<<+OK
	printf '%s\r\n' 'USER ann' 'PASS secret' QUIT | talk "$pop3_port"
	grep -q '^-ERR \[SYS/TEMP\]' received
	serve_ends_well
}

@test "a file rewritten under the same name gets its new size" {
	for i in {1..10}; do echo one | message "cur/$i"; done
	serve
	ann_sends LIST && [ "$(grep -c '^[0-9]* 5' received)" -eq 10 ]
	for i in {1..9}; do echo "a longer line $i" >"mail/ann/cur/$i"; done
	ann_sends LIST && [ "$(grep -c '^[0-9]* 17' received)" -eq 9 ]
	# The same size, but another number of lines.
	printf 'a\nlonger line 1\n' >mail/ann/cur/1
	ann_sends 'LIST 1' && received_is <<<'+OK 1 18'
	ann_sends 'LIST 10' && received_is <<<'+OK 10 5'
}

@test "a size cache or users file that is not a regular file is not used" {
	echo x | message cur/1
	mkfifo mail/ann/pop3-sizes
	serve
	ann_sends STAT && received_is <<<'+OK 1 3'
	rm mail/ann/pop3-sizes
	echo kept >outside
	ln -s ../../outside mail/ann/pop3-sizes
	ann_sends STAT && received_is <<<'+OK 1 3'
	[ "$(<outside)" = kept ]
	mv users kept
	mkfifo users
	kill -HUP "$serve_pid"
	until grep -q "not a regular file" log; do sleep 0.02; done
	ann_sends STAT && received_is <<<'+OK 1 3'
	run -78 "$program" serve --users users --maildir-root mail --listen 127.0.0.1:0
	[[ $output = *'not a regular file'* ]]
	run -78 "$program" serve --users users --maildir-root mail --add-user bob <<<pw
	serve_ends_well
}

@test "symbolic links that are put into a Maildir are not followed" {
	for i in 1 2 3; do echo "this is $i" | message "cur/$i"; done
	mkdir outside
	for i in 1 2 3; do echo "outside $i" >"outside/$i"; done
	serve
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf 'USER ann\r\nPASS secret\r\n' >&"$connection"
	for _ in 1 2 3; do read -r -u "$connection"; done
	rm mail/ann/cur/3
	ln -s ../../../outside/3 mail/ann/cur/3
	mv mail/ann/cur mail/ann/before
	ln -s ../../outside mail/ann/cur
	printf '%s\r\n' 'RETR 1' 'RETR 3' 'DELE 2' QUIT >&"$connection"
	cat <&"$connection" >received
	grep -q 'this is 1' received
	run ! grep outside received
	[ "$(ls outside)" = $'1\n2\n3' ]
	[ ! -e mail/ann/before/2 ]
	printf '%s\r\n' 'USER ann' 'PASS secret' QUIT | talk "$pop3_port"
	grep -q '^-ERR \[SYS/TEMP\]' received
	serve_ends_well
}

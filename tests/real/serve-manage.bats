# pop3 serve: the management protocols on the wire; they share one state.
load serve

managed() {
	POP3_SERVE_SECRET=secretpa serve --peep 127.0.0.1:0 --spscmp 127.0.0.1:0 \
		--monitor 127.0.0.1:0 --smtpstatus 127.0.0.1:0 "$@"
}

# peep LINE…, monitor LINE…: send the lines after a login and before q or QUIT.
# spscmp REQUEST: send the request after the token.
peep() {
	printf '%s\r\n' 'a root secretpa' "$@" q | talk "$peep_port"
	sed -i '1d; $d' received
}

spscmp() {
	printf 'secretpa %s\r\n' "$1" | talk "$spscmp_port"
}

monitor() {
	printf '%s\r\n' "$@" QUIT | talk "$monitor_port"
	sed -i '1d; $d' received
}

# smtpstatus HEX…: send each as a datagram; write the answers in hexadecimal, or "none".
smtpstatus() {
	/usr/bin/python3 - "$smtpstatus_port" "$@" >received <<-'END'
		import socket, sys
		peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		peer.connect(('127.0.0.1', int(sys.argv[1])))
		peer.settimeout(0.3)
		for request in sys.argv[2:]:
		    peer.send(bytes.fromhex(request))
		    try:
		        print(peer.recv(100).hex(' '), end='\r\n')
		    except TimeoutError:
		        print('none', end='\r\n')
	END
}

@test "PEEP: the conversation in the specification" {
	managed
	printf '%s\r\n' 'u?' 'a root secretpa' 'cap?' 'c= 15' 'c?' 'hc?' q | talk "$peep_port"
	received_is <<-'END'
		-0
		+
		+10
		a
		c=1-100000
		t=0-86400
		ms=0-18446744073709551615
		pc=
		pc?
		cs?
		k-
		us?
		l?
		+
		+15
		+0
		+
	END
	serve_ends_well
}

@test "PEEP: users, limits, the mail root and metrics" {
	managed
	mkdir other
	echo x | message cur/1
	ann_sends 'RETR 1' 'DELE 1'
	peep 'u+ bob pw' 'u+ bob pw' 'u?' 'u- bob' 'u- bob' 'u+ ../x pw' 'u+ .. pw' 'u+ a' 'u-' \
		"m= $PWD/other" 'm?' 'm= other' 'm= /nonexistent' 't= 60' 't?' 't= 0' 't= -1' 't= x' \
		't= 99999999999999999999999' 'c= 0' 'c= x' 'c=' 're?' 'xe?' 'cc?' 'hc?' 'hu?' 'cu?' 'rb?' 'rb? surplus'
	head -28 received >answers
	sent=$(sed -n '29s/[+\r]//gp' received)
	mv answers received
	received_is <<-END
		+
		-3
		+2
		ann
		bob
		+
		-4
		-1
		-1
		-1
		-1
		+
		+$PWD/other
		-6
		-6
		+
		+60
		+
		-7
		-1
		-7
		-5
		-1
		-1
		+1
		+1
		+0
		+1
	END
	[ "$sent" -eq 1 ]
	serve_ends_well
}

@test "PEEP: unknown commands and syntax errors get error codes" {
	managed
	peep '' 'U?' 'xyz?' 'u??' 'u ?' '?' 'u?  ' 'u+  a b' ' u?' 'u+ a b c d' "u- $(printf 'x%.0s' {1..129})" \
		$'u-\tann' 'a root secretpa'
	received_is <<<$'-0\n-0\n-0\n-0\n-0\n-0\n-1\n-1\n-0\n-1\n-1\n-1\n-0'
	printf 'm?\r\ncc?\r\nu+ a b\r\nq\r\n' | talk "$peep_port"
	received_is <<<$'-0\n-0\n-0\n+'
	printf 'a root wrong\r\na root\r\nu?\r\nq\r\n' | talk "$peep_port"
	received_is <<<$'-2\n-1\n-0\n+'
	{ head -c 600 /dev/zero | tr '\0' x && printf '\r\nq\r\n'; } | talk "$peep_port"
	received_is <<<-1
}

# opened PORT N: open N connections that send nothing.
opened() {
	local one
	for ((i = 0; i < $2; i++)); do
		exec {one}<>"/dev/tcp/127.0.0.1/$1"
	done
}

@test "management connections do not count as POP3 connections" {
	managed --max-connections 1
	printf 'a root secretpa\r\nc?\r\ncc?\r\nhc?\r\nq\r\n' | talk "$peep_port"
	received_is <<<$'+\n+1\n+0\n+0\n+'
	opened "$pop3_port" 1
	: | talk "$pop3_port"
	grep -q '^-ERR \[SYS/TEMP\]' received
	peep 'cc?' 'hc?' && received_is <<<$'+1\n+1'
	spscmp METRICS && [ "$(sed -n '2,3p' received | tr -d '\r' | xargs)" = '1 1' ]
	monitor METR && grep -q '^+OK 0;' received
	smtpstatus 'cffe001234 7365637265747061 01'
	received_is <<<'cf fe 00 12 34 00 00 00 00 00 00 00 00 01'
}

@test "connections that do not log in block no manager, on any protocol" {
	managed
	for port in "$peep_port" "$spscmp_port" "$monitor_port"; do
		exec {manager}<>"/dev/tcp/127.0.0.1/$peep_port"
		printf 'a root secretpa\r\n' >&"$manager"
		read -r -u "$manager" line
		opened "$port" 80
		peep 'm?' && received_is <<<"+$PWD/mail"
		spscmp 'MAXUSERS 0' && received_is <<<ERR
		monitor NOOP && received_is <<<+OK
		printf 'm?\r\n' >&"$manager"
		read -r -u "$manager" line
		[ "$line" = "+$PWD/mail"$'\r' ]
	done
	grep -qE 'refused from=127.0.0.1 protocol=[a-z]+ connections=1 reason=its place is needed' log
	serve_ends_well
}

@test "wrong secrets over many connections are checked a few at a time" {
	managed
	for _ in {1..15}; do
		exec {guess}<>"/dev/tcp/127.0.0.1/$spscmp_port"
		printf 'wrong METRICS\r\n' >&"$guess"
	done
	printf 'a root wrong\r\na root secretpa\r\nq\r\n' | talk "$peep_port"
	received_is <<<$'-2\n+\n+'
	[ "$(grep -c 'secret-refused from=127.0.0.1 protocol=' log)" -ge 9 ]
	serve_ends_well
}

@test "a client that speaks another protocol is disconnected" {
	managed
	printf '%s\r\n' 'POST / HTTP/1.1' 'TRAN 1' 'HOST evil' QUIT | talk "$monitor_port"
	received_is <<<$'+OK POP3 server ready\n-ERR Unknown command'
	printf '%s\r\n' 'Host: x' 'Accept: */*' '' 'HOST evil' QUIT | talk "$monitor_port"
	[ "$(grep -c '^-ERR' received)" -eq 3 ]
	monitor FOOO FOOO NOOP FOOO FOOO NOOP && [ "$(wc -l <received)" -eq 6 ]
	monitor INFO && run ! grep evil received
	printf '%s\r\n' 'GET / HTTP/1.0' 'a root secretpa' q | talk "$peep_port"
	received_is <<<-0
	printf '%s\r\n' 'Host: x' 'Accept: */*' '' 'a root secretpa' q | talk "$peep_port"
	received_is <<<$'-0\n-0\n-0'
	printf '%s\r\n' 'POST / HTTP/1.1' | talk "$spscmp_port" && received_is <<<ERR
	serve_ends_well
}

@test "SPSCMP: every command" {
	managed
	spscmp METRICS && received_is <<<$'OK\n0\n0\n0\n.'
	spscmp LOGS && received_is <<<$'OK\n.'
	spscmp 'MAXUSERS 0' && received_is <<<ERR
	spscmp 'adduser bob pw' && received_is <<<OK
	[ -d mail/bob/cur ]
	spscmp 'ADDUSER bob pw' && received_is <<<ERR
	spscmp LISTUSERS && received_is <<<$'OK\nann\nbob\n.'
	echo x >mail/bob/cur/1
	spscmp 'UPDATENAME bob carl' && received_is <<<OK
	spscmp 'UPDATENAME bob dora' && received_is <<<ERR
	spscmp 'UPDATENAME carl ann' && received_is <<<ERR
	spscmp 'UPDATENAME carl ../x' && received_is <<<ERR
	spscmp 'UPDATEPASS carl other' && received_is <<<OK
	spscmp 'UPDATEPASS bob other' && received_is <<<ERR
	printf '%s\r\n' 'USER carl' 'PASS other' STAT QUIT | talk "$pop3_port"
	grep -q '^+OK 1 3' received
	spscmp LOGS
	grep -qE $'^carl [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\r$' received
	spscmp 'DELUSER carl' && received_is <<<OK
	spscmp 'DELUSER carl' && received_is <<<ERR
	[ ! -e mail/carl ]
	spscmp 'MAXUSERS 1' && received_is <<<OK
	spscmp 'ADDUSER eve pw' && received_is <<<ERR
	spscmp 'MAXCONNS 7' && received_is <<<OK
	peep 'c?' && received_is <<<+7
	[[ $(cat users) = ann:* ]]
	serve_ends_well
}

@test "SPSCMP: syntax errors are refused" {
	managed
	for request in MAXSTORAGE 'MAXSTORAGE 5' 'ADDUSER a' 'ADDUSER a b c' 'METRICS x' ' METRICS' \
		'ADDUSER  a b' "ADDUSER a $(printf 'x%.0s' {1..41})" $'ADDUSER \303\251 b' \
		'MAXCONNS -1' 'MAXCONNS x' "$(printf 'x%.0s' {1..400})" ''; do
		spscmp "$request" && received_is <<<ERR
	done
	printf 'secretpa\r\n' | talk "$spscmp_port" && received_is <<<ERR
	printf '\r\n' | talk "$spscmp_port" && received_is <<<ERR
	printf 'wrong METRICS\r\n' | talk "$spscmp_port" && received_is <<<ERR
	{ printf 'secretpa MAXUSERS 0\r\n' && head -c 490 /dev/zero; } | talk "$spscmp_port"
	received_is <<<ERR
	printf 'secretpa MAXUSERS 5\n' | talk "$spscmp_port" && received_is <<<OK
	serve_ends_well
}

@test "monitor: every command" {
	managed --transform cat
	monitor 'TRAN 0'
	printf '%s\r\n' METR 'TRAN 1' FOOO QUIT | talk "$monitor_port"
	received_is <<<$'+OK POP3 server ready\n+OK 0;0;0;0\n+OK\n-ERR Unknown command\n+OK Goodbye'
	ann_sends STAT
	monitor METR && grep -qE '^\+OK 0;[0-9]+;0;1' received
	monitor INFO && received_is <<<"+OK $(hostname);$PWD/mail;127.0.0.1"
	mkdir other
	monitor 'HOST pop.example' "DIRR $PWD/other/" INFO
	received_is <<<$'+OK\n+OK\n'"+OK pop.example;$PWD/other;127.0.0.1"
	monitor "DIRR $PWD/other" 'DIRR other/' 'DIRR /nonexistent/' 'HOST a;b' 'TRAN 2' 'TRAN on'
	[ "$(grep -c '^-ERR' received)" -eq 6 ]
	monitor 'TRAN 0' NOOP LOGG
	grep -qE '^ann [0-9-]+ [0-9:]+' received
	[ "$(tail -1 received)" = $'.\r' ]
	serve_ends_well
}

@test "monitor: syntax errors are refused" {
	managed
	monitor '' MET 'METR 1' METRX TRAN 'TRAN ' 'TRAN  1' metr $'HOST a\tb' 'PORT 0' 'PORT 65536' 'PORT x' \
		'IPV6 localhost' 'IPV6 ::1x'
	[ "$(grep -c '^-ERR' received)" -eq 14 ]
	{ head -c 2000 /dev/zero | tr '\0' x && printf '\r\n'; } | talk "$monitor_port"
	received_is <<<$'+OK POP3 server ready\n-ERR Line too long'
}

@test "PORT and IPV6 move the listener" {
	managed
	monitor "PORT $peep_port" && grep -q '^-ERR' received
	ann_sends NOOP && received_is <<<+OK
	port=$(free_port)
	monitor "PORT $port" && received_is <<<+OK
	run ! bash -c ": <>/dev/tcp/127.0.0.1/$pop3_port"
	pop3_port=$port
	ann_sends NOOP && received_is <<<+OK
	{ : <>/dev/tcp/::1/1; } 2>&1 | grep -q refused || skip 'no IPv6'
	monitor 'IPV6 ::1' INFO
	grep -q $';::1\r$' received
	exec {connection}<>"/dev/tcp/::1/$port"
	read -r -u "$connection"
}

@test "SMTPStatus: the datagrams in the specification" {
	managed --transform cat
	monitor 'TRAN 0'
	secret=7365637265747061
	ann_sends STAT
	smtpstatus "cffe001234 $secret 00" "cffe001235 $secret 01" "cffe001238 $secret 03" \
		"cffe001239 $secret 04" "cffe001238 $secret 03" "cffe00ffff $secret 05" \
		"cffe001238 $secret 03"
	received_is <<-'END'
		cf fe 00 12 34 00 00 00 00 00 00 00 00 01
		cf fe 00 12 35 00 00 00 00 00 00 00 00 00
		cf fe 00 12 38 00 01 00 00 00 00 00 00 00
		cf fe 00 12 39 00 00 00 00 00 00 00 00 00
		cf fe 00 12 38 00 00 00 00 00 00 00 00 00
		cf fe 00 ff ff 00 00 00 00 00 00 00 00 00
		cf fe 00 12 38 00 01 00 00 00 00 00 00 00
	END
	smtpstatus "cffe011234 0065637265747061 00" \
		"cffe001234 $secret 06" "cffe001234 $secret ff" "cffe001234 $secret 0000" \
		"cfff001234 $secret 00" "cffe001234 $secret" cffe ''
	received_is <<-'END'
		cf fe 00 12 34 02 00 00 00 00 00 00 00 00
		cf fe 00 12 34 03 00 00 00 00 00 00 00 00
		cf fe 00 12 34 03 00 00 00 00 00 00 00 00
		cf fe 00 12 34 04 00 00 00 00 00 00 00 00
		none
		none
		none
		none
	END
	serve_ends_well
}

@test "SMTPStatus: guessing is slow, and answers cannot cause a loop" {
	managed
	/usr/bin/python3 - "$smtpstatus_port" "$peep_port" <<-'END'
		import socket, sys, time
		secret = bytes.fromhex('7365637265747061')
		peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		peer.settimeout(20)
		peer.connect(('127.0.0.1', int(sys.argv[1])))
		start = time.monotonic()
		for i in range(1000):
		    peer.send(b'\xcf\xfe\0\0' + bytes([i % 256]) + b'wrong\0\0\0\0')
		answers = [peer.recv(100) for _ in range(8)]
		# The server counts whole milliseconds.
		assert time.monotonic() - start >= 0.99
		assert all(answer[5] == 1 for answer in answers), answers
		# After that, a request with the right secret is answered at once.
		peer.send(b'\xcf\xfe\0\0\0' + secret + b'\0')
		assert peer.recv(100)[5] == 0
		peer.settimeout(0.3)
		for i in range(100):
		    peer.send(b'\xcf\xfe\0\0\0' + secret + b'\x09')
		refused = 0
		try:
		    while peer.recv(100)[5] == 3:
		        refused += 1
		except TimeoutError:
		    pass
		assert 10 < refused <= 60, refused
		# From a management port, and from a privileged one.
		for port in int(sys.argv[2]), 1023:
		    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    other.settimeout(0.3)
		    try:
		        other.bind(('127.0.0.1', port))
		    except PermissionError:
		        continue
		    other.connect(('127.0.0.1', int(sys.argv[1])))
		    time.sleep(1.1)
		    for request in b'\xcf\xfe\1\0\0' + secret + b'\0', b'\xcf\xfe\0\0\0' + secret + b'\x09':
		        other.send(request)
		        try:
		            assert not other.recv(100), port
		        except TimeoutError:
		            pass
	END
	[ "$(grep -c 'secret-refused from=127.0.0.1 protocol=smtpstatus' log)" -eq 8 ]
	serve_ends_well
}

@test "without --transform, the transformation cannot be switched on" {
	managed
	monitor 'TRAN 0' 'TRAN 1'
	received_is <<<$'+OK\n-ERR No command to transform with'
	smtpstatus 'cffe001234 7365637265747061 04' 'cffe001234 7365637265747061 05' \
		'cffe001234 7365637265747061 03'
	received_is <<-'END'
		cf fe 00 12 34 05 00 00 00 00 00 00 00 00
		cf fe 00 12 34 00 00 00 00 00 00 00 00 00
		cf fe 00 12 34 00 01 00 00 00 00 00 00 00
	END
}

@test "each protocol can have its own secret" {
	echo 'a-long-secret-for-peep-alone' >peep-secret
	echo shortone >smtpstatus-secret
	echo token-of-spscmp >spscmp-secret
	managed --peep-secret-file peep-secret --spscmp-secret-file spscmp-secret \
		--smtpstatus-secret-file smtpstatus-secret
	printf '%s\r\n' 'a root secretpa' 'a root a-long-secret-for-peep-alone' q | talk "$peep_port"
	received_is <<<$'-2\n+\n+'
	printf 'token-of-spscmp METRICS\r\n' | talk "$spscmp_port"
	grep -q OK received
	spscmp METRICS && run ! grep -q OK received
	smtpstatus "cffe001234 $(printf shortone | od -An -tx1) 00"
	received_is <<<'cf fe 00 12 34 00 00 00 00 00 00 00 00 00'
}

@test "PEEP: --max-users and a failed write have their own error codes" {
	managed --max-users 1
	peep 'u+ bob pw' 'u+ ann pw' && received_is <<<$'-8\n-3'
	spscmp 'MAXUSERS 9'
	: >mail/bob
	peep 'u+ bob pw' && received_is <<<-9
}

@test "a mail root too long for a line of PEEP is refused" {
	managed
	deep=$PWD
	while [ ${#deep} -lt 510 ]; do deep+=/0123456789012345678901234567890123456789; done
	mkdir -p "$deep" 'with blanks in it'
	monitor "DIRR $deep/" "DIRR $PWD/with blanks in it/"
	received_is <<<$'-ERR Not a usable path\n+OK'
	peep 'm?' && received_is <<<"+$PWD/with blanks in it"
}

@test "if the only listener is a TLS one, managers read and move it" {
	POP3_SERVE_SECRET=secretpa "$program" serve --users users --maildir-root mail \
		--listen-tls 127.0.0.1:0 --monitor 127.0.0.1:0 --cert "$certificates/good.pem" \
		--key "$certificates/good.key" >listeners 2>log 3>&- &
	stop_later $!
	until_there listeners $!
	until [ "$(wc -l <listeners)" -eq 2 ]; do sleep 0.02; done
	monitor_port=$(awk '$1 == "monitor" { print $3 }' listeners)
	monitor INFO && grep -q ';127.0.0.1' received
	port=$(free_port)
	monitor "PORT $port" && received_is <<<+OK
	printf 'QUIT\r\n' | openssl s_client -quiet -connect "127.0.0.1:$port" 2>/dev/null | grep -q '^+OK'
}

@test "every command of a manager is logged, without secrets" {
	managed
	peep 'u+ bob joshua' 'u+ bob joshua' 'c= 15' 'c= 0' 'rb?' 'm?' 'cap?' xyz
	spscmp 'ADDUSER carl joshua'
	spscmp 'UPDATEPASS carl falken'
	spscmp 'UPDATENAME carl dora'
	spscmp 'MAXUSERS 0'
	printf 'wrong METRICS\r\n' | talk "$spscmp_port"
	monitor 'HOST pop.example' 'PORT 0'
	smtpstatus 'cffe001234 7365637265747061 00'
	sed -n 's/^pop3: [^ ]* //p' log | grep -E '^(manage|secret-refused)' >acts
	diff - acts <<-'END'
		manage protocol=peep from=127.0.0.1 verb=a result=done manager=root
		manage protocol=peep from=127.0.0.1 verb=u+ result=done manager=root arguments=bob
		manage protocol=peep from=127.0.0.1 verb=u+ result=refused manager=root arguments=bob answer=-3
		manage protocol=peep from=127.0.0.1 verb=c= result=done manager=root arguments=15
		manage protocol=peep from=127.0.0.1 verb=c= result=refused manager=root arguments=0 answer=-5
		manage protocol=peep from=127.0.0.1 verb=rb? result=done manager=root
		manage protocol=peep from=127.0.0.1 verb=m? result=done manager=root
		manage protocol=peep from=127.0.0.1 verb=cap? result=done manager=root
		manage protocol=spscmp from=127.0.0.1 verb=ADDUSER result=done arguments=carl
		manage protocol=spscmp from=127.0.0.1 verb=UPDATEPASS result=done arguments=carl
		manage protocol=spscmp from=127.0.0.1 verb=UPDATENAME result=done arguments=carl dora
		manage protocol=spscmp from=127.0.0.1 verb=MAXUSERS result=refused arguments=0 answer=ERR
		secret-refused from=127.0.0.1 protocol=spscmp
		manage protocol=monitor from=127.0.0.1 verb=HOST result=done arguments=pop.example
		manage protocol=monitor from=127.0.0.1 verb=PORT result=refused arguments=0 answer=-ERR Not a port
		manage protocol=monitor from=127.0.0.1 verb=QUIT result=done
		manage protocol=smtpstatus from=127.0.0.1 verb=00 result=done
	END
	run ! grep -E 'joshua|falken|secretpa' log
}

@test "refused connections are logged at most once per minute" {
	managed --max-connections 1 --log-json
	opened "$pop3_port" 1
	for _ in 1 2 3; do : | talk "$pop3_port"; done
	[ "$(grep -c '"event":"refused"' log)" -eq 1 ]
	grep -q '"event":"refused","from":"127.0.0.1","protocol":"pop3","connections":"1"' log
	spscmp METRICS
	grep -q '"event":"manage","protocol":"spscmp","from":"127.0.0.1","verb":"METRICS"' log
}

@test "PEEP extensions: limit the message size, switch commands off" {
	printf 'x\n' | message cur/1
	printf 'a longer one\n' | message cur/2
	managed
	peep 'ms= 5' 'pc= TOP off' 'pc= uidl off'
	ann_sends 'RETR 1' 'RETR 2' 'TOP 1 0' UIDL CAPA STAT
	received_is <<-END
		+OK 3 octets
		x
		.
		-ERR [SYS/PERM] messages of more than 5 octets are not sent
		-ERR the command is switched off
		-ERR the command is switched off
		$(tr -d '\r' <received | sed -n '7,/^\.$/p')
		+OK 2 17
	END
	run ! grep -E '^(TOP|UIDL)' received
	grep -q '^USER' received
	peep 'ms= 0' 'pc= TOP on' 'pc= UIDL on' 'pc?' && received_is <<<$'+\n+\n+\n+0'
	ann_sends 'RETR 2' && grep -q '^+OK 14' received
}

@test "PEEP extensions: list sessions, statistics and the log, end a session" {
	printf 'x\n' | message cur/1
	managed
	ann_sends 'RETR 1'
	exec {session}<>"/dev/tcp/127.0.0.1/$pop3_port"
	printf 'USER ann\r\nPASS secret\r\n' >&"$session"
	for _ in 1 2 3; do read -r -u "$session"; done
	peep 'cs?' 'us?' 'l?'
	[ "$(wc -l <received)" -eq 7 ]
	grep -qE $'^ann 127\\.0\\.0\\.1 [0-9]+\r$' received
	grep -qE $'^ann 3 1 [0-9]{4}-[0-9-]+T[0-9:]+Z\r$' received
	[ "$(grep -cE $'^ann [0-9]{4}-[0-9-]+ [0-9:]+\r$' received)" -eq 2 ]
	peep 'k- ann' 'k- ann' && received_is <<<$'+\n-4'
	timeout 5 cat <&"$session" >rest
	[ ! -s rest ]
	grep -q 'reason=ended by a manager' log
	serve_ends_well
}

@test "--state stores the managers' settings, --log-entries limits their log" {
	managed --state state --log-entries 2
	for _ in 1 2 3; do ann_sends NOOP; done
	spscmp LOGS && [ "$(wc -l <received)" -eq 4 ]
	peep 'c= 17' 't= 90' 'ms= 1234' 'pc= TOP off'
	spscmp 'MAXUSERS 5'
	serve_ends_well
	managed --state state
	peep 'c?' 't?' 'ms?' 'pc?' && received_is <<<$'+17\n+90\n+1234\n+1\nTOP'
	peep 'u+ a pw' 'u+ b pw' 'u+ c pw' 'u+ d pw' 'u+ e pw'
	[ "$(tail -1 received)" = $'-8\r' ]
	serve_ends_well
	echo nonsense >state
	run -78 "$program" serve --users users --maildir-root mail --listen 127.0.0.1:0 --state state
	[[ $output = *"'nonsense'"* ]]
}

@test "every protocol switches and shows the same transformation" {
	printf 'x\n' | message cur/1
	managed --transform 'tr x y'
	ann_sends 'RETR 1' && received_is <<<$'+OK 3 octets\ny\n.'
	monitor 'TRAN 0'
	smtpstatus 'cffe001238 7365637265747061 03'
	received_is <<<'cf fe 00 12 38 00 01 00 00 00 00 00 00 00'
	ann_sends 'RETR 1' && received_is <<<$'+OK 3 octets\nx\n.'
	smtpstatus 'cffe001238 7365637265747061 04'
	ann_sends 'RETR 1' && received_is <<<$'+OK 3 octets\ny\n.'
}

@test "POP3 applies the managers' settings" {
	managed
	printf 'x\n' | message cur/1
	monitor 'HOST pop.example'
	printf 'QUIT\r\n' | talk "$pop3_port"
	received_is <<<$'+OK pop.example POP3 server ready\n+OK goodbye'
	mkdir other third
	peep "m= $PWD/other"
	ann_sends STAT && received_is <<<'+OK 0 0'
	monitor "DIRR $PWD/third/"
	[ -d other/ann/cur ]
	ann_sends STAT && received_is <<<'+OK 0 0'
	[ -d third/ann/cur ]
	monitor "DIRR $PWD/mail/"
	ann_sends STAT && received_is <<<'+OK 1 3'
	peep 't= 1'
	printf 'NOOP' | talk "$pop3_port"
	grep -q 'reason=idle' log
	spscmp 'MAXCONNS 0' && received_is <<<ERR
	spscmp 'MAXCONNS 1' && received_is <<<OK
	exec {held}<>"/dev/tcp/127.0.0.1/$pop3_port"
	read -r -u "$held"
	: | talk "$pop3_port"
	grep -q '^-ERR \[SYS/TEMP\]' received
	serve_ends_well
}

@test "the managers' log begins with the oldest login" {
	managed
	add_user bob secret
	kill -HUP "$serve_pid"
	until grep -q reloading log; do sleep 0.02; done
	for user in bob ann bob; do
		printf 'USER %s\r\nPASS secret\r\nQUIT\r\n' "$user" | talk "$pop3_port"
	done
	spscmp LOGS
	[ "$(cut -d ' ' -f 1 received | xargs)" = $'OK\r bob ann bob .\r' ]
	monitor LOGG
	[ "$(sed '1d; $d' received | cut -d ' ' -f 1 | xargs)" = 'bob ann bob' ]
}

@test "removing a user ends the user's sessions, renaming does not" {
	managed
	add_user bob secret
	kill -HUP "$serve_pid"
	for user in ann bob; do
		exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
		printf 'USER %s\r\nPASS secret\r\n' "$user" >&"$connection"
		for _ in 1 2 3; do read -r -u "$connection"; done
		declare "$user=$connection"
	done
	spscmp 'UPDATENAME bob carl'
	peep 'cu?'
	sort received | tr -d '\r' | xargs | grep -qx '+2 ann carl'
	spscmp 'DELUSER ann'
	timeout 5 cat <&"$ann" >rest
	[ ! -s rest ]
	printf 'STAT\r\nQUIT\r\n' >&"$bob"
	cat <&"$bob" | grep -q '^+OK goodbye'
	until [ ! -e mail/.removed ]; do sleep 0.02; done
	serve_ends_well
}

@test "users that other programs have added to the file are kept" {
	managed
	add_user bob secret
	spscmp 'ADDUSER carl pw'
	[ "$(cut -d: -f1 users | xargs)" = 'ann bob carl' ]
	[ "$(stat -c %a users)" = 600 ]
}

@test "hashing passwords delays no other client, and answers stay in order" {
	managed
	exec {many}<>"/dev/tcp/127.0.0.1/$peep_port"
	{ printf 'a root secretpa\r\n' && printf 'u+ user%d pw\r\n' {1..100} && printf 'u?\r\nq\r\n'; } >&"$many"
	printf 'CAPA\r\nQUIT\r\n' | talk "$pop3_port"
	grep -q '^+OK goodbye' received
	peep 'u?'
	[ "$(sed -n '1s/[+\r]//gp' received)" -lt 100 ]
	cat <&"$many" >received
	[ "$(head -n 101 received | sort -u)" = $'+\r' ]
	[ "$(sed -n 102p received)" = $'+101\r' ]
	[ "$(wc -l <received)" -eq 204 ]
	serve_ends_well
}

@test "a user is added even if the manager hangs up before the password is hashed" {
	managed
	exec {gone}<>"/dev/tcp/127.0.0.1/$peep_port"
	printf 'a root secretpa\r\nu+ bob pw\r\n' >&"$gone"
	read -r -u "$gone"
	exec {gone}>&-
	until grep -q '^bob:' users; do sleep 0.02; done
	printf '%s\r\n' 'USER bob' 'PASS pw' QUIT | talk "$pop3_port"
	grep -q '^+OK goodbye' received
	serve_ends_well
}

@test "--max-users limits the users that managers can add" {
	POP3_SERVE_SECRET=secretpa serve --spscmp 127.0.0.1:0 --max-users 2
	spscmp 'ADDUSER bob joshua' && received_is <<<OK
	spscmp 'ADDUSER eve joshua' && received_is <<<ERR
	grep -q '^bob:' users
	run ! grep '^eve:' users
	local users
	for users in 0 4294967295; do
		run -64 "$program" serve --users users --maildir-root mail --listen 127.0.0.1:0 \
			--max-users "$users"
		[[ $output == *--max-users* ]]
	done
}

# The scripted server notices every difference: a test that stands on it can fail.
load ../helpers/common

# client [OCTETS]: connect, say that in one write, and put down in `heard` what comes until the
# server closes.
# shellcheck disable=SC2059,SC2154 # escapes are wanted; names come from common.bash
client() {
	local connection
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	printf "${1:-}" >said
	cat said >&"$connection"
	cat <&"$connection" >heard 2>error || :
	exec {connection}>&-
}

# tls_client [OCTETS]: the same over TLS, in one write with the end of the handshake; an end
# without close_notify is heard as "(cut)".
tls_client() {
	/usr/bin/python3 - "$port" "${1:-}" >heard <<-'END'
		import socket, ssl, sys
		context = ssl._create_unverified_context()
		context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
		clear = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
		tls = context.wrap_bio(received, sent, server_hostname="localhost")
		def until_done(operation, *arguments):
		    while True:
		        try:
		            return operation(*arguments)
		        except ssl.SSLWantReadError:
		            clear.sendall(sent.read())
		            received.write(octets := clear.recv(65536))
		            if not octets:
		                received.write_eof()
		until_done(tls.do_handshake)
		tls.write(sys.argv[2].encode())
		try:
		    while octets := until_done(tls.read, 4096):
		        print(octets.decode(), end="")
		except ssl.SSLZeroReturnError:
		    pass
		except ssl.SSLError:
		    print("(cut)", end="")
	END
}

conversation_ended_with() {
	if conversation_ended_well >verdict; then
		return 1
	fi
	[ "$(<verdict)" = "conversation: $1" ]
}

@test "what was agreed passes" {
	converse - <<-'TALK'
		S: +OK ready
		C: NOOP
		S: +OK
	TALK
	client 'NOOP\r\n'
	[ "$(<heard)" = $'+OK ready\r\n+OK\r' ]
	conversation_ended_well
}

@test "another command is a difference" {
	converse - <<-'TALK'
		S: +OK
		C: STAT
	TALK
	client 'NOOP\r\n'
	conversation_ended_with 'line 2: expected "STAT", got "NOOP"'
}

@test "a blank too many is a difference" {
	converse - <<<'C: QUIT'
	client 'QUIT \r\n'
	conversation_ended_with 'line 1: expected "QUIT", got "QUIT "'
}

@test "LF alone is no line end" {
	converse - <<<'C: QUIT'
	client 'QUIT\n'
	conversation_ended_with 'line 1: expected "QUIT", got "QUIT\n"'
}

@test "raw octets are compared one by one" {
	converse - <<<'C| \x00\xff'
	client '\0\376'
	conversation_ended_with 'line 1: expected "\x00\xff", got "\x00\xfe"'
}

@test "a line that does not match is a difference" {
	converse - <<<'C~ APOP ann [0-9a-f]{32}'
	client 'APOP ann 0\r\n'
	conversation_ended_with 'line 1: expected /APOP ann [0-9a-f]{32}/, got "APOP ann 0"'
}

@test "a client that closes early is a difference" {
	converse - <<-'TALK'
		S: +OK
		C: QUIT
	TALK
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	exec {connection}>&-
	conversation_ended_with 'line 2: expected "QUIT", but the client closed'
}

@test "half a line is a difference" {
	converse - <<<'C: QUIT'
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	printf QUI >&"$connection"
	exec {connection}>&-
	conversation_ended_with 'line 1: expected "QUIT", got "QUI"'
}

@test "octets that nobody asked for are a difference" {
	converse - <<<'C: QUIT'
	client 'QUIT\r\nNOOP\r\n'
	conversation_ended_with 'after the last step: nobody asked for "NOOP"'
}

@test "a command sent too soon breaks the quiet" {
	converse - <<-'TALK'
		C: CAPA
		QUIET
		S: +OK
	TALK
	client 'CAPA\r\nSTAT\r\n'
	conversation_ended_with 'line 2: nobody asked for "STAT"'
}

@test "a client that should close and speaks is a difference" {
	converse - <<-'TALK'
		S: -ERR
		EOF
	TALK
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	printf 'QUIT\r\n' >&"$connection"
	exec {connection}>&-
	conversation_ended_with 'line 2: nobody asked for "QUIT"'
}

@test "a connection that is never made is a difference" {
	converse - <<-'TALK'
		S: +OK
		---
		S: +OK
	TALK
	client
	conversation_ended_with 'connection 2 was never made'
}

@test "a connection too many is a difference" {
	converse - <<<'S: +OK'
	client
	client
	conversation_ended_with 'nobody asked for connection 2'
}

@test "connections come one after the other" {
	converse - <<-'TALK'
		S: first
		---
		S: second
	TALK
	client
	client
	[ "$(<heard)" = $'second\r' ]
	conversation_ended_well
}

@test "after a question mark the client may have gone" {
	converse - <<-'TALK'
		S: -ERR
		?C: QUIT
		S: +OK
	TALK
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	exec {connection}>&-
	conversation_ended_well
}

@test "a client that stays on and on is given up" {
	converse --limit 1 - <<<'STALL'
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	read -r verdict <&"${verdicts[*]}"
	exec {connection}>&-
	unset verdicts
	[ "$verdict" = 'line 1: the conversation has taken too long' ]
}

@test "a step that means nothing is refused at once" {
	run -1 "$helpers/converse" - <<<'SAY: +OK'
	[ "$output" = "converse: line 1: what does 'SAY: +OK' mean?" ]
}

@test "a test that does not ask for the verdict is told all the same" {
	converse - <<<'C: QUIT'
	client 'NOOP\r\n'
	if stop_servers >verdict; then
		false
	fi
	[ "$(<verdict)" = 'conversation: line 1: expected "QUIT", got "NOOP"' ]
}

@test "escapes and repetitions become octets" {
	converse - <<-'TALK'
		S*2: \# uid\#
		S| \64(\0ann\0secret)\t\xff
	TALK
	client
	printf '1 uid1\r\n2 uid2\r\nAGFubgBzZWNyZXQ=\t\377' | cmp - heard
}

@test "a message is dot-stuffed and ended, a file is not" {
	printf '.a\r\n..\r\nb' >message
	converse - <<-TALK
		MESSAGE $PWD/message
		FILE $PWD/message
	TALK
	client
	printf '..a\r\n...\r\nb\r\n.\r\n.a\r\n..\r\nb' | cmp - heard
}

@test "RESET is a reset" {
	converse - <<<'RESET'
	client
	grep -q 'reset by peer' error
}

@test "TLS from the first octet" {
	converse - <<-'TALK'
		TLS sni=localhost
		S: +OK
		C: QUIT
		S: +OK
	TALK
	tls_client $'QUIT\r\n'
	[ "$(<heard)" = $'+OK\r\n+OK\r' ]
	conversation_ended_well
}

@test "TLS after STLS" {
	converse - <<-'TALK'
		S: +OK
		C: STLS
		S: +OK
		TLS
		C: NOOP
		S: +OK encrypted
	TALK
	openssl s_client -quiet -crlf -starttls pop3 -connect "127.0.0.1:$port" \
		<<<NOOP >heard 2>error
	[ "$(<heard)" = $'+OK encrypted\r' ]
	conversation_ended_well
}

@test "CLOSE leaves close_notify out, TLS-CLOSE says it" {
	converse - <<-'TALK'
		TLS
		S: +OK
		CLOSE
		---
		TLS
		S: +OK
		TLS-CLOSE
	TALK
	tls_client
	[ "$(<heard)" = $'+OK\r\n(cut)' ]
	tls_client
	[ "$(<heard)" = $'+OK\r' ]
	conversation_ended_well
}

@test "a client that accepts the certificate has not refused it" {
	converse - <<<'TLS-REFUSED expired'
	tls_client $'USER ann\r\n' || :
	conversation_ended_with 'line 1: nobody asked for "USER ann"'
}

@test "a client that refuses the certificate ends well" {
	converse - <<<'TLS-REFUSED expired'
	openssl s_client -connect "127.0.0.1:$port" -CAfile "$certificates/ca.pem" \
		-verify_return_error </dev/null >heard 2>&1 || :
	grep -q 'certificate has expired' heard
	conversation_ended_well
}

@test "pop3 is held to its exit status" {
	program=$(command -v false)
	pop3 1
	run pop3 0
	[ "$status" -eq 1 ]
	[ "${lines[1]}" = 'exit 1 instead of 0' ]
}

@test "under valgrind, memory that is lost is 99" {
	command -v valgrind || skip 'valgrind is not installed'
	printf '#include <stdlib.h>\nint main(int n, char **v) { (void)v; return n > 1 && !malloc(9); }\n' >lose.c
	gcc -O0 -o lose lose.c
	export PLAIN=$PWD/lose
	run -0 "$helpers/under-valgrind"
	run -99 "$helpers/under-valgrind" something
}

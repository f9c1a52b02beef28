# The scripted server detects every deviation of the client, so that tests that use it can fail.
load ../helpers/common

# client [OCTETS]: connect, send the octets in one write, and store everything up to the server's
# close in `received`.
# shellcheck disable=SC2059,SC2154 # escapes are wanted; names come from common.bash
client() {
	local connection
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	printf "${1:-}" >sent
	cat sent >&"$connection"
	cat <&"$connection" >received 2>error || :
	exec {connection}>&-
}

# tls_client [OCTETS]: the same over TLS, in one write with the end of the handshake; a close
# without close_notify is stored as "(cut)".
tls_client() {
	/usr/bin/python3 - "$port" "${1:-}" >received <<-'END'
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

@test "a client that follows the script passes" {
	converse - <<-'TALK'
		S: +OK ready
		C: NOOP
		S: +OK
	TALK
	client 'NOOP\r\n'
	[ "$(<received)" = $'+OK ready\r\n+OK\r' ]
	conversation_ended_well
}

@test "a different command is a mismatch" {
	converse - <<-'TALK'
		S: +OK
		C: STAT
	TALK
	client 'NOOP\r\n'
	conversation_ended_with 'line 2: expected "STAT", got "NOOP"'
}

@test "an extra space is a mismatch" {
	converse - <<<'C: QUIT'
	client 'QUIT \r\n'
	conversation_ended_with 'line 1: expected "QUIT", got "QUIT "'
}

@test "a bare LF does not end a line" {
	converse - <<<'C: QUIT'
	client 'QUIT\n'
	conversation_ended_with 'line 1: expected "QUIT", got "QUIT\n"'
}

@test "raw octets are compared one by one" {
	converse - <<<'C| \x00\xff'
	client '\0\376'
	conversation_ended_with 'line 1: expected "\x00\xff", got "\x00\xfe"'
}

@test "a line that does not match the regex is a mismatch" {
	converse - <<<'C~ APOP ann [0-9a-f]{32}'
	client 'APOP ann 0\r\n'
	conversation_ended_with 'line 1: expected /APOP ann [0-9a-f]{32}/, got "APOP ann 0"'
}

@test "a client that closes early is a mismatch" {
	converse - <<-'TALK'
		S: +OK
		C: QUIT
	TALK
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	exec {connection}>&-
	conversation_ended_with 'line 2: expected "QUIT", but the client closed'
}

@test "an incomplete line is a mismatch" {
	converse - <<<'C: QUIT'
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	printf QUI >&"$connection"
	exec {connection}>&-
	conversation_ended_with 'line 1: expected "QUIT", got "QUI"'
}

@test "octets after the last step are a mismatch" {
	converse - <<<'C: QUIT'
	client 'QUIT\r\nNOOP\r\n'
	conversation_ended_with 'after the last step: unexpected "NOOP"'
}

@test "QUIET fails if a command has arrived early" {
	converse - <<-'TALK'
		C: CAPA
		QUIET
		S: +OK
	TALK
	client 'CAPA\r\nSTAT\r\n'
	conversation_ended_with 'line 2: unexpected "STAT"'
}

@test "EOF fails if the client sends a command" {
	converse - <<-'TALK'
		S: -ERR
		EOF
	TALK
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	printf 'QUIT\r\n' >&"$connection"
	exec {connection}>&-
	conversation_ended_with 'line 2: unexpected "QUIT"'
}

@test "a missing connection is a mismatch" {
	converse - <<-'TALK'
		S: +OK
		---
		S: +OK
	TALK
	client
	conversation_ended_with 'the client never opened connection 2'
}

@test "an extra connection is a mismatch" {
	converse - <<<'S: +OK'
	client
	client
	conversation_ended_with 'unexpected connection 2'
}

@test "connections are served one after the other" {
	converse - <<-'TALK'
		S: first
		---
		S: second
	TALK
	client
	client
	[ "$(<received)" = $'second\r' ]
	conversation_ended_well
}

@test "the client may close before an optional step" {
	converse - <<-'TALK'
		S: -ERR
		?C: QUIT
		S: +OK
	TALK
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	exec {connection}>&-
	conversation_ended_well
}

@test "a conversation that exceeds its time limit fails" {
	converse --limit 1 - <<<'STALL'
	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	read -r verdict <&"${verdicts[*]}"
	exec {connection}>&-
	unset verdicts
	[ "$verdict" = 'line 1: the conversation exceeded the time limit' ]
}

@test "an unknown step in the script is an error" {
	run -1 "$helpers/converse" - <<<'SAY: +OK'
	[ "$output" = "converse: line 1: unknown step 'SAY: +OK'" ]
}

@test "a test that does not check the conversation fails at its end" {
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
	printf '1 uid1\r\n2 uid2\r\nAGFubgBzZWNyZXQ=\t\377' | cmp - received
}

@test "MESSAGE dot-stuffs and terminates a file, FILE sends it as it is" {
	printf '.a\r\n..\r\nb' >message
	converse - <<-TALK
		MESSAGE $PWD/message
		FILE $PWD/message
	TALK
	client
	printf '..a\r\n...\r\nb\r\n.\r\n.a\r\n..\r\nb' | cmp - received
}

@test "RESET resets the connection" {
	converse - <<<'RESET'
	client
	grep -q 'reset by peer' error
}

@test "TLS starts at the first octet" {
	converse - <<-'TALK'
		TLS sni=localhost
		S: +OK
		C: QUIT
		S: +OK
	TALK
	tls_client $'QUIT\r\n'
	[ "$(<received)" = $'+OK\r\n+OK\r' ]
	conversation_ended_well
}

@test "TLS starts after STLS" {
	converse - <<-'TALK'
		S: +OK
		C: STLS
		S: +OK
		TLS
		C: NOOP
		S: +OK encrypted
	TALK
	openssl s_client -quiet -crlf -starttls pop3 -connect "127.0.0.1:$port" \
		<<<NOOP >received 2>error
	[ "$(<received)" = $'+OK encrypted\r' ]
	conversation_ended_well
}

@test "CLOSE omits close_notify, TLS-CLOSE sends it" {
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
	[ "$(<received)" = $'+OK\r\n(cut)' ]
	tls_client
	[ "$(<received)" = $'+OK\r' ]
	conversation_ended_well
}

@test "TLS-REFUSED fails if the client accepts the certificate" {
	converse - <<<'TLS-REFUSED expired'
	tls_client $'USER ann\r\n' || :
	conversation_ended_with 'line 1: unexpected "USER ann"'
}

@test "TLS-REFUSED passes if the client refuses the certificate" {
	converse - <<<'TLS-REFUSED expired'
	openssl s_client -connect "127.0.0.1:$port" -CAfile "$certificates/ca.pem" \
		-verify_return_error </dev/null >received 2>&1 || :
	grep -q 'certificate has expired' received
	conversation_ended_well
}

@test "the pop3 function fails on an unexpected exit status" {
	program=$(command -v false)
	pop3 1
	run pop3 0
	[ "$status" -eq 1 ]
	[ "${lines[1]}" = 'exit 1 instead of 0' ]
}

@test "under valgrind, a memory leak makes the exit status 99" {
	command -v valgrind || skip 'valgrind is not installed'
	printf '#include <stdlib.h>\nint main(int n, char **v) { (void)v; return n > 1 && !malloc(9); }\n' >lose.c
	gcc -O0 -o lose lose.c
	export PLAIN=$PWD/lose
	run -0 "$helpers/under-valgrind"
	run -99 "$helpers/under-valgrind" something
}

# Connecting to the server, and verifying its certificate.
load ../helpers/session
load ../helpers/network

setup_file() {
	"$helpers/certificates" "$certificates"
}

# whole_session: the conversation of `pop3 stat`.
whole_session() {
	greeting
	login
	printf '%s\n' 'C: STAT' 'S: +OK 2 320'
	goodbye
}

# tls_passes WORDS OPTION…: stat works over TLS. WORDS are those of TLS in `converse --help`.
tls_passes() {
	converse - < <(echo "TLS $1" && whole_session)
	pop3 0 stat -u ann -s "${host:-127.0.0.1}:$port" "${@:2}"
	[ "$output" = $'2\t320' ]
}

# tls_refused WORDS MESSAGE OPTION…: pop3 breaks off the handshake and sends nothing over TLS.
tls_refused() {
	converse - <<<"TLS-REFUSED $1"
	pop3 80 stat -u ann -s "${host:-127.0.0.1}:$port" "${@:3}"
	[[ $stderr == *"$2"* ]]
	[ "$output" = '' ]
}

trusting=(--ca-file "$certificates/ca.pem")

# --- certificates

@test "a valid certificate is accepted" { tls_passes good "${trusting[@]}"; }
@test "--ca-dir: a certificate of one of its authorities is accepted" {
	tls_passes good --ca-dir "$certificates/ca"
}
@test "a certificate with an intermediate certificate is accepted" {
	tls_passes chained "${trusting[@]}"
}
@test "a certificate that has the server's address is accepted" {
	tls_passes ip-only "${trusting[@]}"
}
@test "TLS 1.2 is accepted" { tls_passes 'good max-1.2' "${trusting[@]}"; }
@test "--tls-name is verified instead of the host name" {
	tls_passes 'wildcard sni=pop.example.org' "${trusting[@]}" --tls-name pop.example.org
}

@test "a certificate of an authority unknown to the system is rejected: 80" {
	tls_refused good '--ca-file'
}
@test "an expired certificate is rejected: 80" { tls_refused expired expired "${trusting[@]}"; }
@test "a certificate not yet valid is rejected: 80" {
	tls_refused not-yet 'not valid yet' "${trusting[@]}"
}
@test "a certificate for another name is rejected: 80" {
	tls_refused other-name '127.0.0.1' "${trusting[@]}"
}
@test "a self-signed certificate is rejected: 80" {
	tls_refused self-signed 'self-signed' "${trusting[@]}"
}
@test "a certificate whose intermediate certificate is missing is rejected: 80" {
	tls_refused no-intermediate 'not trusted' "${trusting[@]}"
}
@test "a client certificate is rejected as a server's: 80" {
	tls_refused client-only purpose "${trusting[@]}"
}
@test "a SHA-1 signature is rejected" { tls_refused sha-1 weak "${trusting[@]}"; }
@test "an RSA key of 1024 bits is rejected" { tls_refused rsa-1024 '' "${trusting[@]}"; }
@test "a mere common name is rejected" {
	host=localhost tls_refused cn-only localhost "${trusting[@]}"
}
@test "a NUL in a name is rejected" {
	host=localhost tls_refused nul-in-name localhost "${trusting[@]}"
}
@test "an address is not matched as a name" {
	host=localhost tls_refused ip-only localhost "${trusting[@]}"
}
@test "a wildcard matches only one label" {
	tls_refused wildcard a.pop.example.org "${trusting[@]}" --tls-name a.pop.example.org
}
@test "a wildcard must be a whole label" {
	tls_refused wildcard-partial pop.example.org "${trusting[@]}" --tls-name pop.example.org
}
@test "a wildcard directly under a top-level domain is rejected" {
	tls_refused wildcard-top example.org "${trusting[@]}" --tls-name example.org
}
# A server that supports TLS 1.3's version negotiation does not say which version it has.
@test "TLS 1.1 is rejected" {
	tls_refused 'good max-1.1' 'the server offers no version of TLS that is allowed; the oldest is TLS 1.2' \
		"${trusting[@]}"
}
@test "--tls-min 1.3 refuses TLS 1.2" {
	tls_refused 'good max-1.2' 'the oldest is TLS 1.3 (see --tls-min)' "${trusting[@]}" --tls-min 1.3
}

# An older server sends its version in its first message.
@test "TLS 1.0 is rejected, and the error names it" {
	local hello='\x02\x00\x00\x26\x03\x01' octet
	for octet in {1..32}; do hello+='\x07'; done
	converse - <<<"S| \x16\x03\x01\x00\x2a$hello\x00\x00\x2f\x00"$'\nSTALL'
	pop3 80 stat -u ann "${trusting[@]}"
	[[ $stderr = *': the server offers only TLS 1.0; the oldest version allowed is TLS 1.2' ]]
}
@test "--no-verify accepts any certificate" { tls_passes expired --no-verify; }
@test "--no-verify does not read the system's authorities" {
	mkfifo bundle
	(: >bundle && touch read) &
	stop_later $!
	SSL_CERT_FILE=bundle tls_passes expired --no-verify
	[ ! -e read ]
}

@test "--cert and --key: a client certificate is sent" {
	tls_passes 'good client-certificate' "${trusting[@]}" --cert "$certificates/client.pem" \
		--key "$certificates/client.key"
}

# server_refuses WORDS MESSAGE OPTION…: the server breaks off the handshake, over TLS and STLS.
server_refuses() {
	converse - <<<"TLS-REFUSES $1"
	pop3 80 stat -u ann "${trusting[@]}" "${@:3}"
	[[ $stderr = "pop3: 127.0.0.1: "*"$2" ]]
	converse - <<-TALK
		S: +OK ready
		C: STLS
		S: +OK
		TLS-REFUSES $1
	TALK
	pop3 80 stat -u ann "${trusting[@]}" --tls stls "${@:3}"
	[[ $stderr = "pop3: 127.0.0.1: "*"$2" ]]
}

# In TLS 1.3 the server's alert arrives only after the handshake.
@test "the server requires a client certificate: 80, and the error names --cert" {
	server_refuses client-certificate 'the server wants a client certificate: use --cert'
	server_refuses 'client-certificate max-1.2' \
		'the server wants a client certificate: use --cert'
}

@test "the server rejects the client certificate: 80" {
	local own=(--cert "$certificates/self-signed.pem" --key "$certificates/self-signed.key")
	server_refuses client-certificate 'the server refused the client certificate: unknown CA' \
		"${own[@]}"
	server_refuses 'client-certificate max-1.2' \
		'the server refused the client certificate: unknown CA' "${own[@]}"
}

@test "an unreadable client certificate: 78" {
	server=127.0.0.1:1
	pop3 78 stat -u ann "${trusting[@]}" --cert nowhere.pem
}

@test "a client key that is unreadable or does not match the certificate: 78" {
	server=127.0.0.1:1
	pop3 78 stat -u ann "${trusting[@]}" --cert "$certificates/client.pem" --key nowhere.key
	[[ $stderr == *nowhere.key* ]]
	converse - <<<'TLS-REFUSED good'
	pop3 78 stat -u ann "${trusting[@]}" --cert "$certificates/client.pem" --key "$certificates/good.key"
	[[ $stderr == *"$certificates/good.key"* ]]
}

# --- pins

@test "--pin: a matching key is accepted in addition to the authority" {
	tls_passes good "${trusting[@]}" --pin "$(pin expired)" --pin "$(pin good)"
}
@test "--pin does not replace the authority" { tls_refused good '--ca-file' --pin "$(pin good)"; }
@test "--pin with --no-verify accepts the key alone" {
	tls_passes expired --no-verify --pin "$(pin expired)"
}

# The pin is compared after the handshake, so all that can be tested is that pop3 sends nothing.
@test "--pin: another key is rejected, and the error has its pin: 80" {
	converse - <<-'TALK'
		TLS good
		EOF
	TALK
	pop3 80 stat -u ann "${trusting[@]}" --pin "$(pin expired)"
	[[ $stderr == *"it is $(pin good)" ]]
}

@test "--pin with --no-verify: another key is rejected: 80" {
	converse - <<-'TALK'
		TLS good
		EOF
	TALK
	pop3 80 stat -u ann --no-verify --pin "$(pin expired)"
}

@test "a malformed --pin is a usage error" {
	server=127.0.0.1:1
	pop3 64 stat -u ann --pin sha256//short
}

# --- STLS

@test "STLS: the session continues over TLS" {
	converse - <<-TALK
		S: +OK ready
		C: STLS
		S: +OK
		TLS sni=localhost
		$(whole_session | tail -n +2)
	TALK
	pop3 0 stat -u ann -s "pop3://localhost:$port" "${trusting[@]}"
}

@test "STLS: an expired certificate is rejected: 80" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: +OK
		TLS-REFUSED expired
	TALK
	pop3 80 stat -u ann -s "pop3://127.0.0.1:$port" "${trusting[@]}"
}

@test "STLS: a refusal with a response code: 80" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: -ERR [SYS/PERM] not here
		EOF
	TALK
	pop3 80 stat -u ann --tls stls
}

@test "STLS: the server closes the connection instead of answering: 75" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		CLOSE
	TALK
	pop3 75 stat -u ann --tls stls
}

@test "the connection is reset in the handshake: 75" {
	converse - <<-'TALK'
		C| \x16
		RESET
	TALK
	pop3 75 stat -u ann
}

# --- proxies and tunnels

# by_proxy STATUS SCHEME [USER:PASSWORD@]: stat of pop3.example.org, a name only the proxy can
# resolve.
by_proxy() {
	ann "$1" stat -s pop3.example.org --proxy "$2://${3-}127.0.0.1:$port"
}

@test "socks5h: the proxy resolves the host name" {
	converse - < <(
		cat <<-'TALK'
			C| \x05\x01\x00
			S| \x05\x00
			C| \x05\x01\x00\x03\x10pop3.example.org\x00\x6e
			S| \x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38
		TALK
		whole_session
	)
	by_proxy 0 socks5h
}

@test "socks5h: login with user name and password" {
	converse - < <(
		cat <<-'TALK'
			C| \x05\x01\x02
			S| \x05\x02
			C| \x01\x03bob\x04p@ss
			S| \x01\x00
			C| \x05\x01\x00\x03\x10pop3.example.org\x00\x6e
			S| \x05\x00\x00\x03\x09localhost\x04\x38
		TALK
		whole_session
	)
	by_proxy 0 socks5h 'bob:p%40ss@'
}

@test "socks5h: the proxy cannot connect: 69" {
	converse - <<-'TALK'
		C| \x05\x01\x00
		S| \x05\x00
		C| \x05\x01\x00\x03\x10pop3.example.org\x00\x6e
		S| \x05\x05\x00\x01\x00\x00\x00\x00\x00\x00
		EOF
	TALK
	by_proxy 69 socks5h
	[[ $stderr == *'connection refused'* ]]
}

@test "http: the proxy receives CONNECT" {
	converse - < <(
		cat <<-'TALK'
			C: CONNECT pop3.example.org:110 HTTP/1.1
			C: Host: pop3.example.org:110
			C:
			S: HTTP/1.1 200 Connection established
			S: Via: somebody
			S:
		TALK
		whole_session
	)
	by_proxy 0 http
}

@test "http: login with user name and password" {
	converse - < <(
		cat <<-'TALK'
			C: CONNECT pop3.example.org:110 HTTP/1.1
			C: Host: pop3.example.org:110
			C: Proxy-Authorization: Basic \64(bob:p@ss)
			C:
			S: HTTP/1.0 200
			S:
		TALK
		whole_session
	)
	by_proxy 0 http 'bob:p%40ss@'
}

@test "http: the proxy refuses CONNECT: 69" {
	converse - <<-'TALK'
		C: CONNECT pop3.example.org:110 HTTP/1.1
		C: Host: pop3.example.org:110
		C:
		S: HTTP/1.1 403 Forbidden
		S:
		EOF
	TALK
	by_proxy 69 http
	[[ $stderr == *403* ]]
}

@test "the proxy accepts no connection: 69" {
	port=1
	by_proxy 69 http
}

@test "an unknown kind of proxy is a usage error" {
	port=1
	by_proxy 64 gopher
}

@test "--tunnel: the command's input and output are the connection" {
	cat >server <<-'END'
		#!/bin/sh
		answer() {
			read -r command
			echo "$command" >>heard
			printf '%s\r\n' "$1"
		}
		printf '+OK ready\r\n'
		for line in -ERR +OK +OK '+OK 2 320' +OK; do
			answer "$line"
		done
	END
	ann 0 stat -s pop3.example.org --tunnel 'sh server'
	[ "$output" = $'2\t320' ]
	[ "$(tr -d '\r' <heard)" = $'CAPA\nUSER ann\nPASS secret\nSTAT\nQUIT' ]
}

@test "--tunnel: the command exits at once: 75" {
	ann 75 stat -s pop3.example.org --tunnel 'exit 3'
}

@test "--tunnel: a command that hangs is terminated" {
	ann 75 stat -s pop3.example.org --timeout 1 --tunnel 'exec sleep 1000'
}

# --- addresses

@test "-6 connects to ::1, -4 does not" {
	converse -6 - < <(whole_session)
	ann 0 stat -6
	ann 68 stat -4
}

@test "-4 connects to localhost" {
	converse - < <(whole_session)
	ann 0 stat -4 -s "localhost:$port"
}

@test "-4 with -6 is a usage error" {
	server=localhost
	ann 64 stat -4 -6
}

@test "the server accepts no connection: 69" {
	ann 69 stat -s 127.0.0.1:1
	[[ $stderr == *'cannot connect: Connection refused' ]]
}

@test "an unknown host name: 68" {
	ann 68 stat --connect-timeout 5 -s nosuch.invalid
}

# --- time-outs

@test "no greeting within --timeout: 75" {
	converse - <<<STALL
	ann 75 stat --timeout 1
	[[ $stderr == *'--tls implicit'*': no answer within 1 s' ]]
}

@test "no TLS handshake within --connect-timeout: 75" {
	converse - <<<STALL
	pop3 75 stat -u ann --connect-timeout 1
	[[ $stderr == *'the TLS handshake: timed out' ]]
}

@test "no TLS handshake after STLS within --connect-timeout: 75" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: +OK
		STALL
	TALK
	pop3 75 stat -u ann --tls stls --connect-timeout 1
	[[ $stderr == *'the TLS handshake: timed out' ]]
}

@test "--max-time ends a session that does not end by itself: 75" {
	after_login <<-'TALK'
		C: LIST 1
		S: +OK 1 9
		C: RETR 1
		S: +OK
		STALL
	TALK
	ann 75 fetch --max-time 1 1
	[[ $stderr == *'--max-time exceeded' ]]
}

@test "--retry gives up when the wait would exceed --max-time: 75" {
	converse - <<-'TALK'
		S: -ERR [LOGIN-DELAY] wait 300 seconds
	TALK
	ann 75 stat --retry 5 --max-time 10
}

@test "no name server answers: 75, and --retry tries again" {
	network <<<'address=/pop.example.test/127.0.0.1'
	certificate pop pop.example.test
	server_inside pop --listen 127.0.0.1:110
	echo 'nameserver 127.0.0.2' >resolv.conf
	pop3 75 stat -s pop.example.test -u bob --tls off
	[ "$stderr" = "pop3: pop.example.test: no name server answered a query for 'pop.example.test'" ]
	mkfifo trace
	"$program" stat -s pop.example.test -u bob --tls off --retry 5 --trace trace \
		>stdout 2>stderr 3>&- &
	stop_later "$!"
	exec {tracing}<trace
	grep -qm 1 'no name server .*: trying again in 1 s' <&"$tracing"
	echo 'nameserver 127.0.0.1' >resolv.conf
	cat <&"$tracing" >/dev/null
	wait "${started[-1]}"
	[ "$(<stdout)" = $'0\t0' ]
}

@test "--retry does not retry a permanent failure: 77" {
	after_greeting <<-'TALK'
		C: USER ann
		S: -ERR who?
	TALK
	ann 77 stat --retry 5
}

@test "a file without a certificate or key: 78, and the error names the expected format" {
	local options text
	echo junk >junk
	while IFS='|' read -r options text; do
		converse - <<<EOF
		# shellcheck disable=SC2086 # a list of options
		pop3 78 capa -s "$server" $options
		[ "$stderr" = "pop3: $text" ]
		conversation_ended_well
	done <<-END
		--ca-file junk|certificates of authorities 'junk': no certificate in it (PEM is expected)
		--cert junk|client certificate 'junk': no certificate in it (PEM is expected)
		--cert $certificates/good.pem --key junk|client key 'junk': no private key in it that works without a passphrase (PEM is expected)
		--cert $certificates/good.pem --key $certificates/other-name.key|client key '$certificates/other-name.key': it is not the certificate's key
	END
}

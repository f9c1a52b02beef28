# How to get to the server and whom to trust there.
load ../helpers/session

setup_file() {
	"$helpers/certificates" "$certificates"
}

# whole_session: all that `pop3 stat` says and hears.
whole_session() {
	greeting
	login
	printf '%s\n' 'C: STAT' 'S: +OK 2 320'
	goodbye
}

# tls_passes WORDS OPTION…: over TLS as the act TLS of `converse` describes it.
tls_passes() {
	converse - < <(echo "TLS $1" && whole_session)
	pop3 0 stat -u ann -s "${host:-127.0.0.1}:$port" "${@:2}"
	[ "$output" = $'2\t320' ]
}

# tls_refused WORDS MESSAGE OPTION…: the handshake is broken off, without an octet inside.
tls_refused() {
	converse - <<<"TLS-REFUSED $1"
	pop3 80 stat -u ann -s "${host:-127.0.0.1}:$port" "${@:3}"
	[[ $stderr == *"$2"* ]]
	[ "$output" = '' ]
}

trusting=(--ca-file "$certificates/ca.pem")

# --- certificates

@test "a good certificate" { tls_passes good "${trusting[@]}"; }
@test "--ca-dir" { tls_passes good --ca-dir "$certificates/ca"; }
@test "a chain" { tls_passes chained "${trusting[@]}"; }
@test "an address in the certificate" { tls_passes ip-only "${trusting[@]}"; }
@test "TLS 1.2" { tls_passes 'good max-1.2' "${trusting[@]}"; }
@test "--tls-name is looked for in place of the host" {
	tls_passes 'wildcard sni=pop.example.org' "${trusting[@]}" --tls-name pop.example.org
}

@test "the system does not know the authority" { tls_refused good '--ca-file'; }
@test "expired" { tls_refused expired expired "${trusting[@]}"; }
@test "not valid yet" { tls_refused not-yet 'not valid yet' "${trusting[@]}"; }
@test "another name" { tls_refused other-name '127.0.0.1' "${trusting[@]}"; }
@test "self-signed" { tls_refused self-signed 'self-signed' "${trusting[@]}"; }
@test "an intermediate is missing" {
	tls_refused no-intermediate 'not trusted' "${trusting[@]}"
}
@test "a client's certificate" { tls_refused client-only purpose "${trusting[@]}"; }
@test "SHA-1" { tls_refused sha-1 weak "${trusting[@]}"; }
@test "RSA with 1024 bits" { tls_refused rsa-1024 '' "${trusting[@]}"; }
@test "only a common name" { host=localhost tls_refused cn-only localhost "${trusting[@]}"; }
@test "NUL in a name" { host=localhost tls_refused nul-in-name localhost "${trusting[@]}"; }
@test "an address is no name" { host=localhost tls_refused ip-only localhost "${trusting[@]}"; }
@test "a wildcard is one label" {
	tls_refused wildcard a.pop.example.org "${trusting[@]}" --tls-name a.pop.example.org
}
@test "a wildcard is a whole label" {
	tls_refused wildcard-partial pop.example.org "${trusting[@]}" --tls-name pop.example.org
}
@test "a wildcard is not under the root" {
	tls_refused wildcard-top example.org "${trusting[@]}" --tls-name example.org
}
# A server that knows how versions are offered since TLS 1.3 does not say which one it has.
@test "TLS 1.1" {
	tls_refused 'good max-1.1' 'the server offers no version of TLS that is allowed; the oldest is TLS 1.2' \
		"${trusting[@]}"
}
@test "--tls-min 1.3 refuses TLS 1.2" {
	tls_refused 'good max-1.2' 'the oldest is TLS 1.3 (see --tls-min)' "${trusting[@]}" --tls-min 1.3
}

# An older one says it in its first message.
@test "a server that has only TLS 1.0" {
	local hello='\x02\x00\x00\x26\x03\x01' octet
	for octet in {1..32}; do hello+='\x07'; done
	converse - <<<"S| \x16\x03\x01\x00\x2a$hello\x00\x00\x2f\x00"$'\nSTALL'
	pop3 80 stat -u ann "${trusting[@]}"
	[[ $stderr = *': the server offers only TLS 1.0; the oldest version allowed is TLS 1.2' ]]
}
@test "--no-verify takes any" { tls_passes expired --no-verify; }
@test "--no-verify does not read the system's authorities" {
	mkfifo bundle
	(: >bundle && touch read) &
	stop_later $!
	SSL_CERT_FILE=bundle tls_passes expired --no-verify
	[ ! -e read ]
}

@test "the client's own certificate" {
	tls_passes 'good client-certificate' "${trusting[@]}" --cert "$certificates/client.pem" \
		--key "$certificates/client.key"
}

# server_refuses WORDS MESSAGE OPTION…: the server breaks off the handshake; STLS is no different.
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

# In TLS 1.3 the server says so only after the handshake.
@test "a server that wants a client's certificate" {
	server_refuses client-certificate 'the server wants a client certificate: use --cert'
	server_refuses 'client-certificate max-1.2' \
		'the server wants a client certificate: use --cert'
}

@test "a server that refuses the client's certificate" {
	local own=(--cert "$certificates/self-signed.pem" --key "$certificates/self-signed.key")
	server_refuses client-certificate 'the server refused the client certificate: unknown CA' \
		"${own[@]}"
	server_refuses 'client-certificate max-1.2' \
		'the server refused the client certificate: unknown CA' "${own[@]}"
}

@test "a certificate of one's own that cannot be read is 78" {
	server=127.0.0.1:1
	pop3 78 stat -u ann "${trusting[@]}" --cert nowhere.pem
}

@test "a key of one's own that cannot be read, or is another's, is 78" {
	server=127.0.0.1:1
	pop3 78 stat -u ann "${trusting[@]}" --cert "$certificates/client.pem" --key nowhere.key
	[[ $stderr == *nowhere.key* ]]
	converse - <<<'TLS-REFUSED good'
	pop3 78 stat -u ann "${trusting[@]}" --cert "$certificates/client.pem" --key "$certificates/good.key"
	[[ $stderr == *"$certificates/good.key"* ]]
}

# --- pins

@test "a pin that holds, besides the authority" {
	tls_passes good "${trusting[@]}" --pin "$(pin expired)" --pin "$(pin good)"
}
@test "a pin that holds is not enough" { tls_refused good '--ca-file' --pin "$(pin good)"; }
@test "a pin alone, with --no-verify" { tls_passes expired --no-verify --pin "$(pin expired)"; }

# The pin is compared when the handshake is over, so only silence can be asked for.
@test "a pin that does not hold tells which one would" {
	converse - <<-'TALK'
		TLS good
		EOF
	TALK
	pop3 80 stat -u ann "${trusting[@]}" --pin "$(pin expired)"
	[[ $stderr == *"it is $(pin good)" ]]
}

@test "a pin that does not hold, with --no-verify" {
	converse - <<-'TALK'
		TLS good
		EOF
	TALK
	pop3 80 stat -u ann --no-verify --pin "$(pin expired)"
}

@test "a pin of another form is 64" {
	server=127.0.0.1:1
	pop3 64 stat -u ann --pin sha256//short
}

# --- STLS

@test "STLS, and then as over TLS" {
	converse - <<-TALK
		S: +OK ready
		C: STLS
		S: +OK
		TLS sni=localhost
		$(whole_session | tail -n +2)
	TALK
	pop3 0 stat -u ann -s "pop3://localhost:$port" "${trusting[@]}"
}

@test "a wrong certificate after STLS" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: +OK
		TLS-REFUSED expired
	TALK
	pop3 80 stat -u ann -s "pop3://127.0.0.1:$port" "${trusting[@]}"
}

@test "STLS refused with a response code is still 80" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: -ERR [SYS/PERM] not here
		EOF
	TALK
	pop3 80 stat -u ann --tls stls
}

@test "a server that hangs up at STLS is 75" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		CLOSE
	TALK
	pop3 75 stat -u ann --tls stls
}

@test "a connection that is reset in the handshake is 75" {
	converse - <<-'TALK'
		C| \x16
		RESET
	TALK
	pop3 75 stat -u ann
}

# --- proxies and tunnels

# by_proxy PROXY: pop3.example.org is known to the proxy alone.
by_proxy() {
	ann "$1" stat -s pop3.example.org --proxy "$2://${3-}127.0.0.1:$port"
}

@test "socks5h: the proxy looks up the name" {
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

@test "socks5h: with user and password" {
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

@test "socks5h: a proxy that cannot connect is 69" {
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

@test "http: CONNECT" {
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

@test "http: with user and password" {
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

@test "http: a proxy that refuses is 69" {
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

@test "a proxy that is not there is 69" {
	port=1
	by_proxy 69 http
}

@test "a proxy of another kind is 64" {
	port=1
	by_proxy 64 gopher
}

@test "a tunnel is the connection" {
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

@test "a tunnel that ends at once is 75" {
	ann 75 stat -s pop3.example.org --tunnel 'exit 3'
}

@test "a tunnel that hangs is stopped" {
	ann 75 stat -s pop3.example.org --timeout 1 --tunnel 'exec sleep 1000'
}

# --- addresses

@test "-6 goes to ::1, -4 does not" {
	converse -6 - < <(whole_session)
	ann 0 stat -6
	ann 68 stat -4
}

@test "localhost is found by either family" {
	converse - < <(whole_session)
	ann 0 stat -4 -s "localhost:$port"
}

@test "-4 and -6 together are 64" {
	server=localhost
	ann 64 stat -4 -6
}

@test "nobody listens: 69" {
	ann 69 stat -s 127.0.0.1:1
	[[ $stderr == *'cannot connect: Connection refused' ]]
}

@test "no such host: 68" {
	ann 68 stat --connect-timeout 5 -s nosuch.invalid
}

# --- time

@test "no greeting: 75 after --timeout" {
	converse - <<<STALL
	ann 75 stat --timeout 1
	[[ $stderr == *'--tls implicit'*': no answer within 1 s' ]]
}

@test "no handshake: 75 after --connect-timeout" {
	converse - <<<STALL
	pop3 75 stat -u ann --connect-timeout 1
	[[ $stderr == *'the TLS handshake: timed out' ]]
}

@test "no handshake after STLS: the same" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: +OK
		STALL
	TALK
	pop3 75 stat -u ann --tls stls --connect-timeout 1
	[[ $stderr == *'the TLS handshake: timed out' ]]
}

@test "--max-time ends what goes on and on" {
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

@test "--retry does not wait past --max-time" {
	converse - <<-'TALK'
		S: -ERR [LOGIN-DELAY] wait 300 seconds
	TALK
	ann 75 stat --retry 5 --max-time 10
}

@test "--retry is for temporary failures only" {
	after_greeting <<-'TALK'
		C: USER ann
		S: -ERR who?
	TALK
	ann 77 stat --retry 5
}

@test "a file that holds no certificate or no key is named, and what is expected of it" {
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

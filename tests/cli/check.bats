# pop3 check: examines an account and its server as far as possible, and advises what to change.
load ../helpers/session

setup_file() {
	"$helpers/certificates" "$certificates"
}

trusting=(--ca-file "$certificates/ca.pem")

# advises TEXT: one of the records of advice contains it.
advises() {
	value advice | grep -qF -e "$1" || {
		cat stdout
		return 1
	}
}

# mailbox: the commands that check sends after login, for a mailbox with one message.
mailbox() {
	cat <<-'TALK'
		C: STAT
		S: +OK 1 320
		C: CAPA
		S: +OK
		S: TOP
		S: UIDL
		S: PIPELINING
		S: SASL PLAIN SCRAM-SHA-256
		S: EXPIRE NEVER
		S: .
		C: LIST
		S: +OK
		S: 1 320
		S: .
		C: UIDL
		S: +OK
		S: 1 abc
		S: .
		C: TOP 1 0
		S: +OK
		S: Received: from a by b; Tue, 1 Sep 2026 10:00:00 +0000
		S: Subject: hello
		S:
		S: .
	TALK
}

# --- without problems

@test "a good account: all records" {
	converse - < <(echo 'TLS good sni=localhost' && greeting TOP USER && login && mailbox && goodbye)
	pop3 0 check -u ann -s "localhost:$port" -4 "${trusting[@]}"
	sed -i '/^\(cipher\|valid-\|days-left\)/d' stdout
	diff - stdout <<-END
		address	127.0.0.1:$port connected
		greeting	ready
		tls	TLSv1.3
		certificate	CN=localhost
		names	localhost, 127.0.0.1, ::1
		issuer	CN=localhost
		pin	$(pin good)
		capa-before-login	TOP
		capa-before-login	USER
		capa-after-login	TOP
		capa-after-login	UIDL
		capa-after-login	PIPELINING
		capa-after-login	SASL PLAIN SCRAM-SHA-256
		capa-after-login	EXPIRE NEVER
		mechanisms	PLAIN SCRAM-SHA-256
		login	USER accepted
		expire	NEVER
		messages	1
		octets	320
		uidl	works
		top	works
	END
	[ -z "$stderr" ]
}

@test "--json prints one object per record" {
	in_session < <(mailbox)
	ann 0 check --json
	[ "${lines[0]}" = "{\"name\":\"address\",\"value\":\"127.0.0.1:$port connected\"}" ]
	[ "$(jq -r 'select(.name == "messages").value' stdout)" = 1 ]
	[ "$(jq -r .name stdout | wc -l)" -eq "${#lines[@]}" ]
}

@test "check without a user name does not log in" {
	after_greeting TOP 'SASL PLAIN' < <(goodbye)
	pop3 0 check --tls off
	[ "$(value capa-before-login)" = $'TOP\nSASL PLAIN' ]
	[ -z "$(value login)" ]
}

@test "check neither uses nor writes the cache" {
	after_greeting TOP < <(goodbye)
	pop3 0 check --tls off
	[ -z "$(find "$XDG_CACHE_HOME" -type f)" ]
}

@test "a pipelined login is judged by its own answer" {
	converse - <<-'TALK'
		S: +OK ready
		C: CAPA
		S: +OK
		S: USER
		S: PIPELINING
		S: .
		C: USER ann
		C: PASS secret
		C: STAT
		S: +OK
		S: -ERR [SYS/PERM] this mailbox is closed
	TALK
	ann 77 check
	[ "$(value login)" = 'USER not accepted' ]
	[ -z "$(value messages)" ]
}

@test "all certificates of a chain are described" {
	local until
	converse - < <(echo 'TLS chained' && greeting TOP && goodbye)
	pop3 0 check "${trusting[@]}"
	[ "$(value certificate)" = $'CN=localhost\nCN=intermediate' ]
	[ "$(value issuer)" = $'CN=intermediate\nCN=localhost' ]
	until=$(openssl x509 -in "$certificates/chained.pem" -noout -enddate | cut -d = -f 2)
	[ "$(value valid-until | head -n 1)" = "$(date -u -d "$until" +%FT%TZ)" ]
	[ "$(value days-left | head -n 1)" -ge 3640 ]
}

@test "a NUL in a certificate's name does not hide the rest of the name" {
	converse - <<<'TLS-REFUSED nul-in-name'
	pop3 80 check "${trusting[@]}" -s "localhost:$port"
	[ "$(value names)" = 'localhost?.example.org' ]
	advises 'the certificate is valid for localhost?.example.org'
}

@test "at most eight certificates of a chain are described" {
	local i
	cp "$certificates/chained.key" "$certificates/long-chain.key"
	cp "$certificates/chained.pem" "$certificates/long-chain.pem"
	for i in {1..10}; do
		cat "$certificates/intermediate.pem"
	done >>"$certificates/long-chain.pem"
	converse - < <(echo 'TLS long-chain' && greeting TOP && goodbye)
	pop3 0 check "${trusting[@]}"
	[ "$(value certificate | wc -l)" -eq 8 ]
}

@test "long lists of names are cut off after a whole name" {
	local names
	printf -v names ',DNS:host-%s.example.org' {1000..1499}
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 99 -subj /CN=x \
		-addext "subjectAltName=${names:1}" -keyout "$certificates/many-names.key" \
		-out "$certificates/many-names.pem"
	converse - <<<'TLS-REFUSED many-names'
	pop3 80 check
	[ "$(value names | wc -c)" -le 2048 ]
	[ "$(value names | tr -d ' ' | tr , '\n' | grep -cvxE 'host-[0-9]{4}\.example\.org')" -eq 0 ]
	[ "$(value names | tr , '\n' | wc -l)" -gt 80 ]
}

# --- server and connection

# refuses CERTIFICATE ADVICE [OPTION…]: check prints its pin and the advice, and breaks off the
# handshake.
refuses() {
	converse - <<<"TLS-REFUSED $1"
	pop3 80 check -u ann -s "${host:-127.0.0.1}:$port" "${@:3}"
	[ "$(value pin)" = "$(pin "$1")" ]
	[ "$(value tls)" = TLSv1.3 ]
	advises "$2"
	[ -z "$(value greeting)" ]
}

@test "an expired certificate: advice with its last day" {
	refuses expired 'the certificate CN=localhost expired on 2020-02-01' "${trusting[@]}"
	[ "$(value days-left)" -lt -2000 ]
}
@test "a certificate not yet valid: advice to set the clock" {
	refuses not-yet "becomes valid on 2090-01-01: set this machine's clock" "${trusting[@]}"
}
@test "a certificate for another name: advice to use one of its names" {
	host=localhost refuses other-name 'is valid for other.example.org: use one of these' "${trusting[@]}"
}
@test "a certificate without host names" {
	host=localhost refuses cn-only 'contains no host name' "${trusting[@]}"
}
@test "a self-signed certificate: advice to pin it" {
	refuses self-signed "use --no-verify --pin $(pin self-signed)" "${trusting[@]}"
}
@test "an unknown authority: advice to use --ca-file" { refuses good 'add it with --ca-file'; }
@test "a missing intermediate certificate is suspected" {
	refuses no-intermediate 'an intermediate certificate may be missing' "${trusting[@]}"
}
@test "several problems of a certificate are reported at once" {
	host=localhost refuses other-name 'add it with --ca-file'
	advises 'is valid for other.example.org'
}

@test "over TLS 1.2, a refused certificate is described too" {
	converse - <<<'TLS-REFUSED expired max-1.2'
	pop3 80 check -u ann "${trusting[@]}"
	[ "$(value tls)" = TLSv1.2 ]
	[ "$(value pin)" = "$(pin expired)" ]
}

@test "after STLS, a refused certificate is described too" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: +OK
		TLS-REFUSED expired
	TALK
	pop3 80 check -u ann -s "pop3://127.0.0.1:$port" "${trusting[@]}"
	[ "$(value greeting)" = ready ]
	[ "$(value pin)" = "$(pin expired)" ]
}

@test "the printed pin works with --pin" {
	converse - <<<'TLS-REFUSED self-signed'
	pop3 80 check
	converse - < <(echo 'TLS self-signed' && greeting TOP && goodbye)
	pop3 0 check --no-verify --pin "$(value pin)"
	[ -z "$(value advice)" ]
}

@test "the key does not match --pin: advice to use the new pin once confirmed" {
	converse - <<-'TALK'
		TLS good
		EOF
	TALK
	pop3 80 check "${trusting[@]}" --pin "$(pin expired)"
	advises "if the server's operator confirms the change, use --pin $(pin good)"
}

@test "--no-verify: advice to add --pin" {
	converse - < <(echo 'TLS expired' && greeting TOP && goodbye)
	pop3 0 check --no-verify
	[ "$(value advice)" = "the certificate was not verified: once the key is confirmed, add --pin $(pin expired)" ]
}

@test "a greeting in clear text where TLS was expected: advice to use pop3://" {
	converse - <<-'TALK'
		S: +OK ready
		STALL
	TALK
	pop3 80 check -u ann
	advises "use pop3://127.0.0.1:$port"
}

@test "TLS where a greeting was expected: advice to use pop3s://" {
	converse - <<-'TALK'
		S| \x15\x03\x01\0\x02\x02\x46
	TALK
	pop3 76 check -u ann -s "pop3://127.0.0.1:$port"
	advises "use pop3s://127.0.0.1:$port"
}

@test "no greeting: advice to try pop3s://" {
	converse - <<<'STALL'
	pop3 75 check -u ann -s "pop3://127.0.0.1:$port" --timeout 1
	advises "try pop3s://127.0.0.1:$port"
}

@test "an IMAP or SMTP server: advice about its port" {
	converse - <<<'S: * OK IMAP4rev1 ready'
	ann 76 check
	advises "an IMAP server is on port $port"
	converse - <<<'S: 220 mx.example.org ESMTP'
	ann 76 check
	advises "an SMTP server is on port $port"
}

@test "the server has no STLS: advice to try pop3s://" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: -ERR what?
	TALK
	pop3 80 check -u ann -s "pop3://127.0.0.1:$port"
	advises 'the server has no STLS: try pop3s://127.0.0.1'
}

@test "a refused connection: 69, an unknown host name: 68, each with advice" {
	pop3 69 check -u ann -s 127.0.0.1:1
	[ "$(value address)" = '127.0.0.1:1 Connection refused' ]
	advises 'check that port 1 is right'
	pop3 68 check -u ann -s host.invalid
	advises "check the spelling of 'host.invalid'"
}

@test "each address of a host name has a record" {
	converse - < <(greeting TOP && goodbye)
	pop3 0 check -s "localhost:$port" --tls off
	value address | grep -qx "127.0.0.1:$port connected"
	[ "$(value address | wc -l)" -eq "$(getent ahosts localhost | grep -c STREAM)" ]
}

# --- the login

# refuses_password CAPABILITY…: the password is refused with the answer on stdin.
refuses_password() {
	converse - < <(greeting "$@" && printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' && cat)
}

@test "a wrong password: advice about user name and password" {
	refuses_password USER <<<'S: -ERR [AUTH] no'
	ann 77 check
	[ "$(value login)" = 'USER not accepted' ]
	advises 'check user name and password'
	advises '--user ann@DOMAIN'
	[[ $stderr == *'[AUTH] no' ]]
}

@test "a server that offers only OAuth: advice to use --auth xoauth2" {
	converse - < <(greeting 'SASL XOAUTH2 OAUTHBEARER')
	ann 77 check
	advises 'use --auth xoauth2'
	[ -z "$(value login)" ]
}

@test "IN-USE, LOGIN-DELAY and SYS/TEMP at login: advice for each" {
	refuses_password USER <<<'S: -ERR [IN-USE] no'
	ann 75 check
	advises 'another session is using the mailbox'
	refuses_password USER <<<'S: -ERR [LOGIN-DELAY] no'
	ann 75 check
	advises 'the last login was too recent'
	refuses_password USER <<<'S: -ERR [SYS/TEMP] no'
	ann 75 check
	advises 'temporary problem: try again later'
}

@test "--retry: only the last attempt is reported" {
	converse - < <(greeting USER && printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' \
		'S: -ERR [IN-USE] no' --- && greeting USER && login && mailbox && goodbye)
	ann 0 check --retry 1
	[ "$(value login)" = 'USER accepted' ]
	[ "$(value greeting)" = ready ]
}

# --- the mailbox

@test "EXPIRE, LOGIN-DELAY and missing capabilities: advice for each" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 1 320
		C: CAPA
		S: +OK
		S: EXPIRE 0
		S: LOGIN-DELAY 300
		S: UIDL
		S: .
		C: LIST
		S: +OK
		S: 1 320
		S: .
		C: UIDL
		S: +OK
		S: 1 abc
		S: .
	TALK
	ann 0 check
	[ "$(value expire)" = 0 ]
	[ "$(value login-delay)" = 300 ]
	advises 'wait at least 300 seconds between logins'
	advises 'fetch --peek prevents that'
	advises 'without PIPELINING'
	[ -z "$(value top)" ]
}

@test "UIDL, TOP and CAPA are refused: advice, and no RETR as a replacement" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 1 320
		C: CAPA
		S: -ERR what?
		C: LIST
		S: +OK
		S: 1 320
		S: .
		C: UIDL
		S: -ERR what?
		C: TOP 1 0
		S: -ERR what?
	TALK
	ann 0 check
	[ "$(value uidl) $(value top)" = 'refused refused' ]
	[ "$(value quirk)" = 'the server does not support CAPA' ]
	advises 'without UIDL'
	advises 'without TOP'
}

@test "an empty mailbox: no test of TOP" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 0 0
		C: CAPA
		S: +OK
		S: UIDL
		S: .
		C: LIST
		S: +OK
		S: .
		C: UIDL
		S: +OK
		S: .
	TALK
	ann 0 check
	[ "$(value uidl)" = works ]
	[ -z "$(value top)" ]
}

@test "STAT is refused after login: 77" {
	in_session <<-'TALK'
		C: STAT
		S: -ERR what?
	TALK
	ann 77 check
	[ "$(value login)" = 'USER accepted' ]
}

@test "a connection lost after login: 75, with the records so far" {
	after_login <<-'TALK'
		C: STAT
		S: +OK 1 320
		C: CAPA
	TALK
	ann 75 check
	[ "$(value messages)" = 1 ]
	[ "$(value login)" = 'USER accepted' ]
}

@test "a clock that differs from the server's is reported, an old date is not" {
	local stamp
	in_session < <(mailbox | sed 's/2026/2096/')
	ann 0 check
	[ "$(value clock-ahead)" -gt 1000000000 ]
	stamp=$(($(date +%s) - 86400))
	converse - <<-TALK
		S: +OK <12.$stamp@pop.example.org>
		C: CAPA
		S: -ERR
		$(login && mailbox && goodbye)
	TALK
	ann 0 check
	[ "$(value clock-ahead)" -le -86400 ]
	advises 'seconds apart'
	in_session < <(mailbox | sed 's/2026/2006/')
	ann 0 check
	[ -z "$(value clock-ahead)" ]
}

# --- quirks

@test "each quirk is reported once, by check and by -v" {
	converse - <<-'TALK'
		S: +OK ready
		C: CAPA
		S| \r\n\r\n+\n
		S: UTF8
		S: USER
		S: LOGIN-DELAY 60
		S: .
		C: UTF8
		S: -ERR
		C: USER ann
		S| +OK\n
		C: PASS secret
		S: + welcome
		C: STAT
		S: +OK 3 messages (320 octets)
		C: CAPA
		S: +OK
		S: TOP
		S: .
		C: LIST
		S: +OK
		S: 1 320
		S: 2 320
		S: .
		C: UIDL
		S: +OK
		S: 1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
		S: 2 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
		S: .
		C: TOP 2 0
		S: -ERR what?
		C: QUIT
		S: +OK
	TALK
	ann 0 check -v
	diff <(value quirk) - <<-'END'
		the server sends blank lines before its answers
		the server ends its lines with a bare LF
		the server sends '+' or '-' instead of +OK or -ERR
		the server requires 60 seconds between logins
		the server offers UTF8 but refused it
		the server sends '+' and text instead of +OK after a login
		the server's answer to STAT is not two numbers
		STAT and LIST disagree on the number of messages
		some messages have no UID, or share one
		some UIDs are longer than 70 octets
		the server has UIDL without listing it
		the server lists TOP and refuses it
	END
	value quirk | sed 's/^/pop3: /' >quirks
	grep -xFf quirks <<<"$stderr" | cmp - quirks
}

@test "control characters from the server are escaped" {
	converse - <<-'TALK'
		S: +OK \x1b[2J ready
		C: CAPA
		S: +OK
		S: \x1b]0;x
		S: .
		C: QUIT
		S: +OK
	TALK
	pop3 0 check --tls off
	[ "$(value greeting)" = '\x1B[2J ready' ]
	[ "$(value capa-before-login)" = '\x1B]0;x' ]
}

@test "--trace writes a trace" {
	after_greeting TOP < <(goodbye)
	pop3 0 check --tls off --trace trace
	grep -q '> CAPA$' trace
}

@test "an interrupted check prints its records so far: 130" {
	after_greeting USER <<-'TALK'
		C: USER ann
		STALL
	TALK
	env --default-signal=INT "$program" check -u ann --tls off -s "$server" --trace trace \
		>stdout 2>stderr 3>&- &
	stop_later $!
	until grep -q USER trace 2>/dev/null; do
		sleep 0.02
	done
	kill -INT $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 130 ]
	[ "$(value greeting)" = ready ]
}

@test "check with an operand is a usage error" {
	server=127.0.0.1:1
	pop3 64 check 1
	[ "$stderr" = "pop3: unexpected operand '1': check" ]
}

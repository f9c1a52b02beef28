# pop3 check: what an account and its server are like, as far as one gets, and what to mend.
load ../helpers/session

setup_file() {
	"$helpers/certificates" "$certificates"
}

trusting=(--ca-file "$certificates/ca.pem")

# advises TEXT: one of the advices has it.
advises() {
	value advice | grep -qF -e "$1" || {
		cat stdout
		return 1
	}
}

# mailbox: what check asks of a mailbox with one message, after the login.
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

# --- all is well

@test "a good account, whole" {
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

@test "--json: an object a record" {
	in_session < <(mailbox)
	ann 0 check --json
	[ "${lines[0]}" = "{\"name\":\"address\",\"value\":\"127.0.0.1:$port connected\"}" ]
	[ "$(jq -r 'select(.name == "messages").value' stdout)" = 1 ]
	[ "$(jq -r .name stdout | wc -l)" -eq "${#lines[@]}" ]
}

@test "without a user nobody logs in" {
	after_greeting TOP 'SASL PLAIN' < <(goodbye)
	pop3 0 check --tls off
	[ "$(value capa-before-login)" = $'TOP\nSASL PLAIN' ]
	[ -z "$(value login)" ]
}

@test "what an earlier run learnt is not believed, and nothing is learnt" {
	after_greeting TOP < <(goodbye)
	pop3 0 check --tls off
	[ -z "$(find "$XDG_CACHE_HOME" -type f)" ]
}

@test "a login that is sent ahead is accepted, or not, by its own answer" {
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

@test "chains, names and days are those of the certificates" {
	local until
	converse - < <(echo 'TLS chained' && greeting TOP && goodbye)
	pop3 0 check "${trusting[@]}"
	[ "$(value certificate)" = $'CN=localhost\nCN=intermediate' ]
	[ "$(value issuer)" = $'CN=intermediate\nCN=localhost' ]
	until=$(openssl x509 -in "$certificates/chained.pem" -noout -enddate | cut -d = -f 2)
	[ "$(value valid-until | head -n 1)" = "$(date -u -d "$until" +%FT%TZ)" ]
	[ "$(value days-left | head -n 1)" -ge 3640 ]
}

@test "a name with a NUL does not hide what stands behind it" {
	converse - <<<'TLS-REFUSED nul-in-name'
	pop3 80 check "${trusting[@]}" -s "localhost:$port"
	[ "$(value names)" = 'localhost?.example.org' ]
	advises 'the certificate is valid for localhost?.example.org'
}

@test "no more than eight certificates of a chain are told" {
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

@test "no more names of a certificate than have room, and those whole" {
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

# --- what does not let anybody in

# refuses CERTIFICATE ADVICE [OPTION…]: shown with its pin, and broken off without a word inside.
refuses() {
	converse - <<<"TLS-REFUSED $1"
	pop3 80 check -u ann -s "${host:-127.0.0.1}:$port" "${@:3}"
	[ "$(value pin)" = "$(pin "$1")" ]
	[ "$(value tls)" = TLSv1.3 ]
	advises "$2"
	[ -z "$(value greeting)" ]
}

@test "an expired certificate" {
	refuses expired 'the certificate CN=localhost expired on 2020-02-01' "${trusting[@]}"
	[ "$(value days-left)" -lt -2000 ]
}
@test "a certificate not yet valid" {
	refuses not-yet "becomes valid on 2090-01-01: set this machine's clock" "${trusting[@]}"
}
@test "a certificate for another name" {
	host=localhost refuses other-name 'is valid for other.example.org: use one of these' "${trusting[@]}"
}
@test "a certificate for no name" {
	host=localhost refuses cn-only 'contains no host name' "${trusting[@]}"
}
@test "a self-signed certificate" {
	refuses self-signed "use --no-verify --pin $(pin self-signed)" "${trusting[@]}"
}
@test "an unknown authority" { refuses good 'add it with --ca-file'; }
@test "an intermediate is missing" {
	refuses no-intermediate 'an intermediate certificate may be missing' "${trusting[@]}"
}
@test "all that is wrong is said at once" {
	host=localhost refuses other-name 'add it with --ca-file'
	advises 'is valid for other.example.org'
}

@test "what is shown over TLS 1.2" {
	converse - <<<'TLS-REFUSED expired max-1.2'
	pop3 80 check -u ann "${trusting[@]}"
	[ "$(value tls)" = TLSv1.2 ]
	[ "$(value pin)" = "$(pin expired)" ]
}

@test "a certificate refused after STLS" {
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

@test "the pin that it prints lets one in" {
	converse - <<<'TLS-REFUSED self-signed'
	pop3 80 check
	converse - < <(echo 'TLS self-signed' && greeting TOP && goodbye)
	pop3 0 check --no-verify --pin "$(value pin)"
	[ -z "$(value advice)" ]
}

@test "a pin of another key" {
	converse - <<-'TALK'
		TLS good
		EOF
	TALK
	pop3 80 check "${trusting[@]}" --pin "$(pin expired)"
	advises "if the server's operator confirms the change, use --pin $(pin good)"
}

@test "nothing is verified" {
	converse - < <(echo 'TLS expired' && greeting TOP && goodbye)
	pop3 0 check --no-verify
	[ "$(value advice)" = "the certificate was not verified: once the key is confirmed, add --pin $(pin expired)" ]
}

@test "a plain greeting where TLS was expected" {
	converse - <<-'TALK'
		S: +OK ready
		STALL
	TALK
	pop3 80 check -u ann
	advises "use pop3://127.0.0.1:$port"
}

@test "TLS where a greeting was expected" {
	converse - <<-'TALK'
		S| \x15\x03\x01\0\x02\x02\x46
	TALK
	pop3 76 check -u ann -s "pop3://127.0.0.1:$port"
	advises "use pop3s://127.0.0.1:$port"
}

@test "silence where a greeting was expected" {
	converse - <<<'STALL'
	pop3 75 check -u ann -s "pop3://127.0.0.1:$port" --timeout 1
	advises "try pop3s://127.0.0.1:$port"
}

@test "an IMAP server, an SMTP server" {
	converse - <<<'S: * OK IMAP4rev1 ready'
	ann 76 check
	advises "an IMAP server is on port $port"
	converse - <<<'S: 220 mx.example.org ESMTP'
	ann 76 check
	advises "an SMTP server is on port $port"
}

@test "no STLS" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: -ERR what?
	TALK
	pop3 80 check -u ann -s "pop3://127.0.0.1:$port"
	advises 'the server has no STLS: try pop3s://127.0.0.1'
}

@test "nobody listens, and no such host" {
	pop3 69 check -u ann -s 127.0.0.1:1
	[ "$(value address)" = '127.0.0.1:1 Connection refused' ]
	advises 'check that port 1 is right'
	pop3 68 check -u ann -s host.invalid
	advises "check the spelling of 'host.invalid'"
}

@test "every address of a name is told" {
	converse - < <(greeting TOP && goodbye)
	pop3 0 check -s "localhost:$port" --tls off
	value address | grep -qx "127.0.0.1:$port connected"
	[ "$(value address | wc -l)" -eq "$(getent ahosts localhost | grep -c STREAM)" ]
}

# --- the login

# turned_away CAPABILITY… with the refusal of the login on stdin
turned_away() {
	converse - < <(greeting "$@" && printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' && cat)
}

@test "a refused password" {
	turned_away USER <<<'S: -ERR [AUTH] no'
	ann 77 check
	[ "$(value login)" = 'USER not accepted' ]
	advises 'check user name and password'
	advises '--user ann@DOMAIN'
	[[ $stderr == *'[AUTH] no' ]]
}

@test "only OAuth" {
	converse - < <(greeting 'SASL XOAUTH2 OAUTHBEARER')
	ann 77 check
	advises 'use --auth xoauth2'
	[ -z "$(value login)" ]
}

@test "in use, too early, out of order" {
	turned_away USER <<<'S: -ERR [IN-USE] no'
	ann 75 check
	advises 'another session is using the mailbox'
	turned_away USER <<<'S: -ERR [LOGIN-DELAY] no'
	ann 75 check
	advises 'the last login was too recent'
	turned_away USER <<<'S: -ERR [SYS/TEMP] no'
	ann 75 check
	advises 'temporary problem: try again later'
}

@test "--retry tells what the last try met, once" {
	converse - < <(greeting USER && printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' \
		'S: -ERR [IN-USE] no' --- && greeting USER && login && mailbox && goodbye)
	ann 0 check --retry 1
	[ "$(value login)" = 'USER accepted' ]
	[ "$(value greeting)" = ready ]
}

# --- the mailbox

@test "limits" {
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

@test "neither UIDL nor TOP, nor CAPA, and no message is fetched instead" {
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

@test "an empty mailbox" {
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

@test "STAT is refused after a good login" {
	in_session <<-'TALK'
		C: STAT
		S: -ERR what?
	TALK
	ann 77 check
	[ "$(value login)" = 'USER accepted' ]
}

@test "a mailbox that ends in the middle tells what came before" {
	after_login <<-'TALK'
		C: STAT
		S: +OK 1 320
		C: CAPA
	TALK
	ann 75 check
	[ "$(value messages)" = 1 ]
	[ "$(value login)" = 'USER accepted' ]
}

@test "a clock that is shown to be ahead, and dates that show nothing" {
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

@test "quirks are named once each, by check and by -v" {
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

@test "what a server says cannot move a cursor" {
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

@test "a trace is written as ever" {
	after_greeting TOP < <(goodbye)
	pop3 0 check --tls off --trace trace
	grep -q '> CAPA$' trace
}

@test "interrupted, it tells what it has" {
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

@test "check takes no operands" {
	server=127.0.0.1:1
	pop3 64 check 1
	[ "$stderr" = "pop3: unexpected operand '1': check" ]
}

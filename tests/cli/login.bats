# Logging in: the dialogue of each mechanism, the choice between them, and refusals.
load ../helpers/session

# in_mailbox: STAT and QUIT, which only work after a login.
in_mailbox() {
	printf '%s\n' 'C: STAT' 'S: +OK 2 320'
	goodbye
}

# logs_in OPTION…: stat succeeds; the login, after a greeting without CAPA, is on stdin.
logs_in() {
	converse - < <(greeting && cat && in_mailbox)
	ann 0 stat "$@"
	[ "$output" = $'2\t320' ]
}

# offered CAPABILITY…: stat succeeds at a server with these capabilities; the login is on stdin.
offered() {
	converse - < <(greeting "$@" && cat && in_mailbox)
	ann 0 stat
}

# refused STATUS OPTION…: stat fails in the login on stdin.
refused() {
	converse - < <(greeting && cat)
	ann "$1" stat "${@:2}"
	[ "$output" = '' ]
}

# --- each mechanism

@test "user: USER and PASS" {
	logs_in --auth user <<-'TALK'
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
	TALK
}

@test "plain: the initial response on the AUTH line" {
	logs_in --auth plain <<-'TALK'
		C: AUTH PLAIN \64(\0ann\0secret)
		S: +OK
	TALK
}

@test "login: two prompts" {
	logs_in --auth login <<-'TALK'
		C: AUTH LOGIN
		S: + \64(Username:)
		C: \64(ann)
		S: + \64(Password:)
		C: \64(secret)
		S: +OK
	TALK
}

# asks_by FIRST SECOND: LOGIN with these lines as prompts.
asks_by() {
	logs_in --auth login <<-TALK
		C: AUTH LOGIN
		S: $1
		C: \\64(ann)
		S: $2
		C: \\64(secret)
		S: +OK
	TALK
}

@test "login: prompts of + alone" { asks_by + +; }
@test "login: prompts that begin with +OK" { asks_by +OK '+OK password, please'; }
@test "login: empty prompts" { asks_by '+ ' '+ '; }

@test "login: + alone after both prompts is accepted as success" {
	logs_in --auth login <<-'TALK'
		C: AUTH LOGIN
		S: +
		C: \64(ann)
		S: +
		C: \64(secret)
		S: +
	TALK
}

@test "login: +ERR is a refusal: 77" {
	refused 77 --auth login <<-'TALK'
		C: AUTH LOGIN
		S: +
		C: \64(ann)
		S: +
		C: \64(secret)
		S: +ERR wrong
	TALK
	[ "$stderr" = 'pop3: 127.0.0.1: the server refused the login: wrong' ]
}

@test "plain: + alone requests the response again" {
	logs_in --auth plain <<-'TALK'
		C: AUTH PLAIN \64(\0ann\0secret)
		S: +
		C: \64(\0ann\0secret)
		S: +OK
	TALK
}

@test "plain: + alone is success at a server that greets with +" {
	converse - <<-'TALK'
		S: + ready
		C: CAPA
		S: -
		C: AUTH PLAIN \64(\0ann\0secret)
		S: +
		C: STAT
		S: + 2 320
		C: QUIT
		S: +
	TALK
	ann 0 stat --auth plain
}

@test "plain: pipelined commands are not sent as the response that + requests" {
	converse - <<-'TALK'
		S: +OK ready
		C: CAPA
		S: +OK
		S: SASL PLAIN
		S: PIPELINING
		S: .
		C: AUTH PLAIN \64(\0ann\0secret)
		C: STAT
		C: QUIT
		S: +
		S: -ERR no base64
		---
		S: +OK ready
		C: CAPA
		S: +OK
		S: SASL PLAIN
		S: PIPELINING
		S: .
		C: AUTH PLAIN \64(\0ann\0secret)
		S: +
		C: \64(\0ann\0secret)
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "xoauth2: + alone requests the token again" {
	POP3_PASSWORD=token logs_in --auth xoauth2 <<-'TALK'
		C: AUTH XOAUTH2 \64(user=ann\x01auth=Bearer token\x01\x01)
		S: +
		C: \64(user=ann\x01auth=Bearer token\x01\x01)
		S: +OK
	TALK
}

@test "user: +ERR is a refusal: 77" {
	refused 77 --auth user <<-'TALK'
		C: USER ann
		S: +OK
		C: PASS secret
		S: +ERR no such user
	TALK
}

@test "cram-md5: a challenge that begins with +OK" {
	local digest
	digest=$(printf '<1@x>' | openssl md5 -hmac secret -r)
	logs_in --auth cram-md5 <<-TALK
		C: AUTH CRAM-MD5
		S: +OK \\64(<1@x>)
		C: \\64(ann ${digest%% *})
		S: +OK
	TALK
}

@test "cram-md5: the challenge and its digest" {
	local digest
	digest=$(printf '<1@x>' | openssl md5 -hmac secret -r)
	logs_in --auth cram-md5 <<-TALK
		C: AUTH CRAM-MD5
		S: + \\64(<1@x>)
		C: \\64(ann ${digest%% *})
		S: +OK
	TALK
}

@test "apop: the digest of the timestamp and the password" {
	local digest
	digest=$(printf '<1896.697170952@dbc.mtview.ca.us>secret' | md5sum)
	converse - < <(in_mailbox | cat <(
		cat <<-TALK
			S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
			C: CAPA
			S: -ERR
			C: APOP ann ${digest%% *}
			S: +OK
		TALK
	) -)
	ann 0 stat --auth apop
}

@test "external: only the user name, no password" {
	unset POP3_PASSWORD
	logs_in --auth external --no-input <<-'TALK'
		C: AUTH EXTERNAL \64(ann)
		S: +OK
	TALK
}

@test "xoauth2: user name and token" {
	logs_in --auth xoauth2 <<-'TALK'
		C: AUTH XOAUTH2 \64(user=ann\x01auth=Bearer secret\x01\x01)
		S: +OK
	TALK
}

@test "oauthbearer: one line" {
	converse - < <(
		greeting
		echo 'C~ AUTH OAUTHBEARER [A-Za-z0-9+/]+=*'
		echo 'S: +OK'
		in_mailbox
	)
	ann 0 stat --auth oauthbearer
}

@test "scram-sha-256: the first message has the user name and a nonce" {
	refused 77 --auth scram-sha-256 <<-'TALK'
		C~ AUTH SCRAM-SHA-256 biwsbj1hbm4scj[A-Za-z0-9+/]+=*
		S: -ERR no
	TALK
}

@test "scram: a nonce that does not begin with the client's gets no proof: 76" {
	refused 76 --auth scram-sha-256 <<-'TALK'
		C~ AUTH SCRAM-SHA-256 .*
		S: + \64(r=other,s=c2FsdA==,i=4096)
		EOF
	TALK
}

@test "scram: +OK before the server's proof is not accepted: 77" {
	refused 77 --auth scram-sha-1 <<-'TALK'
		C~ AUTH SCRAM-SHA-1 .*
		S: +OK welcome
		EOF
	TALK
}

@test "scram-sha-256-plus without TLS is a usage error" {
	refused 64 --auth scram-sha-256-plus <<-'TALK'
		EOF
	TALK
}

# --- the choice of a mechanism

@test "auto: SCRAM before PLAIN" {
	after_greeting 'SASL PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256' USER <<-'TALK'
		C~ AUTH SCRAM-SHA-256 .*
		S: -ERR no
	TALK
	ann 77 stat
}

@test "auto: SCRAM with channel binding first over TLS" {
	converse - <<-'TALK'
		TLS
		S: +OK ready
		C: CAPA
		S: +OK
		S: SASL PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS
		S: .
		C~ AUTH SCRAM-SHA-256-PLUS cD10bHMtZXhwb3J0ZXIsLG49YW5uLHI9.*
		S: -ERR no
	TALK
	pop3 77 stat -u ann --ca-file "$certificates/ca.pem"
}

@test "auto: PLAIN before USER and LOGIN" {
	offered USER 'SASL LOGIN PLAIN' <<-'TALK'
		C: AUTH PLAIN \64(\0ann\0secret)
		S: +OK
	TALK
}

@test "auto: USER when SASL lists no mechanism with a password" {
	offered USER 'SASL GSSAPI XOAUTH2' <<-'TALK'
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
	TALK
}

@test "auto: USER when the capabilities have neither USER nor SASL" {
	offered TOP UIDL <<-'TALK'
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
	TALK
}

@test "auto: no mechanism with a password: 77" {
	after_greeting 'SASL GSSAPI' <<-'TALK'
		EOF
	TALK
	ann 77 stat
	[[ $stderr == *'(it offers: GSSAPI)' ]]
}

@test "apop: a timestamp that is not a msg-id is not used: 77" {
	for timestamp in '' '<>' '<no-at-sign>' '<a@>' '<a@b' '<a b@c>' $'<\xff@b>'; do
		converse - <<-TALK
			S: +OK ready $timestamp
			C: CAPA
			S: -ERR
			EOF
		TALK
		ann 77 stat --auth apop
		conversation_ended_well
	done
}

# --- long lines

# plain_in_…_line LENGTH: the dialogue of PLAIN with a password of that length.
plain_in_one_line() {
	POP3_PASSWORD=$(printf "%0$1d" 0) logs_in --auth plain <<-TALK
		C: AUTH PLAIN \\64(\\0ann\\0$(printf "%0$1d" 0))
		S: +OK
	TALK
}

plain_in_two_lines() {
	POP3_PASSWORD=$(printf "%0$1d" 0) logs_in --auth plain <<-TALK
		C: AUTH PLAIN
		S: + 
		C: \\64(\\0ann\\0$(printf "%0$1d" 0))
		S: +OK
	TALK
}

@test "plain: an AUTH line of up to 255 octets has the initial response" { plain_in_one_line 175; }
@test "plain: a longer response is sent after the prompt" { plain_in_two_lines 176; }
@test "plain: a password of 5,000 octets" { plain_in_two_lines 5000; }

@test "xoauth2: a token of 10,000 octets" {
	local token
	token=$(printf '%010000d' 0)
	POP3_PASSWORD=$token logs_in --auth xoauth2 <<-TALK
		C: AUTH XOAUTH2
		S: + 
		C: \\64(user=ann\\x01auth=Bearer $token\\x01\\x01)
		S: +OK
	TALK
}

# --- unusual answers

# long_plain CONTINUATION [OPTION…]: PLAIN in two lines, with CONTINUATION in place of "+ ".
long_plain() {
	POP3_PASSWORD=$(printf '%0200d' 0) logs_in --auth plain "${@:2}" <<-TALK
		C: AUTH PLAIN
		S: $1
		C: \\64(\\0ann\\0$(printf '%0200d' 0))
		S: +OK
	TALK
}

@test "plain: +OK in place of +" { long_plain '+OK'; }
@test "plain: + alone in place of + and a space" { long_plain '+'; }
@test "plain: + with text that is not base64" {
	long_plain '+ go ahead' -v
	grep -q 'sends plain text instead of base64' stderr
}

@test "user: + in place of +OK" {
	logs_in --auth user <<-'TALK'
		C: USER ann
		S: + send PASS
		C: PASS secret
		S: + welcome
	TALK
}

@test "plain: + with text in place of +OK" {
	logs_in --auth plain <<-'TALK'
		C: AUTH PLAIN \64(\0ann\0secret)
		S: + welcome
	TALK
}

@test "login: prompts that are not base64" {
	logs_in --auth login <<-'TALK'
		C: AUTH LOGIN
		S: + Username:
		C: \64(ann)
		S: + Password:
		C: \64(secret)
		S: +OK
	TALK
}

@test "login: a third prompt: 76" {
	refused 76 --auth login <<-'TALK'
		C: AUTH LOGIN
		S: + \64(Username:)
		C: \64(ann)
		S: + \64(Password:)
		C: \64(secret)
		S: + \64(Password:)
		EOF
	TALK
}

# --- refusals

@test "user: no PASS after a refused USER: 77" {
	refused 77 --auth user <<-'TALK'
		C: USER ann
		S: -ERR who?
		EOF
	TALK
	[ "$stderr" = 'pop3: 127.0.0.1: the server refused the login: who?' ]
}

@test "a refused password is not tried with another mechanism: 77" {
	after_greeting 'SASL PLAIN LOGIN CRAM-MD5' USER <<-'TALK'
		C: AUTH PLAIN \64(\0ann\0secret)
		S: -ERR [AUTH] wrong
		EOF
	TALK
	ann 77 stat
}

@test "a refused pipelined login is not repeated when the server closes the connection" {
	after_greeting USER PIPELINING <<-'TALK'
		C: USER ann
		C: PASS secret
		C: STAT
		C: QUIT
		S: +OK
		S: -ERR [SYS/PERM] closed
	TALK
	ann 77 stat
	[ "$stderr" = 'pop3: 127.0.0.1: the server refused the login: [SYS/PERM] closed' ]
}

@test "the server closes the connection during the login: 75" {
	refused 75 --auth user <<-'TALK'
		C: USER ann
		S: +OK
		C: PASS secret
		CLOSE
	TALK
}

@test "LOGIN-DELAY: the error says when to retry" {
	refused 75 --json <<-'TALK'
		C: USER ann
		S: +OK
		C: PASS secret
		S: -ERR [LOGIN-DELAY] wait 5 minutes
	TALK
	[[ $stderr == '{"code":"login-delay","exit":75,'*'"retry_after":300}' ]]
}

@test "xoauth2: the error has the server's reason" {
	refused 77 --auth xoauth2 <<-'TALK'
		C~ AUTH XOAUTH2 .*
		S: + \64({"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"})
		C:
		S: -ERR [AUTH] Invalid credentials
	TALK
	[[ $stderr == *400*'Invalid credentials'* ]]
}

@test "oauthbearer: the error has the server's reason" {
	refused 77 --auth oauthbearer <<-'TALK'
		C~ AUTH OAUTHBEARER .*
		S: + \64({"status":"invalid_token"})
		C: AQ==
		S: -ERR no
	TALK
	[[ $stderr == *invalid_token* ]]
}

# --- a password is asked for only when the server is trusted

# all_refuse_server OPTION…: each subcommand that logs in, with a self-signed server.
all_refuse_server() {
	local call calls=('stat' 'list' 'uidl' 'headers all' 'capa' 'dele all' 'check' 'batch lines'
		'fetch all -o dir:box' 'wait new --max-time 20' 'seen add all' 'stat --retry 3')
	unset POP3_PASSWORD
	"$helpers/certificates" "$certificates"
	echo stat >lines
	for call in "${calls[@]}"; do
		converse - <<<'TLS-REFUSED self-signed'
		eval "pop3 80 $call -u ann --ca-file \"$certificates/ca.pem\" $*"
		conversation_ended_well
	done
}

@test "the password command is not run for an untrusted server: 80" {
	all_refuse_server "--password-command 'touch asked; echo secret'"
	[ ! -e asked ]
}

@test "--password-fd and a FIFO are not read for an untrusted server: 80" {
	exec {once}<<<secret
	all_refuse_server "--password-fd $once"
	[ "$(cat <&"$once")" = secret ]
	mkfifo password
	all_refuse_server --password-file password
}

@test "the prompt comes after the certificate was accepted, and not for an untrusted server" {
	unset POP3_PASSWORD
	converse - <<<'TLS-REFUSED self-signed'
	run -80 "$helpers/type-in" "$program" stat -s "$server" -u ann \
		--ca-file "$certificates/ca.pem" </dev/null 3>&-
	[[ $output = *'the certificate is self-signed'* && $output != *'Password for'* ]]
	converse - < <(echo TLS && greeting && login && in_mailbox)
	"$helpers/type-in" "$program" stat -v -s "$server" -u ann --ca-file "$certificates/ca.pem" \
		>screen 3>&- <<-STEPS
		S: certificate for
		S: finding the password of ann
		S: Password for ann@$server: 
		C: secret\r
		S: messages
	STEPS
}

@test "the password command is not run if the server offers no login with a password: 77" {
	after_greeting 'SASL GSSAPI' <<<EOF
	ann 77 stat --password-command 'touch asked; echo secret'
	[ ! -e asked ]
}

@test "the password command is run once for all attempts of --retry" {
	unset POP3_PASSWORD
	converse - < <(
		after='C: USER ann\nS: -ERR [SYS/TEMP] no\n'
		greeting && printf "$after" && echo --- && printf "S: +OK ready\n$after"
	)
	ann 75 stat --retry 1 --password-command 'echo >>asked; echo secret'
	[ "$(wc -l <asked)" -eq 1 ]
}

@test "a password command that hangs is not run again with --retry: 75" {
	after_greeting <<<EOF
	ann 75 wait --timeout 1 --retry 5 --password-command 'echo >>asked; exec sleep 1000'
	[ "$(wc -l <asked)" -eq 1 ]
}

@test "if the server closes the connection during the password command, pop3 connects again" {
	converse - < <(
		greeting && printf '%s\n' 'S: -ERR idle for too long' CLOSE --- 'S: +OK ready'
		login && in_mailbox
	)
	ann 0 stat --password-command 'echo >>asked; echo secret'
	[ "$output" = $'2\t320' ]
	[ "$(wc -l <asked)" -eq 1 ]
}

@test "--max-time applies to the prompt: 75" {
	unset POP3_PASSWORD
	after_greeting <<<EOF
	run -75 "$helpers/type-in" "$program" stat -s "$server" -u ann --tls off --max-time 1 \
		<<<"S: Password for" 3>&-
	[[ $output = *'--max-time exceeded'* ]]
}

# --- passwords in clear text

@test "--tls stls: nothing is sent in clear text when STLS is refused: 80" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: -ERR what?
		EOF
	TALK
	pop3 80 stat -u ann --tls stls
	[[ $stderr == *'--tls off'* ]]
}

@test "a pop3:// URL requires STLS: 80" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: -ERR what?
		EOF
	TALK
	pop3 80 stat -u ann -s "pop3://127.0.0.1:$port"
}

@test "a trace masks USER and PASS" {
	logs_in --auth user --trace trace <<-'TALK'
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
	TALK
	grep -q '> PASS \*\*\*\*\*\*\*\*$' trace
	run ! grep secret trace
}

@test "a trace masks AUTH and the lines after it" {
	logs_in --auth login --trace trace <<-'TALK'
		C: AUTH LOGIN
		S: + \64(Username:)
		C: \64(ann)
		S: + \64(Password:)
		C: \64(secret)
		S: +OK
	TALK
	run ! grep -E "secret|$(printf secret | base64)|$(printf ann | base64)" trace
	[ "$(stat -c %a trace)" = 600 ]
}

# SECURITY CONSIDERATIONS: never from arguments.
@test "a password as an argument is a usage error, and is not printed" {
	pop3 64 stat -s pop3s://ann:s3same@127.0.0.1
	[[ $stderr != *s3same* ]]
	pop3 64 stat -s 127.0.0.1 -u ann --password s3same
	[[ $stderr == "pop3: unknown option '--password'"* && $stderr != *s3same* ]]
}

# -v reports each step on stderr, --trace writes the whole conversation.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/session

# capable: the rest of the session of stat after the greeting, at a server with CAPA.
capable() {
	printf '%s\n' 'C: CAPA' 'S: +OK' 'S: USER' 'S: .'
	stat_and_quit
}

stat_and_quit() {
	login
	printf '%s\n' 'C: STAT' 'S: +OK 2 320'
	goodbye
}

# is_reported LINE…: stderr has exactly these lines, with PORT, CIPHER and DAYS for variable parts.
is_reported() {
	[ "$(sed -E 's/port [0-9]+/port PORT/; s/TLS_[A-Z0-9_]+/CIPHER/; s/[0-9]+ days/DAYS days/' \
		stderr)" = "$(printf 'pop3: %s\n' "$@")" ]
}

@test "-v reports each step over TLS" {
	converse - < <(printf '%s\n' 'TLS good' 'S: +OK ready'; capable)
	POP3_PASSWORD=secret pop3 0 stat -v -u ann --ca-file "$certificates/ca.pem"
	is_reported 'connecting to 127.0.0.1 port PORT' 'connected to 127.0.0.1' \
		'TLSv1.3, CIPHER' 'certificate for localhost, 127.0.0.1, ::1, DAYS days left' \
		'waiting for the greeting' 'asking for the capabilities' \
		'logging in as ann with USER' 'logged in' \
		'waiting for the answer to STAT' 'waiting for the answer to QUIT'
}

@test "-v reports that capabilities come from the cache" {
	converse - < <(echo 'S: +OK ready'; capable; echo ---; echo 'S: +OK ready'; stat_and_quit)
	ann 0 stat
	ann 0 stat -v
	grep -qx 'pop3: capabilities remembered from an earlier session' stderr
	run ! grep 'asking for' stderr
}

@test "-v reports TLS after STLS" {
	converse - <<-TALK
		S: +OK ready
		C: STLS
		S: +OK
		TLS good
		$(capable)
	TALK
	POP3_PASSWORD=secret pop3 0 stat -v -u ann --tls stls --ca-file "$certificates/ca.pem"
	[ "$(sed -n '3,5s/,.*//; 3,5p' stderr)" = 'pop3: waiting for the greeting
pop3: TLSv1.3
pop3: certificate for localhost' ]
}

@test "-v reports a certificate before the error that rejects it" {
	converse - <<<'TLS-REFUSED other-name'
	ann 80 stat -v --tls implicit --ca-file "$certificates/ca.pem"
	grep -qE '^pop3: certificate for .*, [0-9]+ days left$' stderr
}

@test "-v reports the wait before the next attempt" {
	converse - < <(printf '%s\n' 'S: -ERR [SYS/TEMP] later' ---; greeting; stat_and_quit)
	ann 0 stat -v --retry 1
	grep -q ' later: trying again in 1 s$' stderr
}

@test "-v escapes control characters" {
	converse - < <(greeting; echo 'C~ USER .*'; echo CLOSE)
	ann 75 stat -v -u $'\u202eann\u009b'
	[[ $stderr != *$'\u202e'* ]]
	[[ $stderr == *'logging in as \xE2\x80\xAEann\xC2\x9B with'* ]]
}

@test "--trace - writes the conversation to stderr, once" {
	in_session <<<$'C: STAT\nS: +OK 2 320'
	ann 0 stat -v --trace -
	[ "$output" = $'2\t320' ]
	grep -qE '^[0-9:]{8}\.[0-9]{6} > PASS \*{8}$' stderr
	grep -qE '^[0-9:]{8}\.[0-9]{6} < \+OK 2 320$' stderr
	[ "$(grep -c 'logged in$' stderr)" -eq 1 ]
	run ! grep -e secret -e '^pop3' stderr
	[ ! -e - ]
}

@test "without -v nothing is reported" {
	in_session <<<$'C: STAT\nS: +OK 2 320'
	ann 0 stat
	[ -z "$stderr" ]
}

@test "wait -v reports when it checks again" {
	converse - < <(
		greeting
		login
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: .' 'C: UIDL' 'S: +OK' 'S: .'
		goodbye
		printf '%s\n' --- 'S: +OK ready'
		login
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 100' 'S: .' 'C: UIDL' 'S: +OK' 'S: 1 uid-1' 'S: .'
		goodbye
	)
	ann 0 wait --interval 1 -v
	grep -qx 'pop3: no message yet: looking again in 1 s' stderr
}

@test "-v reports that an mbox is locked" {
	after_login <<-'TALK'
		C: LIST
		S: +OK
		S: 1 3
		S: .
		C: UIDL
		S: +OK
		S: 1 a
		S: .
		C: RETR 1
		S: +OK
		S: x
		S: .
		C: QUIT
		S: +OK
	TALK
	touch box.lock
	ann 75 fetch all -o mbox:box --timeout 1 -v
	[ "$(grep -c "^pop3: waiting for the lock of '$PWD/box'$" stderr)" -eq 1 ]
}

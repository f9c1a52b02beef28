# Every exit status, and the name that --json gives its error: what scripts depend on.
load ../helpers/session

# ends STATUS NAME ARGUMENT…: pop3 exits with that status, and stderr has the error of that name.
ends() {
	ann "$1" --json "${@:3}"
	[[ $stderr == "{\"code\":\"$2\",\"exit\":$1,\"message\":\""*'}' ]]
}

# answered LINE: a server that answers STAT with that line.
answered() {
	after_login < <(printf '%s\n' 'C: STAT' "S: $1" '?C: QUIT' 'S: +OK')
}

@test "0: success" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 0 0
	TALK
	ann 0 stat --json
	[ "$stderr" = '' ]
}

@test "1: nothing was selected, with --exit-status" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S: .
	TALK
	ann 1 uidl -e all
	[ "$output$stderr" = '' ]
}

@test "2: some messages failed, the others succeeded" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
		C: DELE 1
		S: -ERR locked
		C: DELE 2
		S: +OK
	TALK
	ann 2 dele --json all
	[[ $stderr == *'{"code":"partial","exit":2,"message":"1 of the messages failed"'* ]]
}

@test "64: usage error" { server=127.0.0.1:1 ends 64 usage stat --timeout soon; }
@test "66: no such message" {
	in_session <<-'TALK'
		C: LIST 9
		S: -ERR none
		C: LIST
		S: +OK
		S: 1 100
		S: .
	TALK
	ends 66 no-message stat 9
}
@test "66: no such account" { ends 66 no-account stat -a nobody; }
@test "68: host name not found" { ends 68 host stat -s nosuch.invalid --connect-timeout 5; }
@test "69: cannot connect" { server=127.0.0.1:1 ends 69 connect stat; }

@test "74: local input/output error" {
	after_login <<-'TALK'
		C: STAT
		S: +OK 0 0
		EOF
	TALK
	"$program" stat -s "$server" -u ann --tls off --json >/dev/full 2>stderr || status=$?
	[ "$status" -eq 74 ]
	[[ $(<stderr) == '{"code":"io","exit":74,'* ]]
}

@test "75: time-out" { converse - <<<STALL && ends 75 timeout stat --timeout 1; }
@test "75: connection lost" { converse - <<<CLOSE && ends 75 lost stat; }
@test "75: connection reset by the server" {
	after_login <<-'TALK'
		C: STAT
		RESET
	TALK
	ends 75 lost stat
}
@test "75: mailbox in use" { answered '-ERR [IN-USE]' && ends 75 in-use stat; }
@test "75: LOGIN-DELAY" { answered '-ERR [LOGIN-DELAY]' && ends 75 login-delay stat; }
@test "75: SYS/TEMP" { answered '-ERR [SYS/TEMP]' && ends 75 sys-temp stat; }
@test "76: the server violated the protocol" { answered 'nonsense' && ends 76 protocol stat; }
@test "76: an endless line" {
	converse - <<<'S| +OK \x41' && ends 75 lost stat
	converse - <<<'S*70000| x' && ends 76 protocol stat
}
@test "77: the command was refused" { answered '-ERR no' && ends 77 refused stat; }
@test "77: the credentials were refused" {
	after_greeting <<-'TALK'
		C: USER ann
		S: -ERR who?
	TALK
	ends 77 credentials stat
}

@test "78: invalid configuration" {
	echo nonsense >"$XDG_CONFIG_HOME/pop3/config"
	ends 78 config stat
}

@test "80: TLS failed" {
	converse - <<<'TLS-REFUSED good'
	pop3 80 stat -u ann --json
	[[ $stderr == '{"code":"tls","exit":80,'* ]]
}

@test "81: deletions not confirmed" {
	after_login <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 uid-1
		S: .
		C: DELE 1
		S: +OK
		C: QUIT
		S: -ERR not removed
	TALK
	ends 81 unconfirmed dele all
}

# pop3 wait: until a message that is selected is there.
load ../helpers/session

# look UIDL-LINE…: one session that lists what is there.
look() {
	greeting
	look_again "$@"
}

# look_again UIDL-LINE…: the same in a later session, when it is known that there is no CAPA.
look_again() {
	login
	printf '%s\n' 'C: LIST' 'S: +OK'
	printf 'S: %s\n' "${@/ */ 100}" .
	printf '%s\n' 'C: UIDL' 'S: +OK'
	printf 'S: %s\n' "$@" .
	goodbye
}

@test "a message that is there is listed at once" {
	converse - < <(look '1 uid-1')
	ann 0 wait
	[ "$output" = $'1\tuid-1\t100' ]
}

@test "it looks again in a new session until there is one" {
	converse - < <(look '1 uid-1' && printf '%s\n' --- 'S: +OK ready' &&
		look_again '1 uid-1' '2 uid-2')
	ann 0 wait --interval 0 uid:uid-2
	[ "$output" = $'2\tuid-2\t100' ]
}

@test "a mailbox in use is worth another look" {
	converse - < <(
		greeting
		printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' 'S: -ERR [IN-USE] busy' --- \
			'S: +OK ready'
		look_again '1 uid-1'
	)
	ann 0 wait --interval 0
}

@test "when the time is up it is 75" {
	converse - < <(look '1 uid-1')
	ann 75 wait --max-time 1 uid:uid-2 --match subject~code
	[[ $stderr == *'--max-time exceeded, and no message arrived for: uid:uid-2 --match subject~code'* ]]
}

@test "refused credentials are not waited for" {
	converse - < <(
		greeting
		printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' 'S: -ERR [AUTH] no'
	)
	ann 77 wait
}

@test "a look comes before the end of the time, however long the interval" {
	converse - < <(look '1 uid-1' && printf '%s\n' --- 'S: +OK ready' && look_again '2 uid-2')
	ann 0 wait --interval 1h --max-time 2 uid:uid-2
}

@test "a server that asks for longer pauses than there is time gets no more logins" {
	converse - < <(
		greeting
		printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' \
			'S: -ERR [LOGIN-DELAY] wait 100 seconds'
	)
	ann 75 wait --max-time 3
}

@test "a server that is not up yet is waited for" {
	local free
	free=$(/usr/bin/python3 -SBc 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
	(
		sleep 1.5
		exec "$program" serve --listen "127.0.0.1:$free" --users users --maildir-root mail
	) >/dev/null 2>&1 3>&- &
	stop_later $!
	"$program" serve --users users --maildir-root mail --add-user ann <<<secret
	printf 'Subject: x\n\n' >mail/ann/new/1
	server=127.0.0.1:$free
	ann 0 wait --max-time 60
	[ "${#lines[@]}" -eq 1 ]
}

@test "a server that never comes up is a time-out that says why" {
	server=127.0.0.1:1
	ann 75 wait --max-time 2
	[[ $stderr == *'--max-time exceeded: '*'Connection refused'* ]]
	server=nowhere.invalid
	ann 75 wait --max-time 1
	[[ $stderr == *"--max-time exceeded: host 'nowhere.invalid' not found"* ]]
	ann 68 wait
}

@test "what fetch skips is not waited for" {
	converse - < <(look '1 uid-1' && printf '%s\n' --- 'S: +OK ready' && look_again '1 uid-1')
	ann 75 wait new --max-size 99 --max-time 1
	ann 0 wait new --max-size 100 --max-time 1
}

@test "what failed in three runs is not waited for, unless it is named" {
	local run
	converse - < <(
		greeting
		for run in 1 2 3; do
			login
			printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 100' 'S: .' 'C: UIDL' 'S: +OK' 'S: 1 uid-1' \
				'S: .' 'C: RETR 1' 'S: -ERR [SYS/PERM] broken'
			goodbye
			printf '%s\n' --- 'S: +OK ready'
		done
		look_again '1 uid-1'
		printf '%s\n' --- 'S: +OK ready'
		look_again '1 uid-1'
	)
	for run in 1 2 3; do
		ann 2 fetch new -o maildir:Maildir
	done
	ann 75 wait new --max-time 1
	ann 0 wait uid:uid-1 --max-time 1
}

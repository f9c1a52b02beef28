# pop3 wait: waits until a selected message arrives.
load ../helpers/session

# look UIDL-LINE…: a session that lists these messages.
look() {
	greeting
	look_again "$@"
}

# look_again UIDL-LINE…: a later session, in which the missing CAPA is known from the cache.
look_again() {
	login
	printf '%s\n' 'C: LIST' 'S: +OK'
	printf 'S: %s\n' "${@/ */ 100}" .
	printf '%s\n' 'C: UIDL' 'S: +OK'
	printf 'S: %s\n' "$@" .
	goodbye
}

@test "a message already in the mailbox is listed at once" {
	converse - < <(look '1 uid-1')
	ann 0 wait
	[ "$output" = $'1\tuid-1\t100' ]
}

@test "wait checks again in new sessions until a message arrives" {
	converse - < <(look '1 uid-1' && printf '%s\n' --- 'S: +OK ready' &&
		look_again '1 uid-1' '2 uid-2')
	ann 0 wait --interval 0 uid:uid-2
	[ "$output" = $'2\tuid-2\t100' ]
}

@test "wait retries when the mailbox is in use" {
	converse - < <(
		greeting
		printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' 'S: -ERR [IN-USE] busy' --- \
			'S: +OK ready'
		look_again '1 uid-1'
	)
	ann 0 wait --interval 0
}

@test "--max-time exceeded: 75" {
	converse - < <(look '1 uid-1')
	ann 75 wait --max-time 1 uid:uid-2 --match subject~code --ignore-missing
	[[ $stderr == *"--max-time exceeded, and no message arrived for: uid:uid-2 --match 'subject~code' --ignore-missing"* ]]
}

# judges ANSWER-TO-TOP: the rest of a session, in which a message's header is requested.
judges() {
	login
	printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 100' 'S: .' 'C: UIDL' 'S: +OK' 'S*2: \# uid-\#' 'S: .'
	printf 'C: TOP 1 0\n%b\n' "$1"
	printf '%s\n' 'C: TOP 2 0' 'S: +OK' 'S: Subject: other' 'S:' 'S: .'
	goodbye
}

@test "a header that could be read only in a later check does not count as failed" {
	after_greeting < <(judges 'S: -ERR [SYS/TEMP] not now' && printf '%s\n' --- 'S: +OK ready' &&
		judges 'S: +OK\nS: Subject: code\nS:\nS: .')
	ann 0 wait --interval 0 --match subject~code
	[ "$output" = $'1\tuid-1\t100' ]
}

@test "refused credentials end wait: 77" {
	converse - < <(
		greeting
		printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' 'S: -ERR [AUTH] no'
	)
	ann 77 wait
}

@test "wait checks once more just before --max-time, even with a longer --interval" {
	converse - < <(look '1 uid-1' && printf '%s\n' --- 'S: +OK ready' && look_again '2 uid-2')
	ann 0 wait --interval 1h --max-time 2 uid:uid-2
}

@test "a LOGIN-DELAY longer than the remaining --max-time ends wait: 75" {
	converse - < <(
		greeting
		printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' \
			'S: -ERR [LOGIN-DELAY] wait 100 seconds'
	)
	ann 75 wait --max-time 3
}

@test "wait retries until the server accepts connections" {
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

@test "the server accepts no connection until --max-time: 75, with the reason" {
	server=127.0.0.1:1
	ann 75 wait --max-time 2
	[[ $stderr == *'--max-time exceeded: '*'Connection refused'* ]]
	server=nowhere.invalid
	ann 75 wait --max-time 1
	[[ $stderr == *"--max-time exceeded: host 'nowhere.invalid' not found"* ]]
	ann 68 wait
}

@test "wait ignores messages that fetch would skip" {
	converse - < <(look '1 uid-1' && printf '%s\n' --- 'S: +OK ready' && look_again '1 uid-1')
	ann 75 wait new --max-size 99 --max-time 1
	ann 0 wait new --max-size 100 --max-time 1
}

@test "wait ignores messages that failed in three runs, unless selected by UID" {
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

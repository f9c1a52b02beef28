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
	ann 75 wait --interval 20 --max-time 10 uid:uid-2
	[[ $stderr == *'the time is up'* ]]
}

@test "refused credentials are not waited for" {
	converse - < <(
		greeting
		printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' 'S: -ERR [AUTH] no'
	)
	ann 77 wait
}

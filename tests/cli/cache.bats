# What an earlier run learnt saves round trips, and is never believed against the server.
load ../helpers/session

# flight: login, STAT and QUIT, all of them said before any is answered.
flight() {
	printf '%s\n' 'C: USER ann' 'C: PASS secret' 'C: STAT' 'C: QUIT' \
		'S: +OK' 'S: +OK' 'S: +OK 2 320' 'S: +OK'
}

# lock_step: the same, one after the other.
lock_step() {
	printf '%s\n' 'C: USER ann' QUIET 'S: +OK' 'C: PASS secret' QUIET 'S: +OK' \
		'C: STAT' QUIET 'S: +OK 2 320'
	goodbye
}

# first_meeting: a server that pipelines, and CAPA as it has to be asked.
first_meeting() {
	greeting USER PIPELINING UIDL
	flight
}

# meets_twice: a run that learns; what the server hears next, after its greeting, is on stdin.
meets_twice() {
	converse - < <(first_meeting && printf -- '---\nS: +OK ready\n' && cat)
	ann 0 stat
}

cache_file() {
	echo "$XDG_CACHE_HOME"/pop3/*
}

# asks_again ARGUMENT…: the second run does not know the server.
asks_again() {
	converse - < <(first_meeting && echo --- && first_meeting)
	ann 0 stat
	"${spoil:-:}"
	ann 0 stat "$@"
	[ "$output" = $'2\t320' ]
}

@test "where pipelining is offered, all from the login on is one flight" {
	converse - < <(first_meeting)
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "where capabilities are remembered, all is one flight" {
	meets_twice < <(flight)
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "behind a capability that holds a NUL, all others are remembered" {
	converse - < <(greeting USER 'X\x00Y' PIPELINING && flight &&
		printf -- '---\nS: +OK ready\n' && flight)
	ann 0 stat
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "LIST and UIDL go in the same flight" {
	meets_twice <<-'TALK'
		C: USER ann
		C: PASS secret
		C: LIST
		C: UIDL
		C: QUIT
		S: +OK
		S: +OK
		S: +OK
		S: 1 10
		S: .
		S: +OK
		S: 1 uid-1
		S: .
		S: +OK
	TALK
	ann 0 list
	[ "$output" = $'1\tuid-1\t10' ]
}

@test "QUIT does not go ahead of what a deletion depends on" {
	meets_twice <<-'TALK'
		C: USER ann
		C: PASS secret
		C: UIDL
		QUIET
		S: +OK
		S: +OK
		S: +OK
		S*2: \# uid-\#
		S: .
		C: DELE 1
		C: DELE 2
		QUIET
		S: +OK
		S: +OK
		C: QUIT
		S: +OK
	TALK
	ann 0 dele all
}

@test "a refusal in the flight is that of the login" {
	meets_twice <<-'TALK'
		C: USER ann
		C: PASS secret
		C: STAT
		C: QUIT
		S: +OK
		S: -ERR [AUTH] wrong
		S: -ERR log in first
		S: +OK
	TALK
	ann 77 stat
	[ "$stderr" = 'pop3: 127.0.0.1: the server refused the login: [AUTH] wrong' ]
}

@test "over TLS it is the same" {
	converse - < <(echo TLS && first_meeting && echo --- && echo TLS && echo 'S: +OK ready' && flight)
	for _ in 1 2; do
		pop3 0 stat -u ann --auth user --ca-file "$certificates/ca.pem"
	done
}

@test "another greeting: CAPA is asked" {
	converse - < <(first_meeting && echo --- && first_meeting | sed '1s/ready/changed/')
	ann 0 stat
	ann 0 stat
}

@test "another timestamp for APOP is the same greeting" {
	converse - < <(
		first_meeting | sed '1s/$/ <1.2@example.org>/'
		printf -- '---\nS: +OK ready <3.4@example.org>\n'
		flight
	)
	ann 0 stat
	ann 0 stat
}

# grow_old [+ SECONDS]: what is remembered was learnt a day ago, or in the future.
grow_old() {
	sed -i "s/^learnt .*/learnt $((EPOCHSECONDS ${1:-- 86400}))/" "$(cache_file)"
}

@test "learnt a day ago: CAPA is asked" {
	spoil=grow_old asks_again
}

@test "learnt at a time to come: CAPA is asked" {
	grow_young() { grow_old '+ 60'; }
	spoil=grow_young asks_again
}

@test "learnt a day ago, and nothing has changed: known again" {
	converse - < <(first_meeting && echo --- && first_meeting && printf -- '---\nS: +OK ready\n' && flight)
	ann 0 stat
	grow_old
	ann 0 stat
	ann 0 stat
}

@test "another user: CAPA is asked" {
	converse - < <(first_meeting && echo --- && first_meeting | sed 's/USER ann/USER bob/')
	ann 0 stat
	pop3 0 stat -u bob --tls off
}

@test "other trust settings: CAPA is asked" { asks_again --no-verify; }

# --- memories that are wrong

@test "refused by a memory: the server is asked anew" {
	converse - < <(
		greeting 'SASL PLAIN' PIPELINING
		printf '%s\n' 'C: AUTH PLAIN \64(\0ann\0secret)' 'C: STAT' 'C: QUIT' \
			'S: +OK' 'S: +OK 2 320' 'S: +OK' ---
		printf '%s\n' 'S: +OK ready' 'C: AUTH PLAIN \64(\0ann\0secret)' 'C: STAT' 'C: QUIT' \
			'S: -ERR what?' 'S: -ERR' 'S: +OK' ---
		greeting USER PIPELINING
		lock_step
	)
	ann 0 stat
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "refused by a memory that was right: the secret is not tried again" {
	meets_twice < <(
		flight | sed '6s/.*/S: -ERR wrong/'
		echo ---
		greeting USER PIPELINING UIDL
		echo EOF
	)
	ann 77 stat
	[ "$stderr" = 'pop3: 127.0.0.1: the server refused the login: wrong' ]
}

@test "pipelining that breaks: lock step, now and later" {
	meets_twice < <(
		flight | sed '6,$d'
		printf '%s\n' 'S: garbage' ---
		greeting USER PIPELINING
		lock_step
		printf '%s\n' --- 'S: +OK ready'
		lock_step
	)
	ann 0 stat
	[ "$output" = $'2\t320' ]
	ann 0 stat
}

@test "a flight on which the server hangs up: lock step" {
	meets_twice < <(
		flight | sed '5,$d'
		printf '%s\n' CLOSE ---
		greeting USER PIPELINING
		lock_step
	)
	ann 0 stat
}

@test "lock step fails too: that is told, and nothing is tried a third time" {
	meets_twice < <(
		flight | sed '5,$d'
		printf '%s\n' CLOSE ---
		greeting USER PIPELINING
		printf '%s\n' 'C: USER ann' CLOSE
	)
	ann 75 stat
}

# --- the file

@test "nothing changed: not written again" {
	meets_twice < <(flight)
	before=$(stat -c '%i %y' "$(cache_file)")
	ann 0 stat
	[ "$(stat -c '%i %y' "$(cache_file)")" = "$before" ]
}

@test "it is private, and no secret is in it" {
	converse - < <(first_meeting)
	ann 0 stat
	[ "$(stat -c %a "$(cache_file)")" = 600 ]
	run ! grep secret "$(cache_file)"
}

@test "a password in the way there is not in it" {
	converse - < <(first_meeting)
	pop3 0 stat -u ann --tls off --tunnel \
		"bash -c 'exec 5<>/dev/tcp/127.0.0.1/$port; cat <&5 & exec cat >&5' # hunter2"
	run ! grep -e hunter2 -e secret "$(cache_file)"
}

@test "under this name, but about somebody else: as if there were none" {
	converse - < <(first_meeting && echo --- && first_meeting | sed 's/USER ann/USER bob/' &&
		echo --- && first_meeting)
	ann 0 stat
	ours=$(cache_file)
	mv "$ours" "$BATS_TEST_TMPDIR/ours"
	pop3 0 stat -u bob --tls off
	mv "$(cache_file)" "$ours"
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "damaged: as if there were none" {
	for damage in '' 'pop3 cache 1' $'\xff\xfe' 'capa X' 'key' \
		HEAD$'\n''what?' HEAD$'\n''ticket !' HEAD$'\n'"$(printf 'capa %0100d\n' {1..300})"; do
		spoil() {
			local head
			head=$(head -n 2 "$(cache_file)")
			printf '%s\n' "${damage/#HEAD/$head}" >"$(cache_file)"
		}
		spoil=spoil asks_again
		conversation_ended_well
		rm "$(cache_file)"
	done
}

@test "readable by others: as if there were none" {
	spoil() { chmod 644 "$(cache_file)"; }
	spoil=spoil asks_again
}

@test "a link is not followed" {
	spoil() {
		local file
		file=$(cache_file)
		mv "$file" elsewhere
		ln -s "$PWD/elsewhere" "$file"
	}
	spoil=spoil asks_again
}

@test "nowhere to keep it: all goes on" {
	export XDG_CACHE_HOME=/dev/null/cache
	asks_again
	[ "$stderr" = '' ]
}

@test "a server that answers nothing behind the login hears one command at a time the next time" {
	converse - < <(
		greeting USER PIPELINING
		printf '%s\n' 'C: USER ann' 'C: PASS secret' 'S: +OK' 'S: +OK' STALL --- 'S: +OK ready'
		lock_step
	)
	ann 75 stat --timeout 1
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

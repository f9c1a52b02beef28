# The cache of capabilities saves round trips; the server's answers override it.
load ../helpers/session

# flight: login, STAT and QUIT, pipelined: all sent before the first answer.
flight() {
	printf '%s\n' 'C: USER ann' 'C: PASS secret' 'C: STAT' 'C: QUIT' \
		'S: +OK' 'S: +OK' 'S: +OK 2 320' 'S: +OK'
}

# lock_step: the same commands, each sent after the answer to the one before.
lock_step() {
	printf '%s\n' 'C: USER ann' QUIET 'S: +OK' 'C: PASS secret' QUIET 'S: +OK' \
		'C: STAT' QUIET 'S: +OK 2 320'
	goodbye
}

# first_session: a server that pipelines, to which CAPA is sent.
first_session() {
	greeting USER PIPELINING UIDL
	flight
}

# after_first_session: one run fills the cache; the next session, after its greeting, is on stdin.
after_first_session() {
	converse - < <(first_session && printf -- '---\nS: +OK ready\n' && cat)
	ann 0 stat
}

cache_file() {
	echo "$XDG_CACHE_HOME"/pop3/*
}

# asks_again ARGUMENT…: the second run does not use the cache.
asks_again() {
	converse - < <(first_session && echo --- && first_session)
	ann 0 stat
	"${spoil:-:}"
	ann 0 stat "$@"
	[ "$output" = $'2\t320' ]
}

@test "with PIPELINING, all commands from the login on are pipelined" {
	converse - < <(first_session)
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "with cached capabilities, no CAPA is sent and all commands are pipelined" {
	after_first_session < <(flight)
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "capabilities listed after one that contains a NUL are cached" {
	converse - < <(greeting USER 'X\x00Y' PIPELINING && flight &&
		printf -- '---\nS: +OK ready\n' && flight)
	ann 0 stat
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "LIST and UIDL are pipelined with the login" {
	after_first_session <<-'TALK'
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

@test "QUIT is sent after the answers to DELE" {
	after_first_session <<-'TALK'
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

@test "a refused login in a pipelined session is reported as such: 77" {
	after_first_session <<-'TALK'
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

@test "over TLS, cached capabilities are used" {
	converse - < <(echo TLS && first_session && echo --- && echo TLS && echo 'S: +OK ready' && flight)
	for _ in 1 2; do
		pop3 0 stat -u ann --auth user --ca-file "$certificates/ca.pem"
	done
}

@test "another greeting: CAPA is sent" {
	converse - < <(first_session && echo --- && first_session | sed '1s/ready/changed/')
	ann 0 stat
	ann 0 stat
}

@test "a greeting that differs only in APOP's timestamp: the cache is used" {
	converse - < <(
		first_session | sed '1s/$/ <1.2@example.org>/'
		printf -- '---\nS: +OK ready <3.4@example.org>\n'
		flight
	)
	ann 0 stat
	ann 0 stat
}

# grow_old [SECONDS]: date the cache into the future by so many, or a day back.
grow_old() {
	local ahead=${1:--86400}
	sed -i "s/^learnt .*/learnt $((EPOCHSECONDS + ahead))/" "$(cache_file)"
}

@test "a cache of a day ago: CAPA is sent" {
	spoil=grow_old asks_again
}

@test "a cache dated in the future: CAPA is sent" {
	grow_young() { grow_old 60; }
	spoil=grow_young asks_again
}

@test "after an expired cache is confirmed, it is used again" {
	converse - < <(first_session && echo --- && first_session &&
		printf -- '---\nS: +OK ready\n' && flight)
	ann 0 stat
	grow_old
	ann 0 stat
	ann 0 stat
}

@test "another user: CAPA is sent" {
	converse - < <(first_session && echo --- && first_session | sed 's/USER ann/USER bob/')
	ann 0 stat
	pop3 0 stat -u bob --tls off
}

@test "other trust settings: CAPA is sent" { asks_again --no-verify; }

# --- a cache that is wrong

@test "a login refused with an outdated cache is retried with the server's capabilities" {
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

@test "a login refused with a correct cache is not retried: 77" {
	after_first_session < <(
		flight | sed '6s/.*/S: -ERR wrong/'
		echo ---
		greeting USER PIPELINING UIDL
		echo EOF
	)
	ann 77 stat
	[ "$stderr" = 'pop3: 127.0.0.1: the server refused the login: wrong' ]
}

@test "an answer garbled by pipelining: commands are sent one by one, in later runs too" {
	after_first_session < <(
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

@test "the server closes a pipelined session: commands are sent one by one" {
	after_first_session < <(
		flight | sed '5,$d'
		printf '%s\n' CLOSE ---
		greeting USER PIPELINING
		lock_step
	)
	ann 0 stat
}

@test "a session without pipelining fails too: 75, and no third attempt" {
	after_first_session < <(
		flight | sed '5,$d'
		printf '%s\n' CLOSE ---
		greeting USER PIPELINING
		printf '%s\n' 'C: USER ann' CLOSE
	)
	ann 75 stat
}

# --- the file

@test "an unchanged cache is not written again" {
	after_first_session < <(flight)
	before=$(stat -c '%i %y' "$(cache_file)")
	ann 0 stat
	[ "$(stat -c '%i %y' "$(cache_file)")" = "$before" ]
}

@test "the cache file is private and contains no password" {
	converse - < <(first_session)
	ann 0 stat
	[ "$(stat -c %a "$(cache_file)")" = 600 ]
	run ! grep secret "$(cache_file)"
}

@test "the cache file does not contain a password in the tunnel's command" {
	converse - < <(first_session)
	pop3 0 stat -u ann --tls off --tunnel \
		"bash -c 'exec 5<>/dev/tcp/127.0.0.1/$port; cat <&5 & exec cat >&5' # hunter2"
	run ! grep -e hunter2 -e secret "$(cache_file)"
}

@test "a cache file of another account is ignored" {
	converse - < <(first_session && echo --- && first_session | sed 's/USER ann/USER bob/' &&
		echo --- && first_session)
	ann 0 stat
	ours=$(cache_file)
	mv "$ours" "$BATS_TEST_TMPDIR/ours"
	pop3 0 stat -u bob --tls off
	mv "$(cache_file)" "$ours"
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

@test "a damaged cache file is ignored" {
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

@test "a cache file readable by others is ignored" {
	spoil() { chmod 644 "$(cache_file)"; }
	spoil=spoil asks_again
}

@test "a symbolic link as cache file is not followed" {
	spoil() {
		local file
		file=$(cache_file)
		mv "$file" elsewhere
		ln -s "$PWD/elsewhere" "$file"
	}
	spoil=spoil asks_again
}

@test "a cache directory that cannot be created is ignored" {
	export XDG_CACHE_HOME=/dev/null/cache
	asks_again
	[ "$stderr" = '' ]
}

@test "no answer after a pipelined login: the next run sends commands one by one" {
	converse - < <(
		greeting USER PIPELINING
		printf '%s\n' 'C: USER ann' 'C: PASS secret' 'S: +OK' 'S: +OK' STALL --- 'S: +OK ready'
		lock_step
	)
	ann 75 stat --timeout 1
	ann 0 stat
	[ "$output" = $'2\t320' ]
}

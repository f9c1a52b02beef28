# Passwords do not leak into arguments, environments of child processes, traces, logs or files, and
# are erased from memory after the login, for every mechanism and every source of the password.
# shellcheck disable=SC2154 # names from common.bash and dovecot.bash
load ../helpers/common
load ../helpers/dovecot
load ../helpers/messages

secret=Tr0ub4dor-and-3-horses-stapled

setup_file() {
	dovecot_start
	dovecot_user ann "$secret"
	{
		printf 'Subject: more than a pipe takes\n\n'
		yes 'a line of many' | head -n 20000
	} >"$BATS_FILE_TMPDIR/long.eml"
	dovecot_deliver ann "$BATS_FILE_TMPDIR/long.eml"
}

teardown_file() {
	dovecot_stop
}

setup() {
	set_up_home
	printf '%s\n' "$secret" >password
}

# nowhere PLACE…: none of the places contains a part of the secret.
nowhere() {
	"$helpers/find-secret" "$secret" "$@" >found
	cat found
	[ ! -s found ]
}

needs_memory_access() {
	needs_root
	if grep -qa __asan_init "$program"; then
		skip "a sanitizer copies the whole environment"
	fi
}

has_secret_memory() {
	/usr/bin/python3 -SBc 'import ctypes, sys
sys.exit(ctypes.CDLL(None).syscall(447, 0) < 0)'
}

# nowhere_in PID: the secret is not in the memory of the process, except the page that keeps it for
# another login, which the kernel hides if it has memfd_secret. Finding a known path proves that the
# memory has been read.
nowhere_in() {
	"$helpers/find-secret" "$PWD/conversation" "$1" >found
	[ -s found ]
	"$helpers/find-secret" "$secret" "$1" "/proc/$1/cmdline" "/proc/$1/environ" >found
	has_secret_memory || sed -i '/^kept /d' found
	cat found
	[ ! -s found ]
}

check_process() {
	nowhere_in "$1"
}

# after_login ARGUMENT…: check a client that is blocked in the middle of writing a message.
after_login() {
	local octets pid
	choose_server "$@"
	mkfifo out
	"$program" "${chosen[@]}" fetch 1 --trace "$PWD/conversation" "$@" >out 2>errors 3>&- &
	pid=$!
	stop_later "$pid"
	exec {octets}<out
	head -c 1 <&"$octets" >/dev/null
	check_process "$pid"
	kill -KILL "$pid"
	wait "$pid" || :
	exec {octets}<&-
	rm out
	nowhere conversation errors
}

# Hibernation would write the memory to the disk.
@test "the kernel cannot hibernate while a password is kept" {
	if ! grep -qsv '\[disabled\]' /sys/power/disk || ! has_secret_memory; then
		skip "this kernel does not hibernate, or has no secret memory"
	fi
	check_process() {
		grep -q '\[disabled\]' /sys/power/disk
	}
	POP3_PASSWORD=$secret after_login -u ann
}

@test "no password is in memory after the login, for each mechanism, over TLS and in clear text" {
	local mechanism mode
	needs_memory_access
	for mechanism in user plain login apop cram-md5 scram-sha-1 scram-sha-256; do
		for mode in implicit off; do
			POP3_PASSWORD=$secret after_login -u ann --auth "$mechanism" --tls "$mode"
		done
	done
}

@test "no password is in memory after the login, for each source of the password" {
	local descriptor
	needs_memory_access
	after_login -u ann --password-file password
	after_login -u ann --password-command 'cat password'
	exec {descriptor}<password
	after_login -u ann --password-fd "$descriptor"
	exec {descriptor}<&-
	printf 'machine 127.0.0.1 login ann password %s\n' "$secret" >"$HOME/.netrc"
	chmod 600 "$HOME/.netrc"
	after_login -u ann
}

@test "no password from the configuration is in memory after the login" {
	needs_memory_access
	cat >"$XDG_CONFIG_HOME/pop3/config" <<-END
		[ann]
		server = ann@127.0.0.1:$pop3s_port
		ca_file = $certificates/ca.pem
		password = $secret

		[bob]
		server = bob@127.0.0.1:$pop3s_port
		password = $secret
	END
	chmod 600 "$XDG_CONFIG_HOME/pop3/config"
	after_login -a ann
	after_login -a ann --password-file password
}

# token_in_memory MECHANISM: log in with a token, then check the client while it waits for an
# answer. The token is not kept at all: no other login can follow.
token_in_memory() {
	local pid
	converse - <<-TALK
		S: +OK ready
		C: CAPA
		S: +OK
		S: SASL ${1^^}
		S: .
		C~ AUTH ${1^^} .*
		S: +OK
		C: STAT
		STALL
	TALK
	POP3_PASSWORD=$secret "$program" stat -s "$server" -u ann --tls off --auth "$1" \
		--trace "$PWD/conversation" >out 2>errors 3>&- &
	pid=$!
	stop_later "$pid"
	until grep -qs STAT conversation; do sleep 0.02; done
	nowhere_in "$pid"
	nowhere "$pid"
	run ! grep secretmem "/proc/$pid/maps"
	kill "$pid"
	wait "$pid" || :
	nowhere conversation errors
	rm conversation
}

@test "no token is in memory after the login" {
	needs_memory_access
	token_in_memory xoauth2
	token_in_memory oauthbearer
}

# wiped_at COMMAND ARGUMENT…: once pop3 has sent that command, the password is wiped. The
# conversation before it is on stdin.
wiped_at() {
	local pid
	converse - < <(
		printf '%s\n' 'S: +OK ready' 'C: CAPA' 'S: -ERR' 'C: USER ann' 'S: +OK' "C: PASS $secret" 'S: +OK'
		cat
		printf '%s\n' "C: $1" STALL
	)
	POP3_PASSWORD=$secret "$program" "${@:2}" -s "$server" -u ann --tls off \
		--trace "$PWD/conversation" >out 2>errors 3>&- &
	pid=$!
	stop_later "$pid"
	until grep -qs "> $1" conversation; do kill -0 "$pid" || { cat errors; return 1; }; sleep 0.02; done
	nowhere "$pid"
	run ! grep secretmem "/proc/$pid/maps"
	kill "$pid"
	wait "$pid" || :
	rm conversation
}

# Until the messages are listed, another session may be needed.
@test "commands that need no other session wipe the password once the messages are listed" {
	local listing=$'C: LIST\nS: +OK\nS: 1 10\nS: .' uids=$'C: UIDL\nS: +OK\nS: 1 a\nS: .'
	needs_memory_access
	wiped_at QUIT list <<<"$listing"$'\n'"$uids"
	wiped_at QUIT uidl <<<"$uids"
	wiped_at QUIT headers all < <(printf '%s\n' "$uids" 'C: TOP 1 0' 'S: +OK' 'S: From: x' 'S:' 'S: .')
	wiped_at 'DELE 1' dele all <<<"$uids"
	wiped_at QUIT seen add all <<<"$listing"$'\n'"$uids"
	wiped_at 'RETR 1' fetch all --limit 1 <<<"$listing"
}

@test "POP3_PASSWORD is not in the environment of any command" {
	local source
	export POP3_PASSWORD=$secret
	for source in '--no-input' '--password-file=password' \
		'--password-command=env >of-password; cat password'; do
		pop3 0 fetch 1 -u ann --tls off "$source" -o 'pipe:env >of-pipe; cat >/dev/null' \
			--tunnel "env >of-tunnel; exec bash -c 'exec 5<>/dev/tcp/127.0.0.1/$pop3_port
				cat <&5 & exec cat >&5'"
		grep -q '^POP3_UID=' of-pipe
		grep -q '^HOME=' of-tunnel
		nowhere of-*
	done
	grep -q '^HOME=' of-password
}

@test "no password is written to the trace, the output, the state, the cache or temporary files" {
	local mode
	mkdir temporary
	export TMPDIR=$PWD/temporary
	for mode in implicit off; do
		POP3_PASSWORD=$secret pop3 0 fetch new -u ann --tls "$mode" -v \
			--trace conversation -o maildir:box
		POP3_PASSWORD=$secret pop3 0 fetch 1 -u ann --tls "$mode" -v --trace conversation \
			-o pipe:'cat >/dev/null'
		nowhere conversation stdout stderr "$HOME" box temporary
	done
	grep -q '\*\*\*\*' conversation
	ls "$XDG_STATE_HOME"/pop3/*.db "$XDG_CACHE_HOME"/pop3/*
}

@test "a refused password is written nowhere" {
	POP3_PASSWORD=x$secret pop3 77 stat -u ann --tls off -v --trace conversation
	nowhere conversation stdout stderr "$HOME"
}

@test "the program dumps no core" {
	pop3 0 stat -u ann \
		--password-command 'grep "^Max core" /proc/$PPID/limits >limits; cat password'
	[ "$(tr -s " " <limits)" = "Max core file size 0 0 bytes " ]
}

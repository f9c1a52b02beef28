# Where a password is not: arguments, environments of children, traces, logs, files, and after
# the login the memory, by whatever mechanism and from whatever source it came.
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

# nowhere PLACE…: none of them holds a part of the secret.
nowhere() {
	"$helpers/find-secret" "$secret" "$@" >found
	cat found
	[ ! -s found ]
}

needs_a_look_inside() {
	[ "$EUID" -eq 0 ] || skip "only root reads the memory of this program"
	if grep -qa __asan_init "$program"; then
		skip "a sanitizer copies the whole environment"
	fi
}

has_secret_memory() {
	/usr/bin/python3 -SBc 'import ctypes, sys
sys.exit(ctypes.CDLL(None).syscall(447, 0) < 0)'
}

# nowhere_in PID: not in its memory, but for the page where it is kept for another login, which
# nobody can read where the kernel knows how to hide it. That the memory is read is proved by what
# must be in it.
nowhere_in() {
	"$helpers/find-secret" "$PWD/conversation" "$1" >found
	[ -s found ]
	"$helpers/find-secret" "$secret" "$1" "/proc/$1/cmdline" "/proc/$1/environ" >found
	has_secret_memory || sed -i '/^kept /d' found
	cat found
	[ ! -s found ]
}

look_inside() {
	nowhere_in "$1"
}

# after_login ARGUMENT…: looks into a client that is in the midst of a message nobody reads.
after_login() {
	local octets pid
	choose_server "$@"
	mkfifo out
	"$program" "${chosen[@]}" fetch 1 --trace "$PWD/conversation" "$@" >out 2>errors 3>&- &
	pid=$!
	stop_later "$pid"
	exec {octets}<out
	head -c 1 <&"$octets" >/dev/null
	look_inside "$pid"
	kill -KILL "$pid"
	wait "$pid" || :
	exec {octets}<&-
	rm out
	nowhere conversation errors
}

# A hibernated memory would be on the disk.
@test "while a password is kept the kernel does not hibernate" {
	if ! grep -qsv '\[disabled\]' /sys/power/disk || ! has_secret_memory; then
		skip "this kernel does not hibernate, or has no secret memory"
	fi
	look_inside() {
		grep -q '\[disabled\]' /sys/power/disk
	}
	POP3_PASSWORD=$secret after_login -u ann
}

@test "not in memory after the login, whatever the mechanism, over TLS and in clear" {
	local mechanism way
	needs_a_look_inside
	for mechanism in user plain login apop cram-md5 scram-sha-1 scram-sha-256; do
		for way in implicit off; do
			POP3_PASSWORD=$secret after_login -u ann --auth "$mechanism" --tls "$way"
		done
	done
}

@test "not in memory after the login, whatever the source" {
	local descriptor
	needs_a_look_inside
	after_login -u ann --password-file password
	after_login -u ann --password-command 'cat password'
	exec {descriptor}<password
	after_login -u ann --password-fd "$descriptor"
	exec {descriptor}<&-
	printf 'machine 127.0.0.1 login ann password %s\n' "$secret" >"$HOME/.netrc"
	chmod 600 "$HOME/.netrc"
	after_login -u ann
}

@test "not in memory after the login, when it is of this account or another of the configuration" {
	needs_a_look_inside
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

# token_in_memory MECHANISM: a login by a token, and no answer to what follows it. The secret is
# not even kept: this session is the only one.
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
	needs_a_look_inside
	token_in_memory xoauth2
	token_in_memory oauthbearer
}

@test "not in the environment of any command, wherever else a password was named" {
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

@test "not in what is written: trace, notes, output, state, cache, temporary files" {
	local way
	mkdir temporary
	export TMPDIR=$PWD/temporary
	for way in implicit off; do
		POP3_PASSWORD=$secret pop3 0 fetch new -u ann --tls "$way" -v --trace conversation \
			-o maildir:box
		POP3_PASSWORD=$secret pop3 0 fetch 1 -u ann --tls "$way" -v --trace conversation \
			-o pipe:'cat >/dev/null'
		nowhere conversation stdout stderr "$HOME" box temporary
	done
	grep -q '\*\*\*\*' conversation
	ls "$XDG_STATE_HOME"/pop3/*.db "$XDG_CACHE_HOME"/pop3/*
}

@test "a refused password is nowhere, either" {
	POP3_PASSWORD=x$secret pop3 77 stat -u ann --tls off -v --trace conversation
	nowhere conversation stdout stderr "$HOME"
}

@test "no core is left of a program with a password in it" {
	pop3 0 stat -u ann \
		--password-command 'grep "^Max core" /proc/$PPID/limits >limits; cat password'
	[ "$(tr -s " " <limits)" = "Max core file size 0 0 bytes " ]
}

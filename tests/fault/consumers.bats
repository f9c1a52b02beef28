# pipe: with commands that misbehave.
# shellcheck disable=SC2016,SC2154 # commands for another shell; names from common.bash
load ../helpers/session

# one_message LINE…: start a conversation with one message; the lines follow after RETR.
one_message() {
	in_session < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 100' 'S: .' 'C: UIDL' 'S: +OK' 'S: 1 u1' 'S: .' \
			'C: RETR 1' 'S: +OK' "MESSAGE $data/plain.eml"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	)
}

# delivers COMMAND [TIMEOUT]: the message counts as delivered and is deleted.
delivers() {
	one_message 'C: DELE 1' 'S: +OK'
	ann 0 fetch new --delete -o "pipe:$1" --timeout "${2:-30}"
	[[ $output == $'1\tu1\t'*$'\tfetched\t'* ]]
	conversation_ended_well
	rm -rf "$HOME/state"
}

# refuses COMMAND [TIMEOUT]: the message counts as not delivered, its record is "failed", and the
# next run tries again.
refuses() {
	local _
	for _ in again and; do
		one_message
		ann 2 fetch new --delete -o "pipe:$1" --timeout "${2:-30}"
		[[ $output == $'1\tu1\t'*$'\tfailed\t-' ]]
		conversation_ended_well
	done
	rm -rf "$HOME/state"
}

# ends PID: fail unless the process exits soon; a zombie has exited.
ends() {
	local limit=$((SECONDS + 20))
	while grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null; do
		[ "$SECONDS" -lt "$limit" ]
	done
}

@test "exit statuses 0 and 99 mean delivered, even if the command reads nothing" {
	delivers "cat >mail"
	cmp mail "$data/plain.eml"
	delivers "exit 0"
	delivers "exec <&-"
	delivers "head -c 1 >first"
	delivers "exit 99"
}

@test "any other exit status and any signal mean not delivered" {
	refuses "exit 75"
	refuses "exit 1"
	refuses "cat >/dev/null; exit 100"
	refuses 'kill -KILL $$'
	refuses 'kill -TERM $$'
	refuses "no-such-command-at-all"
}

@test "--timeout kills a command that hangs, and its children" {
	refuses 'echo $$ >>pids; sleep 1000 & echo $! >>pids; wait' 1
	while read -r pid; do
		ends "$pid"
	done <pids
}

@test "--timeout kills a command that ignores SIGTERM and SIGHUP" {
	refuses "trap '' TERM HUP INT; while :; do sleep 1; done" 1
}

@test "a grandchild that keeps stdin open does not delay the delivery" {
	delivers 'sleep 1000 & echo $! >pid'
	stop_later "$(cat pid)"
}

@test "a command may write any amount to stderr" {
	delivers "head -c 20000000 /dev/zero >&2"
	[ "$(tr -dc '\0' <stderr | wc -c)" -eq 20000000 ]
}

@test "the output of a command goes to stderr, not among the records" {
	delivers "echo noise"
	[ "${#lines[@]}" -eq 1 ]
	[ "$stderr" = noise ]
}

@test "the exit status is noticed even if SIGCHLD is ignored" {
	one_message
	status=0
	(
		trap '' CHLD
		exec "$program" -s "$server" -u ann --tls off fetch new --delete -o "pipe:exit 1" \
			>stdout 2>stderr 3>&-
	) || status=$?
	[ "$status" -eq 2 ]
	grep -q failed stdout
}

@test "the command's environment describes the message and the account" {
	delivers 'echo "$POP3_NUMBER $POP3_UID $POP3_OCTETS $POP3_ACCOUNT" >printed; wc -c >octets'
	[ "$(cat printed)" = "1 u1 $(wc -c <"$data/plain.eml") ann@127.0.0.1:$port" ]
	[ "$(cat octets)" -eq "$(wc -c <"$data/plain.eml")" ]
}

# Nothing that a server sends becomes part of a command line (SECURITY CONSIDERATIONS of pop3(1)).
@test "a UID that looks like a command is not executed" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1 100
		S: .
		C: UIDL
		S: +OK
		S: 1 $(>ran);`>ran`'|>ran
		S: .
		C: RETR 1
		S: +OK
		S: Subject: $(>ran)
		S:
		S: .
	TALK
	ann 0 fetch all -o 'pipe:echo "$POP3_UID" >printed; cat >mail'
	[ "$(<printed)" = '$(>ran);`>ran`'"'|>ran" ]
	[ ! -e ran ]
}

# pipe: with commands that misbehave.
# shellcheck disable=SC2016,SC2154 # commands for another shell; names from common.bash
load ../helpers/session

# one_message LINE…: ann's mailbox has one message; the lines follow its transfer.
one_message() {
	in_session < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 100' 'S: .' 'C: UIDL' 'S: +OK' 'S: 1 u1' 'S: .' \
			'C: RETR 1' 'S: +OK' "MESSAGE $data/plain.eml"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	)
}

# delivers COMMAND: the message counts as delivered and is deleted.
delivers() {
	one_message 'C: DELE 1' 'S: +OK'
	ann 0 fetch new --delete -o "pipe:$1" --timeout "${2:-30}"
	[[ $output == $'1\tu1\t'*$'\tfetched\t'* ]]
	conversation_ended_well
	rm -rf "$HOME/state"
}

# refuses COMMAND: the message is not delivered, its record says so, and the next run tries again.
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

# ends PID: the process ends soon; a zombie counts as ended.
ends() {
	local limit=$((SECONDS + 20))
	while grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null; do
		[ "$SECONDS" -lt "$limit" ]
	done
}

@test "exit 0 and 99 are delivered, read or not" {
	delivers "cat >mail"
	cmp mail "$data/plain.eml"
	delivers "exit 0"
	delivers "exec <&-"
	delivers "head -c 1 >first"
	delivers "exit 99"
}

@test "any other end is not" {
	refuses "exit 75"
	refuses "exit 1"
	refuses "cat >/dev/null; exit 100"
	refuses 'kill -KILL $$'
	refuses 'kill -TERM $$'
	refuses "no-such-command-at-all"
}

@test "one that hangs is ended by --timeout, with its children" {
	refuses 'echo $$ >>pids; sleep 1000 & echo $! >>pids; wait' 1
	while read -r pid; do
		ends "$pid"
	done <pids
}

@test "one that ignores TERM and HUP is ended too" {
	refuses "trap '' TERM HUP INT; while :; do sleep 1; done" 1
}

@test "a grandchild that keeps stdin holds up nothing" {
	delivers 'sleep 1000 & echo $! >pid'
	stop_later "$(cat pid)"
}

@test "a flood on stderr passes" {
	delivers "head -c 20000000 /dev/zero >&2"
	[ "$(tr -dc '\0' <stderr | wc -c)" -eq 20000000 ]
}

@test "what it prints is no record" {
	delivers "echo noise"
	[ "${#lines[@]}" -eq 1 ]
	[ "$stderr" = noise ]
}

@test "the status is seen where SIGCHLD is ignored" {
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

@test "the environment names the message, and its account" {
	delivers 'echo "$POP3_NUMBER $POP3_UID $POP3_OCTETS $POP3_ACCOUNT" >said; wc -c >octets'
	[ "$(cat said)" = "1 u1 $(wc -c <"$data/plain.eml") ann@127.0.0.1:$port" ]
	[ "$(cat octets)" -eq "$(wc -c <"$data/plain.eml")" ]
}

# SECURITY CONSIDERATIONS: nothing that a server sends becomes part of a command line.
@test "a UID that is a command is none" {
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
	ann 0 fetch all -o 'pipe:echo "$POP3_UID" >said; cat >mail'
	[ "$(<said)" = '$(>ran);`>ran`'"'|>ran" ]
	[ ! -e ran ]
}

# For tests with several runs on one account: the account keeps its name, and so its state, while
# the scripted server changes.
# shellcheck disable=SC2154 # names from common.bash

source "$(dirname "${BASH_SOURCE[0]}")/session.bash"

# next_session: start the next scripted server for the account. The conversation after the login is
# on stdin; the previous session must have ended well.
next_session() {
	conversation_ended_well
	after_login
	printf '[ann]\nserver = %s\nuser = ann\ntls = off\n' "$server" \
		>"$XDG_CONFIG_HOME/pop3/config"
}

# account STATUS ARGUMENT…: pop3 with that account.
account() {
	pop3 "$1" -a ann "${@:2}"
}

# holds UID…: the steps of LIST and UIDL that show these messages, of 100 octets each.
holds() {
	sizes "$@"
	uids "$@"
}

sizes() {
	printf '%s\n' 'C: LIST' 'S: +OK'
	[ $# -eq 0 ] || seq -f 'S: %g 100' $#
	echo 'S: .'
}

uids() {
	local number=0 uid
	printf '%s\n' 'C: UIDL' 'S: +OK'
	for uid; do
		printf 'S: %d %s\n' $((++number)) "$uid"
	done
	echo 'S: .'
}

# sends NUMBER…: the steps in which each message is fetched.
sends() {
	printf 'C: RETR %s\nS: +OK\nS: Subject: x\nS:\nS: .\n' "$@"
}

# refuses VERB NUMBER…: the steps in which the server refuses the command for each message.
refuses() {
	local verb=$1
	shift
	printf "C: $verb %s\nS: -ERR damaged\n" "$@"
}

# marks NUMBER…: the steps in which each message is marked as deleted.
marks() {
	printf 'C: DELE %s\nS: +OK\n' "$@"
}

# state SQL [VALUE…]: change the state database of the account.
state() {
	/usr/bin/python3 -c 'import sqlite3, sys
with sqlite3.connect("home/state/pop3/ann.db") as database:
    database.execute(sys.argv[1], sys.argv[2:])' "$@"
}

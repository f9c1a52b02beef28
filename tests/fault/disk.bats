# Outputs and destinations that cannot be written, permanently or temporarily: the exit status is
# right and no message is lost. A full disk that grows later is a campaign of soak.
# shellcheck disable=SC2016,SC2154 # commands for another shell; names from common.bash
load ../helpers/account

listed=('C: LIST' 'S: +OK' 'S: 1 100' 'S: .')
named=('C: UIDL' 'S: +OK' 'S: 1 u1' 'S: .')
retrieved=('C: RETR 1' 'S: +OK' "MESSAGE $data/plain.eml")
deleted=('C: DELE 1' 'S: +OK')
quit=('C: QUIT' 'S: +OK')

# mailbox LINE…: start the next session of the account with these steps after the login.
mailbox() {
	next_session < <(printf '%s\n' "$@")
}

# a_later_run_gets_it DESTINATION: the message is fetched once the destination can be written.
a_later_run_gets_it() {
	mailbox "${listed[@]}" "${named[@]}" "${retrieved[@]}" "${deleted[@]}" "${quit[@]}"
	account 0 fetch new --delete -o "$1"
	[[ $output == $'1\tu1\t'*$'\tfetched\t'* ]]
	conversation_ended_well
}

# full STATUS ARGUMENT…: pop3 with /dev/full as stdout.
full() {
	local expected=$1 status=0
	shift
	"$program" -a ann "$@" >/dev/full 2>stderr 3>&- || status=$?
	[ "$status" -eq "$expected" ]
	grep -q 'No space left' stderr
}

@test "fetch to a full stdout exits with 74" {
	mailbox "${listed[@]}" "${retrieved[@]}" EOF
	full 74 fetch last
}

@test "if stdout is full, the message is delivered once and deleted by the next run" {
	mailbox "${listed[@]}" "${named[@]}" "${retrieved[@]}" "${deleted[@]}" EOF
	full 74 fetch new --delete -o maildir:inbox
	mailbox "${listed[@]}" "${named[@]}" "${deleted[@]}" "${quit[@]}"
	account 0 fetch new --delete -o maildir:inbox
	[ -z "$output" ]
	[ "$(find inbox -type f | wc -l)" -eq 1 ]
}

# fails_with ERROR CALL WHEN DESTINATION: from the WHENth on, each such call in the directory fails.
# No record is printed, at most one message is requested, and one line reports the error.
fails_with() {
	mailbox 'C: LIST' 'S: +OK' 'S: 1 100' 'S: 2 100' 'S: .' 'C: UIDL' 'S: +OK' 'S: 1 u1' \
		'S: 2 u2' 'S: .' "${retrieved[@]}" EOF
	rm -rf box home/state
	mkdir -p box/tmp box/new box/cur
	status=0
	ASAN_OPTIONS=detect_leaks=0 strace -o /dev/null -P "$PWD/box" -P "$PWD/box/tmp" \
		-e inject="$2:error=$1:when=$3+" \
		"$program" -a ann fetch new --delete -o "$4" --no-sandbox >stdout 2>stderr 3>&- ||
		status=$?
	cat stdout stderr
	[ "$status" -eq 73 ]
	[ ! -s stdout ]
	[ "$(wc -l <stderr)" -eq 1 ]
	conversation_ended_well
	a_later_run_gets_it "$4"
}

@test "an unwritable destination stops the fetch at once with 73 and one error, without loss" {
	needs_root
	fails_with ENOSPC openat 6 maildir:box
	fails_with EDQUOT openat 3 dir:box
	fails_with EROFS openat 2 mbox:box/inbox
	fails_with EIO openat 3 dir:box
}

@test "a file larger than the limit (ulimit -f) stops the fetch with 73, without loss" {
	local destination
	for destination in dir:box maildir:box mbox:box; do
		rm -rf box home/state
		mailbox 'C: LIST' 'S: +OK' 'S: 1 100' 'S: 2 100' 'S: .' 'C: UIDL' 'S: +OK' 'S: 1 u1' \
			'S: 2 u2' 'S: .' 'C: RETR 1' 'S: +OK' "S*200: $(printf %01000d 0)" 'S: .' EOF
		status=0
		(ulimit -f 128 && exec "$program" -a ann fetch new --delete -o "$destination") \
			>stdout 2>stderr 3>&- || status=$?
		[ "$status" -eq 73 ]
		[ ! -s stdout ]
		[[ $(cat stderr) == *': File too large' ]]
		a_later_run_gets_it "$destination"
	done
}

lock_mbox() {
	exec python3 -c "import fcntl, signal
mbox = open('$1', 'a')
fcntl.lockf(mbox, fcntl.LOCK_EX)
open('locked', 'w')
signal.pause()" 3>&-
}

@test "another program's fcntl lock on the mbox exits with 75 after --timeout, without loss" {
	lock_mbox inbox &
	stop_later $!
	until [ -e locked ]; do :; done
	mailbox "${listed[@]}" "${named[@]}" "${retrieved[@]}" "?${quit[0]}" "${quit[1]}"
	account 75 fetch new --delete -o mbox:inbox --timeout 1
	[[ $stderr == *"is locked"* ]]
	[ ! -s inbox ]
	stop_servers
	a_later_run_gets_it mbox:inbox
}

@test "another program's dot lock exits with 75 after --timeout, and is not removed" {
	echo other >inbox.lock
	mailbox "${listed[@]}" "${named[@]}" "${retrieved[@]}" "?${quit[0]}" "${quit[1]}"
	account 75 fetch new --delete -o mbox:inbox --timeout 1
	[[ $stderr == *"is locked"* ]]
	[ "$(cat inbox.lock)" = other ]
	rm inbox.lock
	a_later_run_gets_it mbox:inbox
}

@test "a dot lock of a process of this machine that has ended is taken over" {
	sleep 0 &
	wait $!
	echo "$! $(hostname)" >inbox.lock
	a_later_run_gets_it mbox:inbox
	[ ! -e inbox.lock ]
}

@test "a dot lock left by a killed run is removed even if there is nothing to deliver" {
	nothing_new() {
		mailbox 'C: LIST' 'S: +OK' 'S: .' 'C: UIDL' 'S: +OK' 'S: .' "${quit[@]}"
		account 0 fetch new -o mbox:inbox --timeout 1
	}
	touch inbox
	sleep 0 &
	wait $!
	echo "$! $(hostname)" >inbox.lock
	nothing_new
	[ ! -e inbox.lock ]
	# The PID may have been reused.
	mark=$(python3 -c "import sqlite3
print(sqlite3.connect('$XDG_STATE_HOME/pop3/ann.db').execute('SELECT text FROM mark').fetchone()[0])")
	echo "$$ $(hostname) $mark" >inbox.lock
	nothing_new
	[ ! -e inbox.lock ]
	echo "$$ $(hostname)" >inbox.lock
	nothing_new
	echo "$$ $(hostname) 0123456789abcdef" >inbox.lock
	nothing_new
	[ -e inbox.lock ]
}

@test "an unusable destination exits with 73 before connecting" {
	echo >file
	server=127.0.0.1:1
	ann 73 fetch new -o maildir:file
	ann 73 fetch new -o dir:file/folder
	mkdir folder
	ann 73 fetch new -o mbox:folder
	ln -s "$PWD/folder" link
	ann 73 fetch new -o maildir:link
	ln -s "$PWD/file" mbox
	ann 73 fetch new -o mbox:mbox
}

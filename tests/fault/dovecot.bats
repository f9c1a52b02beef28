# Fetch from a real server over TLS: killed at a call of each kind, followed by a clean run.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/common
load ../helpers/dovecot

setup_file() {
	export FAULT_SEED=${FAULT_SEED:-$RANDOM}
	echo "# FAULT_SEED=$FAULT_SEED" >&3
	dovecot_start
	dovecot_user ann secret
}

teardown_file() {
	dovecot_stop
}

# lf FILE…: the digests of the files with LF line ends, sorted.
lf() {
	local file
	for file; do
		sed 's/\r$//' "$file" | sha256sum
	done | sort
}

# exactly_once_after CALL KIND: kill a run at one of its first calls of that name.
exactly_once_after() {
	local place=$((RANDOM % $1 + 1))
	echo "$2 $place"
	rm -rf inbox "$HOME/state"
	dovecot_deliver ann "$data"/*.eml
	export POP3_PASSWORD=secret
	choose_server
	strace -o /dev/null -e "trace=$2" -e "inject=$2:signal=KILL:when=$place" \
		"$program" "${chosen[@]}" -u ann fetch new --delete -o maildir:inbox \
		>stdout 2>stderr 3>&- || :
	pop3 0 -u ann fetch new --delete -o maildir:inbox
	[ "$(lf inbox/*/*)" = "$(lf "$data"/*.eml)" ]
	[ -z "$(ls inbox/tmp)" ]
	pop3 0 -u ann stat
	[ "$output" = $'0\t0' ]
}

@test "killed anywhere: each message exactly once, and none left on the server" {
	RANDOM=$FAULT_SEED
	while read -r calls; do
		# shellcheck disable=SC2086 # a number and a name
		exactly_once_after $calls
	done <<-'CALLS'
		40 openat
		30 close
		10 write
		30 pwrite64
		6 fdatasync
		1 syncfs
		8 renameat2
		1 fsync
		5 sendto
		20 read
		2 ftruncate
	CALLS
}

# fetch_traced DESTINATION OPTION…: fetch all messages under strace with these options; the leak
# check of a sanitized build cannot run under it.
fetch_traced() {
	rm -rf "$HOME/state"
	ASAN_OPTIONS=detect_leaks=0 POP3_PASSWORD=secret strace -y -o trace -e trace=write "${@:2}" \
		"$program" "${chosen[@]}" -u ann fetch all -o "$1" >stdout 2>stderr 3>&-
}

@test "killed while it appends to an mbox, which another program changes then: nothing is lost" {
	local place
	{
		printf 'Subject: more than one write\n\n'
		yes 'a line of many' | head -n 20000
	} >large.eml
	dovecot_deliver ann large.eml
	choose_server
	fetch_traced mbox:count
	place=$(awk '/\/count>/ && ++found == 3 { print NR; exit }' trace)
	[ -n "$place" ] || skip "strace is not shown which files they are"
	fetch_traced mbox:inbox -e "inject=write:signal=KILL:when=$place" || [ $? -eq 137 ]
	[ "$(stat -c %s inbox)" -gt 65536 ]
	printf 'From bob@example.org Mon Jan  2 03:04:05 2023\n\nof another\n\n' >>inbox
	POP3_PASSWORD=secret pop3 0 -u ann fetch new -o mbox:inbox
	[ "$(grep -c "^Subject: more" inbox)" -eq 2 ]
	/usr/bin/python3 -SBc 'import sys
large, inbox = (open(name).read() for name in ("large.eml", "inbox"))
sys.exit(large not in inbox or "\nof another\n" not in inbox)'
	POP3_PASSWORD=secret pop3 0 -u ann dele all
}

# Fetches from a real server over TLS, killed at each kind of system call; a clean run follows.
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

# lf FILE…: print the digests of the files with LF line ends, sorted.
lf() {
	local file
	for file; do
		sed 's/\r$//' "$file" | sha256sum
	done | sort
}

# exactly_once_after COUNT CALL: kill a run at one of its first COUNT calls of that name; the next
# run leaves exactly one copy of each message.
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

@test "after a kill anywhere, the next run delivers each message once and deletes all" {
	RANDOM=$FAULT_SEED
	while read -r calls; do
		# shellcheck disable=SC2086 # a count and a name
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

# fetch_traced DESTINATION OPTION…: fetch all messages under strace with these options. The leak
# check of a sanitized build cannot run under strace.
fetch_traced() {
	rm -rf "$HOME/state"
	ASAN_OPTIONS=detect_leaks=0 POP3_PASSWORD=secret strace -y -o trace -e trace=write "${@:2}" \
		"$program" "${chosen[@]}" -u ann fetch all -o "$1" >stdout 2>stderr 3>&-
}

@test "after a kill during an append to an mbox, another program's mail is not lost" {
	local place
	{
		printf 'Subject: more than one write\n\n'
		yes 'a line of many' | head -n 20000
	} >large.eml
	dovecot_deliver ann large.eml
	choose_server
	fetch_traced mbox:count
	place=$(awk '/\/count>/ && ++found == 3 { print NR; exit }' trace)
	[ -n "$place" ] || skip "strace cannot show the names of the files"
	fetch_traced mbox:inbox -e "inject=write:signal=KILL:when=$place" || [ $? -eq 137 ]
	[ "$(stat -c %s inbox)" -gt 65536 ]
	printf 'From bob@example.org Mon Jan  2 03:04:05 2023\n\nfrom another\n\n' >>inbox
	POP3_PASSWORD=secret pop3 0 -u ann fetch new -o mbox:inbox
	[ "$(grep -c "^Subject: more" inbox)" -eq 2 ]
	/usr/bin/python3 -SBc 'import sys
large, inbox = (open(name).read() for name in ("large.eml", "inbox"))
sys.exit(large not in inbox or "\nfrom another\n" not in inbox)'
	POP3_PASSWORD=secret pop3 0 -u ann dele all
}

# Against a real server, over TLS: killed at some call of each kind, and then a clean run.
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

# exactly_once_after CALL KIND: a run is killed at one of its first calls of that name.
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

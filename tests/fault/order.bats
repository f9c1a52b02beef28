# The order of the system calls that sync, journal, publish, report and delete a message.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/session

# takes STEPS DESTINATION: fetch takes these steps in this order; repetitions count once.
#	W octets written, S file synced, N file renamed, F directory synced, J state synced,
#	D DELE sent, R records printed, Q QUIT sent
takes() {
	needs_64_bits
	in_session < <(printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 100' 'S: .' 'C: UIDL' 'S: +OK' \
		'S: 1 u1' 'S: .' 'C: RETR 1' 'S: +OK' "MESSAGE $data/plain.eml" 'C: DELE 1' 'S: +OK')
	# The leak check of a sanitized build cannot run under strace.
	ASAN_OPTIONS=detect_leaks=0 strace -y -o trace -e trace=write,fsync,fdatasync,syncfs,renameat2,sendto \
		"$program" -s "$server" -u ann --tls off fetch new --delete -o "$2" >stdout 3>&-
	grep -q "<$PWD/" trace || skip "strace cannot show the names of the files"
	steps=$(sed -nE "/RETR 1/,\$ {
		/\(deleted\)/d # the dot lock before it is linked
		s,^write\(1<.*,R,p
		s,^sendto.*DELE.*,D,p
		s,^sendto.*QUIT.*,Q,p
		s,^fdatasync.*db-wal>.*,J,p
		s,^renameat2.*,N,p
		s,^fsync.*/box/inbox>.*,S,p
		s,^fsync.*/box(/new)?>.*,F,p
		s,^(fsync|syncfs).*/box/.*,S,p
		s,^write.*<$PWD/box/.*,W,p
	}" trace | tr -d '\n' | tr -s '[:upper:]')
	echo "$steps, expected $1"
	[ "$steps" = "$1" ]
}

@test "maildir: syncs precede the rename, the journal DELE, and DELE the record" {
	takes WSJNFJDRQJ maildir:box
}

@test "dir: syncs precede the rename, the journal DELE, and DELE the record" {
	takes WSJNFJDRQJ dir:box
}

@test "mbox: the spool is written and synced first, then the mbox in the same order" {
	mkdir box
	takes WSFJWSFJDRQJ mbox:box/inbox
}

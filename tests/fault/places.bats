# A sample of each campaign of soak, always the same one unless $FAULT_SEED is set.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/common

setup_file() {
	export FAULT_SEED=${FAULT_SEED:-20261125}
	echo "# FAULT_SEED=$FAULT_SEED" >&3
}

# all_is_zero CAMPAIGN PLACES: soak finds no problem in this many places of the campaign.
all_is_zero() {
	[ "$1" != disk ] || unshare -rm true || skip "unshare -rm is not allowed here"
	POP3=$program "$BATS_TEST_DIRNAME/soak" --sample "$2" "$1" 3>&-
}

# The address sanitizer has its own allocator and must be loaded first.
preloads() {
	if ldd "$program" | grep -q libasan; then
		skip 'nothing can be preloaded into a sanitized build'
	fi
}

@test "a fetch killed at any system call is recovered by the next run" {
	all_is_zero kill 50
}

@test "a fetch killed, and killed again during recovery, is recovered" {
	all_is_zero kill-twice 40
}

@test "a fetch in which any system call fails is recovered by the next run" {
	all_is_zero errors 80
}

@test "a killed fetch whose recovery fails at any system call is recovered" {
	all_is_zero errors-after-kill 40
}

@test "a fetch with a short write, and then a full disk, is recovered" {
	preloads
	all_is_zero short-writes 40
}

@test "a fetch in which any allocation fails is recovered" {
	preloads
	all_is_zero allocations 50
}

@test "a fetch to a full or read-only disk is recovered when the disk can be written" {
	all_is_zero disk 40
}

@test "a connection closed after any octet loses and doubles no message" {
	all_is_zero fin 80
}

@test "a connection reset after any octet loses and doubles no message" {
	all_is_zero reset 60
}

@test "a server that stalls after any octet loses and doubles no message" {
	all_is_zero stall 40
}

@test "a connection without pipelining closed after any octet loses no message" {
	all_is_zero lock-step 40
}

@test "a TLS connection closed after any octet loses no message" {
	all_is_zero tls 40
}

@test "a batch killed at any system call is recovered" {
	all_is_zero batch-kill 40
}

@test "a batch in which any system call fails is recovered" {
	all_is_zero batch-errors 40
}

@test "a batch broken at any octet in any way is recovered" {
	all_is_zero batch-cuts 40
}

@test "a session of Dovecot broken at any octet in any way loses no message" {
	all_is_zero dovecot 40
}

@test "a TLS session of Dovecot broken in data or handshake loses no message" {
	all_is_zero dovecot-tls 40
}

@test "a session of Dovecot broken before, in or after STLS loses no message" {
	all_is_zero dovecot-stls 40
}

@test "a session of pop3 serve broken at any octet in any way loses no message" {
	all_is_zero serve 40
}

@test "a TLS session of pop3 serve broken in data or handshake loses no message" {
	all_is_zero serve-tls 40
}

@test "a session of pop3 serve broken before, in or after STLS loses no message" {
	all_is_zero serve-stls 40
}

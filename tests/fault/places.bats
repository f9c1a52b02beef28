# A seeded sample of each campaign of soak: always the same, unless $FAULT_SEED is set.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/common

setup_file() {
	export FAULT_SEED=${FAULT_SEED:-20261125}
	echo "# FAULT_SEED=$FAULT_SEED" >&3
}

# all_is_zero CAMPAIGN PLACES
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

@test "killed before any system call" {
	all_is_zero kill 50
}

@test "killed, and killed again in the recovery" {
	all_is_zero kill-twice 40
}

@test "any system call fails" {
	all_is_zero errors 80
}

@test "killed, and any system call fails in the recovery" {
	all_is_zero errors-after-kill 40
}

@test "writes that take half, and a disk that is full from then on" {
	preloads
	all_is_zero short-writes 40
}

@test "any allocation fails" {
	preloads
	all_is_zero allocations 50
}

@test "a small disk that grows, one that is read-only" {
	all_is_zero disk 40
}

@test "cut after any octet" {
	all_is_zero fin 80
}

@test "reset after any octet" {
	all_is_zero reset 60
}

@test "silent from any octet on" {
	all_is_zero stall 40
}

@test "cut after any octet, in lock step" {
	all_is_zero lock-step 40
}

@test "cut after any octet under TLS, with and without close_notify" {
	all_is_zero tls 40
}

@test "a batch, killed before any system call" {
	all_is_zero batch-kill 40
}

@test "a batch, of which any system call fails" {
	all_is_zero batch-errors 40
}

@test "a batch, broken at any octet in any way" {
	all_is_zero batch-cuts 40
}

@test "a session of Dovecot, broken at any octet in any way" {
	all_is_zero dovecot 40
}

@test "the same inside TLS and in its handshake" {
	all_is_zero dovecot-tls 40
}

@test "the same before, in and after STLS" {
	all_is_zero dovecot-stls 40
}

@test "a session of pop3 serve, broken at any octet in any way" {
	all_is_zero serve 40
}

@test "that inside TLS and in its handshake" {
	all_is_zero serve-tls 40
}

@test "that before, in and after STLS" {
	all_is_zero serve-stls 40
}

# Worlds drawn from a seed: combinations of accounts, runs, other programs and unusual servers.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/common

setup_file() {
	export FAULT_SEED=${FAULT_SEED:-20261129}
	echo "# FAULT_SEED=$FAULT_SEED" >&3
}

@test "in worlds drawn from a seed, no message is lost, doubled, blamed or wrongly deleted" {
	if ldd "$program" | grep -q libasan; then
		skip 'nothing can be preloaded into a sanitized build'
	fi
	POP3=$program "$BATS_TEST_DIRNAME/world/world" --count 300 3>&-
}

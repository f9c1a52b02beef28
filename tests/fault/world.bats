# Whole worlds from a seed: combinations of accounts, runs, other programs and odd servers.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/common

setup_file() {
	export FAULT_SEED=${FAULT_SEED:-20261129}
	echo "# FAULT_SEED=$FAULT_SEED" >&3
}

@test "worlds drawn from a seed: nothing lost, doubled, blamed or deleted unasked" {
	if ldd "$program" | grep -q libasan; then
		skip 'nothing can be preloaded into a sanitized build'
	fi
	POP3=$program "$BATS_TEST_DIRNAME/world/world" --count 300 3>&-
}

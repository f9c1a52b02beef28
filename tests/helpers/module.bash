# The client library as other programs use it, built beside the program under test.
# shellcheck disable=SC2034,SC2154 # names for the tests, names from common.bash

root=$(realpath "$helpers/../..")
build=$(realpath -m --relative-to="$root" "$(dirname "$program")")
read -ra sanitize <<<"${SANITIZE:-}" # sanitizer options, if set by make

# make_module [VARIABLE=VALUE…] TARGET…
make_module() {
	make -s --no-print-directory -C "$root" BUILD="$build" "$@" 3>&-
}

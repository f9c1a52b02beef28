# The client module as other programs get it, built beside the program under test.
# shellcheck disable=SC2034,SC2154 # names for the tests, names from common.bash

root=$(realpath "$helpers/../..")
build=$(realpath -m --relative-to="$root" "$(dirname "$program")")
read -ra sanitize <<<"${SANITIZE:-}" # what it is built with, where make says so

# make_module [VARIABLE=VALUE…] TARGET…
make_module() {
	make -s --no-print-directory -C "$root" BUILD="$build" "$@" 3>&-
}

# Loaded by every .bats file: a private home directory for each test, the program under test and
# the scripted server.
# shellcheck disable=SC2034,SC2154 # some names are for the tests, some from dovecot.bash

bats_require_minimum_version 1.5.0

# Sorting, comparing and printing must not depend on the user's locale.
unset LANG LANGUAGE "${!LC_@}"
export LC_ALL=C.UTF-8

helpers=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
data=$(realpath "$helpers/../data")
program=$(realpath -m "${POP3:-$helpers/../../build/pop3}")
certificates=$BATS_RUN_TMPDIR/certificates
started=()  # processes to stop
verdicts=() # of the running scripted servers: PID → descriptor from which its verdict is read

setup() {
	set_up_home
}

teardown() {
	stop_servers
}

# The program inherits nothing from the user's environment.
set_up_home() {
	umask 022
	unset "${!POP3_@}" NETRC SSL_CERT_FILE SSL_CERT_DIR
	export HOME=$BATS_TEST_TMPDIR/home
	export XDG_CONFIG_HOME=$HOME/config XDG_STATE_HOME=$HOME/state XDG_CACHE_HOME=$HOME/cache
	mkdir -p "$XDG_CONFIG_HOME/pop3"
	cd "$BATS_TEST_TMPDIR" || return
}

# pop3 STATUS [ARGUMENT…]: run the program and fail unless it exits with STATUS. Sets $status,
# $output, $lines and $stderr; the files stdout and stderr have every octet. Adds the test's server
# to the arguments unless they name a server or an account.
pop3() {
	local expected=$1
	shift
	choose_server "$@"
	status=0
	"$program" "${chosen[@]}" "$@" >stdout 2>stderr 3>&- || status=$?
	output=$(tr -d '\0' <stdout) stderr=$(tr -d '\0' <stderr)
	mapfile -t lines <stdout
	[ "$status" -eq "$expected" ] || {
		printf 'pop3 %s\nexit %s instead of %s\n' "$*" "$status" "$expected"
		printf -- '--- stdout\n%s\n--- stderr\n%s\n' "$output" "$stderr"
		return 1
	}
}

choose_server() {
	local argument
	chosen=()
	for argument; do
		case $argument in
		--) break ;;
		-s* | --server | --server=* | -a* | --account | --account=*) return 0 ;;
		esac
	done
	if [ -n "${server:-}" ]; then
		chosen=(-s "$server")
	elif [ -n "${pop3s_port:-}" ]; then
		chosen=(-s "127.0.0.1:$pop3s_port" --ca-file "$certificates/ca.pem")
		case " $*" in
		*' --tls'[' =']off* | *' --tls'[' =']stls*) chosen[1]=127.0.0.1:$pop3_port ;;
		esac
	fi
}

# value NAME: print the values of check's records of that name, one per line.
value() {
	sed -n "s/^$1\t//p" stdout
}

# pin CERTIFICATE: print the digest of its public key, for --pin.
pin() {
	printf 'sha256//'
	openssl x509 -in "$certificates/$1.pem" -noout -pubkey | openssl pkey -pubin -outform DER |
		openssl dgst -sha256 -binary | base64
}

# converse [OPTION…] SCRIPT: start the scripted server (`converse --help`) for the calls of
# pop3 that follow. SCRIPT is a file, or - for stdin. Sets $port and $server.
converse() {
	local script=${*: -1} host=127.0.0.1 verdict_fd
	case " $*" in *' -6 '*) host='[::1]' ;; esac
	if [ "$script" = - ]; then
		script=$(mktemp "$BATS_TEST_TMPDIR/talk.XXX")
		cat >"$script"
	fi
	if grep -q '^?*TLS' "$script"; then
		"$helpers/certificates" "$certificates"
	fi
	exec {verdict_fd}< <(exec "$helpers/converse" --certificates "$certificates" \
		"${@:1:$#-1}" "$script" 3>&-)
	verdicts[$!]=$verdict_fd
	read -r port <&"$verdict_fd"
	server=$host:$port
}

# Fail unless every client followed its script to the end, octet for octet. Called again when the
# test ends, for servers that the test has not checked.
conversation_ended_well() {
	local pid fd verdict differences=0
	for pid in "${!verdicts[@]}"; do
		fd=${verdicts[pid]} verdict=
		unset "verdicts[pid]"
		kill -TERM "$pid" 2>/dev/null || :
		read -r verdict <&"$fd" || :
		exec {fd}<&-
		wait "$pid" || :
		[ "$verdict" = ok ] || {
			echo "conversation: ${verdict:-the server died}"
			differences=1
		}
	done
	return "$differences"
}

# The program guards its memory: strace shows only root the paths of its files and what it sends,
# and only root may attach to it or list its descriptors.
needs_root() {
	[ "$EUID" -eq 0 ] || skip 'only root sees into a process that guards its memory'
}

# With 32 bits, the C library uses other system calls, and strace gives them other names.
needs_64_bits() {
	[ "$(getconf LONG_BIT)" -eq 64 ] || skip 'system calls have other names with 32 bits'
}

# stop_later PID: stop a process of this test when the test ends.
stop_later() {
	started+=("$1")
}

# until_there FILE PID: wait until the process has written to FILE; fail if it exits before that.
until_there() {
	until [ -s "$1" ]; do
		kill -0 "$2" || return 1
		sleep 0.02
	done
}

# A process that does not end on SIGTERM is killed.
stop_servers() {
	local pid asked
	for pid in "${started[@]}"; do
		kill -TERM "$pid" 2>/dev/null || :
		for ((asked = 0; asked < 50; asked++)); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.02
		done
		kill -KILL "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	started=()
	conversation_ended_well
}

# For tests of subcommands, in addition to common.bash: ann's mailbox on a server without TLS.
# shellcheck disable=SC2154 # names from common.bash

source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

setup() {
	set_up_home
	export POP3_PASSWORD=secret
}

# ann STATUS ARGUMENT…: pop3 as ann, without TLS.
ann() {
	pop3 "$1" -u ann --tls off "${@:2}"
}

# greeting [CAPABILITY…]: the start of a conversation; without capabilities, CAPA is refused.
greeting() {
	printf 'S: +OK ready\nC: CAPA\n'
	if [ $# -eq 0 ]; then
		echo 'S: -ERR what?'
	else
		printf 'S: %s\n' +OK "$@" .
	fi
}

login() {
	printf '%s\n' 'C: USER ann' 'S: +OK' 'C: PASS secret' 'S: +OK'
}

goodbye() {
	printf '%s\n' 'C: QUIT' 'S: +OK'
}

# after_greeting [CAPABILITY…]: start a conversation with the greeting; the rest is on stdin.
after_greeting() {
	converse - < <(greeting "$@" && cat)
}

# after_login [OPTION OF converse…]: start a conversation with ann's login; the rest is on stdin.
after_login() {
	converse "$@" - < <(greeting && login && cat)
}

# in_session [OPTION OF converse…]: as after_login, with QUIT at the end.
in_session() {
	converse "$@" - < <(greeting && login && cat && goodbye)
}

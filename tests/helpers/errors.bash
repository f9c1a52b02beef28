# For tests of complete error texts, in addition to session.bash. A row is a case:
#
#	STATUS CALLER ARGUMENT… [| STEP; STEP…] => TEXT
#
# CALLER is the function that runs pop3, the steps are those of the scripted server. In the text, \n
# begins the next line, CONFIG is the configuration file, PWD the current directory, PIN the digest
# of the usual key, and DESTINATIONS the description of fetch --output.
# shellcheck disable=SC2154 # names from common.bash

source "$(dirname "${BASH_SOURCE[0]}")/session.bash"

# alone STATUS ARGUMENT…: pop3 without a server.
alone() {
	local server=
	pop3 "$@"
}

# fails CALLER STATUS ARGUMENTS TEXT: the call exits with STATUS and prints only TEXT on stderr.
fails() {
	local POP3_PASSWORD='' text
	case $1 in pop3 | alone | with_*) ;; *) export POP3_PASSWORD=secret ;; esac
	[ -n "$POP3_PASSWORD" ] || unset POP3_PASSWORD
	eval "$1 $2 $3" </dev/null || return
	text=${4//CONFIG/$XDG_CONFIG_HOME/pop3/config}
	text=${text//PWD/$PWD}
	[[ $text != *DESTINATIONS* ]] ||
		text=${text//DESTINATIONS/$("$program" __complete fetch - | sed -n 's/^--output\t//p')}
	[[ $text != *PIN* ]] || text=${text//PIN/$(pin good)}
	[ "$stderr" = "pop3: ${text//'\n'/$'\n'pop3: }" ] && return
	printf '%s: %s\n--- instead of\n%s\n' "$3" "$stderr" "$text"
	return 1
}

# all_fail: check all rows on stdin, so that one run shows all differences.
all_fail() {
	local caller status call rest differences=0
	while read -r status caller rest; do
		call=${rest%% => *}
		[[ $call != *' | '* ]] || converse_in "${call#* | }"
		fails "$caller" "$status" "${call%% | *}" "${rest#* => }" || differences=1
		[[ $call != *' | '* ]] || conversation_ended_well || differences=1
	done
	return "$differences"
}

# converse_in STEPS: start the scripted server with these steps, separated by semicolons. GREETING,
# LOGIN, EXPIRES (LOGIN with EXPIRE 0), ONE (a mailbox with one message), MAIL (a session that
# retrieves it) and BYE each stand for several steps.
converse_in() {
	local -A several=(
		[GREETING]=$(greeting)
		[LOGIN]=$(greeting && login)
		[EXPIRES]=$(greeting USER 'EXPIRE 0' && login)
		[ONE]=$'C: LIST\nS: +OK\nS: 1 100\nS: .\nC: UIDL\nS: +OK\nS: 1 a\nS: .'
		[BYE]=$(goodbye)
	)
	several[MAIL]=$(printf '%s\n' "${several[LOGIN]}" "${several[ONE]}" 'C: RETR 1' 'S: +OK' 'S: x' 'S: .' '?C: QUIT' '?S: +OK')
	local step steps
	rm -rf "$XDG_CACHE_HOME" "$XDG_STATE_HOME" # left by an earlier server at the same port
	mapfile -t steps <<<"${1//; /$'\n'}"
	for step in "${!steps[@]}"; do
		steps[step]=${several[${steps[step]}]:-${steps[step]}}
	done
	converse - < <(printf '%s\n' "${steps[@]}")
}

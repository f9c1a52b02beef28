# Completion of pop3 for bash. Printed by "pop3 completion bash": do not edit.

# Sets words: those behind the program's name up to the cursor, whole again where
# readline has split them; glued: the front of the last one that it leaves alone.
_pop3_words() {
	local i word
	words=() glued=
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((i == 1)) || [[ $word != [=:@]* && (! $word ||
			${COMP_WORDS[i - 1]} != *[=:@]) ]]; then
			words+=("$word") glued=
			continue
		fi
		[[ $word == [=:@]* ]] || glued=${words[-1]}
		words[-1]+=$word
		[[ $word != [=:@]* ]] || glued=${words[-1]}
	done
}

# Sets options: what the subcommand takes, or what may stand before any.
_pop3_options() {
	options=()
	case $subcommand in
	stat | list | uidl | headers | fetch | dele | wait)
		options+=(
			--larger
			--smaller
			--match
			--older-than
			--newer-than
			--limit
			--cursor
			--exit-status -e
		)
		;;
	esac
	case $subcommand in
	'' | stat | list | uidl | headers | fetch | dele | capa | check | wait | batch | seen | accounts | admin)
		options+=(
			--account -a
			--server -s
			--user -u
			--tls
			--auth
			--password-command
			--password-file
			--password-fd
			--no-input
			--ca-file
			--ca-dir
			--pin
			--cert
			--key
			--tls-min
			--tls-name
			--no-verify
			--ipv4 -4
			--ipv6 -6
			--proxy
			--tunnel
			--connect-timeout
			--timeout
			--max-time
			--retry
			--trace
			--no-sandbox
		)
		;;
	esac
	case $subcommand in
	'' | stat | list | uidl | headers | fetch | dele | capa | check | wait | batch | seen | accounts | admin | serve | completion)
		options+=(
			--json
			--null -0
			--header
			--quiet -q
			--verbose -v
			--help -h
			--version -V
		)
		;;
	esac
	case $subcommand in
	headers)
		options+=(
			--fields
			--overview
			--raw
			--lines
		)
		;;
	esac
	case $subcommand in
	fetch)
		options+=(
			--output -o
			--delete
			--delete-after
			--peek
			--crlf
			--max-size
			--wait-lock
			--accept-new-uids
			--progress
		)
		;;
	esac
	case $subcommand in
	dele)
		options+=(
			--dry-run -n
		)
		;;
	esac
	case $subcommand in
	wait)
		options+=(
			--interval
		)
		;;
	esac
	case $subcommand in
	batch)
		options+=(
			--keep-going
		)
		;;
	esac
	case $subcommand in
	seen)
		options+=(
			--cursor
			--from
			--mailbox
			--wait-lock
		)
		;;
	esac
	case $subcommand in
	accounts)
		options+=(
			--show
		)
		;;
	esac
	case $subcommand in
	admin)
		options+=(
			--insecure
			--new-password-command
			--new-password-file
			--new-password-fd
		)
		;;
	esac
	case $subcommand in
	serve)
		options+=(
			--listen
			--listen-tls
			--maildir-root
			--users
			--add-user
			--cert
			--key
			--allow-cleartext
			--timeout
			--login-delay
			--max-connections
			--max-per-address
			--max-users
			--transform
			--peep
			--spscmp
			--monitor
			--smtpstatus
			--secret-file
			--allow-remote-management
			--user -u
			--ready-fd
			--log-json
			--no-sandbox
		)
		;;
	esac
}

# Sets value: what stands behind an option; empty when nothing does.
_pop3_value() {
	case $1 in
	--larger) value=(any) ;;
	--smaller) value=(any) ;;
	--match) value=(any) ;;
	--older-than) value=(any) ;;
	--newer-than) value=(any) ;;
	--limit) value=(any) ;;
	--cursor) value=(any) ;;
	--account | -a) value=(account) ;;
	--server | -s) value=(any) ;;
	--user | -u) value=(any) ;;
	--tls) value=(words implicit stls off) ;;
	--auth) value=(words auto user apop plain login cram-md5 scram-sha-1 scram-sha-1-plus scram-sha-256 scram-sha-256-plus xoauth2 oauthbearer external) ;;
	--password-command) value=(command) ;;
	--password-file) value=(file) ;;
	--password-fd) value=(any) ;;
	--ca-file) value=(file) ;;
	--ca-dir) value=(folder) ;;
	--pin) value=(any) ;;
	--cert) value=(file) ;;
	--key) value=(file) ;;
	--tls-min) value=(words 1.2 1.3) ;;
	--tls-name) value=(any) ;;
	--proxy) value=(any) ;;
	--tunnel) value=(command) ;;
	--connect-timeout) value=(any) ;;
	--timeout) value=(any) ;;
	--max-time) value=(any) ;;
	--retry) value=(any) ;;
	--trace) value=(file) ;;
	--fields) value=(any) ;;
	--lines) value=(any) ;;
	--output | -o) value=(destination - maildir: mbox: dir: pipe:) ;;
	--delete-after) value=(any) ;;
	--max-size) value=(any) ;;
	--wait-lock) value=(any) ;;
	--progress) value=(words auto always never) ;;
	--interval) value=(any) ;;
	--from) value=(words mpop getmail fetchmail fdm) ;;
	--mailbox) value=(any) ;;
	--show) value=(account) ;;
	--new-password-command) value=(command) ;;
	--new-password-file) value=(file) ;;
	--new-password-fd) value=(any) ;;
	--listen) value=(any) ;;
	--listen-tls) value=(any) ;;
	--maildir-root) value=(file) ;;
	--users) value=(file) ;;
	--add-user) value=(any) ;;
	--login-delay) value=(any) ;;
	--max-connections) value=(any) ;;
	--max-per-address) value=(any) ;;
	--max-users) value=(any) ;;
	--transform) value=(command) ;;
	--peep) value=(any) ;;
	--spscmp) value=(any) ;;
	--monitor) value=(any) ;;
	--smtpstatus) value=(any) ;;
	--secret-file) value=(file) ;;
	--ready-fd) value=(any) ;;
	*) value=('') ;;
	esac
}

# Sets value: what the next operand may be.
_pop3_operand() {
	case $subcommand:$operands in
	stat:*) value=(words all first: last last: new uid: -) ;;
	list:*) value=(words all first: last last: new uid: -) ;;
	uidl:*) value=(words all first: last last: new uid: -) ;;
	headers:*) value=(words all first: last last: new uid: -) ;;
	fetch:*) value=(words all first: last last: new uid: -) ;;
	dele:*) value=(words all first: last last: new uid: -) ;;
	wait:*) value=(words all first: last last: new uid: -) ;;
	batch:*) value=(file) ;;
	seen:0) value=(words list add remove clear export import) ;;
	seen:*) value=(file) ;;
	completion:0) value=(words bash zsh fish) ;;
	*) value=('') ;;
	esac
}

_pop3_accounts() {
	command pop3 accounts 2>/dev/null | cut -f 1
}

# _pop3_reply KIND [WORD...]: what of that kind begins with $current.
_pop3_reply() {
	local kind=$1 word candidates=("${@:2}")
	case $kind in
	account) mapfile -t candidates < <(_pop3_accounts) ;;
	command) mapfile -t candidates < <(compgen -c -- "$current") ;;
	destination) [[ $current != *:* ]] || compopt -o default ;;
	file) compopt -o default ;;
	folder) compopt -o dirnames ;;
	esac
	for word in "${candidates[@]}"; do
		[[ $word == "$current"* && $current != *: ]] || continue
		printf -v word %q "$word"
		COMPREPLY+=("$before$word")
	done
	COMPREPLY=("${COMPREPLY[@]#"$glued"}")
	[[ ${COMPREPLY[0]-} != *: ]] || compopt -o nospace
}

# Sets subcommand, operands: how many stand behind it, and option: whose value is next.
_pop3_read() {
	local word
	for word in "${words[@]:0:${#words[@]}-1}"; do
		if [[ $option ]]; then
			option=
		elif [[ $word == -- ]]; then
			ended=yes
		elif [[ $word == -?* && ! $ended ]]; then
			_pop3_value "$word"
			[[ ! ${value[0]} ]] || option=$word
		elif [[ $subcommand ]]; then
			operands=$((operands + 1))
		else
			subcommand=$word
		fi
	done
}

_pop3() {
	local words glued current before='' ended='' options value
	local subcommand='' operands=0 option=''
	[[ ${1##*/} != pop3-* ]] || subcommand=${1##*pop3-}
	_pop3_words
	_pop3_read
	current=${words[-1]} COMPREPLY=()
	if [[ ! $option && ! $ended && $current == --*=* ]]; then
		option=${current%%=*} before=$option=
		current=${current#*=}
	fi
	if [[ $option ]]; then
		_pop3_value "$option"
		_pop3_reply "${value[@]}"
	elif [[ $current == -* && ! $ended ]]; then
		_pop3_options
		_pop3_reply words "${options[@]}"
	elif [[ $subcommand ]]; then
		_pop3_operand
		_pop3_reply "${value[@]}"
	else
		_pop3_reply words stat list uidl headers fetch dele capa check wait batch seen accounts admin serve completion
	fi
}

complete -F _pop3 pop3 pop3-stat pop3-list pop3-uidl pop3-headers pop3-fetch pop3-dele pop3-capa pop3-check pop3-wait pop3-batch pop3-seen pop3-accounts pop3-admin pop3-serve pop3-completion

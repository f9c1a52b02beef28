# Completion of pop3 for bash. The program itself knows what may stand where.

_pop3() {
	local i word words=() glued='' last quoted='' kind front
	# readline splits words at "=", ":" and "@". Here they are whole; glued is the front of the
	# last one that readline leaves alone.
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
	last=${words[-1]} COMPREPLY=()
	[[ $last != [\"\']* ]] || quoted=yes last=${last:1}
	words=("${words[@]//[\\\"\']/}")
	[[ ${1##*/} != pop3-* ]] || words=("${1##*pop3-}" "${words[@]}")
	{
		IFS=$'\t' read -r kind front || return 0
		last=${last:${#front}}
		case $kind in
		files) compopt -o default ;;
		directories) compopt -o dirnames ;;
		commands) mapfile -t COMPREPLY < <(compgen -c -P "$front" -- "$last") ;;
		esac
		while IFS=$'\t' read -r word _; do
			[[ $quoted ]] || printf -v word %q "$word"
			[[ $word != "$last"* ]] || COMPREPLY+=("$front$word")
		done
	} < <(command pop3 __complete "${words[@]}" 2>/dev/null)
	COMPREPLY=("${COMPREPLY[@]#"$glued"}")
	[[ ${COMPREPLY[0]-} != *: ]] || compopt -o nospace
}

# shellcheck disable=SC2046 # each word is a name of its own
complete -F _pop3 pop3 $(command pop3 __complete '' 2>/dev/null | sed '1d; s/\t.*//; s/^/pop3-/')

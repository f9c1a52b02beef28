# The completions that the program offers, and the scripts in completions/ that pass them to shells.
# shellcheck disable=SC2154 # names from common.bash and rows.bash
load ../helpers/common
load rows

setup() {
	set_up_home
	mkdir bin
	ln -s "$program" bin/pop3
	PATH=$PWD/bin:$PATH
}

# offers WORD…: print bash's completions of the last word, of a line that readline split into these
# words. What only readline can do (complete files, omit the space) is printed as "asks for OPTION".
offers() {
	bash --norc -u -c '
		compopt() { echo "$2" >>asked; }
		source <("$0" completion bash)
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_pop3 "$1"
		((${#COMPREPLY[@]} == 0)) || printf "%s\n" "${COMPREPLY[@]}"
		[ ! -e asked ] || sed "s/^/asks for /" asked' "$program" "$@" | paste -sd ' '
	rm -f asked
}

# completes SHELL <TABLE: for each row "TYPED => LINE|", TAB completes what is typed to that line.
completes() {
	local table typed start
	table=$(cat) typed=$(sed 's/ => .*//' <<<"$table")
	case $1 in
	bash)
		cat >rc <<-'END'
			source <(pop3 completion bash)
			show() { printf '%s\n' "$READLINE_LINE" >line.new; mv line.new line; }
			bind -x '"\C-g": show'
			PS1='ready>'
		END
		start=(bash --rcfile rc -i)
		;;
	zsh)
		mkdir functions
		"$program" completion zsh >functions/_pop3
		cat >.zshrc <<-'END'
			fpath=($PWD/functions $fpath)
			autoload -Uz compinit
			compinit -u -d $PWD/dump
			show() { print -r -- $BUFFER >line.new; mv line.new line }
			zle -N show
			bindkey '^G' show
			PS1='ready>'
		END
		start=(env ZDOTDIR="$PWD" zsh -i)
		;;
	esac
	agree "$table" "$(paste <(echo "$typed") \
		<("$helpers/../contract/type-at" line "${start[@]}" <<<"$typed") |
		sed 's/\t/ => /; s/$/|/')"
}

# fish_offers <TABLE: for each row "TYPED => WORD…|", fish offers these words.
fish_offers() {
	local table typed
	table=$(cat) typed=$(sed 's/ => .*//' <<<"$table")
	# shellcheck disable=SC2016 # fish expands it
	agree "$table" "$(paste <(echo "$typed") <(fish --no-config -c '
		source pop3.fish
		while read --line line
			complete -C $line | cut -f 1 | paste -sd " "
		end' <<<"$typed") | sed 's/\t/ => /; s/$/|/')"
}

needs() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

@test "completion prints the scripts in completions/" {
	"$program" completion bash | diff - "$root/completions/pop3.bash"
	"$program" completion zsh | diff - "$root/completions/_pop3"
	"$program" completion fish | diff - "$root/completions/pop3.fish"
}

@test "the error for an unknown shell names the supported ones" {
	pop3 64 completion tcsh
	[[ $stderr == *'bash|zsh|fish'* ]]
}

@test "bash runs its script without any message" {
	pop3 0 completion bash
	bash -n stdout
	[ -z "$(bash --norc stdout 2>&1)" ]
	if command -v shellcheck >/dev/null; then
		shellcheck -s bash stdout
	fi
}

@test "bash offers every subcommand" {
	[ "$(offers pop3 '')" = "$(subcommands | paste -sd ' ')" ]
	[ "$(offers pop3 -a work -q '')" = "$(subcommands | paste -sd ' ')" ]
	[ "$(offers pop3 -s ann @ host : 110 sta)" = stat ]
}

@test "bash offers every option of a subcommand" {
	local name
	for name in list serve; do
		agree "$(rows_of "$name" | cut -f 3 | sed 's/^/--/' | sort)" \
			"$(offers pop3 "$name" -- | tr ' ' '\n' | sort)"
		[ "$(offers "pop3-$name" --he)" = '--header --help' ]
	done
}

@test "bash offers the words that an option or operand can be" {
	[ "$(offers pop3 stat --tls '')" = 'implicit stls off' ]
	[ "$(offers pop3 stat --tls =)" = 'implicit stls off' ]
	[ "$(offers pop3 stat --tls = s)" = stls ]
	[ "$(offers pop3 completion '')" = 'bash zsh fish' ]
	[ "$(offers pop3 completion zsh '')" = '' ]
}

@test "bash offers selectors" {
	[ "$(offers pop3 stat la)" = 'last last:' ]
	[ "$(offers pop3 stat 3 --json ui)" = 'uid: asks for nospace' ]
	[ "$(offers pop3 stat uid :)" = '' ]
	[ "$(offers pop3 stat -- -)" = - ]
}

@test "bash offers files, directories and commands" {
	[ "$(offers pop3 stat --ca-file '')" = 'asks for default' ]
	[ "$(offers pop3 stat --ca-dir '')" = 'asks for dirnames' ]
	[ "$(offers pop3 stat --tunnel basenam | tr ' ' '\n' | sort -u)" = basename ]
	[ "$(offers pop3 stat --timeout '')" = '' ]
}

@test "bash offers destinations, and paths after them" {
	local scheme operand
	agree "$(destinations | grep -vxF mbox:- | sed 's/:.*/:/')" \
		"$(offers pop3 fetch -o '' | tr ' ' '\n')"
	while IFS=: read -r scheme operand; do
		case $operand in
		COMMAND) [[ "$(offers pop3 fetch -o "$scheme" : basenam)" == basename* ]] ;;
		*) [ "$(offers pop3 fetch -o "$scheme" : basenam)" = 'asks for default' ] ;;
		esac
	done < <(destinations | grep ':[A-Z]')
	[ "$(offers pop3 fetch --output = mail)" = 'maildir: asks for nospace' ]
	[ "$(offers pop3 fetch -o maildir : Ma)" = 'asks for default' ]
}

configure() {
	printf '[%s]\nserver = pop3s://x\n' "$@" >"$XDG_CONFIG_HOME/pop3/config"
}

@test "account names are offered as one word, with special characters quoted" {
	configure defaults work 'home mail' '$(touch owned)'
	[ "$(offers pop3 stat -a wo)" = work ]
	[ "$(offers pop3 stat -a ho)" = 'home\ mail' ]
	[ "$(offers pop3 stat -a 'home\ m')" = 'home\ mail' ]
	[ "$(offers pop3 stat -a '"home m')" = 'home mail' ]
	[ "$(offers pop3 stat -a '\$')" = '\$\(touch\ owned\)' ]
	[ "$(offers pop3 accounts --show = w)" = work ]
	[ ! -e owned ]
}

@test "bash offers nothing if the program fails" {
	rm bin/pop3
	printf '#!/bin/sh\necho "pop3: what?" >&2\nexit 64\n' >bin/pop3
	chmod +x bin/pop3
	[ "$(offers pop3 stat -a '' 2>&1)" = '' ]
}

@test "bash offers the cursors of the account" {
	configure work home
	pop3 0 seen add uid1 -a home --cursor otp
	pop3 0 seen add uid1 -a home
	[ "$(offers pop3 -a home fetch --cursor '')" = otp ]
	[ "$(offers pop3 -ahome fetch --cursor '')" = otp ]
	[ "$(offers pop3 fetch --cursor '')" = '' ]
	[ "$(POP3_ACCOUNT=home offers pop3 fetch --cursor '')" = otp ]
	[ ! -e "$XDG_STATE_HOME/pop3/work.db" ]
}

@test "bash offers login mechanisms and the verbs of admin" {
	pop3 64 stat --auth none -s 127.0.0.1:1
	[[ $stderr == *" is not $(offers pop3 --auth '' | tr ' ' '|')" ]]
	[ "$(offers pop3 admin user-)" = 'user-add user-del user-passwd user-rename user-stats' ]
	[ "$(offers pop3 admin -s peep : //x g)" = get ]
	[ "$(offers pop3 admin set t)" = 'timeout transform' ]
	[ "$(offers pop3 admin users t)" = '' ]
}

@test "a line that cannot be completed causes no error" {
	local words
	configure 'broken' && echo 'nonsense' >>"$XDG_CONFIG_HOME/pop3/config"
	while read -ra words; do
		pop3 0 __complete "${words[@]}"
		[ "$output" = '' ]
		[ "$stderr" = '' ]
	done <<-'END'

		nonsense x
		stat --nonsense= 
		stat --nonsense=x
		stat --timeout x
		capa x
		completion zsh x
		fetch --cursor x
	END
	pop3 0 __complete -a ''
	[ "$output" = $'words\t\nbroken\t' ]
}

@test "the internal subcommand of the completions is not documented" {
	pop3 0 --help
	[[ $output != *__complete* ]]
	pop3 64 __complet
	[[ $stderr != *__complete* ]]
	[ -z "$(grep __complete "$manual")" ]
}

@test "bash completes at a terminal" {
	mkdir 'a folder'
	touch authorities.pem
	configure 'home mail'
	completes bash <<-'END'
		pop3 sta => pop3 stat |
		pop3 stat --tls=im => pop3 stat --tls=implicit |
		pop3 stat fi => pop3 stat first:|
		pop3 stat --ca-file=auth => pop3 stat --ca-file=authorities.pem |
		pop3 fetch 1 -o maildir:a => pop3 fetch 1 -o maildir:a|
		pop3 fetch 1 -o maildir:a\  => pop3 fetch 1 -o maildir:a\ folder/|
		pop3 stat --ca-dir a => pop3 stat --ca-dir a\ folder/|
		pop3 stat --tunnel basenam => pop3 stat --tunnel basename |
		pop3 stat -a h => pop3 stat -a home\ mail |
		pop3 stat -a "home m => pop3 stat -a "home mail" |
	END
}

@test "zsh completes at a terminal" {
	needs zsh
	mkdir 'a folder'
	touch authorities.pem
	ln -s pop3 bin/pop3-headers
	configure 'home mail'
	zsh -n "$root/completions/_pop3"
	completes zsh <<-'END'
		pop3 sta => pop3 stat |
		pop3 -s ann@host:110 sta => pop3 -s ann@host:110 stat |
		pop3 stat --tls=im => pop3 stat --tls=implicit |
		pop3 stat 3 --ex => pop3 stat 3 --exit-status |
		pop3 stat fi => pop3 stat first:|
		pop3 stat --ca-file=auth => pop3 stat --ca-file=authorities.pem |
		pop3 fetch 1 -o maildir:a\ f => pop3 fetch 1 -o maildir:a\ folder/|
		pop3 stat --ca-dir a\  => pop3 stat --ca-dir a\ folder/|
		pop3 stat --tunnel basenam => pop3 stat --tunnel basename |
		pop3-headers --fi => pop3-headers --fields |
		pop3 stat -a h => pop3 stat -a home\ mail |
		pop3 stat -a "home m => pop3 stat -a "home mail" |
	END
}

@test "fish completes" {
	needs fish
	mkdir folder
	touch authorities.pem
	configure 'home mail'
	"$program" completion fish >pop3.fish
	fish_offers <<-'END'
		pop3 sta => stat|
		pop3 -a stat headers --fi => --fields|
		pop3 stat --tls im => implicit|
		pop3 stat la => last last:|
		pop3 completion  => bash fish zsh|
		pop3 completion zsh  => |
		pop3-headers --fi => --fields|
		pop3 stat --tls=im => --tls=implicit|
		pop3 stat --ca-file=auth => --ca-file=authorities.pem|
		pop3 stat --ca-dir f => folder/|
		pop3 stat --tunnel basenam => basename|
		pop3 fetch 1 -o maildir:fo => maildir:folder/|
		pop3 stat -a h => home mail|
	END
	fish --no-config -c 'source pop3.fish
		complete -C "pop3 stat --exit"
		complete -C "pop3 -a stat list --fields"' >offered
	grep -q $'^--exit-status\texit 1 when' offered
	run ! grep -q '^--fields' offered
}

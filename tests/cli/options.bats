# Where options may be placed, and where their values come from.
load ../helpers/session

# finds_ann OPTION…: stat with these options logs in as ann with the password secret.
finds_ann() {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 320
	TALK
	pop3 0 stat --tls off "$@"
}

# sends_password PASSWORD OPTION…: pop3 logs in with that password.
sends_password() {
	after_greeting <<-TALK
		C: USER ann
		S: +OK
		C: PASS $1
		S: -ERR no
	TALK
	pop3 77 stat -s "$server" -u ann --tls off --no-input "${@:2}"
	conversation_ended_well
}

# refused ARGUMENT…: a usage error; no connection is made.
refused() {
	server=127.0.0.1:1
	pop3 64 "$@"
	[ "$output" = '' ]
}

config() {
	cat >"$XDG_CONFIG_HOME/pop3/config"
	chmod "${1:-600}" "$XDG_CONFIG_HOME/pop3/config"
}

# --- placement

@test "options may come before, after and among the operands" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S*3: \# 10
		S: .
	TALK
	pop3 0 -u ann --json stat 1 --tls=off 2
	[ "$output" = '{"messages":2,"octets":20}' ]
}

@test "options may come among the operands even with POSIXLY_CORRECT" {
	in_session <<-'TALK'
		C: LIST 1
		S: +OK 1 10
	TALK
	POSIXLY_CORRECT=1 ann 0 stat 1 --json
	[ "$output" = '{"messages":1,"octets":10}' ]
}

@test "-- ends the options" {
	refused stat -u ann -- --json
	[[ $stderr == *"'--json' is not a message selector"* ]]
}

@test "one-letter options can be combined" {
	finds_ann -qu ann
}

@test "a flag can be unset with =no" {
	finds_ann -u ann --json --json=no
	[ "$output" = $'2\t320' ]
}

@test "the last occurrence of an option applies" { finds_ann -u bob -u ann; }

@test "--help prints the help of each subcommand to stdout" {
	local subcommands
	pop3 0 --help
	subcommands=$(sed -n '3,/^$/s/^  \([a-z]*\) .*/\1/p' stdout)
	[ -n "$subcommands" ]
	for subcommand in $subcommands; do
		pop3 0 "$subcommand" --help
		[[ $output == "usage: pop3 $subcommand "* ]]
		[ "$stderr" = '' ]
	done
}

@test "--help works with any other option" {
	pop3 0 -s pop.example.org --help
	pop3 0 stat -s pop.example.org --help
}

@test "--version prints the version" {
	pop3 0 --version
	[[ $output =~ ^pop3\ [0-9]+\.[0-9]+ ]]
}

@test "a link named pop3-stat runs pop3 stat" {
	ln -s "$program" pop3-stat
	program=$PWD/pop3-stat
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 320
	TALK
	ann 0
	[ "$output" = $'2\t320' ]
}

@test "a link with an unknown name is an unknown subcommand: 64" {
	ln -s "$program" pop3-start
	program=$PWD/pop3-start
	refused
	[ "$stderr" = "pop3: unknown subcommand 'start' (did you mean 'stat'?); see 'pop3 help'" ]
}

# --- usage errors

@test "a missing subcommand is a usage error" {
	refused -u ann
	[[ $stderr == *"see 'pop3 help'" ]]
}

@test "an unknown subcommand suggests the nearest" {
	refused satt
	[ "$stderr" = "pop3: unknown subcommand 'satt' (did you mean 'stat'?); see 'pop3 help'" ]
}

@test "an unknown option suggests the nearest" {
	refused stat --passwrod-file x
	[[ $stderr == "pop3: unknown option '--passwrod-file' (did you mean "*password-file* ]]
}

@test "abbreviated options are rejected: 64" {
	refused stat --jso
	[[ $stderr == *"'--json'"* ]]
	refused stat --time 5
	[[ $stderr == *"'--timeout'"* ]]
	refused stat --time=5
	refused stat --pass x
	[ "$stderr" = "pop3: unknown option '--pass'; see 'pop3 help stat'" ]
}

@test "an unknown one-letter option is a usage error" {
	refused stat -Z
	[ "$stderr" = "pop3: unknown option '-Z'; see 'pop3 help stat'" ]
}

@test "an option without its value is a usage error" {
	refused stat --user
	[ "$stderr" = "pop3: option '--user' needs a value" ]
}

@test "values of the wrong type are usage errors" {
	refused stat -u ann --timeout soon
	refused stat -u ann --timeout -1
	refused stat -u ann --tls maybe
	[ "$stderr" = "pop3: --tls: 'maybe' is not implicit|stls|off" ]
	refused stat -u ann --auth plain-text
	refused list -u ann --larger big
	refused list -u ann --json=perhaps
}

@test "a missing server is a usage error" {
	pop3 64 stat -u ann
	[[ $stderr == *--server* ]]
}

@test "the first run, without a configuration, explains what to do" {
	pop3 64 stat
	[[ $stderr == "pop3: no server: use --server, "*"or add an account to $XDG_CONFIG_HOME/pop3/config" ]]
	pop3 66 stat -a work
	[ "$stderr" = "pop3: unknown account 'work': $XDG_CONFIG_HOME/pop3/config does not exist" ]
	printf '[work]\nuser = ann\n' | config
	pop3 64 stat
	[[ $stderr == "pop3: no server for account 'work' in $XDG_CONFIG_HOME/pop3/config: "*--server ]]
}

@test "at a terminal, a connection error suggests the command line of pop3 check" {
	local check
	mkdir bin
	ln -s "$program" bin/pop3
	printf '[work]\nserver = 127.0.0.1:1\n' | config
	export POP3_PASSWORD=secret
	run -69 "$helpers/type-in" "$program" stat -s 127.0.0.1:1 -u "an'n b" --no-verify --retry 0 \
		--pin "$(printf 'sha256//%043d=' 0)" --pin "$(printf 'sha256//%043d=' 1)" </dev/null 3>&-
	check=$(sed -n 's/\r$//; s/^pop3: to find out why: //p' <<<"$output")
	[[ $check == 'pop3 check '*"'an'\''n b'"*' --no-verify'* ]]
	PATH=$PWD/bin:$PATH run -69 bash -c "$check"
	[[ $output == *127.0.0.1* ]]
	run -69 "$helpers/type-in" "$program" stat -a work -u ann </dev/null 3>&-
	[[ $output == *'pop3: to find out why: pop3 check -a work -u ann'* ]]
	run -69 "$helpers/type-in" "$program" stat -a work -u ann --proxy http://p:secret@127.0.0.1:1 </dev/null 3>&-
	[[ $output != *'find out why'* ]]
	run -69 "$helpers/type-in" "$program" stat -u ann --json </dev/null 3>&-
	[[ $output != *'find out why'* ]]
	run -64 "$helpers/type-in" "$program" stat nonsense -u ann </dev/null 3>&-
	[[ $output != *'find out why'* ]]
}

@test "a missing user name is a usage error" {
	refused stat
	[[ $stderr == *--user* ]]
}

@test "a password in the URL is rejected: 64" {
	pop3 64 stat -s pop3s://ann:secret@127.0.0.1:1
	run ! grep secret stderr
}

@test "an invalid server URL is reported as the error, not as the server" {
	local url
	for url in pop3://ann@host:99999 pop3s://ann@host: ann@host:0 host:x '[::1]:65536' host/x; do
		pop3 64 stat -s "$url"
		[[ $stderr == "pop3: invalid server URL '$url': "* ]]
		pop3 64 stat -s "$url" --json
		[[ $stderr == *"\"message\":\"invalid server URL '$url': "* ]]
		[[ $stderr != *'"server"'* ]]
	done
	pop3 64 stat -s http://ann@host --json
	[[ $stderr != *'"server"'* ]]
}

@test "a password in an invalid URL is masked" {
	pop3 64 stat -s pop3://ann:secret@host:99999
	[[ $stderr == "pop3: invalid server URL 'pop3://ann:********@host:99999': "* ]]
	pop3 64 stat -s host -u ann --proxy socks5h://bob:se:cr@et@host: --json
	[[ $stderr == *"'socks5h://bob:********@host:': "* ]]
}

@test "control characters in user names and passwords are rejected before connecting: 64" {
	refused stat -u $'ann\r\nDELE 1'
	refused stat -u $'ann\x7f'
	refused stat -u $'ann\x01'
	POP3_PASSWORD=$'secret\r\nDELE 1' refused stat -u ann
	pop3 64 stat -s 'pop3s://ann%0d%0aDELE%201@127.0.0.1:1'
}

# --- the configuration

@test "-a uses the server and user name of the account" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 320
	TALK
	config <<-END
		[defaults]
		tls = off
		[other]
		server = 127.0.0.1:1
		[home]
		server = $server
		user = ann
	END
	pop3 0 -a home stat
}

@test "POP3_ACCOUNT selects the account, otherwise the first one is used" {
	config <<-'END'
		[defaults]
		user = ann
		[first]
		server = 127.0.0.1:1
		[second]
		server = 127.0.0.1:2
	END
	unset server
	pop3 69 stat
	[[ $stderr == *"port 1:"* ]]
	POP3_ACCOUNT=second pop3 69 stat
	[[ $stderr == *"port 2:"* ]]
	POP3_ACCOUNT=second pop3 69 stat -a first
	[[ $stderr == *"port 1:"* ]]
}

@test "an unknown account suggests the nearest: 66" {
	config <<-'END'
		[home]
		user = ann
	END
	pop3 66 stat -a hoem
	[[ $stderr == *"'hoem'"*"did you mean 'home'?)" ]]
}

@test "options override the environment, which overrides the account, then the defaults" {
	names_user() {
		pop3 69 stat -a home --json "${@:2}"
		[[ $stderr == *"\"server\":\"$1@"* ]]
	}
	config <<-'END'
		[defaults]
		user = defaults
		[home]
		server = 127.0.0.1:1
	END
	names_user defaults
	echo 'user = account' >>"$XDG_CONFIG_HOME/pop3/config"
	names_user account
	unset server
	export POP3_ACCOUNT=home
	POP3_USER=environment pop3 69 stat --json
	[[ $stderr == *'"server":"environment@'* ]]
	POP3_USER=environment names_user option -u option
}

@test "an account named with -a overrides the environment" {
	config <<-'END'
		[home]
		server = 127.0.0.1:1
		user = ann
		[club]
		server = 127.0.0.1:2
	END
	unset server
	export POP3_SERVER=127.0.0.1:3 POP3_USER=bob
	pop3 69 stat -a home --json
	[[ $stderr == *'"server":"ann@127.0.0.1:1"'* ]]
	pop3 69 stat --account=home -s 127.0.0.1:4 --json
	[[ $stderr == *'"server":"ann@127.0.0.1:4"'* ]]
	pop3 64 stat -a club
	[[ $stderr == *--user* ]]
	POP3_ACCOUNT=home pop3 69 stat --json
	[[ $stderr == *'"server":"bob@127.0.0.1:3"'* ]]
}

@test "POP3_PASSWORD is used for an account named with -a only if it has no password" {
	export POP3_PASSWORD='of environment'
	config <<-'END'
		[defaults]
		password_command = echo of defaults
		[home]
		password = of account
		[work]
		password_command = echo of command
		[club]
		user = ann
	END
	sends_password 'of account' -a home
	sends_password 'of command' -a work
	sends_password 'of environment' -a club
	sends_password 'of option' -a home --password-command 'echo of option'
	POP3_ACCOUNT=home sends_password 'of environment'
}

@test "keys and sections may be indented" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 320
	TALK
	printf '\t[home]\r\n  server = %s\r\n\tuser = ann\n \t tls = off\n   # a comment\n' \
		"$server" | config
	pop3 0 stat -a home
}

@test "an indented password is treated as a password" {
	printf '[home]\n\tserver = 127.0.0.1:1\n\ttimeout = 60\n\t\tpassword = secret\n' | config
	pop3 69 stat -a home -u ann
	run ! grep secret stderr
	printf '[home]\n\ttls = maybe\n\t\tpassword = secret\n' | config
	pop3 78 stat -a home -u ann
	[[ $stderr == *"config line 2: tls: 'maybe' is not"* ]]
	run ! grep secret stderr
	printf '[home]\n\tserver = 127.0.0.1:1\n\t\tpassword = secret\n' | config 644
	pop3 78 stat -a home -u ann
	[[ $stderr == *'line 3: '*'chmod 600'* ]]
	run ! grep secret stderr
}

@test "a byte order mark at the start of the configuration is ignored" {
	printf '\xef\xbb\xbf[home]\nserver = 127.0.0.1:1\nuser = ann\n' | config
	pop3 69 stat -a home
}

@test "a line longer than 65535 octets is rejected: 78" {
	{
		printf '[home]\nuser = %070000d' 0
		echo 'server = x'
	} | config
	pop3 78 stat -a home
	[[ $stderr == *'config line 2: more than 65535 octets' ]]
}

# --- the home directory

# stranger COMMAND…: run it as a user who is not in the password database.
stranger() {
	setpriv --reuid 54321 --clear-groups true || skip "cannot become another user"
	mkdir -m 777 foreign
	cd foreign || return
	cp "$program" pop3
	setpriv --reuid 54321 --clear-groups env -u XDG_CONFIG_HOME -u XDG_STATE_HOME \
		-u XDG_CACHE_HOME "$@" 2>stderr
}

@test "without a home directory nothing is created instead: 78" {
	stranger true
	for home in -uHOME HOME= HOME=. HOME='~'; do
		run -78 stranger "$home" ./pop3 fetch all -s 127.0.0.1:1 -u ann -o maildir:~/Mail
		[ "$(<foreign/stderr)" = 'pop3: no home directory: set HOME or XDG_CONFIG_HOME' ]
		run -78 stranger "$home" XDG_CONFIG_HOME=/nowhere ./pop3 seen list -s 127.0.0.1:1 -u ann
	done
	[ "$(ls -A foreign)" = $'pop3\nstderr' ]
}

@test "an unknown key is reported with file and line, and suggests the nearest" {
	config <<-'END'
		# a comment
		[home]
		sevrer = pop.example.org
	END
	pop3 78 stat -a home
	[ "$stderr" = "pop3: $XDG_CONFIG_HOME/pop3/config line 3: unknown key 'sevrer' (did you mean 'server'?)" ]
}

@test "a key written with - suggests the one with _" {
	config <<-'END'
		[home]
		ca-file = x
	END
	pop3 78 stat -a home
	[[ $stderr == *"line 2: unknown key 'ca-file'"*ca_file* ]]
}

@test "an invalid value is reported with file and line" {
	config <<-'END'
		[home]
		timeout = soon
	END
	pop3 78 stat -a home
	[[ $stderr == *"config line 2: timeout: 'soon' is not a whole number" ]]
}

@test "a line that is neither a section nor a key: 78" {
	config <<-'END'
		[home]
		nonsense
	END
	pop3 78 stat -a home
	[[ $stderr == *'config line 2: '* ]]
}

@test "a configuration that contains a NUL: 78" {
	printf '[defaults]\ntimeout = 5\0\n' | config
	pop3 78 stat
	[ "$stderr" = "pop3: $XDG_CONFIG_HOME/pop3/config contains a NUL" ]
}

@test "a key before the first section: 78" {
	config <<<'user = ann'
	pop3 78 stat
	[[ $stderr == *'config line 1: '* ]]
}

@test "keys for other subcommands are accepted" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 320
	TALK
	config <<-END
		[home]
		server = $server
		user = ann
		tls = off
		fields = From
		dry_run = yes
	END
	pop3 0 -a home stat
}

# --- passwords

@test "a password in a file readable by others is rejected: 78" {
	config 644 <<-'END'
		[home]
		password = secret
	END
	pop3 78 stat -a home
	[[ $stderr == *'line 2: '*'chmod 600'* ]]
	run ! grep secret stderr
}

@test "precedence: password option, environment, account, netrc" {
	printf 'of file\nrest' >file
	config <<-'END'
		[home]
		password = of account
	END
	export POP3_PASSWORD='of environment'
	printf 'machine 127.0.0.1 login ann password of-netrc\n' >"$HOME/.netrc"
	chmod 600 "$HOME/.netrc"

	sends_password 'of command' --password-command 'echo of command; echo rest'
	sends_password 'of file' --password-file file
	sends_password 'of file' --password-fd 7 7<file
	sends_password 'of environment'
	unset POP3_PASSWORD
	sends_password 'of account' -a home
	sends_password of-netrc
}

@test "a password source of the account overrides one of the defaults" {
	unset POP3_PASSWORD
	config <<-'END'
		[defaults]
		password_command = echo of defaults
		[home]
		password_file = ~/file
		[work]
		password = of account
		[club]
		user = ann
	END
	echo 'of file' >"$HOME/file"
	sends_password 'of file' -a home
	sends_password 'of account' -a work
	sends_password 'of defaults' -a club
}

@test "NETRC names another netrc file" {
	unset POP3_PASSWORD
	printf 'machine 127.0.0.1\nlogin bob password wrong\nmachine 127.0.0.1 login ann password right' >netrc
	chmod 600 netrc
	NETRC=$PWD/netrc sends_password right
}

@test "a netrc with quotes and a byte order mark is read" {
	unset POP3_PASSWORD
	printf '\xef\xbb\xbf# mine\nmachine 127.0.0.1 login ann password "a \\"b\\\\c"' >"$HOME/.netrc"
	chmod 600 "$HOME/.netrc"
	sends_password 'a "b\c'
}

@test "a netrc may be a symbolic link" {
	unset POP3_PASSWORD
	printf 'machine 127.0.0.1 login ann password right' >netrc
	chmod 600 netrc
	ln -s "$PWD/netrc" "$HOME/.netrc"
	sends_password right
	ln -sf .netrc "$HOME/.netrc"
	server=127.0.0.1:1
	pop3 78 stat -u ann --no-input
	[ "$stderr" = "pop3: cannot read '$HOME/.netrc': Too many levels of symbolic links" ]
}

@test "a netrc readable by others is rejected: 78" {
	unset POP3_PASSWORD
	echo 'machine 127.0.0.1 login ann password secret' >"$HOME/.netrc"
	server=127.0.0.1:1
	pop3 78 stat -u ann --no-input
	[[ $stderr == *'chmod 600'* ]]
}

@test "a password file may have a line of any length, and its line end is removed" {
	printf '%020000d\r\n' 0 >file
	sends_password "$(printf '%020000d' 0)" --password-file file
}

@test "a password command fails: 78" {
	after_greeting <<<EOF
	ann 78 stat --password-command 'echo secret; false'
}

@test "a password command hangs: 75" {
	after_greeting <<<EOF
	ann 75 stat --timeout 1 --password-command 'exec sleep 1000'
}

@test "the processes that a password command started are terminated with it" {
	local command
	for command in 'sleep 1000; echo' 'sleep 1000 & wait' 'echo secret; sleep 1000 &'; do
		after_greeting <<<EOF
		timeout -k 1 30 setsid bash -c '"$@" 2>&1 | cat' - "$program" stat -s "$server" \
			-u ann --tls off --timeout 1 --password-command "$command" >all 3>&-
		grep -q "password command '$command'" all
	done
}

@test "a missing password file: 66" {
	server=127.0.0.1:1
	pop3 66 stat -u ann --password-file nowhere
	[[ $stderr == *"'nowhere'"* ]]
}

@test "an invalid or closed --password-fd is a usage error" {
	refused stat -u ann --password-fd 77
	refused stat -u ann --password-fd x
}

@test "--no-input without a password names the password options: 64" {
	unset POP3_PASSWORD
	refused stat -u ann --no-input
	[[ $stderr == *--password-command* ]]
}

@test "a comment after a value is rejected, except in commands: 78" {
	local value
	for value in 'user = ann # her' 'server = pop.example.org ; old' $'ca_file = x\t# y' 'timeout = 30 # s'; do
		config < <(printf '[home]\nserver = 127.0.0.1:1\n%s\n' "$value")
		pop3 78 stat -a home
		[ "$stderr" = "pop3: $XDG_CONFIG_HOME/pop3/config line 3: put comments on lines of their own, not after the value of '${value%% *}'" ]
	done
	config <<-'END'
		[home]
		server = 127.0.0.1:1
		user = ann#1
		password_command = echo secret # said
	END
	pop3 69 stat -a home
}

@test "a duplicate section, or one with a name that is too long: 78" {
	config <<-'END'
		[home]
		server = a.example.org
		[work]
		server = b.example.org
		  [home]
		user = ann
	END
	pop3 78 stat -a work
	[ "$stderr" = "pop3: $XDG_CONFIG_HOME/pop3/config line 5: line 1 already has a section 'home'" ]
	config < <(printf '[%s]\nserver = x\n' "$(printf 'x%.0s' {1..50})")
	pop3 78 accounts
	[[ $stderr == *'line 1: the name of a section is longer than 49 octets'* ]]
}

@test "an invalid connection setting is reported with file and line: 78" {
	local value
	for value in 'server = imap://x.example' 'server = pop3s:///x' 'server = a b' 'pin = abc' 'ca_file = /nope' \
		'ca_dir = /etc/passwd' 'cert = /nope'; do
		config < <(printf '[home]\nuser = ann\n%s\n[defaults]\nserver = pop3://127.0.0.1:1\n' "$value")
		pop3 78 stat -a home
		[[ $stderr == "pop3: $XDG_CONFIG_HOME/pop3/config line 3: "* ]]
	done
	config <<-'END'
		[home]
		user = ann
		[defaults]
		server = imap://x.example
	END
	pop3 78 stat -a home
	[[ $stderr == *'config line 4: '* ]]
	pop3 64 stat -s imap://x.example -u ann
}

@test "missing certificate files are reported before connecting: 78" {
	local option
	for option in ca-file ca-dir cert key; do
		pop3 78 stat -s 127.0.0.1:1 -u ann "--$option" /nope
		[ "$stderr" = "pop3: --$option: cannot open '/nope': No such file or directory" ]
	done
	touch file
	pop3 78 stat -s 127.0.0.1:1 -u ann --ca-dir file
	[ "$stderr" = "pop3: --ca-dir: cannot open 'file': Not a directory" ]
}

@test "times may be dates or words, and sizes may end in B" {
	server=127.0.0.1:1
	export POP3_PASSWORD=secret
	pop3 69 list -u ann --newer-than yesterday --older-than 2026-01-01 --larger 10MB --smaller 1GiB
	pop3 64 list -u ann --newer-than tomorrow
	[[ $stderr == *"'tomorrow' is not a time such as 36h, 14d, yesterday or 2026-11-01"* ]]
}

@test "pop3:// with the port of pop3s:// is reported as a probable mistake" {
	pop3 69 check -s pop3://127.0.0.1:995
	[[ $stderr == 'pop3: pop3:// at port 995 is probably meant to be pop3s://127.0.0.1'* ]]
	pop3 69 check -s 127.0.0.1:1
	[[ $stderr != *probably* ]]
}

# pop3 help: the pages of subcommands and topics, and the suggestions for mistyped words.
load ../helpers/common

@test "help without an operand prints the overview" {
	pop3 0 --help
	mv stdout overview
	pop3 0 help
	diff overview stdout
	[ "${lines[0]}" = 'usage: pop3 [CONNECTION OPTION...] SUBCOMMAND [OPTION...] [MESSAGE...]' ]
}

@test "each topic has a page" {
	pop3 0 help connection
	grep -q -- '--server URL' stdout
	pop3 0 help messages
	grep -q '^  last:N ' stdout
	grep -q -- '--match' stdout
	pop3 0 help output
	grep -q -- '--json' stdout
	pop3 0 help exit
	grep -q '^  75  try again' stdout
}

@test "help on an unknown subcommand suggests the nearest name: 64" {
	pop3 64 help fecth
	[ "$stderr" = "pop3: unknown subcommand 'fecth' (did you mean 'fetch'?); see 'pop3 help'" ]
	pop3 64 help conection
	[[ $stderr == *"(did you mean 'connection'?)"* ]]
	pop3 64 help fetch dele
	[ "$stderr" = "pop3: unexpected operand 'dele': help [SUBCOMMAND|TOPIC]" ]
}

@test "the words of other programs suggest the word that pop3 uses" {
	local theirs ours
	"$program" __complete '' | cut -f 1 >own
	while read -r theirs ours; do
		if grep -qx "$theirs" own; then continue; fi
		pop3 64 "$theirs"
		[ "$stderr" = "pop3: unknown subcommand '$theirs' (did you mean '$ours'?); see 'pop3 help'" ]
	done <<-'END'
		delete dele
		rm     dele
		get    fetch
		retr   fetch
		show   fetch
		ls     list
		top    headers
	END
	pop3 64 stat --host x
	[ "$stderr" = "pop3: unknown option '--host' (did you mean '--server'?); see 'pop3 help stat'" ]
	pop3 64 --username x stat
	[ "$stderr" = "pop3: unknown option '--username' (did you mean '--user'?); see 'pop3 help'" ]
	pop3 64 admin -s peep://127.0.0.1:1 adduser ann
	[ "$stderr" = "pop3: unknown verb 'adduser' (did you mean 'user-add'?); see 'pop3 help admin'" ]
}

@test "unknown keys of the configuration suggest the nearest key, spelled as in the file" {
	local key ours
	while read -r key ours; do
		printf '[home]\n%s = x\n' "$key" >"$XDG_CONFIG_HOME/pop3/config"
		pop3 78 stat
		[[ $stderr == *"config line 2: unknown key '$key' (did you mean '$ours'?)" ]]
	done <<-'END'
		pasword_command password_command
		password-file   password_file
		delete-afetr    delete_after
		passwrd         password
		passwordeval    password_command
		host            server
	END
}

@test "pop3 without a subcommand points to help: 64" {
	pop3 64
	[ "$stderr" = "pop3: missing subcommand; see 'pop3 help'" ]
}

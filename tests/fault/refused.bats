# The error texts when system calls fail; see errors.bash.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/errors

setup_file() {
	command -v strace >/dev/null || skip 'no strace'
}

# failing STATUS CALL:error=…[@FILE] ARGUMENT…: pop3 as ann, with that call failing, on FILE only if
# given.
failing() {
	refusing "$2"
	local program=$PWD/refusing
	ann "$1" "${@:3}"
}

# refusing CALL:error=…[@FILE]: make the program "refusing", which is pop3 with that call failing.
refusing() {
	local inject=${1%%@*} only=()
	[[ $1 != *@* ]] || only=(-P "$(realpath -m "${1#*@}")")
	printf '#!/bin/sh\nASAN_OPTIONS=detect_leaks=0 exec strace -f -qq -o trace' >refusing
	printf ' %q' "${only[@]}" -e "trace=${inject%%:*}" -e "inject=$inject" "$program" >>refusing
	echo ' "$@"' >>refusing
	chmod +x refusing
}

@test "each system call that fails before the connection has its error text" {
	server=127.0.0.1:1
	mkdir gone
	all_fail <<-'END'
		75 failing clone3:error=EAGAIN stat -s pop.example.test => looking up 'pop.example.test': cannot run a thread
		69 failing socketpair:error=EMFILE stat --tunnel cat => 127.0.0.1: cannot set up the tunnel: Too many open files
		73 failing getcwd:error=ENOENT fetch all -o dir:box => cannot find the current directory: No such file or directory
		74 with_command wait4:error=ECHILD | GREETING; EOF => password command 'echo secret': cannot get the exit status of a command: No child processes
		74 with_command pipe2:error=EMFILE => cannot run the password command: Too many open files
	END
}

with_command() {
	failing "$1" "$2" stat --password-command 'echo secret'
}

# again STATUS CALL ARGUMENT…: the same, with an account that is now in the configuration.
again() {
	printf '[a]\nserver = 127.0.0.1:1\nuser = ann\n' >"$XDG_CONFIG_HOME/pop3/config"
	failing "$1" "$2" -a a "${@:3}"
}

with_no_place() {
	TMPDIR=/nowhere server='' pop3 "$@"
}

# adding STATUS CALL: `serve --add-user` with --user, and with that call failing.
adding() {
	refusing "$2"
	program=$PWD/refusing server='' pop3 "$1" serve --users users --maildir-root mail --user nobody --add-user bob <password
}

@test "each system call that fails without a session has its error text" {
	needs_64_bits
	server=127.0.0.1:1
	echo secret >password
	ann 0 seen add uid:x
	all_fail <<-'END'
		74 again rename:error=EIO seen add uid:y => cannot take over the state file 'PWD/home/state/pop3/ann@127.0.0.1:1.db': Input/output error
		74 adding lchown:error=EPERM => cannot change the owner of 'mail': Operation not permitted
		74 with_no_place serve --try mail => cannot write the list of users: No such file or directory
	END
}

# in_python SQL: run it on the state file, and keep the file open until stdin ends.
in_python() {
	/usr/bin/python3 -SBc 'import sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute(sys.argv[2])
print("done", flush=True)
sys.stdin.read()' "$XDG_STATE_HOME/pop3/a.db" "$1"
}

@test "a terminal that cannot be read is an error" {
	needs_root
	converse - < <(greeting && login && echo EOF)
	refusing read:error=EIO@TERMINAL
	sed -i 's,-P [^ ]*TERMINAL,-P "$(tty)",' refusing
	run -74 "$helpers/type-in" ./refusing batch -s "$server" -u ann --tls off 3>&- <<-'STEPS'
		S: cannot read from the terminal: Input/output error
	STEPS
}

@test "a state file that is locked is an error" {
	local holder holder_pid input
	server=127.0.0.1:1
	echo secret >password
	printf '[a]\nserver = 127.0.0.1:1\nuser = ann\n' >"$XDG_CONFIG_HOME/pop3/config"
	ann 0 seen add uid:x -a a
	coproc holder { in_python 'BEGIN EXCLUSIVE'; }
	holder_pid=$holder_PID
	read -r <&"${holder[0]}"
	ann 75 seen add uid:y -a a
	[ "$stderr" = "pop3: $XDG_STATE_HOME/pop3/a.db: the state file is in use" ]
	input=${holder[1]}
	exec {input}>&-
	wait "$holder_pid"
}

# spoiling EVENT: changes of the state file for which EVENT is true fail.
spoiling() {
	printf '[a]\nserver = 127.0.0.1:1\nuser = ann\n' >"$XDG_CONFIG_HOME/pop3/config"
	ann 0 seen add uid:x -a a
	in_python "CREATE TRIGGER spoil BEFORE UPDATE ON seen WHEN $1
		BEGIN SELECT RAISE(FAIL, 'no'); END" </dev/null
}

# deletes_one LINE…: the conversation about the only message, which is deleted, and these lines.
deletes_one() {
	printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 3' 'S: .' 'C: UIDL' 'S: +OK' 'S: 1 b' 'S: .' \
		'C: RETR 1' 'S: +OK' 'S: x' 'S: .' 'C: DELE 1' 'S: +OK' "$@"
}

@test "batch deletes nothing if it cannot record what it is about to delete" {
	spoiling 'NEW.doomed'
	after_login < <(deletes_one EOF)
	ann 74 batch -a a -s "$server" <<<'fetch all -o dir:box --delete'
	[[ $stderr == *'cannot use the state file: write: constraint failed' ]]
}

@test "deletions that cannot be recorded after QUIT are a warning" {
	spoiling 'NEW.gone = 2'
	after_login < <(deletes_one 'C: QUIT' 'S: +OK')
	ann 0 batch -a a -s "$server" <<<'fetch all -o dir:box --delete'
	[[ $stderr == 'pop3: cannot record the deletions, which the next fetch will notice: '*'constraint failed' ]]
	after_login < <(printf '%s\n' 'C: LIST' 'S: +OK' 'S: .' 'C: UIDL' 'S: +OK' 'S: .' 'C: QUIT' 'S: +OK')
	in_python 'DROP TRIGGER spoil' </dev/null
	ann 0 fetch new -a a -s "$server" -o dir:box
}

@test "each system call that fails in a session has its error text" {
	needs_root
	needs_64_bits
	server=127.0.0.1:1
	echo stat >stats
	all_fail <<-'END'
		2 failing lseek:error=EIO fetch all -o 'pipe:cat' | MAIL => message 1: cannot read the spool in '/tmp': Input/output error\n1 of the messages failed
		74 failing lseek:error=EIO:when=2@stats batch stats => cannot read the batch again: Input/output error
	END
}

# Where messages are delivered: file names, line ends, and destinations that cannot be written.
# shellcheck disable=SC2016,SC2154 # commands for another shell; names from common.bash
load ../helpers/account

# delivers DESTINATION [OPTION…]: fetch one message, plain.eml, with the UID u1.
delivers() {
	next_session < <(holds u1 && printf '%s\n' 'C: RETR 1' 'S: +OK' 'MESSAGE plain.eml' && goodbye)
	account 0 fetch all -o "$@"
}

# in_lf: plain.eml with LF line ends.
in_lf() {
	tr -d '\r' <"$data/plain.eml"
}

# without_from_line MBOX: the only message of MBOX.
without_from_line() {
	sed -e 1d -e '$d' "$1"
}

# refused STATUS DESTINATION [NAMED]: fetch fails before connecting, with one line that names it.
refused() {
	server=127.0.0.1:1
	ann "$1" fetch all -o "$2"
	[ "$(wc -l <stderr)" -eq 1 ]
	[[ $stderr == *"'${3:-$PWD/${2#*:}}"* ]]
}

# --- line ends

@test "Maildir and mbox get LF line ends, and CRLF with --crlf" {
	delivers maildir:lf
	cmp lf/new/* <(in_lf)
	delivers maildir:crlf --crlf
	cmp crlf/new/* "$data/plain.eml"
	delivers mbox:lf.mbox
	cmp <(without_from_line lf.mbox) <(in_lf)
	delivers mbox:crlf.mbox --crlf
	cmp <(without_from_line crlf.mbox) "$data/plain.eml"
	delivers mbox:-
	cmp <(without_from_line stdout) <(in_lf)
	delivers mbox:- --crlf
	cmp <(without_from_line stdout) "$data/plain.eml"
}

@test "a directory and a command get CRLF line ends, with or without --crlf" {
	local option
	for option in --crlf --crlf=no; do
		delivers "dir:box$option" "$option"
		cmp "box$option/u1.eml" "$data/plain.eml"
		delivers 'pipe:cat >piped' "$option"
		cmp piped "$data/plain.eml"
	done
}

@test "file names in a Maildir have the octets of the file (S=) and of the message sent (W=)" {
	local octets
	octets=$(wc -c <"$data/plain.eml")
	delivers maildir:lf
	[[ $(ls lf/new) == *",S=$(in_lf | wc -c),W=$octets" ]]
	delivers maildir:crlf --crlf
	[[ $(ls crlf/new) == *",S=$octets,W=$octets" ]]
	printf 'A: 1\n\nbare line feeds\nand a CR\r\r\n' >odd.eml
	next_session < <(holds u1 && printf '%s\n' 'C: RETR 1' 'S: +OK' "MESSAGE $PWD/odd.eml" && goodbye)
	account 0 fetch all -o maildir:odd
	[[ $(ls odd/new) == *,S=*,W=* ]]
	[ "$(ls odd/new | sed 's/.*,W=//')" = "$(sed 's/\r$//; s/$/\r/' odd/new/* | wc -c)" ]
}

@test "an mbox gets an empty line before each From_ line, however the file ended" {
	local before after
	while IFS='|' read -r before after; do
		printf "$before" >mbox
		delivers mbox:mbox
		head -c "$(printf "$after" | wc -c)" mbox | cmp - <(printf "$after")
		cmp <(tail -c +$(($(printf "$after" | wc -c) + 1)) mbox | tail -n +2 | head -n -1) <(in_lf)
	done <<-'END'
		|
		\n|\n
		From a b\nx|From a b\nx\n\n
		From a b\nx\n|From a b\nx\n\n
		From a b\nx\n\n|From a b\nx\n\n
		From a b\r\nx\r\n|From a b\r\nx\r\n\n
		From a b\r\nx\r\n\r\n|From a b\r\nx\r\n\r\n
	END
}

# --- names

@test "a path with spaces, UTF-8 and shell metacharacters" {
	local name=$'Größe 1 $(x) `y` \'z\' "a" \\b *'
	delivers "maildir:$name/inbox"
	cmp "$name"/inbox/new/* <(in_lf)
	delivers "dir:$name/folder"
	cmp "$name/folder/u1.eml" "$data/plain.eml"
	[ "$(cut -f 5 stdout)" = "$PWD/${name/\\/\\\\}/folder/u1.eml" ]
	delivers "mbox:$name/mbox"
	cmp <(without_from_line "$name/mbox") <(in_lf)
}

@test "~ expands to the home directory in each scheme, alone or before a slash" {
	delivers maildir:~/inbox
	cmp "$HOME"/inbox/new/* <(in_lf)
	# shellcheck disable=SC2088 # it is for pop3 to expand
	delivers 'maildir:~/inbox2'
	cmp "$HOME"/inbox2/new/* <(in_lf)
	delivers 'dir:~/folder'
	[ "$(cut -f 5 stdout)" = "$HOME/folder/u1.eml" ]
	delivers 'mbox:~/mbox'
	[ -s "$HOME/mbox" ]
	HOME=$PWD/another delivers 'dir:~'
	[ -s another/u1.eml ]
}

@test "~user is not expanded" {
	delivers 'dir:~bob/box'
	[ "$(cut -f 5 stdout)" = "$PWD/~bob/box/u1.eml" ]
	delivers 'dir:a~/~'
	[ -s 'a~/~/u1.eml' ]
}

@test "missing directories are created, private to their owner" {
	local kind
	for kind in maildir dir; do
		delivers "$kind:new/$kind/box"
		[ "$(stat -c %a new "new/$kind" "new/$kind/box" | sort -u)" = 700 ]
	done
	delivers mbox:other/box
	[ "$(stat -c %a other)" = 700 ]
	[ "$(stat -c %a other/box new/dir/box/u1.eml new/maildir/box/new/* | sort -u)" = 600 ]
	[ -d new/maildir/box/cur ]
	[ -d new/maildir/box/tmp ]
}

@test "in a directory the escaped UID is the file name" {
	next_session < <(holds ../up .hidden 'a/b c%' "$(printf %0200d 7)" && sends 1 2 3 4 && goodbye)
	account 0 fetch all -o dir:box
	[ ! -e up.eml ]
	cut -f 5 stdout | sed "s,^$PWD/box/,," >names
	[ "$(head -n 3 names)" = $'%2E.%2Fup.eml\n%2Ehidden.eml\na%2Fb%20c%25.eml' ]
	[[ $(tail -n 1 names) == 000*-????????????????????????????????.eml ]]
	diff <(sort names) <(ls -A box | sort)
}

@test "in a directory a different message of the same name is kept too, an identical one once" {
	delivers dir:box
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch all -o dir:box
	[ "$(cut -f 5 stdout)" = "$PWD/box/u1~2.eml" ]
	cmp box/u1.eml "$data/plain.eml"
	delivers dir:box
	[ "$(ls -A box)" = $'u1.eml\nu1~2.eml' ]
}

# --- exit statuses of a command

@test "a command's exit statuses 0 and 99 mean delivered, others not" {
	next_session < <(holds u0 u1 u75 u99 && sends 1 2 3 4 && goodbye)
	account 2 fetch all -o 'pipe:exit ${POP3_UID#u}'
	[ "$(cut -f 2,4 stdout | tr '\t' ' ' | paste -sd ,)" = \
		'u0 fetched,u1 failed,u75 failed,u99 fetched' ]
	next_session < <(holds u0 u1 u75 u99 && sends 2 3 && goodbye)
	account 0 fetch new -o 'pipe:exit 0'
}

# --- deletion

@test "--delete needs a destination that keeps messages" {
	local destination option
	server=127.0.0.1:1
	for destination in - mbox:-; do
		for option in --delete --delete-after=1d; do
			ann 64 fetch 1 -o "$destination" "$option"
			[[ $stderr == *'that keeps messages'* ]]
		done
	done
	ann 64 fetch 1 -o smtp:box --delete
	[[ $stderr == *"unknown destination 'smtp:box'"* ]]
}

@test "--delete deletes a message once any other destination has it" {
	local destination
	for destination in maildir:box mbox:file dir:folder 'pipe:cat >piped'; do
		next_session < <(holds u1 && sends 1 && marks 1 && goodbye)
		account 0 fetch all -o "$destination" --delete
	done
}

# --- destinations that cannot be written

@test "an unknown scheme or a missing path is a usage error" {
	refused 64 box "box'"
	refused 64 maildir: "maildir:'"
	refused 64 smtp:box "smtp:box'"
	refused 64 maildir "maildir'"
	refused 64 '' "'"
}

@test "a destination that cannot be created or is not a directory: 73" {
	touch file
	refused 73 maildir:file
	refused 73 dir:file
	refused 73 maildir:file/box
	refused 73 dir:file/box
	refused 73 mbox:file/box "$PWD/file'"
	refused 73 dir:/proc/box /proc/box
}

@test "a Maildir with a file in place of tmp, new or cur: 73" {
	local part
	for part in tmp new cur; do
		mkdir "box-$part"
		touch "box-$part/$part"
		refused 73 "maildir:box-$part"
	done
}

@test "an mbox that is a directory or a FIFO: 73" {
	mkdir folder
	refused 73 mbox:folder
	mkfifo fifo
	refused 73 mbox:fifo
}

# Root can write anywhere unless it drops its capabilities.
@test "a destination without write permission: 73" {
	if [ "$(id -u)" -eq 0 ]; then
		printf '#!/bin/sh\nexec setpriv --bounding-set=%s %q "$@"\n' \
			-dac_override,-dac_read_search "$program" >without-rights
		chmod +x without-rights
		program=$PWD/without-rights
	fi
	mkdir folder box box/{tmp,new,cur}
	touch mbox
	chmod 500 folder box/new
	chmod 400 mbox
	refused 73 dir:folder
	refused 73 dir:folder/box
	refused 73 maildir:folder
	refused 73 maildir:box
	refused 73 mbox:folder/mbox "$PWD/folder'"
	refused 73 mbox:mbox
	chmod 700 folder box/new
}

# --- an mbox that other programs use

@test "an mbox that another program replaces under its lock: the message gets into the new file" {
	local replace pid
	for replace in 'mv new mbox' 'rm mbox' 'mv mbox mbox.1'; do
		rm -f mbox new
		printf 'From a b\nSubject: old\n\n' | tee mbox >new
		touch mbox.lock
		next_session < <(holds u1 && printf '%s\n' 'C: RETR 1' 'S: +OK' 'MESSAGE plain.eml' &&
			marks 1 && goodbye)
		: >stderr
		"$program" fetch all -a ann --delete -o mbox:mbox -v >stdout 2>>stderr 3>&- &
		pid=$!
		until grep -q 'waiting for the lock' stderr; do
			kill -0 "$pid"
			sleep 0.02
		done
		$replace
		rm mbox.lock
		wait "$pid"
		[ "$replace" != "mv new mbox" ] || grep -q "^Subject: old" mbox
		cmp <(sed -n '/^From .*@/,$p' mbox | sed -e 1d -e '$d') <(in_lf)
		[ ! -e mbox.lock ]
	done
}

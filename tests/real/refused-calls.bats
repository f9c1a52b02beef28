# Everything works without the system calls that older kernels lack and containers refuse.
# shellcheck disable=SC2016,SC2154 # commands for another shell; names from common.bash
load serve

extras=pidfd_open,close_range,renameat2,faccessat2,syncfs,memfd_secret,landlock_create_ruleset,seccomp

setup_file() {
	command -v strace >/dev/null || skip 'no strace'
}

setup_messages() {
	for number in {1..20}; do
		printf 'Subject: %d\n\nhello\n' "$number" | message "new/$number"
	done
}

# without CALLS ERROR COMMAND…: run the command; the calls fail in it and its children. The leak
# check of a sanitizer is off, as it cannot run under strace.
without() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e "trace=$1" -e "inject=$1:error=$2" \
		"${@:3}" 3>&-
}

# pop3_without ARGUMENT…: pop3 on ann's mailbox, without any of the calls above. A container may
# refuse those that it does not know with EPERM: $refusal.
pop3_without() {
	POP3_PASSWORD=secret without "$extras" "${refusal:-ENOSYS}" "$program" "$@" \
		-s "pop3://ann@localhost:$pop3_port" --ca-file "$certificates/ca.pem"
}

# was_refused CALL…: strace injected the error into each of them.
was_refused() {
	local call
	for call; do
		grep -q "$call(.*INJECTED" trace
	done
}

@test "fetch writes to each kind of destination without the extra calls" {
	local refusal
	setup_messages
	serve
	for refusal in ENOSYS EPERM; do
		rm -rf box folder mbox all
		pop3_without fetch all -o maildir:box >records
		[ "$(wc -l <records)" -eq 20 ]
		[ "$(find box/new -type f | wc -l)" -eq 20 ]
		was_refused renameat2 faccessat2 syncfs landlock_create_ruleset
		pop3_without fetch all -o dir:folder >records
		[ "$(find folder -name '*.eml' | wc -l)" -eq 20 ]
		pop3_without fetch all -o mbox:mbox >records
		[ "$(grep -c '^From ' mbox)" -eq 20 ]
		pop3_without fetch all -o 'pipe:cat >>all' >records
		[ "$(grep -c '^Subject: ' all)" -eq 20 ]
		was_refused pidfd_open
	done
}

@test "without renameat2, a new message replaces no existing file" {
	setup_messages
	serve
	pop3_without fetch first:1 -o dir:folder >records
	echo mine >folder/keep
	pop3_without fetch first:1 -o dir:folder >records
	[ "$(cat folder/keep)" = mine ]
	[ "$(find folder -name '*.eml' | wc -l)" -le 2 ]
}

@test "without pidfd_open, commands are waited for and killed at the time-out" {
	setup_messages
	serve
	unset POP3_PASSWORD
	without pidfd_open ENOSYS "$program" stat --password-command 'echo secret; sleep 0.1' \
		-s "pop3://ann@localhost:$pop3_port" --ca-file "$certificates/ca.pem" >records
	was_refused pidfd_open
	[ "$(cut -f 1 records)" -eq 20 ]
	run -75 without pidfd_open EPERM "$program" stat --timeout 1 \
		--password-command 'exec >&-; exec sleep 600' -s "pop3://ann@localhost:$pop3_port" \
		--ca-file "$certificates/ca.pem"
	run -75 without pidfd_open EPERM "$program" stat --timeout 1 \
		--password-command 'echo secret; exec sleep 600' -s "pop3://ann@localhost:$pop3_port" \
		--ca-file "$certificates/ca.pem"
	[[ $output == *'password command'* ]]
	POP3_PASSWORD=secret run -2 without pidfd_open ENOSYS "$program" fetch first:1 --timeout 1 \
		-s "pop3://ann@localhost:$pop3_port" --ca-file "$certificates/ca.pem" \
		-o 'pipe:exec sleep 600'
}

@test "a message for a command is spooled on file systems without O_TMPFILE" {
	needs_root
	mkdir spool
	setup_messages
	serve
	TMPDIR=$PWD/spool POP3_PASSWORD=secret ASAN_OPTIONS=detect_leaks=0 strace -f -o trace \
		-P "$PWD/spool" -e trace=openat -e inject=openat:error=EOPNOTSUPP \
		"$program" fetch all -o 'pipe:cat >>all' -s "pop3://ann@localhost:$pop3_port" \
		--ca-file "$certificates/ca.pem" 3>&- >records
	was_refused openat
	[ "$(grep -c '^Subject: ' all)" -eq 20 ]
	[ -z "$(ls spool)" ]
}

@test "a transformation that cannot be started" {
	needs_root
	local server=$program
	setup_messages
	printf '#!/bin/sh\nASAN_OPTIONS=detect_leaks=0 exec strace -D -f -o %q -e trace=execve \
		-P /bin/sh -e inject=execve:error=EMFILE %q "$@"\n' "$PWD/trace" "$server" >without-programs
	chmod +x without-programs
	program=$PWD/without-programs
	serve --transform cat
	ann_sends 'RETR 1'
	received_is <<<'-ERR [SYS/TEMP] the transformation cannot be started'
	grep -q 'cannot start the transformation: Too many open files' log
}

@test "the server works without the extra calls" {
	local server=$program refusal
	for refusal in ENOSYS EPERM; do
		find mail/ann -type f -delete
		setup_messages
		cat >without-calls <<-END
			#!/bin/sh
			ASAN_OPTIONS=detect_leaks=0 exec strace -D -f -o "$PWD/trace" -e trace=$extras \
				-e inject=$extras:error=$refusal "$server" "\$@"
		END
		chmod +x without-calls
		program=$PWD/without-calls
		exec 7<users
		serve --transform 'cat; sleep 0.05; true <&7 && echo inherited; echo end'
		exec 7<&-
		ann_sends 'RETR 1' 'DELE 1'
		tail -n 3 received | head -n 1 | grep -q '^end'
		run ! grep inherited received
		[ "$(find mail/ann/cur -type f | wc -l)" -eq 19 ]
		was_refused pidfd_open renameat2 faccessat2 close_range
		serve_ends_well
	done
}

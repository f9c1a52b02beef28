# Each subcommand against `pop3 serve` over TLS, as in daily use. `make check-valgrind` runs this
# file, too, with client and server under valgrind.
# shellcheck disable=SC2154 # names from serve.bash
load serve

setup() {
	set_up_home
	"$helpers/certificates" "$certificates"
	add_user ann secret
	mkdir -p mail/ann/{tmp,new,cur}
	export POP3_PASSWORD=secret POP3_USER=ann
	message new/1 <"$data/plain.eml"
	message new/2 <"$data/dots.eml"
	message new/3 <"$data/encoded-utf-8.eml"
	serve --listen-tls 127.0.0.1:0
}

# delivered NAME…: the files named on stdin hold these messages of data/, with LF line ends.
delivered() {
	local name
	diff <(while read -r name; do tr -d '\r' <"$name" | sha256sum; done | sort) \
		<(for name; do tr -d '\r' <"$data/$name.eml" | sha256sum; done | sort)
}

@test "stat, list, uidl, headers and capa show the mailbox" {
	pop3 0 stat
	[[ $output == $'3\t'* ]]
	pop3 0 list
	[ "${#lines[@]}" -eq 3 ]
	pop3 0 uidl last:2
	[ "$output" = $'2\t2\n3\t3' ]
	pop3 0 headers all --fields Subject
	[ "$(cut -f 1,2 stdout)" = $'1\t1\n2\t2\n3\t3' ]
	pop3 0 capa
	grep -q ^PIPELINING stdout
	pop3 0 stat --tls stls
	pop3 0 stat --tls off
	serve_ends_well
}

@test "fetch writes to stdout, a Maildir, a directory and an mbox" {
	pop3 0 fetch 1
	cmp <(tr -d '\r' <stdout) <(tr -d '\r' <"$data/plain.eml")
	pop3 0 fetch all -o mbox:-
	pop3 0 fetch all -o maildir:inbox
	find inbox/new -type f | delivered plain dots encoded-utf-8
	pop3 0 fetch all -o dir:folder
	find folder -type f | delivered plain dots encoded-utf-8
	pop3 0 fetch all -o mbox:mbox
	[ "$(grep -c '^From ' mbox)" -eq 3 ]
	serve_ends_well
}

@test "fetch pipes each message to a command" {
	if ! pop3 0 fetch all -o "pipe:cat >$PWD/piped.\$POP3_NUMBER"; then
		[[ $stderr != *'unhandled amd64-linux syscall: 434'* ]] ||
			skip 'this valgrind does not know pidfd_open'
		false
	fi
	find . -maxdepth 1 -name 'piped.*' | delivered plain dots encoded-utf-8
	serve_ends_well
}

@test "fetch --delete and dele delete messages" {
	pop3 0 fetch first:1 --delete -o maildir:inbox
	find inbox/new -type f | delivered plain
	pop3 0 dele --dry-run last
	pop3 0 dele last
	[ "$output" = $'2\t3\tdeleted' ]
	pop3 66 dele 7
	serve_ends_well
	[ "$(files_of ann | wc -l)" -eq 1 ]
}

@test "batch runs all its lines in one session" {
	cat >lines <<-'END'
		stat
		headers --fields From,Subject
		fetch new -o dir:folder
		dele 1
		rset
		dele 2
		noop
	END
	pop3 0 batch lines
	find folder -type f | delivered plain dots encoded-utf-8
	pop3 0 stat
	[[ $output == $'2\t'* ]]
	pop3 66 batch <<<'list 9'
	serve_ends_well
}

@test "check, wait, seen and accounts work" {
	pop3 0 check
	[ "$(value messages)" = 3 ]
	pop3 0 wait new --max-time 20
	[ "${#lines[@]}" -eq 3 ]
	pop3 0 fetch first:2 -o maildir:inbox
	pop3 0 seen list
	[ "${#lines[@]}" -eq 2 ]
	pop3 0 seen export
	cp stdout exported
	pop3 0 seen clear
	pop3 0 seen import exported
	pop3 0 uidl new
	[ "$output" = $'3\t3' ]
	pop3 0 accounts
	serve_ends_well
}

@test "a refused login exits with 77, an untrusted certificate with 80" {
	POP3_PASSWORD=wrong pop3 77 stat
	pop3 77 stat --auth login -u nobody
	pop3 80 stat -s "127.0.0.1:$pop3s_port"
	serve_ends_well
}

@test "admin manages the server over each protocol" {
	export POP3_SERVE_SECRET=secretpa
	serve --peep 127.0.0.1:0 --spscmp 127.0.0.1:0 --monitor 127.0.0.1:0 --smtpstatus 127.0.0.1:0
	export POP3_PASSWORD=secretpa
	pop3 0 admin -s "peep://root@127.0.0.1:$peep_port" users
	pop3 0 admin -s "peep://root@127.0.0.1:$peep_port" metrics
	pop3 0 admin -s "spscmp://127.0.0.1:$spscmp_port" users
	pop3 0 admin -s "monitor://127.0.0.1:$monitor_port" metrics
	pop3 0 admin -s "smtpstatus://127.0.0.1:$smtpstatus_port" metrics
	serve_ends_well
}

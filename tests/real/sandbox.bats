# Least privilege: code injected into the program can neither write files nor run programs.
# shellcheck disable=SC2154 # names from serve.bash and common.bash
load serve

setup_file() {
	cc -D_GNU_SOURCE -O2 -fPIC -shared -o "$BATS_FILE_TMPDIR/intruder.so" \
		"$BATS_TEST_DIRNAME/intruder.c"
}

# What the intruder reports inside the sandbox and without it.
confined='intruder: write EACCES exec EPERM'
free='intruder: write done exec ENOENT'

# Every program started from now on contains the intruder.
preload_intruder() {
	export INTRUDER_FILE=$PWD/forbidden LD_PRELOAD=$BATS_FILE_TMPDIR/intruder.so
	export ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
}

needs_kernel() {
	grep -q '^Seccomp_filters:' /proc/self/status || skip "the kernel has no seccomp filters"
	/usr/bin/python3 -SBc 'import ctypes, sys
sys.exit(ctypes.CDLL(None).syscall(444, None, 0, 1) < 2)' ||
		skip "the kernel has no Landlock, or too old a one"
}

one_message() {
	printf 'Subject: one\n\nfirst\n' | message new/one
}

# client_reports WHAT ARGUMENT…: the intruder in a client prints WHAT, and nothing else.
client_reports() {
	needs_kernel
	one_message
	serve --listen-tls 127.0.0.1:0
	preload_intruder
	POP3_PASSWORD=secret pop3 0 "${@:2}" -u ann --tls off
	unset LD_PRELOAD
	grep -xF "$1" <<<"$stderr"
	run ! grep -vxF "$1" <<<"$stderr"
	serve_ends_well
}

@test "a client can neither write elsewhere nor run a program" {
	client_reports "$confined" stat
	[ ! -e forbidden ]
}

@test "a client that fetches into a Maildir can neither" {
	client_reports "$confined" fetch all -o maildir:box
	ls box/new/*
}

@test "a client that fetches into an mbox in its own directory can neither" {
	client_reports "$confined" fetch all -o mbox:folder/box
	grep first folder/box
}

@test "a client that fetches into a directory can neither" {
	client_reports "$confined" fetch all -o dir:box
	ls box/*.eml
}

@test "a client that fetches into an mbox may write to the mbox's directory" {
	client_reports 'intruder: write done exec EPERM' fetch all -o mbox:box
	grep first box
}

@test "a client that runs a command has no sandbox" {
	client_reports "$free" fetch all -o 'pipe:cat >box'
	grep first box
}

@test "a batch, whose lines may run commands, has no sandbox" {
	echo 'fetch all -o "pipe:cat >box"' >lines
	client_reports "$free" batch lines
	grep first box
}

@test "a password command runs outside the sandbox of the client" {
	needs_kernel
	one_message
	serve --listen-tls 127.0.0.1:0
	preload_intruder
	pop3 0 stat -u ann --tls off --password-command 'echo secret; echo ran >by-command'
	unset LD_PRELOAD
	[ "$(<by-command)" = ran ]
	[ "$(grep -c "^$confined" stderr)" -eq 1 ]
	serve_ends_well
}

@test "a client with --no-sandbox has no sandbox" { client_reports "$free" stat --no-sandbox; }

@test "a command that gets a message may gain privileges" {
	one_message
	serve --listen-tls 127.0.0.1:0
	POP3_PASSWORD=secret pop3 0 fetch all -u ann --tls off \
		-o 'pipe:grep NoNewPrivs: /proc/self/status >process-status'
	grep -x 'NoNewPrivs:.0' process-status
	serve_ends_well
}

@test "the cache and the state are written inside the sandbox" {
	one_message
	serve --listen-tls 127.0.0.1:0
	export POP3_PASSWORD=secret
	pop3 0 fetch new -u ann --tls off -o maildir:box
	[ "${#lines[@]}" -eq 1 ]
	grep -l '^greeting' "$XDG_CACHE_HOME"/pop3/*
	pop3 0 fetch new -u ann --tls off -o maildir:box
	[ "$output" = '' ]
	serve_ends_well
}

@test "admin can neither write elsewhere nor run a program" {
	needs_kernel
	export POP3_SERVE_SECRET=word
	serve --spscmp 127.0.0.1:0
	preload_intruder
	POP3_PASSWORD=word pop3 0 admin -s "spscmp://127.0.0.1:$spscmp_port" users
	unset LD_PRELOAD
	[ "$stderr" = "$confined" ]
	serve_ends_well
}

# server_reports WHAT serve [OPTION…]: the intruder in a server prints WHAT once a client connects.
server_reports() {
	needs_kernel
	one_message
	preload_intruder
	"${@:2}"
	unset LD_PRELOAD
	ann_sends STAT 'DELE 1'
	received_is <<-'END'
		+OK 1 23
		+OK marked
	END
	[ "$(files_of ann)" = '' ]
	serve_ends_well
	grep -xF "$1" log
}

@test "a server can neither write elsewhere nor run a program" { server_reports "$confined" serve; }

@test "a server with a transformation may run programs" {
	TMPDIR=$HOME server_reports 'intruder: write EACCES exec ENOENT' serve --transform cat
}

@test "a server whose mail root can be changed may write elsewhere" {
	server_reports 'intruder: write done exec EPERM' serve --monitor 127.0.0.1:0
}

@test "a server with --no-sandbox has no sandbox" { server_reports "$free" serve --no-sandbox; }

@test "a transformation may write to /dev/null and the temporary directory, and nowhere else" {
	needs_kernel
	one_message
	mkdir elsewhere temporary
	TMPDIR=$PWD/temporary serve --transform \
		"cat >$PWD/temporary/kept; true >$PWD/elsewhere/kept; echo 2>/dev/null >&2; echo x"
	ann_sends 'RETR 1'
	grep -x $'x\r' received
	[ -s temporary/kept ]
	[ ! -e elsewhere/kept ]
	serve_ends_well
}

# Least privilege: what code that has got into the program can no longer do.
# shellcheck disable=SC2154 # names from serve.bash and common.bash
load serve

setup_file() {
	cc -D_GNU_SOURCE -O2 -fPIC -shared -o "$BATS_FILE_TMPDIR/intruder.so" \
		"$BATS_TEST_DIRNAME/intruder.c"
}

# What an intruder is told where rights were given up, and where they were not.
confined='intruder: write EACCES exec EPERM'
free='intruder: write done exec ENOENT'

# The intruder is in every program that is started from here on.
let_intruder_in() {
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

# meets WHAT ARGUMENT…: a client with an intruder, who is told WHAT.
meets() {
	needs_kernel
	one_message
	serve --listen-tls 127.0.0.1:0
	let_intruder_in
	POP3_PASSWORD=secret pop3 0 "${@:2}" -u ann --tls off
	unset LD_PRELOAD
	grep -xF "$1" <<<"$stderr"
	run ! grep -vxF "$1" <<<"$stderr"
	serve_ends_well
}

@test "a client can neither write elsewhere nor run a program" {
	meets "$confined" stat
	[ ! -e forbidden ]
}

@test "one that fetches into a Maildir cannot either" {
	meets "$confined" fetch all -o maildir:box
	ls box/new/*
}

@test "nor into an mbox in a folder of its own" {
	meets "$confined" fetch all -o mbox:folder/box
	grep first folder/box
}

@test "nor into a folder" {
	meets "$confined" fetch all -o dir:box
	ls box/*.eml
}

@test "a destination may be written to: an mbox's folder, too" {
	meets 'intruder: write done exec EPERM' fetch all -o mbox:box
	grep first box
}

@test "with a command to run, nothing is given up" {
	meets "$free" fetch all -o 'pipe:cat >box'
	grep first box
}

@test "nor in a batch, where a command may come" {
	echo 'fetch all -o "pipe:cat >box"' >lines
	meets "$free" batch lines
	grep first box
}

@test "with --no-sandbox, nothing is given up" { meets "$free" stat --no-sandbox; }

@test "a command after the login keeps the right to gain rights" {
	one_message
	serve --listen-tls 127.0.0.1:0
	POP3_PASSWORD=secret pop3 0 fetch all -u ann --tls off \
		-o 'pipe:grep NoNewPrivs: /proc/self/status >told'
	grep -x 'NoNewPrivs:.0' told
	serve_ends_well
}

@test "the cache and the state are kept in a sandbox" {
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

@test "a manager's client gives up the same" {
	needs_kernel
	export POP3_SERVE_SECRET=word
	serve --spscmp 127.0.0.1:0
	let_intruder_in
	POP3_PASSWORD=word pop3 0 admin -s "spscmp://127.0.0.1:$spscmp_port" users
	unset LD_PRELOAD
	[ "$stderr" = "$confined" ]
	serve_ends_well
}

# is_told WHAT serve [OPTION…]: a server with an intruder, who is told WHAT when a client comes.
is_told() {
	needs_kernel
	one_message
	let_intruder_in
	"${@:2}"
	unset LD_PRELOAD
	says STAT 'DELE 1'
	heard_is <<-'END'
		+OK 1 23
		+OK marked
	END
	[ "$(files_of ann)" = '' ]
	serve_ends_well
	grep -xF "$1" log
}

@test "a server can neither write elsewhere nor run a program" { is_told "$confined" serve; }

@test "a server with a transformation may run it" {
	TMPDIR=$HOME is_told 'intruder: write EACCES exec ENOENT' serve --transform cat
}

@test "a server whose mail root may be moved may write elsewhere" {
	is_told 'intruder: write done exec EPERM' serve --monitor 127.0.0.1:0
}

@test "a server with --no-sandbox gives up nothing" { is_told "$free" serve --no-sandbox; }

@test "a transformation has /dev/null and the folder for temporary files, and no other" {
	needs_kernel
	one_message
	mkdir elsewhere temporary
	TMPDIR=$PWD/temporary serve --transform \
		"cat >$PWD/temporary/kept; true >$PWD/elsewhere/kept; echo 2>/dev/null >&2; echo x"
	says 'RETR 1'
	grep -x $'x\r' heard
	[ -s temporary/kept ]
	[ ! -e elsewhere/kept ]
	serve_ends_well
}

# pop3 seen: the list of fetched messages. It needs no server and no password, except for selectors.
load ../helpers/common

database=state/pop3/ann@127.0.0.1:995.db

# seen STATUS ARGUMENT…: pop3 seen for ann's mailbox.
seen() {
	pop3 "$1" seen -s 127.0.0.1 -u ann "${@:2}"
}

# exported UIDS [OPTION…]: the list has exactly these UIDs, one per line.
exported() {
	seen 0 export "${@:2}"
	cmp <(sort stdout) <(printf %s "$1" | sort)
}

@test "add, list and remove" {
	seen 0 add a 'b c' 'd\te'
	[ "$output" = $'a\tadded\nb c\tadded\nd\\te\tadded' ]
	seen 0 list
	[ "${#lines[@]}" -eq 3 ]
	local time='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z'
	[[ ${lines[1]} =~ ^'b c'$'\t'$time$'\t-'$ ]]
	seen 0 remove 'b c'
	[ "$output" = $'b c\tremoved' ]
	exported $'a\nd\\te\n'
}

@test "list and export of an empty or missing list print nothing" {
	seen 0 list
	[ "$output" = '' ]
	seen 0 export
	[ "$output" = '' ]
	[ ! -e "$HOME/$database" ]
	seen 0 clear
	seen 0 list
	[ "$output" = '' ]
}

@test "adding a known UID keeps its time" {
	printf 'a\0001000000000\n' >oldmail
	seen 0 import --from getmail oldmail
	seen 0 add a b
	[ "$output" = $'a\tknown\nb\tadded' ]
	seen 0 list
	[ "${lines[0]}" = $'a\t2001-09-09T01:46:40Z\t-' ]
}

@test "removing an unknown UID removes nothing: 66" {
	seen 0 add a b
	seen 66 remove a other b
	[ "$output" = '' ]
	[[ $stderr == *"'other' is not in the seen list: nothing was removed" ]]
	exported $'a\nb\n'
}

@test "a UID given twice is removed once" {
	seen 0 add a
	seen 0 remove a a
	[ "$output" = $'a\tremoved\na\tremoved' ]
	exported ''
}

@test "clear empties the list of one cursor only" {
	seen 0 add a
	seen 0 add --cursor other b
	seen 0 clear
	[ "$output" = '' ]
	exported ''
	exported $'b\n' --cursor other
}

@test "records on stdin are identified by their UID" {
	printf '1\ta\t100\n2\tb c\t200\n\nd\n' >records
	seen 0 add - <records
	exported $'a\nb\\x20c\nd\n'
	seen 0 remove - <records
	exported ''
}

@test "the output of seen list can be added again" {
	seen 0 add uid:7 'b c'
	seen 0 list --header
	cp stdout records
	seen 0 add --cursor copy - <records
	exported $'7\nb\\x20c\n' --cursor copy
}

@test "-0 applies to input and output" {
	printf '1\ta\0b\\nc\0' >records
	seen 0 add -0 - <records
	seen 0 export -0
	cmp stdout <(printf 'a\0b\\nc\0')
	cp stdout exported
	seen 0 import -0 --cursor copy exported
	seen 0 export --cursor copy
	[ "$output" = $'a\nb\\nc' ]
}

@test "--json prints objects" {
	seen 0 add --json 'a"b'
	[ "$output" = '{"uid":"a\"b","status":"added"}' ]
	seen 0 list --json
	[[ $output == '{"uid":"a\"b","fetched":"'*'Z","octets":null}' ]]
	seen 0 export --json
	[ "$output" = '{"uid":"a\"b"}' ]
}

@test "the output of export can be imported" {
	seen 0 add a 'b c' 'd\\e' '#f' $'g\xff'
	seen 0 export
	cp stdout exported
	seen 0 import --cursor copy exported
	[ "$output" = $'5\t0' ]
	seen 0 import --cursor copy - <exported
	[ "$output" = $'0\t5' ]
	seen 0 export --cursor copy
	cmp stdout exported
}

@test "lists of mpop, getmail, fetchmail and fdm can be imported" {
	for peer in mpop getmail fetchmail fdm; do
		seen 0 import --cursor "$peer" --from "$peer" "$data/import/$peer"
		[ "$output" = $'3\t0' ]
		exported $'#1@1,2\n#2@1,2\n#3@1,2\n' --cursor "$peer"
	done
}

@test "from a list with several mailboxes only the account's is imported" {
	for peer in mpop fetchmail; do
		pop3 0 seen import -s 127.0.0.1 -u bob@example.org --from "$peer" \
			--cursor "$peer" "$data/import/$peer"
		[ "$output" = $'1\t0' ]
	done
}

@test "--mailbox selects another mailbox of the list" {
	for peer in mpop fetchmail; do
		seen 0 import --from "$peer" --cursor "$peer" \
			--mailbox bob@example.org@127.0.0.1 "$data/import/$peer"
		[ "$output" = $'1\t0' ]
	done
}

@test "a list of other mailboxes is rejected, and the error names them: 66" {
	for peer in mpop fetchmail; do
		pop3 66 seen import -s pop.example.org -u ann --from "$peer" \
			"$data/import/$peer"
		[ "$output" = '' ]
		[[ $stderr == *"no UIDs of 'ann@pop.example.org' in the list, only of "*ann@127.0.0.1*': choose one with --mailbox' ]]
		[[ $stderr == *bob@example.org@127.0.0.1* ]]
	done
}

@test "an empty list imports nothing" {
	: >empty
	for peer in mpop getmail fetchmail fdm; do
		seen 0 import --from "$peer" empty
		[ "$output" = $'0\t0' ]
	done
}

@test "a malformed line is reported, and nothing is imported: 64" {
	for peer in mpop getmail fetchmail fdm; do
		{ cat "$data/import/$peer" && printf 'damaged\n'; } >damaged
		seen 64 import --from "$peer" damaged
		[ "$output" = '' ]
		[[ $stderr == "pop3: 'damaged': line $(wc -l <damaged): expected "* ]]
		exported ''
	done
}

@test "a list of another program without --from is rejected: 64" {
	for peer in mpop getmail fetchmail fdm; do
		seen 64 import "$data/import/$peer"
		[[ $stderr == *"line 1: not a line of 'seen export' (use --from for lists of other programs)"* ]]
	done
}

@test "a list larger than 67108864 octets is rejected: 64" {
	truncate --size=$((64 * 1024 * 1024 + 1)) huge
	seen 64 import huge
	[[ $stderr == "pop3: 'huge' is larger than 67108864 octets" ]]
}

@test "a missing file: 66, a directory: 74" {
	seen 66 import missing
	[[ $stderr == "pop3: cannot read 'missing': No such file or directory" ]]
	seen 74 import .
}

@test "imported messages are not new" {
	server=
	printf 'ann@127.0.0.1 uid-%s\n' 1 2 >fetchids
	converse - <<-'TALK'
		S: +OK ready
		C: CAPA
		S: -ERR
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: UIDL
		S: +OK
		S*3: \# uid-\#
		S: .
		C: QUIT
		S: +OK
	TALK
	pop3 0 seen import -u ann --tls off --from fetchmail fetchids
	POP3_PASSWORD=secret pop3 0 uidl -u ann --tls off new
	[ "$output" = $'3\tuid-3' ]
}

@test "-a needs no user name, unless an imported list requires one" {
	printf '[work]\nserver = pop.example.org\n' >"$XDG_CONFIG_HOME/pop3/config"
	pop3 0 seen add -a work a
	pop3 0 seen export -a work
	[ "$output" = a ]
	[ -e "$XDG_STATE_HOME/pop3/work.db" ]
	pop3 64 seen import -a work --from mpop "$data/import/mpop"
	[[ $stderr == *'no user name to look for in the list: use --user or --mailbox' ]]
	pop3 0 seen import -a work --from mpop --mailbox ann@127.0.0.1 "$data/import/mpop"
	[ "$output" = $'3\t0' ]
}

@test "without an account a user name is required: 64" {
	pop3 64 seen list -s 127.0.0.1
	[ "$stderr" = 'pop3: no user name: use --user or --account' ]
}

@test "while another run holds the lock, changing the list fails (75) and reading works" {
	seen 0 add a
	exec {lock}<>"$HOME/$database"
	flock "$lock"
	seen 75 add b
	seen 75 import "$data/import/fdm" --from fdm
	exported $'a\n'
}

@test "--wait-lock waits for the other run" {
	seen 0 add a
	exec {lock}<>"$HOME/$database"
	flock "$lock"
	"$program" seen -s 127.0.0.1 -u ann --wait-lock 600 -v add b >added 2>steps 3>&- {lock}>&- &
	stop_later $!
	until_there steps $!
	exec {lock}>&-
	wait "${started[0]}"
	[ "$(<steps)" = 'pop3: waiting until no other run uses this account' ]
	[ "$(<added)" = $'b\tadded' ]
}

@test "an unknown verb suggests the nearest" {
	seen 64 exprot
	[[ $stderr == "pop3: seen: unknown verb 'exprot' (did you mean 'export'?): seen list|add|"* ]]
	seen 64 frobnicate
	[[ $stderr == "pop3: seen: unknown verb 'frobnicate': seen list|add|remove|clear|"* ]]
}

@test "missing and unexpected operands of each verb are usage errors" {
	seen 64
	for verb in list clear export; do
		seen 64 "$verb" x
		[ "$stderr" = "pop3: unexpected operand 'x': seen $verb" ]
	done
	for verb in add remove import; do
		seen 64 "$verb"
		[[ $stderr == "pop3: missing operand: seen $verb "* ]]
	done
	seen 64 import x y
	seen 64 add ''
	[ "$stderr" = 'pop3: the UID is missing' ]
}

@test "options that the verb does not have are usage errors" {
	seen 64 list --from mpop
	seen 64 export --mailbox ann@host
	[ "$stderr" = "pop3: --from and --mailbox can only be used with 'seen import'" ]
	seen 64 import --from fdm --mailbox ann@host "$data/import/fdm"
	[ "$stderr" = 'pop3: --mailbox can only be used with lists of mpop and fetchmail' ]
	for mailbox in ann ann@ @host; do
		seen 64 import --from mpop --mailbox "$mailbox" "$data/import/mpop"
		[ "$stderr" = "pop3: '$mailbox' is not USER@HOST" ]
	done
	seen 64 import --from outlook x
	[ "$stderr" = "pop3: --from: 'outlook' is not mpop|getmail|fetchmail|fdm" ]
}

# --- selectors

# in_mailbox 'NUMBER UID'…: a session with these messages.
in_mailbox() {
	printf '%s\n' 'S: +OK ready' 'C: CAPA' 'S: -ERR' 'C: USER ann' 'S: +OK' 'C: PASS secret' 'S: +OK' \
		'C: LIST' 'S: +OK'
	printf 'S: %s 100\n' "${@%% *}"
	printf '%s\n' 'S: .' 'C: UIDL' 'S: +OK'
	printf 'S: %s\n' "$@"
	printf '%s\n' 'S: .' 'C: QUIT' 'S: +OK'
}

@test "add and remove accept selectors, which need the server" {
	converse - < <(in_mailbox '1 a' '2 b' '3 c')
	POP3_PASSWORD=secret pop3 0 seen add 1 last zzz -u ann --tls off --cursor otp
	[ "$output" = $'a\tadded\nc\tadded\nzzz\tadded' ]
	conversation_ended_well
	pop3 0 seen export -u ann --tls off --cursor otp
	[ "$(sort stdout)" = $'a\nc\nzzz' ]
}

@test "seen add all makes all messages old, seen remove last:2 makes two new again" {
	converse - < <(
		in_mailbox '1 a' '2 b' '3 c'
		printf '%s\n' ---
		in_mailbox '1 a' '2 b' '3 c' '4 d' | sed '2,3d'
		printf '%s\n' ---
		in_mailbox '1 a' '2 b' '3 c' '4 d' | sed '2,3d'
	)
	export POP3_PASSWORD=secret
	pop3 0 seen add all -u ann --tls off
	[ "${#lines[@]}" -eq 3 ]
	pop3 0 seen remove last:2 -u ann --tls off
	[ "$output" = $'c\tremoved' ]
	pop3 0 list new -u ann --tls off
	[ "$(cut -f 1,2 stdout)" = $'3\tc\n4\td' ]
}

@test "a selector that matches nothing: 66, and nothing is added" {
	converse - < <(in_mailbox '1 a')
	POP3_PASSWORD=secret pop3 66 seen add 7-8 b -u ann --tls off
	pop3 0 seen export -u ann --tls off
	[ "$output" = '' ]
	server=127.0.0.1:1
	pop3 64 seen add all
	[[ $stderr == *'no user name: use --user'* ]]
}

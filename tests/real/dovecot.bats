# The program against a real server: each TLS mode, each login mechanism, and unusual names.
load ../helpers/common
load ../helpers/dovecot
load ../helpers/messages

# All users are added before the first login: Dovecot rereads its file only once per second.
setup_file() {
	local name password
	dovecot_start
	for name in ann bob empty odd; do
		dovecot_user "$name" secret
	done
	while IFS=: read -r name password; do
		dovecot_user "$name" "$password"
	done < <(odd_names)
	dovecot_deliver ann "$data"/{plain,dots,encoded-utf-8}.eml
	dovecot_deliver bob "$data"/{plain,dots,encoded-utf-8}.eml
	odd_message >"$BATS_FILE_TMPDIR/odd.eml"
	dovecot_deliver odd "$BATS_FILE_TMPDIR/odd.eml"
}

# Print a user name and a password per line.
odd_names() {
	cat <<-'END'
		two words:pass  word
		o"brien:it's "quoted" \ here
		jürgen:pässwörd€
	END
}

teardown_file() {
	dovecot_stop
}

setup() {
	set_up_home
	export POP3_PASSWORD=secret
}

# as USER STATUS ARGUMENT…: pop3 as that user, over TLS unless the arguments say otherwise.
as() {
	pop3 "$2" -u "$1" "${@:3}"
}

@test "the mailbox is the same over TLS, over STLS and in clear text" {
	local mode
	for mode in implicit stls off; do
		as ann 0 list --tls "$mode"
		[ "$(wc -l <stdout)" -eq 3 ]
		as ann 0 fetch 1 --tls "$mode"
		cmp stdout "$data/plain.eml"
	done
}

@test "each mechanism logs in, in clear text and over TLS" {
	local mechanism mode
	for mechanism in auto user plain login apop cram-md5 scram-sha-1 scram-sha-256; do
		for mode in implicit off; do
			as ann 0 stat --auth "$mechanism" --tls "$mode"
			[ "${output%%$'\t'*}" = 3 ]
		done
	done
}

@test "a wrong password exits with 77 under each mechanism" {
	local mechanism
	for mechanism in user plain apop scram-sha-256; do
		POP3_PASSWORD=wrong as ann 77 stat --auth "$mechanism"
	done
}

@test "names and passwords may contain spaces, quotes and non-ASCII characters" {
	local name password
	while IFS=: read -r name password; do
		POP3_PASSWORD=$password as "$name" 0 stat --auth plain
		POP3_PASSWORD=$password as "$name" 0 stat --auth user
		[ "$output" = $'0\t0' ]
	done < <(odd_names)
}

@test "an empty mailbox yields no records, and \"last\" fails in it" {
	as empty 0 stat
	[ "$output" = $'0\t0' ]
	as empty 0 list
	[ "$output" = '' ]
	as empty 0 fetch new -o maildir:box
	[ "$output" = '' ]
	as empty 66 fetch last
}

@test "a message with unusual octets arrives unchanged" {
	as odd 0 fetch 1
	tr -d '\r' <"$BATS_FILE_TMPDIR/odd.eml" >expected
	tr -d '\r' <stdout | cmp - expected
}

@test "fetch and dele take records of headers although the message numbers have changed" {
	as bob 0 headers
	grep -i 'subject:.*grüße' stdout >found
	as bob 0 dele 1
	as bob 0 fetch - -o dir:box <found
	cmp box/*.eml "$data/encoded-utf-8.eml"
	as bob 0 dele - <found
	as bob 0 stat
	[ "${output%%$'\t'*}" = 1 ]
}

@test "a second run uses the cached capabilities and saves a round trip" {
	as ann 0 stat --auth plain --trace first
	as ann 0 stat --auth plain --trace second
	grep -q 'CAPA$' first
	run ! grep -q 'CAPA$' second
	# The login, STAT and QUIT are sent before the first of them is answered.
	[ "$(sed -n '/+OK Dovecot/,$p' second | grep -o ' [<>] ' | tr -d ' \n')" = '<>>><<<' ]
}

@test "check gives no advice over TLS and over STLS" {
	local mode
	for mode in implicit stls; do
		as ann 0 check --tls "$mode"
		[ -z "$(value advice)" ]
		[ -z "$(value quirk)" ]
		[ "$(value login)" = 'SCRAM-SHA-256 accepted' ]
		[ "$(value messages) $(value uidl) $(value top)" = '3 works works' ]
		[ "$(value greeting)" = "$(value greeting | grep 'Dovecot.* ready')" ]
	done
}

@test "check reports a certificate for another name, and a wrong password" {
	as ann 80 check --tls-name pop.example.org
	[[ $(value advice) == 'the certificate is valid for localhost, 127.0.0.1, ::1: '* ]]
	POP3_PASSWORD=wrong as ann 77 check
	[[ $(value advice) == 'check user name and password'* ]]
}

# The program against a real server: each way to it, each way to log in, and names of all kinds.
load ../helpers/common
load ../helpers/dovecot
load ../helpers/messages

# All users are there before the first login: Dovecot looks at its file once a second.
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

# A user name and a password a line.
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

# as USER STATUS ARGUMENT…: over TLS; the way can be changed by arguments.
as() {
	pop3 "$2" -u "$1" "${@:3}"
}

@test "the same mailbox over TLS, STLS and in clear" {
	local way
	for way in implicit stls off; do
		as ann 0 list --tls "$way"
		[ "$(wc -l <stdout)" -eq 3 ]
		as ann 0 fetch 1 --tls "$way"
		cmp stdout "$data/plain.eml"
	done
}

@test "each mechanism that it offers, in clear and over TLS" {
	local mechanism way
	for mechanism in auto user plain login apop cram-md5 scram-sha-1 scram-sha-256; do
		for way in implicit off; do
			as ann 0 stat --auth "$mechanism" --tls "$way"
			[ "${output%%$'\t'*}" = 3 ]
		done
	done
}

@test "a wrong password is 77, whatever the mechanism" {
	local mechanism
	for mechanism in user plain apop scram-sha-256; do
		POP3_PASSWORD=wrong as ann 77 stat --auth "$mechanism"
	done
}

@test "names and passwords with blanks, quotes and octets that are not ASCII" {
	local name password
	while IFS=: read -r name password; do
		POP3_PASSWORD=$password as "$name" 0 stat --auth plain
		POP3_PASSWORD=$password as "$name" 0 stat --auth user
		[ "$output" = $'0\t0' ]
	done < <(odd_names)
}

@test "an empty mailbox" {
	as empty 0 stat
	[ "$output" = $'0\t0' ]
	as empty 0 list
	[ "$output" = '' ]
	as empty 0 fetch new -o maildir:box
	[ "$output" = '' ]
	as empty 66 fetch last
}

@test "every octet of an odd message comes through" {
	as odd 0 fetch 1
	tr -d '\r' <"$BATS_FILE_TMPDIR/odd.eml" >expected
	tr -d '\r' <stdout | cmp - expected
}

@test "headers, grep, fetch and dele pass records on, though messages went in between" {
	as bob 0 headers
	grep -i 'subject:.*grüße' stdout >found
	as bob 0 dele 1
	as bob 0 fetch - -o dir:box <found
	cmp box/*.eml "$data/encoded-utf-8.eml"
	as bob 0 dele - <found
	as bob 0 stat
	[ "${output%%$'\t'*}" = 1 ]
}

@test "a second run with what was learnt in the first is quicker by a round trip" {
	as ann 0 stat --auth plain --trace first
	as ann 0 stat --auth plain --trace second
	grep -q 'CAPA$' first
	run ! grep -q 'CAPA$' second
	# The login, STAT and QUIT are out before the first of them is answered.
	[ "$(sed -n '/+OK Dovecot/,$p' second | grep -o ' [<>] ' | tr -d ' \n')" = '<>>><<<' ]
}

@test "check finds nothing to mend, by either way over TLS" {
	local way
	for way in implicit stls; do
		as ann 0 check --tls "$way"
		[ -z "$(value advice)" ]
		[ -z "$(value quirk)" ]
		[ "$(value login)" = 'SCRAM-SHA-256 accepted' ]
		[ "$(value messages) $(value uidl) $(value top)" = '3 works works' ]
		[ "$(value greeting)" = "$(value greeting | grep 'Dovecot.* ready')" ]
	done
}

@test "check tells of another name, and of a wrong password" {
	as ann 80 check --tls-name pop.example.org
	[[ $(value advice) == 'the certificate is valid for localhost, 127.0.0.1, ::1: '* ]]
	POP3_PASSWORD=wrong as ann 77 check
	[[ $(value advice) == 'check user name and password'* ]]
}

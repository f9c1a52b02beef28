# pop3 seen import reads the lists of fetched messages that other programs write.
load ../helpers/common
load ../helpers/dovecot

setup_file() {
	# The UIDs contain characters that each of the formats uses as a separator.
	dovecot_start 'pop3_uidl_format = "#%u@1,2"'
	dovecot_user ann secret
	dovecot_user bob@example.org secret
	dovecot_deliver ann "$data"/{plain,dots,folded}.eml
	dovecot_deliver bob@example.org "$data/plain.eml"
}

teardown_file() {
	dovecot_stop
}

# The other programs refuse to run as root: they run as the server's user, with their own home.
setup() {
	set_up_home
	peer_home=$(mktemp -d "${TMPDIR:-/tmp}/peer.XXXXXX")
	mkdir -p "$peer_home"/{inbox/{cur,new,tmp},.getmail}
}

teardown() {
	rm -rf "$peer_home"
	stop_servers
}

# peer PROGRAM ARGUMENT…: run another program as that user.
peer() {
	local as=()
	chown -R --reference="$dovecot_folder" "$peer_home"
	[ "$(id -u)" -ne 0 ] || as=(setpriv --clear-groups
		--reuid="$(stat -c %u "$dovecot_folder")" --regid="$(stat -c %g "$dovecot_folder")")
	(cd "$peer_home" && HOME=$peer_home "${as[@]}" "$@" </dev/null 3>&-)
}

# needs PROGRAM
needs() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# write_private FILE: write stdin to the file in the home of the other programs.
write_private() {
	cat >"$peer_home/$1"
	chmod 600 "$peer_home/$1"
}

# imported PROGRAM FILE: importing the file marks ann's three messages as seen.
imported() {
	export POP3_PASSWORD=secret
	pop3 0 seen import -u ann --from "$1" "$peer_home/$2"
	[ "$output" = $'3\t0' ]
	pop3 0 uidl -u ann
	cut -f 2 stdout >uids
	pop3 0 seen export -u ann
	cmp <(sort stdout) <(sort uids)
	pop3 0 uidl -u ann new
	[ "$output" = '' ]
}

@test "seen import reads the list of mpop" {
	needs mpop
	write_private .mpoprc <<-END
		defaults
		host 127.0.0.1
		port $pop3_port
		auth user
		password secret
		tls off
		keep on
		delivery maildir $peer_home/inbox
		uidls_file $peer_home/uidls
		account ann
		user ann
		account bob
		user bob@example.org
	END
	peer mpop --all-accounts
	imported mpop uidls
}

@test "seen import reads the list of fetchmail" {
	needs fetchmail
	write_private .fetchmailrc <<-END
		poll 127.0.0.1 protocol POP3 port $pop3_port uidl
		user ann password secret sslproto "" keep mda "cat >/dev/null"
		user "bob@example.org" password secret sslproto "" keep mda "cat >/dev/null"
	END
	peer fetchmail --nodetach --nosyslog
	imported fetchmail .fetchids
}

@test "seen import reads the list of getmail" {
	needs getmail
	write_private .getmail/getmailrc <<-END
		[retriever]
		type = SimplePOP3Retriever
		server = 127.0.0.1
		port = $pop3_port
		username = ann
		password = secret
		[destination]
		type = Maildir
		path = $peer_home/inbox/
	END
	peer getmail
	imported getmail ".getmail/oldmail-127.0.0.1-$pop3_port-ann"
}

@test "seen import reads the list of fdm" {
	needs fdm
	write_private .fdm.conf <<-END
		account "ann" pop3 server "127.0.0.1" port $pop3_port user "ann" pass "secret"
			new-only cache "$peer_home/cache"
		set lock-file "$peer_home/lock"
		action "keep" keep
		match all action "keep"
	END
	peer fdm -f "$peer_home/.fdm.conf" fetch
	imported fdm cache
}

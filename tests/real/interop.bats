# Every POP3 server in Debian, and pop3 serve, deliver the same messages octet for octet. A program
# in helpers/servers starts each of them; packages are downloaded but never installed.
load ../helpers/common
load ../helpers/messages

setup() {
	set_up_home
	export POP3=$program POP3_PASSWORD=secret
	"$helpers/certificates" "$certificates"
	folder=$(mktemp -d "${TMPDIR:-/tmp}/interop.XXXXXX")
	chmod 755 "$folder"
	cp "$certificates/good.pem" "$folder/server.pem"
	cp "$certificates/good.key" "$folder/server.key"
	make_messages
}

teardown() {
	[ -z "${server_pid:-}" ] || kill -KILL -- "-$server_pid" || :
	rm -rf "$folder"
}

make_messages() {
	local messages=$folder/messages
	mkdir "$messages"
	cp "$data"/*.eml "$messages"
	message_of 300000 >"$messages/large.eml"
	long_line 900 >"$messages/long.eml"
	printf 'Subject: Octets\r\n\r\n\351\377\302\200 \t\r\n\r\n.\r\n..\r\n' >"$messages/octets.eml"
	printf 'Subject: Cut\r\n\r\nits last line has no end' >"$messages/cut.eml"
	count=$(find "$messages" -type f | wc -l)
}

# start NAME: start the server, or skip the test for the reason that its program prints.
start() {
	local ports line
	exec {ports}< <(exec "$helpers/servers/$1" "$folder" 3>&- 2>trouble)
	server_pid=$!
	read -r line <&"$ports" || cat trouble
	if [[ $line = cannot:* ]]; then
		server_pid=
		skip "${line#cannot: }"
	fi
	read -r pop3_port pop3s_port <<<"$line"
}

# ann STATUS ARGUMENT…: pop3 as ann, in clear text.
ann() {
	pop3 "$1" -s "127.0.0.1:$pop3_port" -u ann --tls off "${@:2}"
}

# digests FILE…: print the digests of the messages, with LF line ends and $changes applied.
digests() {
	local file
	for file; do
		tr -d '\r' <"$file" | awk 1 | sed -e "$changes" | sha256sum
	done | sort
}

same_as_sent() {
	[ "$#" -eq "$count" ]
	diff <(digests "$folder"/messages/*) <(digests "$@")
}

counts_and_lists() {
	ann 0 stat
	[ "${output%%$'\t'*}" -eq "$count" ]
	ann 0 uidl
	[ "$(cut -f 2 stdout | sort -u | wc -l)" -eq "$count" ]
	cp stdout uids
	ann 0 list
	[ "$(wc -l <stdout)" -eq "$count" ]
	cut -f 1,2 stdout | diff uids -
}

shows_headers() {
	ann 0 headers
	[ "$(grep -c $'\tSubject: ' stdout)" -eq $((count - 1)) ]
	grep -q 'Subject: Grüße aus Köln' stdout
}

fetches_to_other_kinds() {
	ann 0 fetch all -o maildir:box --cursor box
	same_as_sent box/new/*
	ann 0 fetch all -o mbox:file --cursor file
	[ "$(grep -c '^From ' file)" -eq "$count" ]
}

fetches_each_once() {
	ann 0 fetch new -o dir:once --cursor once
	same_as_sent once/*
	ann 0 fetch new -o dir:once --cursor once
	[ "$output" = '' ]
}

# offers CAPABILITY: does the server list it? One without CAPA does not.
offers() {
	"$program" capa -s "127.0.0.1:$pop3_port" --tls off 2>/dev/null | grep -q "^$1"
}

fetches_over_tls() {
	if offers STLS; then
		pop3 0 -s "127.0.0.1:$pop3_port" -u ann --tls stls --ca-file "$certificates/ca.pem" \
			fetch all -o dir:stls
		same_as_sent stls/*
	fi
	[ -n "$pop3s_port" ] || return 0
	pop3 0 fetch all -u ann -o dir:tls
	same_as_sent tls/*
}

deletes() {
	ann 0 dele 1 3
	ann 0 uidl
	[ "$(cut -f 2 stdout)" = "$(sed '1d; 3d' uids | cut -f 2)" ]
	ann 0 fetch all -o dir:rest --delete
	ann 0 stat
	[ "${output%%$'\t'*}" -eq 0 ]
}

# interoperates NAME [SCRIPT]: run all checks; the sed script undoes what the server changes in the
# messages.
interoperates() {
	changes=${2:-}
	start "$1"
	counts_and_lists
	shows_headers
	fetches_each_once
	fetches_to_other_kinds
	fetches_over_tls
	deletes
}

@test "the client works with Dovecot" { interoperates dovecot; }

@test "the client works with pop3 serve" { interoperates serve; }

@test "the client works with Courier" { interoperates courier; }

@test "the client works with Cyrus" { interoperates cyrus; }

@test "the client works with GNU Mailutils" {
	interoperates mailutils '/^\(X-UIDL\|X-IMAPbase\|X-UID\|Status\): /d
		s/^>*From /From /
		s/ *$//'
}

@test "the client works with popa3d" { interoperates popa3d; }

# shellcheck disable=SC2016 # the $ is for sed
@test "the client works with Solid POP3" { interoperates solid-pop3d '${/^$/d}'; }

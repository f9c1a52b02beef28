# A private Dovecot on loopback, one for all tests of a file:
#
#	setup_file() { dovecot_start; dovecot_user ann secret; }
#	teardown_file() { dovecot_stop; }
#
# pop3 then connects to its TLS port, or to the other port with --tls stls or off.
# shellcheck disable=SC2154 # names from common.bash, which is loaded first

# dovecot_start [SETTING…]: start it; each setting is a line of dovecot.conf. Exports $pop3_port,
# $pop3s_port and $dovecot_folder, which contains the log.
dovecot_start() {
	local ports greeting connection
	"$helpers/certificates" "$certificates"
	dovecot_folder=$(mktemp -d "${TMPDIR:-/tmp}/dovecot.XXXXXX")
	chmod 755 "$dovecot_folder"
	mkdir "$dovecot_folder/mail"
	: >"$dovecot_folder/users"
	cp "$certificates/good.pem" "$dovecot_folder/server.pem"
	cp "$certificates/good.key" "$dovecot_folder/server.key"
	exec {ports}< <(exec "$helpers/dovecot-server" "$dovecot_folder" "$@" 3>&-)
	dovecot_pid=$!
	read -r pop3_port pop3s_port <&"$ports"
	exec {ports}<&-
	export dovecot_folder dovecot_pid pop3_port pop3s_port
	exec {connection}<>"/dev/tcp/127.0.0.1/$pop3_port"
	read -r greeting <&"$connection" || cat "$dovecot_folder/log"
	exec {connection}<&-
	[[ $greeting == +OK* ]]
}

# Kill the whole process group: a clean shutdown of Dovecot takes a second.
dovecot_stop() {
	kill -KILL -- "-$dovecot_pid" 2>/dev/null || :
	wait "$dovecot_pid" || :
	rm -rf "$dovecot_folder"
}

# dovecot_user NAME PASSWORD: add a user; both may contain any octets. Dovecot looks up the digest
# of the name, which versions before 2.4 escape first.
dovecot_user() {
	local mailbox escaped key
	mailbox=$(dovecot_mailbox "$1")
	escaped=$(sed 's/["'\''\\]/\\&/g' <<<"$1")
	mkdir -p "$mailbox"/{tmp,new,cur}
	chown -R --reference="$dovecot_folder" "$mailbox"
	for key in $({ digest "$1"; digest "$escaped"; } | sort -u); do
		printf '%s:{PLAIN.b64}%s::::%s::\n' "$key" "$(printf %s "$2" | base64 -w 0)" "$mailbox"
	done >>"$dovecot_folder/users"
}

# dovecot_mailbox NAME: print the path of the user's Maildir.
dovecot_mailbox() {
	printf '%s/mail/%s\n' "$dovecot_folder" "$(digest "$1")"
}

digest() {
	printf %s "$1" | sha256sum | cut -d ' ' -f 1
}

# dovecot_deliver NAME FILE…: deliver the messages to the user in this order.
dovecot_deliver() {
	local mailbox file name
	mailbox=$(dovecot_mailbox "$1")
	shift
	for file; do
		name=${EPOCHREALTIME/[^0-9]/.}.test
		cp "$file" "$mailbox/tmp/$name"
		chown --reference="$mailbox" "$mailbox/tmp/$name"
		chmod 600 "$mailbox/tmp/$name"
		mv "$mailbox/tmp/$name" "$mailbox/new"
	done
}

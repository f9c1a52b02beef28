# The private Dovecot offers what the tests against a real server rely on.
load ../helpers/common
load ../helpers/dovecot
load ../helpers/messages

setup_file() {
	dovecot_start 'pop3_uidl_format = %g'
	dovecot_user ann secret
	dovecot_user 'recent: "Ännchen"' $'pass: \'word"'
}

teardown_file() {
	dovecot_stop
}

# ask PORT COMMAND…: send all commands in one write; the answers go to `received`.
ask() {
	local connection
	exec {connection}<>"/dev/tcp/127.0.0.1/$1"
	shift
	printf '%s\r\n' "$@" QUIT >&"$connection"
	cat <&"$connection" >received
	exec {connection}>&-
}

@test "it offers every mechanism and STLS" {
	ask "$pop3_port" CAPA
	grep -qx $'SASL PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256\r' received
	grep -qx $'STLS\r' received
	grep -q '^+OK Dovecot.*<.*@.*>' received
}

@test "messages are listed in the order of delivery" {
	dovecot_deliver ann "$data/plain.eml" <(message_of 1000)
	ask "$pop3_port" 'USER ann' 'PASS secret' LIST
	grep -qx $'1 531\r' received
	grep -qx $'2 1000\r' received
	[ "$(find "$(dovecot_mailbox ann)/cur" -type f | wc -l)" -eq 2 ]
}

@test "names and passwords may contain spaces, quotes and non-ASCII characters" {
	ask "$pop3_port" 'USER recent: "Ännchen"' $'PASS pass: \'word"' STAT
	grep -qx $'+OK 0 0\r' received
}

@test "it refuses a wrong password" {
	ask "$pop3_port" 'USER ann' 'PASS wrong'
	grep -q '^-ERR \[AUTH\]' received
}

@test "its TLS port presents the good certificate" {
	openssl s_client -quiet -connect "127.0.0.1:$pop3s_port" -CAfile "$certificates/ca.pem" \
		-verify_return_error -verify_ip 127.0.0.1 <<<QUIT >received 2>error
	grep -q '^+OK Logging out' received
}

# The private Dovecot offers what the tests against a real server count on.
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

# ask PORT COMMAND…: all commands at once; the answers go to `heard`.
ask() {
	local connection
	exec {connection}<>"/dev/tcp/127.0.0.1/$1"
	shift
	printf '%s\r\n' "$@" QUIT >&"$connection"
	cat <&"$connection" >heard
	exec {connection}>&-
}

@test "every mechanism and STLS are offered" {
	ask "$pop3_port" CAPA
	grep -qx $'SASL PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256\r' heard
	grep -qx $'STLS\r' heard
	grep -q '^+OK Dovecot.*<.*@.*>' heard
}

@test "delivered messages are there in their order" {
	dovecot_deliver ann "$data/plain.eml" <(message_of 1000)
	ask "$pop3_port" 'USER ann' 'PASS secret' LIST
	grep -qx $'1 531\r' heard
	grep -qx $'2 1000\r' heard
	[ "$(find "$(dovecot_mailbox ann)/cur" -type f | wc -l)" -eq 2 ]
}

@test "names and passwords may hold anything" {
	ask "$pop3_port" 'USER recent: "Ännchen"' $'PASS pass: \'word"' STAT
	grep -qx $'+OK 0 0\r' heard
}

@test "a wrong password is refused" {
	ask "$pop3_port" 'USER ann' 'PASS wrong'
	grep -q '^-ERR \[AUTH\]' heard
}

@test "TLS shows the good certificate" {
	openssl s_client -quiet -connect "127.0.0.1:$pop3s_port" -CAfile "$certificates/ca.pem" \
		-verify_return_error -verify_ip 127.0.0.1 <<<QUIT >heard 2>error
	grep -q '^+OK Logging out' heard
}

# pop3 capa: the server's capabilities.
load ../helpers/session

@test "capa prints the capabilities after login, names and arguments" {
	converse - <<-'TALK'
		S: +OK ready
		C: CAPA
		S: +OK
		S: USER
		S: .
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: CAPA
		S: +OK
		S: TOP
		S: EXPIRE 60 USER
		S: SASL PLAIN SCRAM-SHA-256
		S: .
		C: QUIT
		S: +OK
	TALK
	ann 0 capa
	[ "$output" = $'TOP\t\nEXPIRE\t60 USER\nSASL\tPLAIN SCRAM-SHA-256' ]
}

@test "capa without a user name does not log in" {
	after_greeting TOP UIDL <<-'TALK'
		C: CAPA
		S: +OK
		S: TOP
		S: .
		C: QUIT
		S: +OK
	TALK
	pop3 0 capa --tls off
	[ "$output" = $'TOP\t' ]
}

@test "the server has no CAPA: 77" {
	after_greeting <<-'TALK'
		C: CAPA
		S: -ERR what?
		C: QUIT
		S: +OK
	TALK
	pop3 77 capa --tls off
	[ "$stderr" = 'pop3: 127.0.0.1: CAPA: the server refused: what?' ]
}

@test "capa with an operand is a usage error" {
	server=127.0.0.1:1
	pop3 64 capa 1
	[ "$stderr" = "pop3: unexpected operand '1': capa" ]
}

# pop3 check against pop3 serve: a good account, and each kind of bad certificate.
load serve

# shows CERTIFICATE STATUS ADVICE [OPTION…]: check's status and advice for a server with it.
shows() {
	serve --listen-tls 127.0.0.1:0 --cert "$certificates/$1.pem" --key "$certificates/$1.key"
	export POP3_PASSWORD=secret
	pop3 "$2" check -u ann -s "localhost:$pop3s_port" "${@:4}"
	[[ $(value advice) == *"$3"* ]]
	[ "$(value certificate | head -n 1)" = \
		"$(openssl x509 -in "$certificates/$1.pem" -noout -subject -nameopt RFC2253 |
			cut -d = -f 2-)" ]
	serve_ends_well
	# The client did not log in to an untrusted server.
	[ "$2" -eq 0 ] || run ! grep -q 'user=ann' log
}

# trusted CERTIFICATE STATUS ADVICE [OPTION…]: the same, with a known certificate authority.
trusted() {
	shows "$@" --ca-file "$certificates/ca.pem"
}

@test "a good certificate" { trusted good 0 ''; }
@test "a chain" { trusted chained 0 ''; }
@test "TLS 1.3 alone" { trusted good 0 '' --tls-min 1.3; }
@test "a system that does not know the authority" { shows good 80 'with --ca-file'; }
@test "expired" { trusted expired 80 'expired on 2020-02-01'; }
@test "not valid yet" { trusted not-yet 80 'becomes valid on 2090-01-01'; }
@test "another name" { trusted other-name 80 'is valid for other.example.org:'; }
@test "only an address" { trusted ip-only 80 'is valid for 127.0.0.1, ::1:'; }
@test "only a common name" { trusted cn-only 80 'contains no host name'; }
@test "self-signed" { trusted self-signed 80 'self-signed'; }
@test "an intermediate is missing" { trusted no-intermediate 80 'an intermediate certificate may be missing'; }
@test "not verified" { shows expired 0 'add --pin sha256//' --no-verify; }

@test "the same over STLS, and without TLS" {
	serve
	export POP3_PASSWORD=secret
	pop3 0 check -u ann -s "pop3://localhost:$pop3_port" --ca-file "$certificates/ca.pem"
	[ -z "$(value advice)" ]
	[ "$(value login)" = 'PLAIN accepted' ]
	pop3 0 check -u ann -s "localhost:$pop3_port" --tls off
	[[ $(value advice) == 'anyone on the network path can read this session'* ]]
	serve_ends_well
}

@test "the TLS port and the STLS port mixed up" {
	serve --listen-tls 127.0.0.1:0
	pop3 80 check -s "localhost:$pop3_port"
	[[ $(value advice) == *"use pop3://localhost:$pop3_port"* ]]
	pop3 75 check -s "pop3://localhost:$pop3s_port" --timeout 1
	[[ $(value advice) == *"try pop3s://localhost:$pop3s_port" ]]
}

@test "check marks no message as read" {
	serve
	export POP3_PASSWORD=secret
	message new/1.m <"$data/plain.eml"
	pop3 0 check -u ann -s "localhost:$pop3_port" --tls off
	[ "$(value messages) $(value uidl) $(value top)" = '1 works works' ]
	[ "$(files_of ann)" = cur/1.m:2, ]
	serve_ends_well
}

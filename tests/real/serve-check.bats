# pop3 check against pop3 serve: a good account, and each kind of bad certificate.
load serve

# shows CERTIFICATE STATUS ADVICE [OPTION…]: check exits with STATUS and gives ADVICE for a server
# with this certificate.
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

# trusted CERTIFICATE STATUS ADVICE [OPTION…]: the same, with --ca-file.
trusted() {
	shows "$@" --ca-file "$certificates/ca.pem"
}

@test "check accepts a good certificate" { trusted good 0 ''; }
@test "check accepts a certificate chain" { trusted chained 0 ''; }
@test "check accepts TLS 1.3 as the only version" { trusted good 0 '' --tls-min 1.3; }
@test "check reports an unknown certificate authority" { shows good 80 'with --ca-file'; }
@test "check reports an expired certificate" { trusted expired 80 'expired on 2020-02-01'; }
@test "check reports a future certificate" { trusted not-yet 80 'becomes valid on 2090-01-01'; }
@test "check reports another name" { trusted other-name 80 'is valid for other.example.org:'; }
@test "check reports a certificate for addresses" {
	trusted ip-only 80 'is valid for 127.0.0.1, ::1:'
}
@test "check reports a common name as the only name" { trusted cn-only 80 'contains no host name'; }
@test "check reports a self-signed certificate" { trusted self-signed 80 'self-signed'; }
@test "check reports a missing intermediate" {
	trusted no-intermediate 80 'an intermediate certificate may be missing'
}
@test "check suggests a pin with --no-verify" { shows expired 0 'add --pin sha256//' --no-verify; }

@test "check gives no advice over STLS, and warns without TLS" {
	serve
	export POP3_PASSWORD=secret
	pop3 0 check -u ann -s "pop3://localhost:$pop3_port" --ca-file "$certificates/ca.pem"
	[ -z "$(value advice)" ]
	[ "$(value login)" = 'PLAIN accepted' ]
	pop3 0 check -u ann -s "localhost:$pop3_port" --tls off
	[[ $(value advice) == 'anyone on the network path can read this session'* ]]
	serve_ends_well
}

@test "check suggests the other URL if TLS port and STLS port are mixed up" {
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

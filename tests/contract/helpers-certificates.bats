# Each certificate has the defect that its name says, and no other.
load ../helpers/common

setup_file() {
	"$helpers/certificates" "$certificates"
}

# verdict NAME [OPTION…]: print OpenSSL's verdict on a server with this certificate.
verdict() {
	local name=$1
	shift
	openssl verify -CAfile "$certificates/ca.pem" -untrusted "$certificates/$name.pem" \
		-purpose sslserver "$@" "$certificates/$name.pem" 2>&1 |
		sed -n 's/^error [0-9]* at [0-9]* depth lookup: //p; s/^.*: OK$/OK/p' | head -n 1
}

@test "OpenSSL accepts the good certificates" {
	[ "$(verdict good -verify_hostname localhost)" = OK ]
	[ "$(verdict good -verify_ip 127.0.0.1)" = OK ]
	[ "$(verdict good -verify_ip ::1)" = OK ]
	[ "$(verdict ip-only -verify_ip 127.0.0.1)" = OK ]
	[ "$(verdict chained -verify_hostname localhost)" = OK ]
	[ "$(verdict wildcard -verify_hostname pop.example.org)" = OK ]
	openssl verify -CApath "$certificates/ca" "$certificates/good.pem"
}

@test "OpenSSL refuses each bad certificate for the expected reason" {
	[ "$(verdict expired)" = 'certificate has expired' ]
	[[ $(verdict not-yet) == 'certificate is not yet valid'* ]] # OpenSSL 3.6 says more
	[ "$(verdict self-signed)" = 'self-signed certificate' ]
	[ "$(verdict no-intermediate)" = 'unable to get local issuer certificate' ]
	[ "$(verdict client-only)" = 'unsuitable certificate purpose' ]
	[ "$(verdict sha-1 -auth_level 2)" = 'CA signature digest algorithm too weak' ]
	[ "$(verdict rsa-1024 -auth_level 2)" = 'EE certificate key too weak' ]
	[ "$(verdict other-name -verify_hostname localhost)" = 'hostname mismatch' ]
	[ "$(verdict ip-only -verify_hostname localhost)" = 'hostname mismatch' ]
	[ "$(verdict wildcard -verify_hostname a.pop.example.org)" = 'hostname mismatch' ]
	[ "$(verdict nul-in-name -verify_hostname localhost)" = 'hostname mismatch' ]
}

@test "the client certificate is valid for a client" {
	openssl verify -CAfile "$certificates/ca.pem" -purpose sslclient "$certificates/client.pem"
}

# TLS sessions that a later run resumes: none outlives the trust that it was made with.
# shellcheck disable=SC2154 # names from serve.bash and common.bash
load serve

setup() {
	set_up_home
	"$helpers/certificates" "$certificates"
	add_user ann secret
	export POP3_PASSWORD=secret POP3_USER=ann
	cp "$certificates/ca.pem" ca.pem
}

# meets STATUS [OPTION…]: a run that is held to its exit status; says what TLS did.
meets() {
	pop3 "$1" stat -v -s "${host:-127.0.0.1}:$pop3s_port" "${@:2}"
}

resumes() {
	meets 0 "$@"
	grep -q '^pop3: TLSv1.3, .*, resumed$' stderr
}

verifies() {
	meets 0 "$@"
	run ! grep ', resumed$' stderr
	grep -q '^pop3: certificate for ' stderr
}

# replace FILE OTHER: new contents, and all that a program can fake is as it was.
replace() {
	touch -r "$1" stamp
	cat "$2" >"$1"
	touch -r stamp "$1"
}

# move_clock SECONDS: the stored session was verified so much later.
move_clock() {
	/usr/bin/python3 -SB - "$1" "$XDG_CACHE_HOME"/pop3/* <<-'END'
		import base64, struct, sys
		lines = open(sys.argv[2]).read().splitlines(keepends=True)
		index, = [i for i, line in enumerate(lines) if line.startswith("ticket ")]
		octets = base64.b64decode(lines[index].split()[1])
		verified, = struct.unpack("=q", octets[:8])
		octets = struct.pack("=q", verified + int(sys.argv[1])) + octets[8:]
		lines[index] = "ticket " + base64.b64encode(octets).decode() + "\n"
		open(sys.argv[2], "w").writelines(lines)
	END
}

@test "a session of TLS 1.3 is resumed, by STLS, too" {
	serve --listen-tls 127.0.0.1:0
	verifies --ca-file ca.pem
	resumes --ca-file ca.pem
	resumes --ca-file ca.pem
	pop3s_port=$pop3_port
	verifies --ca-file ca.pem --tls stls
	resumes --ca-file ca.pem --tls stls
}

@test "another host, another session" {
	serve --listen-tls 127.0.0.1:0
	verifies --ca-file ca.pem
	host=localhost verifies --ca-file ca.pem
	host=localhost resumes --ca-file ca.pem
}

@test "authorities in a file whose contents are others" {
	serve --listen-tls 127.0.0.1:0
	verifies --ca-file ca.pem
	resumes --ca-file ca.pem
	cat "$certificates/self-signed.pem" "$certificates/ca.pem" >both.pem
	replace ca.pem both.pem
	verifies --ca-file ca.pem
	resumes --ca-file ca.pem
	replace ca.pem "$certificates/self-signed.pem"
	meets 80 --ca-file ca.pem
}

# rehash: ca.pem in a directory, as OpenSSL finds it.
rehash() {
	mkdir authorities
	cp "$certificates/ca.pem" authorities
	openssl rehash authorities
}

# ripen FILE: what has just been changed counts by its contents, and later by its times.
ripen() {
	until (($(date +%s) - $(stat -c %Z "$1") > 3)); do sleep 0.2; done
}

@test "authorities in a directory whose files are others" {
	serve --listen-tls 127.0.0.1:0
	rehash
	ripen authorities/ca.pem
	verifies --ca-dir authorities
	resumes --ca-dir authorities
	replace authorities/ca.pem "$certificates/self-signed.pem"
	meets 80 --ca-dir authorities
	replace authorities/ca.pem "$certificates/ca.pem"
	verifies --ca-dir authorities
	rm authorities/????????.0
	meets 80 --ca-dir authorities
}

@test "authorities that the environment names" {
	serve --listen-tls 127.0.0.1:0
	rehash
	mkdir none
	ripen authorities/ca.pem
	SSL_CERT_DIR=none:authorities verifies
	SSL_CERT_DIR=none:authorities resumes
	SSL_CERT_DIR=none SSL_CERT_FILE=nowhere meets 80
	SSL_CERT_DIR=none SSL_CERT_FILE=ca.pem verifies
	SSL_CERT_DIR=none SSL_CERT_FILE=ca.pem resumes
	replace ca.pem "$certificates/self-signed.pem"
	SSL_CERT_DIR=none SSL_CERT_FILE=ca.pem meets 80
}

@test "authorities from a pipe" {
	serve --listen-tls 127.0.0.1:0
	verifies --ca-file <(cat ca.pem)
	verifies --ca-file <(cat ca.pem)
}

@test "a certificate or key of one's own with other contents" {
	serve --listen-tls 127.0.0.1:0
	cp "$certificates/client.pem" own.pem
	cp "$certificates/client.key" own.key
	verifies --ca-file ca.pem --cert own.pem --key own.key
	resumes --ca-file ca.pem --cert own.pem --key own.key
	replace own.pem "$certificates/client-only.pem"
	replace own.key "$certificates/client-only.key"
	verifies --ca-file ca.pem --cert own.pem --key own.key
	meets 0 --no-verify --cert own.pem --key own.key
	resumes --no-verify --cert own.pem --key own.key
	echo >>own.key
	meets 0 --no-verify --cert own.pem --key own.key
	run ! grep ', resumed$' stderr
}

@test "what is verified is verified again after a day, however often it was resumed" {
	serve --listen-tls 127.0.0.1:0
	verifies --ca-file ca.pem
	move_clock -80000
	resumes --ca-file ca.pem
	move_clock -7000
	verifies --ca-file ca.pem
	resumes --ca-file ca.pem
	move_clock 1000
	verifies --ca-file ca.pem
}

# Whoever has the session of a connection by TLS 1.2 can read all of that connection.
@test "a session of TLS 1.2 is not kept" {
	cat >openssl.cnf <<-'END'
		openssl_conf = all
		[all]
		ssl_conf = kinds
		[kinds]
		system_default = old
		[old]
		MaxProtocol = TLSv1.2
	END
	OPENSSL_CONF=$PWD/openssl.cnf serve --listen-tls 127.0.0.1:0
	verifies --ca-file ca.pem
	grep -q '^pop3: TLSv1.2, ' stderr
	run ! grep '^ticket' "$XDG_CACHE_HOME"/pop3/*
	verifies --ca-file ca.pem
}

# A later run resumes a TLS session only while the same certificates are trusted.
# shellcheck disable=SC2154 # names from serve.bash and common.bash
load serve

setup() {
	set_up_home
	"$helpers/certificates" "$certificates"
	add_user ann secret
	export POP3_PASSWORD=secret POP3_USER=ann
	cp "$certificates/ca.pem" ca.pem
}

# connects STATUS [OPTION…]: run stat, which must exit with STATUS; -v reports the TLS handshake.
connects() {
	pop3 "$1" stat -v -s "${host:-127.0.0.1}:$pop3s_port" "${@:2}"
}

resumes() {
	connects 0 "$@"
	grep -q '^pop3: TLSv1.3, .*, resumed$' stderr
}

verifies() {
	connects 0 "$@"
	run ! grep ', resumed$' stderr
	grep -q '^pop3: certificate for ' stderr
}

# replace FILE OTHER: replace the contents, and restore the times that a program can set.
replace() {
	touch -r "$1" stamp
	cat "$2" >"$1"
	touch -r stamp "$1"
}

# move_clock SECONDS: move the time at which the stored session was verified by that many seconds.
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

@test "a session of TLS 1.3 is resumed, also over STLS" {
	serve --listen-tls 127.0.0.1:0
	verifies --ca-file ca.pem
	resumes --ca-file ca.pem
	resumes --ca-file ca.pem
	pop3s_port=$pop3_port
	verifies --ca-file ca.pem --tls stls
	resumes --ca-file ca.pem --tls stls
}

@test "a session is not resumed with another host" {
	serve --listen-tls 127.0.0.1:0
	verifies --ca-file ca.pem
	host=localhost verifies --ca-file ca.pem
	host=localhost resumes --ca-file ca.pem
}

@test "a session is not resumed after the file of --ca-file has changed" {
	serve --listen-tls 127.0.0.1:0
	verifies --ca-file ca.pem
	resumes --ca-file ca.pem
	cat "$certificates/self-signed.pem" "$certificates/ca.pem" >both.pem
	replace ca.pem both.pem
	verifies --ca-file ca.pem
	resumes --ca-file ca.pem
	replace ca.pem "$certificates/self-signed.pem"
	connects 80 --ca-file ca.pem
}

# rehash: copy ca.pem to a directory in which OpenSSL finds it.
rehash() {
	mkdir authorities
	cp "$certificates/ca.pem" authorities
	openssl rehash authorities
}

# ripen FILE: wait until the file is old enough to be identified by its times, not its contents.
ripen() {
	until (($(date +%s) - $(stat -c %Z "$1") > 3)); do sleep 0.2; done
}

@test "a session is not resumed after a file in --ca-dir has changed" {
	serve --listen-tls 127.0.0.1:0
	rehash
	ripen authorities/ca.pem
	verifies --ca-dir authorities
	resumes --ca-dir authorities
	replace authorities/ca.pem "$certificates/self-signed.pem"
	connects 80 --ca-dir authorities
	replace authorities/ca.pem "$certificates/ca.pem"
	verifies --ca-dir authorities
	rm authorities/????????.0
	connects 80 --ca-dir authorities
}

@test "a session is not resumed after the authorities named in the environment have changed" {
	serve --listen-tls 127.0.0.1:0
	rehash
	mkdir none
	ripen authorities/ca.pem
	SSL_CERT_DIR=none:authorities verifies
	SSL_CERT_DIR=none:authorities resumes
	SSL_CERT_DIR=none SSL_CERT_FILE=nowhere connects 80
	SSL_CERT_DIR=none SSL_CERT_FILE=ca.pem verifies
	SSL_CERT_DIR=none SSL_CERT_FILE=ca.pem resumes
	replace ca.pem "$certificates/self-signed.pem"
	SSL_CERT_DIR=none SSL_CERT_FILE=ca.pem connects 80
}

@test "a session is not resumed if the authorities are read from a pipe" {
	serve --listen-tls 127.0.0.1:0
	verifies --ca-file <(cat ca.pem)
	verifies --ca-file <(cat ca.pem)
}

@test "a session is not resumed after the client certificate or its key has changed" {
	serve --listen-tls 127.0.0.1:0
	cp "$certificates/client.pem" own.pem
	cp "$certificates/client.key" own.key
	verifies --ca-file ca.pem --cert own.pem --key own.key
	resumes --ca-file ca.pem --cert own.pem --key own.key
	replace own.pem "$certificates/client-only.pem"
	replace own.key "$certificates/client-only.key"
	verifies --ca-file ca.pem --cert own.pem --key own.key
	connects 0 --no-verify --cert own.pem --key own.key
	resumes --no-verify --cert own.pem --key own.key
	echo >>own.key
	connects 0 --no-verify --cert own.pem --key own.key
	run ! grep ', resumed$' stderr
}

@test "the certificate is verified again after a day, even if the session was resumed since" {
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

# A stolen session of TLS 1.2 would decrypt the connection that it was made in.
@test "a session of TLS 1.2 is not stored" {
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

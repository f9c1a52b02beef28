# A private network for a test: only the loopback interface, and a name server that the test
# configures.
# shellcheck disable=SC2034,SC2154 # names for the tests, names from common.bash

# network: start it, with dnsmasq's settings on stdin; skips the test where namespaces are
# unavailable. From now on $program runs in this network, including pop3 serve.
network() {
	local pid
	command -v dnsmasq >/dev/null || skip 'dnsmasq is not installed'
	unshare -rnm true 2>/dev/null || skip 'this system does not allow network namespaces'
	{
		printf '%s\n' no-resolv no-hosts bind-interfaces listen-address=127.0.0.1 \
			local=/test/ local=/com/ local=/org/
		cat
	} >dnsmasq.conf
	echo nameserver 127.0.0.1 >resolv.conf
	# shellcheck disable=SC2016 # for the shell inside
	unshare -rnm bash -ec '
		python3 -SBc "import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack(\"16sh22x\", b\"lo\", 1))"
		mount --bind resolv.conf /etc/resolv.conf
		echo $$ >network-pid
		exec dnsmasq -d -C dnsmasq.conf --pid-file=' 2>dnsmasq-log 3>&- &
	pid=$!
	stop_later "$pid"
	until_there network-pid "$pid" || {
		cat dnsmasq-log
		return 1
	}
	real_program=${real_program:-$program}
	cat >inside <<-END
		#!/bin/sh
		exec nsenter -t $(cat network-pid) -U --preserve-credentials -n -m -w"\$PWD" "$real_program" "\$@"
	END
	chmod +x inside
	program=$PWD/inside
}

# certificate FILE NAME…: make a self-signed certificate for these names.
certificate() {
	local names
	printf -v names ',DNS:%s' "${@:2}"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 99 -subj "/CN=$2" \
		-addext "subjectAltName=${names:1}" -keyout "$1" -out "$1.pem" 2>/dev/null
	cat "$1.pem" >>"$1"
}

# server_inside CERTIFICATE [OPTION…]: start pop3 serve at the default ports. ann@example.test and
# bob have the password "secret".
server_inside() {
	local user
	for user in ann@example.test bob; do
		"$program" serve --users users --maildir-root mail --add-user "$user" <<<secret
	done
	rm -f ready
	mkfifo ready
	"$program" serve --users users --maildir-root mail --cert "$1" --ready-fd 4 "${@:2}" \
		>listeners 2>log 3>&- 4>ready &
	stop_later $!
	read -r <ready || {
		cat log
		return 1
	}
}

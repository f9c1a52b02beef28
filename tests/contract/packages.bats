# tests/helpers/packages: what it installs, what it leaves out, and what it prints.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/common

# A simulated Debian: apt-get, apt-cache, dpkg-query and id read the files "offered", "installed"
# and "user"; the commands of apt-get are appended to "asked".
setup() {
	set_up_home
	mkdir bin
	echo root >user
	: | tee installed asked
	printf '%s\n' gcc make libc6-dev libssl-dev libidn-dev libinih-dev libsqlite3-dev libevent-dev \
		libcrypt-dev libedit-dev pkgconf openssl curl mpop fetchmail getmail6 fdm bats \
		dovecot-pop3d python3 mandoc strace zsh fish g++ jq dnsmasq-base mblaze pass \
		zlib1g-dev libzstd-dev >offered
	write_tool dpkg-query 'sed "s/^/installed /" installed'
	write_tool apt-cache 'grep -x "$2" offered'
	write_tool id 'grep -q root user && echo 0 || echo 1000'
	write_tool apt-get 'shift 3; echo "$@" >>asked
		[ "$1" != update ] || [ ! -e offered-later ] || mv offered-later offered
		[ ! -e "broken-$1" ] || { echo "E: no space left"; exit 100; }'
	PATH=$PWD/bin:$PATH
}

write_tool() {
	printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
	chmod +x "bin/$1"
}

@test "with all packages installed, it prints nothing and does not call apt-get" {
	mv offered installed
	run -0 "$helpers/packages" check
	[ -z "$output" ]
	[ ! -s asked ]
}

@test "it names and installs the missing packages" {
	grep -vx 'jq\|fish' offered >installed
	run -0 "$helpers/packages" check
	[ "$output" = 'packages: installing fish jq, and what they depend on' ]
	[ "$(<asked)" = 'install --no-install-recommends fish jq' ]
}

@test "it leaves out a mail client that the release does not offer" {
	grep -vx fdm offered >installed
	cp installed offered
	run -0 "$helpers/packages" check
	[ "$output" = 'packages: this release has no fdm; its tests are skipped' ]
	[ ! -s asked ]
}

@test "it fails if the release does not offer a required package" {
	grep -vx bats offered >installed
	cp installed offered
	run -1 "$helpers/packages" check
	[ "$output" = 'packages: this release has no bats' ]
}

@test "it updates missing package lists" {
	mv offered offered-later
	: >offered
	grep -vx bats offered-later >installed
	run -0 "$helpers/packages" check
	[ "${lines[0]}" = 'packages: updating the lists of packages' ]
	[ "${lines[1]}" = 'packages: installing bats, and what they depend on' ]
}

@test "it goes on if one of several package lists cannot be updated" {
	mv offered offered-later
	: >offered
	: >broken-update
	grep -vx bats offered-later >installed
	run -0 "$helpers/packages" check
	[ "${lines[1]}" = 'packages: installing bats, and what they depend on' ]
}

@test "it fails if no package list can be updated" {
	: | tee offered broken-update
	run -1 "$helpers/packages" build
	[ "${lines[1]}" = 'E: no space left' ]
	[[ ${lines[2]} == *"cannot update the lists of packages; see apt's output above" ]]
}

@test "apt's own error is printed" {
	: >broken-install
	run -1 "$helpers/packages" build
	[ "${lines[1]}" = 'E: no space left' ]
	[[ ${lines[2]} == 'packages: cannot install gcc '*"; see apt's output above" ]]
	[ "$(grep -c '^install' asked)" -eq 2 ]
}

@test "without sudo, it prints the command to run as root" {
	echo ann >user
	grep -vx jq offered >installed
	ln -s /bin/{cat,grep,mktemp,paste,rm,sed} bin
	PATH=$PWD/bin run -1 /bin/sh "$helpers/packages" check
	[[ $output == *'packages: run as root: apt-get update && apt-get install --no-install-recommends jq' ]]
}

@test "it continues as an ordinary user if only mail clients are missing" {
	echo ann >user
	grep -vx fdm offered >installed
	: >offered
	run -0 "$helpers/packages" check
	[ "$output" = 'packages: this release has no fdm; its tests are skipped' ]
	[ ! -s asked ]
}

# What help shows as examples works as it is printed.
# shellcheck disable=SC2154 # names from serve.bash
load serve

setup() {
	set_up_home
	"$helpers/certificates" "$certificates"
	add_user ann secret
	mkdir -p mail/ann/{tmp,new,cur} bin
	ln -s "$program" bin/pop3
	PATH=$PWD/bin:$PATH
	printf 'Subject: your code: 123456\r\n\r\n123456\r\n' | message new/1
	message new/2 <"$data/plain.eml"
	serve
	cat >"$XDG_CONFIG_HOME/pop3/config" <<-END
		[work]
		server = 127.0.0.1:$pop3_port
		user = ann
		tls = off
		password = secret
	END
	chmod 600 "$XDG_CONFIG_HOME/pop3/config"
	echo secret >secret
}

# The examples of a subcommand's page, a line each.
examples_of() {
	"$program" help "$1" | sed -n '/^Examples:/,/^$/s/^  //p'
}

# works EXAMPLE: as in a shell of a person who has not used pop3 before.
works() {
	local status=0
	rm -rf "$XDG_STATE_HOME"
	echo "$1"
	timeout 60 bash -c "set -o pipefail; $1" >out 2>err 3>&- </dev/null || status=$?
	cat err
	return "$status"
}

@test "every example that needs no other server works" {
	local name example
	while read -r name; do
		case $name in
		admin | serve | setup) continue ;; # setup.bats has those of setup
		esac
		while IFS= read -r example; do
			works "$example"
		done < <(examples_of "$name")
	done < <("$program" __complete '' | sed 1d | cut -f 1)
}

@test "examples of admin find no server, and no mistake" {
	local example
	while IFS= read -r example; do
		POP3_PASSWORD=x run -69 works "$example --timeout 5"
	done < <(examples_of admin)
}

@test "examples of serve try, add a user and serve" {
	local example server_pid listener protocol
	rm users
	while IFS= read -r example; do
		if [[ $example == *--listen* || $example == *--try* ]]; then
			exec {listener}< <(exec bash -c "exec ${example/:11110/:0}" 3>&-)
			server_pid=$!
			read -r -t 60 protocol _ <&"$listener"
			kill "$server_pid"
			[[ $protocol == pop3* ]]
		else
			works "$example"
		fi
	done < <(examples_of serve)
}

# --- recipes

readme=$helpers/../../README.md

# recipe TEXT: the lines of the README's recipe that begins with this comment.
recipe() {
	awk -v start="# $1" '
		index($0, start) == 1 { inside = 1 }
		inside && (/^$/ || /^```/) { exit }
		inside' "$readme"
}

# runs TEXT: that recipe, as in a shell of a person's own.
runs() {
	recipe "$1" >recipe
	[ -s recipe ]
	run -0 timeout 60 bash -o pipefail recipe 3>&- </dev/null
}

# code_mail NAME TYPE ENCODING: the script that asks for a code puts this mail there, body on stdin.
code_mail() {
	{
		printf 'From: robot@example.org\r\nSubject: your code\r\nMIME-Version: 1.0\r\n'
		printf 'Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n' "$2" "$3"
		cat
	} >"$1"
	printf '#!/bin/sh\ncp %s mail/ann/new/%s\n' "$1" "$1" >ask-for-code
	chmod +x ask-for-code
}

@test "the recipe for a one-time code works twice in a row, with base64 and HTML bodies" {
	command -v mshow >/dev/null || skip 'mblaze is not installed'
	base64 <<<'Your code is 246810.' | code_mail base64 text/plain base64
	runs 'Take a one-time code'
	[ "$output" = 246810 ]
	code_mail html text/html 8bit <<-'HTML'
		<style>p { color: #111111 }</style><p>Your code, from order 12345678, is <b>135791</b></p>
	HTML
	runs 'Take a one-time code'
	[ "$output" = 135791 ]
}

@test "the loop that acts on new mail handles each message once, and ends at a failure" {
	printf '#!/bin/sh\necho "$POP3_UID" >>handled\nexit 0\n' >handle-mail
	chmod +x handle-mail
	recipe 'Act on new mail' >loop
	timeout 60 bash loop 3>&- &
	stop_later $!
	until [ "$(cat handled 2>/dev/null | wc -l)" -eq 2 ]; do
		sleep 0.1
	done
	[ "$(sort -u handled | wc -l)" -eq 2 ]
}

# pop3 admin against pop3 serve: each verb over each protocol that has it. A setting changed over
# one protocol is shown by the others.

load ../helpers/common

setup() {
	set_up_home
	start_server
}

start_server() {
	local ready
	mkdir maildirs elsewhere
	mkfifo ready
	exec {ready}<>ready
	POP3_SERVE_SECRET=secret "$program" serve --users users --maildir-root "$PWD/maildirs" \
		--listen 127.0.0.1:0 --peep 127.0.0.1:0 --spscmp 127.0.0.1:0 \
		--monitor 127.0.0.1:0 --smtpstatus 127.0.0.1:0 --transform cat \
		--ready-fd "$ready" >listeners 2>log 3>&- &
	stop_later $!
	read -r -t 20 -u "$ready"
	exec {ready}>&-
}

port_of() {
	awk -v protocol="$1" '$1 == protocol { print $3 }' listeners
}

# admin STATUS PROTOCOL VERB…: run pop3 admin as the server's manager.
admin() {
	local user=
	[ "$2" != peep ] || user=root@
	POP3_PASSWORD=${secret-secret} pop3 "$1" admin -s "$2://${user}127.0.0.1:$(port_of "$2")" \
		"${@:3}"
}

# admin_prints EXPECTED PROTOCOL VERB…: run it, and fail unless it prints that.
admin_prints() {
	admin 0 "${@:2}"
	[ "$output" = "$1" ] || {
		printf '%s printed: %s\n' "${*:2}" "$output"
		return 1
	}
}

add_ann() {
	admin 0 spscmp user-add ann --new-password-command 'echo joshua'
}

# logs_in STATUS USER PASSWORD: log in over POP3.
logs_in() {
	POP3_PASSWORD=$3 pop3 "$1" stat -s "pop3://127.0.0.1:$(port_of pop3)" --tls off -u "$2"
}

# stay_logged_in USER PASSWORD: log in over POP3, and keep the session open on descriptor 6.
stay_logged_in() {
	local line
	exec 6<>"/dev/tcp/127.0.0.1/$(port_of pop3)"
	printf 'USER %s\r\nPASS %s\r\n' "$1" "$2" >&6
	for _ in greeting user pass; do
		read -r -t 20 line <&6
		[[ $line = +OK* ]]
	done
}

@test "users added, changed and removed over peep and spscmp take effect in POP3 at once" {
	admin 0 peep user-add ann --new-password-command 'echo joshua'
	admin 0 spscmp user-add bob --new-password-command 'echo falken'
	admin_prints $'ann\nbob' peep users
	admin_prints $'ann\nbob' spscmp users
	logs_in 0 ann joshua
	logs_in 0 bob falken

	admin 0 spscmp user-passwd bob --new-password-command 'echo wopr'
	logs_in 77 bob falken
	logs_in 0 bob wopr
	admin 0 spscmp user-rename bob carl
	admin_prints $'ann\ncarl' peep users
	logs_in 0 carl wopr

	admin 0 peep user-del ann
	admin 0 spscmp user-del carl
	admin_prints '' peep users
	admin_prints '' spscmp users
}

@test "the error for an unknown or existing user is as specific as the protocol allows" {
	add_ann
	admin 64 peep user-add ann --new-password-command 'echo joshua'
	[[ $stderr = *'in use'* ]]
	admin 66 peep user-del bob
	admin 77 spscmp user-add ann --new-password-command 'echo joshua'
	admin 77 spscmp user-del bob
	admin 77 spscmp user-rename bob carl
	admin 77 spscmp user-passwd bob --new-password-command 'echo joshua'
}

@test "a wrong secret exits with 77" {
	secret=wrong admin 77 peep users
	secret=wrong admin 77 spscmp users
	secret=wrong admin 77 smtpstatus metrics
}

@test "a limit set over one protocol applies to all" {
	admin 0 spscmp set max-connections 7
	admin_prints 7 peep get max-connections
	admin 0 peep set max-connections 9
	admin_prints 9 peep get max-connections
	admin 64 peep set max-connections 0
	admin 77 spscmp set max-connections 0
	admin_prints 9 peep get max-connections

	admin 0 spscmp set max-users 1
	add_ann
	admin 77 spscmp user-add bob --new-password-command 'echo joshua'
	admin 77 spscmp set max-users 0
}

@test "user-add over peep distinguishes a reached limit from a name in use" {
	admin 0 spscmp set max-users 1
	add_ann
	admin 64 peep user-add bob --new-password-command 'echo joshua'
	[[ $stderr = *'the limit for users is reached'* ]]
	admin 64 peep user-add ann --new-password-command 'echo joshua'
	[[ $stderr = *'in use'* ]]
}

@test "peep sets the time-out and refuses one that is too large" {
	admin 0 peep set timeout 60
	admin_prints 60 peep get timeout
	admin 64 peep set timeout 18446744073709551615
	admin_prints 60 peep get timeout
}

@test "peep and monitor set the mail root, and refuse one that does not exist" {
	admin 0 peep set maildir "$PWD/elsewhere"
	admin 0 peep get maildir
	[ "${output%/}" = "$PWD/elsewhere" ]
	admin 0 monitor get maildir
	[ "${output%/}" = "$PWD/elsewhere" ]
	admin 0 monitor set maildir "$PWD/maildirs"
	admin 0 peep get maildir
	[ "${output%/}" = "$PWD/maildirs" ]
	admin 64 peep set maildir "$PWD/nowhere"
	admin 64 monitor set maildir "$PWD/nowhere"
}

@test "monitor and smtpstatus switch the transformation on and off" {
	admin 0 monitor set transform off
	admin_prints off smtpstatus get transform
	admin 0 monitor set transform on
	admin_prints on smtpstatus get transform
	admin 0 smtpstatus set transform off
	admin_prints off smtpstatus get transform
	admin 0 smtpstatus set transform on
	admin_prints on smtpstatus get transform
}

@test "monitor sets the host name, and info prints all settings" {
	admin 0 monitor set host mail.example
	admin_prints mail.example monitor get host
	admin 0 monitor get maildir
	local maildir=$output
	admin 0 monitor get address
	admin_prints "host	mail.example
maildir	$maildir
address	$output" monitor info
}

# free_port: print a port that is free at both addresses.
free_port() {
	python3 - <<-'END'
		import socket

		while True:
		    with socket.create_server(("127.0.0.1", 0)) as here:
		        port = here.getsockname()[1]
		        try:
		            socket.create_server(("::1", port), family=socket.AF_INET6).close()
		        except OSError:
		            continue
		    print(port)
		    break
	END
}

@test "monitor moves the POP3 listener to another port and address" {
	local port
	add_ann
	port=$(free_port)
	admin 0 monitor set port "$port"
	POP3_PASSWORD=joshua pop3 0 stat -s "pop3://127.0.0.1:$port" --tls off -u ann
	admin 0 monitor set address 127.0.0.1
	admin 0 monitor set address ::1
	admin_prints ::1 monitor get address
	POP3_PASSWORD=joshua pop3 0 stat -s "pop3://[::1]:$port" --tls off -u ann
}

@test "all protocols print the same metrics and the same log" {
	add_ann
	logs_in 0 ann joshua
	stay_logged_in ann joshua
	admin_prints ann peep online

	admin 0 peep metrics
	cp stdout peep
	admin 0 monitor metrics
	cp stdout monitor
	grep -x 'logins	2' peep
	grep -x 'logins	2' monitor
	grep -x 'online	1' monitor
	diff <(grep ^messages peep) <(grep ^messages monitor)
	diff <(grep ^octets peep) <(grep ^octets monitor)

	admin 0 spscmp metrics
	sort stdout >spscmp
	admin 0 smtpstatus metrics
	diff spscmp <(sort stdout)
	grep -E 'connections-now	[1-9]' spscmp

	admin 0 spscmp log
	[ "$(cut -f 1 stdout)" = $'ann\nann' ]
	cp stdout log-of-spscmp
	admin 0 monitor log
	diff <(tr '\t' ' ' <log-of-spscmp) stdout
	exec 6>&-
}

@test "capa over peep lists the server's commands and their limits" {
	admin 0 peep capa
	cut -f 1 stdout | grep -x a
	grep -E '^c=	1-[0-9]+$' stdout
	grep -E '^t=	0-[0-9]+$' stdout
}

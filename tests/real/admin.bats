# pop3 admin against pop3 serve: each verb over each protocol that has it; what one sets the
# others show.

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

# admin STATUS PROTOCOL VERB…: the server's manager does it.
admin() {
	local user=
	[ "$2" != peep ] || user=root@
	POP3_PASSWORD=${secret-secret} pop3 "$1" admin -s "$2://${user}127.0.0.1:$(port_of "$2")" \
		"${@:3}"
}

# says EXPECTED PROTOCOL VERB…
says() {
	admin 0 "${@:2}"
	[ "$output" = "$1" ] || {
		printf '%s says: %s\n' "${*:2}" "$output"
		return 1
	}
}

add_ann() {
	admin 0 spscmp user-add ann --new-password-command 'echo joshua'
}

# logs_in STATUS USER PASSWORD: over POP3.
logs_in() {
	POP3_PASSWORD=$3 pop3 "$1" stat -s "pop3://127.0.0.1:$(port_of pop3)" --tls off -u "$2"
}

# stay_logged_in USER PASSWORD: on descriptor 6.
stay_logged_in() {
	local line
	exec 6<>"/dev/tcp/127.0.0.1/$(port_of pop3)"
	printf 'USER %s\r\nPASS %s\r\n' "$1" "$2" >&6
	for _ in greeting user pass; do
		read -r -t 20 line <&6
		[[ $line = +OK* ]]
	done
}

@test "users come and go over peep and spscmp, and POP3 knows at once" {
	admin 0 peep user-add ann --new-password-command 'echo joshua'
	admin 0 spscmp user-add bob --new-password-command 'echo falken'
	says $'ann\nbob' peep users
	says $'ann\nbob' spscmp users
	logs_in 0 ann joshua
	logs_in 0 bob falken

	admin 0 spscmp user-passwd bob --new-password-command 'echo wopr'
	logs_in 77 bob falken
	logs_in 0 bob wopr
	admin 0 spscmp user-rename bob carl
	says $'ann\ncarl' peep users
	logs_in 0 carl wopr

	admin 0 peep user-del ann
	admin 0 spscmp user-del carl
	says '' peep users
	says '' spscmp users
}

@test "what is wrong with a user is said where the protocol says it" {
	add_ann
	admin 64 peep user-add ann --new-password-command 'echo joshua'
	[[ $stderr = *'in use'* ]]
	admin 66 peep user-del bob
	admin 77 spscmp user-add ann --new-password-command 'echo joshua'
	admin 77 spscmp user-del bob
	admin 77 spscmp user-rename bob carl
	admin 77 spscmp user-passwd bob --new-password-command 'echo joshua'
}

@test "a wrong secret is 77" {
	secret=wrong admin 77 peep users
	secret=wrong admin 77 spscmp users
	secret=wrong admin 77 smtpstatus metrics
}

@test "the limits that one sets hold for all" {
	admin 0 spscmp set max-connections 7
	says 7 peep get max-connections
	admin 0 peep set max-connections 9
	says 9 peep get max-connections
	admin 64 peep set max-connections 0
	admin 77 spscmp set max-connections 0
	says 9 peep get max-connections

	admin 0 spscmp set max-users 1
	add_ann
	admin 77 spscmp user-add bob --new-password-command 'echo joshua'
	admin 77 spscmp set max-users 0
}

@test "a limit that is reached is not a name in use" {
	admin 0 spscmp set max-users 1
	add_ann
	admin 64 peep user-add bob --new-password-command 'echo joshua'
	[[ $stderr = *'the limit for users is reached'* ]]
	admin 64 peep user-add ann --new-password-command 'echo joshua'
	[[ $stderr = *'in use'* ]]
}

@test "the time-out" {
	admin 0 peep set timeout 60
	says 60 peep get timeout
	admin 64 peep set timeout 18446744073709551615
	says 60 peep get timeout
}

@test "the maildir, over peep and monitor" {
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

@test "transformation, over monitor and smtpstatus" {
	admin 0 monitor set transform off
	says off smtpstatus get transform
	admin 0 monitor set transform on
	says on smtpstatus get transform
	admin 0 smtpstatus set transform off
	says off smtpstatus get transform
	admin 0 smtpstatus set transform on
	says on smtpstatus get transform
}

@test "host, and all of monitor's info" {
	admin 0 monitor set host mail.example
	says mail.example monitor get host
	admin 0 monitor get maildir
	local maildir=$output
	admin 0 monitor get address
	says "host	mail.example
maildir	$maildir
address	$output" monitor info
}

# free_port: one that is free at both addresses.
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

@test "the POP3 listener moves to another port and address" {
	local port
	add_ann
	port=$(free_port)
	admin 0 monitor set port "$port"
	POP3_PASSWORD=joshua pop3 0 stat -s "pop3://127.0.0.1:$port" --tls off -u ann
	admin 0 monitor set address 127.0.0.1
	admin 0 monitor set address ::1
	says ::1 monitor get address
	POP3_PASSWORD=joshua pop3 0 stat -s "pop3://[::1]:$port" --tls off -u ann
}

@test "metrics and the log agree over all" {
	add_ann
	logs_in 0 ann joshua
	stay_logged_in ann joshua
	says ann peep online

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

@test "what the server can do" {
	admin 0 peep capa
	cut -f 1 stdout | grep -x a
	grep -E '^c=	1-[0-9]+$' stdout
	grep -E '^t=	0-[0-9]+$' stdout
}

# The examples of the help pages, of the README and of the manual work as printed.
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

# examples_of SUBCOMMAND: print the examples of its help page, one per line.
examples_of() {
	"$program" help "$1" | sed -n '/^Examples:/,/^$/s/^  //p'
}

# works EXAMPLE: run it in a shell, as a user who has not run pop3 before.
works() {
	local status=0
	rm -rf "$XDG_STATE_HOME"
	echo "$1"
	timeout 60 bash -c "set -o pipefail; $1" >out 2>err 3>&- </dev/null || status=$?
	cat err
	return "$status"
}

@test "every example of the client's subcommands works" {
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

@test "the examples of admin are valid, and fail only to connect" {
	local example
	while IFS= read -r example; do
		POP3_PASSWORD=x run -69 works "$example --timeout 5"
	done < <(examples_of admin)
}

@test "the examples of serve start a server or add a user" {
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

readme=$helpers/../../README.md manual=$helpers/../../man/pop3.1

# has PROGRAM…: skip the test unless all of them are installed.
has() {
	local name
	for name; do
		command -v "$name" >/dev/null || skip "$name is not installed"
	done
}

# recipe TEXT: print the README's recipe that begins with this comment.
recipe() {
	awk -v start="# $1" '
		index($0, start) == 1 { inside = 1 }
		inside && (/^$/ || /^```/) { exit }
		inside' "$readme"
}

# example TEXT: print the manual's example below the paragraph that begins with this text.
example() {
	sed -n "/^$1/,/^\.Ed/p" "$manual" |
		sed '1,/^\.Bd/d; /^\.Ed/d; s/\\e/\\/g; s/^\\&//'
}

# runs TEXT: run that recipe in a shell, as a user would.
runs() {
	recipe "$1" >recipe
	[ -s recipe ]
	run -0 timeout 60 bash -o pipefail recipe 3>&- </dev/null
}

# code_mail NAME TYPE ENCODING: make ask-for-code deliver this mail, whose body is on stdin.
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
	has mshow
	base64 <<<'Your code is 246810.' | code_mail base64 text/plain base64
	runs 'Take a one-time code'
	[ "$output" = 246810 ]
	code_mail html text/html 8bit <<-'HTML'
		<style>p { color: #111111 }</style><p>Your code, from order 12345678, is <b>135791</b></p>
	HTML
	runs 'Take a one-time code'
	[ "$output" = 135791 ]
}

@test "the loop that acts on new mail handles each message once" {
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

@test "the recipe that reads the last message works whatever destination is configured" {
	has mshow
	message new/3 <"$data/attachment.eml"
	printf 'output = maildir:elsewhere\n' >>"$XDG_CONFIG_HOME/pop3/config"
	runs 'Read the last message'
	[[ $output == *'The statement is attached. It comes to € 1620.'* ]]
	[ "$(<statement.csv)" = $'item,hours,price\nconsulting,12,1440.00\ntravel,3,180.00' ]
	[ ! -e elsewhere ]
}

@test "the recipe for a test server counts its messages" {
	runs 'A server to try'
	[[ $output == *$'0\t0'* ]]
}

# --- tokens

# token_endpoint FIELDS PATH TOKEN: start an HTTPS server in place of Microsoft's and Google's,
# which answers a form with these fields with the token.
token_endpoint() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=token \
		-addext subjectAltName=DNS:login.microsoftonline.com,DNS:oauth2.googleapis.com,DNS:localhost \
		-keyout token.key -out token.pem 2>/dev/null
	cat >endpoint.py <<-'PY'
		import http.server, json, ssl, sys, urllib.parse
		class Endpoint(http.server.BaseHTTPRequestHandler):
		    def do_POST(self):
		        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
		        right = form == urllib.parse.parse_qs(sys.argv[1]) and self.path == sys.argv[2]
		        self.send_response(200 if right else 400)
		        self.end_headers()
		        self.wfile.write(json.dumps({"access_token": sys.argv[3], "expires_in": 3600} if right else {}).encode())
		    def log_message(self, *_):
		        pass
		server = http.server.HTTPServer(("127.0.0.1", 0), Endpoint)
		context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
		context.load_cert_chain("token.pem", "token.key")
		server.socket = context.wrap_socket(server.socket, server_side=True)
		print(server.server_address[1], flush=True)
		server.serve_forever()
	PY
	/usr/bin/python3 -SB endpoint.py "$@" >endpoint-port 2>endpoint-log 3>&- &
	stop_later $!
	until_there endpoint-port $!
	printf 'connect-to = "::127.0.0.1:%s"\ncacert = "%s/token.pem"\n' "$(cat endpoint-port)" "$PWD" \
		>"$HOME/.curlrc"
	export CURL_HOME=$HOME
}

# logs_in_with TOKEN FILE: the script prints the token, with which the server accepts a login.
logs_in_with() {
	converse - <<-TALK
		S: +OK ready
		C: CAPA
		S: +OK
		S: SASL XOAUTH2
		S: .
		C: AUTH XOAUTH2 \64(user=ann\x01auth=Bearer $1\x01\x01)
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
	pop3 0 stat -s "$server" -u ann --tls off --auth xoauth2 --password-command "sh $2"
	[ "$output" = $'2\t320' ]
	conversation_ended_well
}

@test "the recipe for Microsoft 365 gets a token with client credentials and logs in" {
	has curl
	token_endpoint 'grant_type=client_credentials&scope=https://outlook.office365.com/.default&client_id=app&client_secret=s%26c' \
		/example.org/oauth2/v2.0/token token-1
	mkdir -p "$HOME/.config/pop3/microsoft"
	printf %s example.org >"$HOME/.config/pop3/microsoft/tenant"
	printf %s app >"$HOME/.config/pop3/microsoft/client_id"
	printf %s 's&c' >"$HOME/.config/pop3/microsoft/client_secret"
	recipe 'An access token for a mailbox of Microsoft' >get-token
	logs_in_with token-1 get-token
	printf %s wrong >"$HOME/.config/pop3/microsoft/client_secret"
	converse - <<<$'S: +OK ready\nC: CAPA\nS: -ERR\nEOF'
	pop3 78 stat -s "$server" -u ann --tls off --auth xoauth2 --password-command 'sh get-token'
}

@test "the example for Gmail gets a token with a refresh token and logs in" {
	has curl
	token_endpoint 'grant_type=refresh_token&client_id=app&client_secret=secret&refresh_token=1//x' \
		/token token-2
	mkdir -p "$HOME/.config/pop3/gmail"
	printf %s app >"$HOME/.config/pop3/gmail/client_id"
	printf %s secret >"$HOME/.config/pop3/gmail/client_secret"
	printf %s 1//x >"$HOME/.config/pop3/gmail/refresh_token"
	example 'For a mailbox of Gmail' >get-token
	logs_in_with token-2 get-token
}

# --- recipes that need other programs

# as_cron COMMAND: run it in the environment of the README's crontab, with this build of pop3.
as_cron() {
	local path
	path=$(sed -n 's/^PATH=//p' "$readme" | head -n 1)
	[[ :$path: == *:/usr/local/bin:* ]]
	env -i HOME="$HOME" PATH="$PWD/bin:$path" XDG_CONFIG_HOME="$XDG_CONFIG_HOME" /bin/sh -c "$1"
}

@test "the recipe for cron prints only errors that need attention" {
	local command commands
	mapfile -t commands < <(
		sed -n 's,^\*/10 \* \* \* \* ,,p' "$readme"
		example 'In the table the second is one line' | sed -n '/^\*/,$p' | paste -sd' ' |
			sed 's,^\*/10 \* \* \* \* ,,'
	)
	[ "${#commands[@]}" -eq 2 ]
	for command in "${commands[@]}"; do
		run -0 as_cron "$command"
		[ "$output" = '' ]
		[ "$(ls "$HOME/Maildir/new" | wc -l)" -eq 2 ]
		exec {lock}<"$HOME/.local/state/pop3/work.db"
		flock "$lock"
		run -0 as_cron "$command"
		exec {lock}<&-
		[ "$output" = '' ]
		sed -i 's/^password = .*/password = wrong/' "$XDG_CONFIG_HOME/pop3/config"
		run -0 as_cron "$command"
		[[ $output == 'pop3: 127.0.0.1: the server refused the login: '* ]]
		sed -i 's/^password = .*/password = secret/' "$XDG_CONFIG_HOME/pop3/config"
		rm -r "$HOME/Maildir" "$HOME/.local"
	done
}

# unit_value KEY: print its value in the manual's systemd service.
unit_value() {
	sed -n "s/^$1=//p" "$manual"
}

@test "the recipe for systemd fetches mail and enables the timer" {
	local command
	command=$(unit_value ExecStart)
	command=${command//%i/work} command=${command//%h/$HOME}
	[[ $command == /usr/local/bin/pop3\ * ]]
	[ "$(unit_value SuccessExitStatus)" = 75 ]
	run -0 sh -c "${command/#\/usr\/local\/bin\//"$PWD/bin/"}"
	[ "$(ls "$HOME/Maildir/new" | wc -l)" -eq 2 ]
	for command in systemctl loginctl; do
		printf '#!/bin/sh\necho "%s $*" >>asked\n' "$command" >"bin/$command"
		chmod +x "bin/$command"
	done
	sed -nE 's/^\.Ql ((systemctl|loginctl) .*[^ :]).*/\1/p' "$manual" >commands
	run -0 bash -e commands
	[ "$(<asked)" = $'systemctl --user enable --now pop3-fetch@work.timer\nloginctl enable-linger' ]
}

# password_lines PROGRAM: print the lines of the manual's example that name the program.
password_lines() {
	example 'From the keyring of the desktop' | grep "$1"
}

# logs_in_by: log in with the password_command on stdin in place of the password.
logs_in_by() {
	sed -i "/^password/d" "$XDG_CONFIG_HOME/pop3/config"
	grep '^password_command' >>"$XDG_CONFIG_HOME/pop3/config"
	pop3 0 stat -a work
	[ "${lines[0]%%	*}" = 2 ]
}

@test "the example for pass gets the password" {
	has pass gpg
	export GNUPGHOME=$PWD/gnupg
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key ann
	pass init ann >/dev/null
	password_lines '^pass insert' | sed 's/$/ -e <secret/' >store
	run -0 bash -e store
	password_lines 'pass show' | logs_in_by
	gpgconf --kill all
}

@test "the example for the desktop's keyring gets the password" {
	has secret-tool gnome-keyring-daemon dbus-run-session
	password_lines '^secret-tool store' | sed 's/$/ <secret/' >store
	password_lines 'secret-tool lookup' >lookup
	export -f logs_in_by pop3 choose_server
	export program
	cat >in-session <<-'END'
		eval "$(echo keyring | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"
		bash -e store && logs_in_by <lookup
	END
	XDG_RUNTIME_DIR=$PWD XDG_DATA_HOME=$PWD/data timeout 60 dbus-run-session -- bash -e in-session 3>&-
}

@test "the example for a systemd credential gets the password" {
	mkdir credentials
	cp secret credentials/work
	export CREDENTIALS_DIRECTORY=$PWD/credentials
	password_lines CREDENTIALS_DIRECTORY | logs_in_by
}

@test "the example for mutt_oauth2.py gets a token and logs in" {
	local script=/usr/share/doc/mutt/examples/mutt_oauth2.py name
	[ -e "$script" ] || skip 'mutt is not installed'
	token_endpoint 'client_id=app&client_secret=s&grant_type=refresh_token&refresh_token=1//x' /token token-3
	# Fill in what its user would, and use the test's endpoint in place of Google's.
	sed -e "s,https://accounts.google.com/o/oauth2/token,https://localhost:$(cat endpoint-port)/token," \
		-e "s,'client_id': '','client_id': 'app',; s,'client_secret': '','client_secret': 's'," \
		-e "s,^ENCRYPTION_PIPE.*,ENCRYPTION_PIPE = ['cat']," -e "s,^DECRYPTION_PIPE.*,DECRYPTION_PIPE = ['cat']," \
		"$script" >bin/mutt_oauth2.py
	chmod +x bin/mutt_oauth2.py
	mkdir -p "$HOME/.config/pop3"
	printf '%s' '{"registration": "google", "authflow": "authcode", "email": "ann", "access_token": "",
		"access_token_expiration": "", "refresh_token": "1//x"}' >"$HOME/.config/pop3/tokens"
	chmod 600 "$HOME/.config/pop3/tokens"
	example "which asks for that permission" | sed -n 's/^password_command = //p' >get-token
	SSL_CERT_FILE=$PWD/token.pem logs_in_with token-3 get-token
}

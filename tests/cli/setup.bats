# pop3 setup: from a mail address to an account, with a name server of the test's own.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/common
load ../helpers/network
load ../helpers/session

setup() {
	set_up_home
	unset DBUS_SESSION_BUS_ADDRESS PASSWORD_STORE_DIR
	config=$XDG_CONFIG_HOME/pop3/config
}

ports=(--listen-tls 127.0.0.1:995 --listen 127.0.0.1:110)

# finds [ARGUMENT…]: setup of ann@example.test succeeds in the network of the test.
finds() {
	pop3 0 setup ann@example.test --ca-file pop.pem --no-input "$@"
}

# --- finding the server

@test "SRV records are tried first, in order of preference" {
	network <<-'END'
		address=/pop.example.test/127.0.0.1
		address=/inbox.example.test/127.0.0.1
		srv-host=_pop3s._tcp.example.test,nowhere.example.test,995,30,0
		srv-host=_pop3s._tcp.example.test,inbox.example.test,9950,20,5
		srv-host=_pop3s._tcp.example.test,pop.example.test,995,20,1
	END
	certificate pop pop.example.test inbox.example.test
	server_inside pop --listen-tls 127.0.0.1:995 --listen-tls 127.0.0.1:9950
	POP3_PASSWORD=secret finds
	diff - stdout <<-END
		[ann@example.test]
		server = pop3s://inbox.example.test:9950
		user = ann@example.test
		ca_file = pop.pem
		# To store the password: umask 077 && cat >$XDG_CONFIG_HOME/pop3/ann@example.test.password
		password_file = $XDG_CONFIG_HOME/pop3/ann@example.test.password
		output = maildir:~/Maildir
	END
	[ "$stderr" = '' ]
	[ ! -e "$config" ]
}

@test "_pop3 means STLS, and is tried after _pop3s" {
	network <<-'END'
		address=/pop.example.test/127.0.0.1
		srv-host=_pop3._tcp.example.test,pop.example.test,110
		srv-host=_pop3s._tcp.example.test,.,0
	END
	certificate pop pop.example.test
	server_inside pop "${ports[@]}"
	POP3_PASSWORD=secret finds
	[ "${lines[1]}" = 'server = pop3://pop.example.test' ]
}

@test "without SRV records the usual host names are tried" {
	local name
	network <<-'END'
		address=/pop.one.test/127.0.0.1
		address=/pop3.two.test/127.0.0.1
		address=/mail.three.test/127.0.0.1
		host-record=four.test,127.0.0.1
	END
	certificate pop pop.one.test pop3.two.test mail.three.test four.test
	server_inside pop --listen-tls 127.0.0.1:995
	for name in pop.one pop3.two mail.three four; do
		pop3 0 setup "bob@${name#*.}.test" --ca-file pop.pem --no-input
		[ "${lines[1]}" = "server = pop3s://$name.test" ]
		[ "$stderr" = "pop3: login not tried, for want of a password: see 'pop3 check'" ]
	done
}

@test "STLS at the usual host names is tried last" {
	network <<<'address=/mail.example.test/127.0.0.1'
	certificate pop mail.example.test
	server_inside pop --listen 127.0.0.1:110
	finds
	[ "${lines[1]}" = 'server = pop3://mail.example.test' ]
}

@test "a server whose certificate has another name is not used: 80" {
	network <<-'END'
		address=/pop.example.test/127.0.0.1
		address=/mail.example.test/127.0.0.1
	END
	certificate pop mail.example.test
	server_inside pop --listen-tls 127.0.0.1:995
	finds
	[ "${lines[1]}" = 'server = pop3s://mail.example.test' ]
	certificate other elsewhere.test
	pop3 80 setup ann@example.test --ca-file other.pem --no-input --connect-timeout 5
	[ "$output" = '' ]
	[[ $stderr == *'pop3: pop3s://pop.example.test: '*certificate* ]]
	[[ $stderr == *"no usable POP3 server found for 'ann@example.test': if you know it, use --server" ]]
}

@test "all failed attempts are reported" {
	network <<<'address=/mail.example.test/127.0.0.1'
	pop3 69 setup ann@example.test
	diff - stderr <<-'END'
		pop3: _pop3s._tcp.example.test: no SRV record
		pop3: _pop3._tcp.example.test: no SRV record
		pop3: pop3s://pop.example.test: host 'pop.example.test' not found: Name or service not known
		pop3: pop3s://pop3.example.test: host 'pop3.example.test' not found: Name or service not known
		pop3: pop3s://mail.example.test: 'mail.example.test' port 995: cannot connect: Connection refused
		pop3: pop3s://example.test: host 'example.test' not found: Name or service not known
		pop3: pop3://mail.example.test: 'mail.example.test' port 110: cannot connect: Connection refused
		pop3: no usable POP3 server found for 'ann@example.test': if you know it, use --server
	END
	pop3 68 setup ann@nowhere.test
	[[ $stderr == *"pop3: no usable POP3 server found for 'ann@nowhere.test'"* ]]
}

@test "no name server answers: 75" {
	network </dev/null
	echo 'nameserver 127.0.0.2' >resolv.conf
	pop3 75 setup ann@example.test
	[[ ${stderr} == *"no name server answered a query for '_pop3s._tcp.example.test'"* ]]
	pop3 75 stat -s pop.example.test -u ann --password-file <(echo secret)
	[[ $stderr == *"no name server answered a query for 'pop.example.test'" ]]
	pop3 75 check -s pop3://pop.example.test
	[[ $(value advice) == 'no name server answers: '* ]]
}

@test "--server is the only server tried" {
	network </dev/null
	certificate pop localhost
	server_inside pop --listen 127.0.0.1:1100
	finds --server pop3://localhost:1100
	[ "${lines[1]}" = 'server = pop3://localhost:1100' ]
	pop3 69 setup ann@example.test --server localhost:1
	[ "$output" = '' ]
	pop3 80 setup ann@example.test --server pop3://localhost:1100
	[[ $stderr == *--no-verify\ --pin* ]]
}

# --- providers

@test "a known provider is recognized by the domain, or by its mail exchanger" {
	network <<-'END'
		address=/pop.gmail.com/127.0.0.1
		mx-host=example.test,aspmx.l.google.com,10
	END
	certificate pop pop.gmail.com
	server_inside pop --listen-tls 127.0.0.1:995
	finds
	[ "${lines[1]}" = 'server = pop3s://pop.gmail.com' ]
	[[ $stderr == *'Gmail wants an app password in place of your own'* ]]
	[[ $stderr == *'switch POP on'* ]]
	pop3 0 setup bob@GMail.com --ca-file pop.pem --no-input
	[ "${lines[1]}" = 'server = pop3s://pop.gmail.com' ]
}

@test "a provider that accepts only OAuth 2.0: auth = xoauth2, and a pointer to the manual" {
	network <<<'address=/outlook.office365.com/127.0.0.1'
	certificate pop outlook.office365.com
	server_inside pop --listen-tls 127.0.0.1:995
	POP3_PASSWORD='' pop3 0 setup ann@hotmail.com --ca-file pop.pem
	grep -qx 'auth = xoauth2' stdout
	grep -qx '# password_command = a command that prints an access token' stdout
	[[ $stderr == *"Outlook.com accepts only OAuth 2.0: see OAuth 2.0 in the EXAMPLES of the manual, 'man pop3'"* ]]
	grep -q 'OAuth 2.0' "$helpers/../../man/pop3.1"
}

@test "a server accepts only OAuth 2.0 if it offers no login with a password" {
	local capability
	for capability in 'SASL XOAUTH2' 'SASL EXTERNAL OAUTHBEARER' 'SASL UNKNOWN XOAUTH2'; do
		converse - < <(greeting "$capability" && goodbye)
		pop3 0 setup ann@example.test --tls off --no-input
		[[ $stderr == *'accepts only OAuth 2.0'* ]]
		conversation_ended_well
	done
	for capability in 'SASL XOAUTH2 PLAIN' 'SASL cram-md5 XOAUTH2' 'SASL SCRAM-SHA-1 XOAUTH2' \
		USER 'SASL UNKNOWN'; do
		converse - < <(greeting "$capability" && goodbye)
		pop3 0 setup ann@example.test --tls off --no-input
		[[ $stderr != *'accepts only OAuth 2.0'* ]]
		conversation_ended_well
	done
}

@test "a provider without POP3: 66" {
	pop3 66 setup ann@icloud.com
	[ "$stderr" = "pop3: iCloud Mail, which has the mail of 'icloud.com', has no POP3 server" ]
}

# --- the login

found_pop() {
	network <<<'address=/pop.example.test/127.0.0.1'
	certificate pop pop.example.test
	server_inside pop --listen-tls 127.0.0.1:995
}

@test "the user name is the address, or its local part" {
	found_pop
	finds --password-file <(echo secret)
	[ "${lines[2]}" = 'user = ann@example.test' ]
	echo secret >secret
	pop3 0 setup bob@example.test --ca-file pop.pem --password-file secret
	[ "${lines[2]}" = 'user = bob' ]
	grep -qx 'password_file = secret' stdout
	pop3 0 setup ann@example.test -u bob --ca-file pop.pem --password-command 'cat secret'
	[ "${lines[2]}" = 'user = bob' ]
	grep -qx 'password_command = cat secret' stdout
}

@test "a wrong password: 77, and no section is printed" {
	found_pop
	POP3_PASSWORD=wrong pop3 77 setup ann@example.test --ca-file pop.pem --write
	[ "$output" = '' ]
	[[ $stderr == *'check user name and password'*"neither 'ann@example.test' nor 'ann' can log in: the server refused the login: "* ]]
	[ "$(grep -c 'refused the login' stderr)" -eq 1 ]
	[[ $stderr != *'whole address'* ]]
	[ ! -e "$config" ]
}

@test "the password is not sent to a server of another domain that DNS names" {
	network <<-'END'
		address=/pop.hoster.test/127.0.0.1
		srv-host=_pop3s._tcp.example.test,pop.hoster.test,995
	END
	certificate pop pop.hoster.test
	server_inside pop --listen-tls 127.0.0.1:995
	POP3_PASSWORD=secret finds
	[ "$stderr" = 'pop3: login not tried: DNS, which can be forged, says that example.test is at pop.hoster.test; if that is right, use --server pop3s://pop.hoster.test' ]
	run ! grep -q login log
	run -77 "$helpers/type-in" "$program" setup ann@example.test --ca-file pop.pem 3>&- <<-'STEPS'
		S: DNS, which can be forged, says that example.test is at pop.hoster.test; press Enter for no login if that is wrong
		S: Password
		C: wrong\r
	STEPS
	POP3_PASSWORD=wrong pop3 77 setup ann@example.test --ca-file pop.pem --server pop3s://pop.hoster.test
}

@test "at a terminal, the password is prompted for, tried and stored" {
	found_pop
	"$helpers/type-in" "$program" setup ann@example.test --write --ca-file "$PWD/pop.pem" >screen 3>&- <<-'END'
		S: Password for ann@example.test@pop.example.test:995: 
		C: secret\r
		S: Store the password in a file? [Y/n] 
		C: \r
	END
	grep -q "account 'ann@example.test' is written to $config" screen
	run ! grep -q secret screen
	[ "$(cat "$config.d/x" 2>/dev/null "$XDG_CONFIG_HOME/pop3/ann@example.test.password")" = secret ]
	[ "$(stat -c %a "$config" "$XDG_CONFIG_HOME/pop3/ann@example.test.password")" = $'600\n600' ]
	pop3 0 stat -a ann@example.test
	pop3 0 fetch new -a ann@example.test
}

@test "the password is stored in pass if that is set up" {
	found_pop
	mkdir -p bin "$HOME/.password-store"
	touch "$HOME/.password-store/.gpg-id"
	printf '#!/bin/sh\n[ "$*" = "insert -m pop3/work" ] && cat >stored\n' >bin/pass
	chmod +x bin/pass
	PATH=$PWD/bin:$PATH "$helpers/type-in" "$program" setup ann@example.test -a work --write \
		--ca-file "$PWD/pop.pem" >screen 3>&- <<-'END'
		S: Password
		C: secret\r
		S: Store the password in pass? [Y/n] 
		C: y\r
	END
	[ "$(cat stored)" = secret ]
	grep -qx 'password_command = pass show pop3/work' "$config"
	printf '#!/bin/sh\nexit 1\n' >bin/pass
	PATH=$PWD/bin:$PATH run -78 "$helpers/type-in" "$program" setup ann@example.test -a home \
		--write --ca-file "$PWD/pop.pem" 3>&- <<-'END'
		S: Password
		C: secret\r
		S: Store the password in pass? [Y/n] 
		C: y\r
	END
	[[ $output == *"'pass insert -m pop3/home >/dev/null' failed: the password is not stored"* ]]
	run ! grep -q home "$config"
}

@test "without a stored or typed password the account is written without one" {
	found_pop
	"$helpers/type-in" "$program" setup ann@example.test -a one --write --ca-file "$PWD/pop.pem" 3>&- <<-'END'
		S: Password
		C: secret\r
		S: Store the password
		C: n\r
	END
	grep -qx '# password_file = .*/one.password' "$config"
	[ ! -e "$XDG_CONFIG_HOME/pop3/one.password" ]
	"$helpers/type-in" "$program" setup ann@example.test -a two --write --ca-file "$PWD/pop.pem" 3>&- <<-'END'
		S: Password
		C: \r
	END
	grep -qx '\[two\]' "$config"
}

# --- writing the section

@test "--write appends the section, but does not replace one of the same name: 78" {
	found_pop
	printf '[work]\nserver = pop3s://mail.example.org' >"$config"
	chmod 640 "$config"
	POP3_PASSWORD=secret finds --write --password-command 'echo secret'
	diff - "$config" <<-END
		[work]
		server = pop3s://mail.example.org

		$output
	END
	[ "$(stat -c %a "$config")" = 640 ]
	[ "$stderr" = "pop3: account 'ann@example.test' is written to $config" ]
	cp "$config" before
	pop3 78 setup ann@example.test --write --ca-file pop.pem
	[ "$stderr" = "pop3: $config already has an account 'ann@example.test': choose another name with --account" ]
	pop3 78 setup ann@example.test -a work --write
	cmp before "$config"
	finds --write -a second --password-command 'echo secret'
	[ "$("$program" accounts)" = $'work\nann@example.test\nsecond' ]
}

@test "--write creates a private configuration file" {
	found_pop
	rmdir "$XDG_CONFIG_HOME/pop3"
	(umask 0 && finds --write --password-command 'echo secret')
	[ "$(stat -c %a "$config")" = 600 ]
	pop3 0 stat -a ann@example.test
}

@test "--write to a file that cannot be written: 78" {
	found_pop
	rmdir "$XDG_CONFIG_HOME/pop3"
	echo >"$XDG_CONFIG_HOME/pop3"
	pop3 78 setup ann@example.test --write --ca-file pop.pem
}

@test "defaults of the configuration are used and not repeated" {
	found_pop
	printf '[defaults]\nca_file = %s\noutput = maildir:~/Mail\n' "$PWD/pop.pem" >"$config"
	POP3_PASSWORD=secret pop3 0 setup ann@example.test
	run ! grep -qE 'ca_file|output' stdout
}

@test "--json prints the account as an object" {
	found_pop
	POP3_PASSWORD=secret finds --json
	[ "$(jq -r '.account, .server, .user' stdout)" = $'ann@example.test\npop3s://pop.example.test\nann@example.test' ]
}

# --- invalid addresses

@test "invalid addresses and account names are rejected before connecting: 64" {
	local address
	for address in ann @example.org ann@ ann@.org ann@example.org. ann@a..b 'ann@exa mple.org' \
		$'an\nn@example.org' ann@[127.0.0.1] 'ann@-x.org/y' ann@example.org@x; do
		pop3 64 setup "$address"
	done
	pop3 64 setup ann@bücher.example
	[[ $stderr == *xn--* ]]
	for address in a/b 'a]b' defaults "$(printf 'x%.0s' {1..50})"; do
		pop3 64 setup ann@example.org -a "$address"
		[[ $stderr == *"choose another one with --account" ]]
	done
}

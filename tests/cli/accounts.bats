# pop3 accounts: the accounts of the configuration, or every setting of one.
load ../helpers/common

config() {
	cat >"$XDG_CONFIG_HOME/pop3/config"
	chmod 600 "$XDG_CONFIG_HOME/pop3/config"
}

two_accounts() {
	config <<-'INI'
		[defaults]
		timeout = 30
		output = maildir:~/Mail
		[work]
		server = pop3s://mail.example.org
		user = ann
		password = secret
		timeout = 90
		[home]
		server = pop3://mail.example.net
	INI
}

@test "accounts prints the names in the order of the file" {
	two_accounts
	pop3 0 accounts
	[ "$output" = $'work\nhome' ]
}

@test "accounts without a configuration file prints nothing" {
	pop3 0 accounts
	[ "$output" = '' ]
}

@test "--show prints every setting and where it comes from" {
	two_accounts
	pop3 0 accounts --show work
	grep -qx $'server\tpop3s://mail.example.org\taccount' stdout
	grep -qx $'timeout\t90\taccount' stdout
	grep -qx $'output\tmaildir:~/Mail\tdefaults' stdout
	grep -qx $'connect-timeout\t20\tbuilt-in' stdout
}

@test "--show includes the command line's settings, but not the server from the environment" {
	two_accounts
	POP3_ACCOUNT=home POP3_USER=bob POP3_SERVER=other pop3 0 accounts --show work --timeout 5
	grep -qx $'user\tann\taccount' stdout
	grep -qx $'server\tpop3s://mail.example.org\taccount' stdout
	grep -qx $'timeout\t5\tcommand line' stdout
	run ! grep -q '^account' stdout
}

@test "--show masks the password" {
	two_accounts
	pop3 0 accounts --show work
	grep -qx $'password\t\*\*\*\*\*\*\*\*\taccount' stdout
	run ! grep -q secret stdout
}

@test "--show masks passwords in URLs and in indented lines" {
	config <<-'INI'
		[work]
		server = pop3://ann:secret@host
		    password = secret
		proxy = socks5h://bob:se:cr@et@host:1
		[home]
		server = ann:secret@host
	INI
	pop3 0 accounts --show work
	grep -qx $'server\tpop3://ann:\*\*\*\*\*\*\*\*@host\taccount' stdout
	grep -qx $'proxy\tsocks5h://bob:\*\*\*\*\*\*\*\*@host:1\taccount' stdout
	run ! grep -E 'secret|se:cr' stdout
	pop3 0 accounts --show home --json
	run ! grep -q secret stdout
}

@test "an unknown account suggests the nearest name: 66" {
	two_accounts
	pop3 66 accounts --show wrok
	[[ $stderr == *"(did you mean 'work'?)"* ]]
}

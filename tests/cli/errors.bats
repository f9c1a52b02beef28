# The complete text of each error message: see errors.bash.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/errors

setup() {
	set_up_home
	printf 'secret\n' >password
	"$helpers/certificates" "$certificates"
	trusting=(--ca-file "$certificates/ca.pem")
}

# configured STATUS LINES ARGUMENT…: pop3 with that configuration, and its account a.
configured() {
	printf '%b' "$2" >"$XDG_CONFIG_HOME/pop3/config"
	chmod 600 "$XDG_CONFIG_HOME/pop3/config"
	pop3 "$1" -a a "${@:3}"
}

@test "usage errors" {
	server=127.0.0.1:1
	all_fail <<-'END'
		64 pop3 nosuch => unknown subcommand 'nosuch'; see 'pop3 help'
		64 pop3 delete => unknown subcommand 'delete' (did you mean 'dele'?); see 'pop3 help'
		64 pop3 pull => unknown subcommand 'pull' (did you mean 'fetch'?); see 'pop3 help'
		64 pop3 config => unknown subcommand 'config' (did you mean 'setup'?); see 'pop3 help'
		64 pop3 stat --port 1 => unknown option '--port' (did you mean '--server'?); see 'pop3 help stat'
		64 pop3 stat --no-such => unknown option '--no-such'; see 'pop3 help stat'
		64 pop3 stat -x => unknown option '-x'; see 'pop3 help stat'
		64 pop3 stat --user => option '--user' needs a value
		64 pop3 stat --json=maybe => --json: 'maybe' is not yes or no
		64 alone help nosuch => unknown subcommand 'nosuch'; see 'pop3 help'
		64 pop3 capa extra => unexpected operand 'extra': capa
		64 pop3 dele => missing operand: dele MESSAGE...
		64 alone completion fish2 => no completion for the shell 'fish2' (use bash|zsh|fish)
		64 pop3 stat 0 => '0' is not a message selector: numbers go from 1 to 4294967295
		64 pop3 stat 9-3 => '9-3' is not a message selector: the range runs backwards
		64 pop3 stat uid: => 'uid:' is not a message selector: the UID is missing
		64 pop3 stat first:x => 'first:x' is not a message selector: expected numbers, all, first:N, last:N, last, new or uid:UID
		64 ann stat --limit x => --limit: 'x' is not a whole number
		64 ann stat --larger x => --larger: 'x' is not a size such as 500K or 10M
		64 ann stat --older-than x => --older-than: 'x' is not a time such as 36h, 14d, yesterday or 2026-11-01
		64 ann stat --tls x => --tls: 'x' is not implicit|stls|off
		64 ann stat --match x => --match: 'x' is not of the form FIELD~REGEX, such as 'subject~invoice'
		64 ann stat --match ':~x' => --match: invalid field name ':' (use a form such as 'subject~invoice')
		64 ann fetch all => stdout takes a single message (7, last, uid:X, or any with --limit 1): use --output for more
		64 ann fetch all -o nowhere:x => unknown destination 'nowhere:x' (use DESTINATIONS)
		64 ann fetch 1 --delete => --delete needs a destination that keeps messages: use --output
		64 ann fetch 1 --delete --peek -o dir:x => --peek ends without QUIT, so it cannot be used with --delete
		64 ann headers --fields From: => --fields: invalid field name 'From:' (use names such as 'From,Subject')
		64 ann headers --fields a,a => --fields: field 'a' is named twice
		64 ann headers --fields @x => --fields: unknown column '@x' (use @date, @octets, @from or @to)
		64 ann headers --fields From --overview => --fields and --overview cannot be used together
		64 ann headers --raw --overview => --raw and --lines cannot be used with --fields or --overview
		66 ann batch /nowhere => '/nowhere': No such file or directory
		64 ann seen nosuch => seen: unknown verb 'nosuch': seen list|add|remove|clear|export|import [MESSAGE...]
	END
}

@test "errors of connection options and passwords, connections that fail" {
	server=127.0.0.1:1
	all_fail <<-'END'
		64 ann stat -s http://host => unknown scheme 'http://' (use pop3s:// or pop3://)
		64 ann stat -s ann:secret@host => a password in the URL is visible to other users: use --password-command or --password-file
		64 ann stat -s '' => invalid server URL '': the host name is missing
		64 ann stat -4 -6 => -4 and -6 cannot be used together
		64 ann stat --pin x => --pin: 'x' is not 'sha256//' followed by 44 characters of base64
		64 ann stat --proxy http://p:1 --tunnel cat => --proxy and --tunnel cannot be used together
		64 ann stat --proxy gopher://p:1 => unknown kind of proxy 'gopher' (use socks5h:// or http://)
		64 pop3 stat -s host => no user name: use --user, or put it before '@' in the URL
		74 ann stat --trace /nowhere/trace => cannot write the trace to '/nowhere/trace': No such file or directory
		64 pop3 stat -u ann --no-input => no password: use --password-command, --password-file, --password-fd or $POP3_PASSWORD
		66 pop3 stat -u ann --password-file /nowhere => cannot open the password file '/nowhere': No such file or directory
		64 pop3 stat -u ann --password-fd x => 'x' is not a file descriptor number
		64 pop3 stat -u ann --password-fd 99 => cannot use file descriptor 99 for the password: Bad file descriptor
		69 ann stat => 127.0.0.1: '127.0.0.1' port 1: cannot connect: Connection refused
		69 ann stat -s '[::1]:1' => ::1: '::1' port 1: cannot connect: Connection refused
		69 ann stat --max-time 1 --retry 5 => 127.0.0.1: '127.0.0.1' port 1: cannot connect: Connection refused
	END
}

@test "errors of passwords after the greeting" {
	all_fail <<-'END'
		78 pop3 stat -u ann --tls off --password-file /dev/null | GREETING; EOF => the password is empty
		78 pop3 stat -u ann --tls off --password-command 'exit 3' | GREETING; EOF => the password command 'exit 3' failed
	END
}

@test "errors of admin, serve and setup" {
	server=127.0.0.1:1
	all_fail <<-'END'
		64 pop3 admin -s pop3://h users => unknown management protocol 'pop3://' (use peep://, spscmp://, monitor:// or smtpstatus://)
		64 pop3 admin -s 127.0.0.1:1 users => the server's URL names no management protocol (use peep://, spscmp://, monitor:// or smtpstatus://)
		64 pop3 admin -s peep://127.0.0.1:1 users => peep needs a user name: use --user
		64 pop3 admin -s peep://127.0.0.1:1 users --ca-file x => --ca-file cannot be used here: the management protocols have no TLS and only one way to log in
		64 pop3 admin -s peep://127.0.0.1:1 users --follow => --follow can only be used with log
		64 pop3 admin -s spscmp://127.0.0.1:1 set max-users x => set max-users: 'x' is not a number
		64 pop3 admin -s smtpstatus://127.0.0.1:1 users => smtpstatus has no 'users' (these have: peep, spscmp)
		64 alone serve => missing option: --maildir-root
		64 alone serve --listen 11110 => missing option: --maildir-root
		64 pop3 setup nowhere => 'nowhere' is not an address: it must be NAME@DOMAIN
		64 pop3 setup ann@ => '' is not a domain
		64 pop3 setup ann@a..b => 'a..b' is not a domain
	END
}

@test "errors caused by the server's answers" {
	server=127.0.0.1:1
	all_fail <<-'END'
		75 ann stat | S: -ERR busy => 127.0.0.1: the server refused the connection: busy
		76 ann stat | S: * OK IMAP4rev1 => 127.0.0.1: greeting: this is an IMAP server: POP3 uses ports 995 and 110
		76 ann stat | S: 220 smtp => 127.0.0.1: greeting: this is an SMTP server: POP3 uses ports 995 and 110
		76 ann stat | S: hello => 127.0.0.1: greeting: not a POP3 server's answer: 'hello'
		80 ann stat --tls stls | S: +OK; C: STLS; S: -ERR => 127.0.0.1: the server has no STLS: use --tls off to send everything in clear text
		77 ann stat --auth apop | GREETING; EOF => 127.0.0.1: the server does not offer APOP: its greeting has no timestamp
		77 ann stat | GREETING; C: USER ann; S: -ERR no => 127.0.0.1: the server refused the login: no
		77 ann stat | LOGIN; C: STAT; S: -ERR no; BYE => 127.0.0.1: STAT: the server refused: no
		76 ann stat | LOGIN; C: STAT; S: +OK many => 127.0.0.1: STAT: no message count in 'many'
		76 ann stat | LOGIN; C: STAT; S: well => 127.0.0.1: STAT: not a POP3 server's answer: 'well'
		66 ann uidl 1 2- | LOGIN; C: UIDL; S: +OK; S: 1 a; S: .; BYE => 127.0.0.1: no messages '2-'
		66 ann uidl 1 2-3 | LOGIN; C: UIDL; S: +OK; S: 1 a; S: .; BYE => 127.0.0.1: no messages '2-3'
		66 ann uidl 1 2 | LOGIN; C: UIDL; S: +OK; S: 1 a; S: .; BYE => 127.0.0.1: no message '2'
		66 ann uidl uid:x | LOGIN; C: UIDL; S: +OK; S: 1 a; S: .; BYE => 127.0.0.1: no message 'uid:x'
		66 ann uidl last | LOGIN; C: UIDL; S: +OK; S: .; BYE => 127.0.0.1: no message 'last': the mailbox is empty
		76 ann stat --auth cram-md5 | GREETING; C: AUTH CRAM-MD5; S: +  => 127.0.0.1: login by CRAM-MD5: the server sent an empty challenge in CRAM-MD5
		76 ann stat --auth cram-md5 | GREETING; C: AUTH CRAM-MD5; S: + PDFAeD4=; C~ .*; S: + PDFAeD4= => 127.0.0.1: login by CRAM-MD5: the server sent a second challenge in CRAM-MD5
		76 ann stat --auth scram-sha-256 | GREETING; C~ AUTH SCRAM-SHA-256 .*; S: + eA== => 127.0.0.1: login by SCRAM-SHA-256: the server's first SCRAM message is malformed
		76 ann stat --auth scram-sha-256 | GREETING; C~ AUTH SCRAM-SHA-256 .*; S: + cj14LHM9eCxpPTQwOTY= => 127.0.0.1: login by SCRAM-SHA-256: the server's SCRAM nonce does not begin with ours
		76 ann stat --auth xoauth2 | GREETING; C~ AUTH XOAUTH2 .*; S: + eA==; C: ; S: + eA== => 127.0.0.1: login by XOAUTH2: the server sent a second challenge for an OAuth token
		81 ann dele all | LOGIN; C: UIDL; S: +OK; S: 1 a; S: .; C: DELE 1; S: +OK; C: QUIT; S: -ERR no => 127.0.0.1: deletions not confirmed: QUIT: no
		2 ann fetch all -o dir:box | LOGIN; ONE; C: RETR 1; S: -ERR gone; BYE => message 1: the server refused: gone\n1 of the messages failed
		73 ann fetch all -o dir:/dev/null/x => '/dev/null/x' is not a directory, or is a symbolic link
		2 ann fetch all -o 'pipe:exit 75' | LOGIN; ONE; C: RETR 1; S: +OK; S: x; S: .; BYE => message 1: 'exit 75' asked to try again later (exit status 75)\n1 of the messages failed
		2 ann fetch all -o 'pipe:exit 3' | LOGIN; ONE; C: RETR 1; S: +OK; S: x; S: .; BYE => message 1: 'exit 3' exited with status 3\n1 of the messages failed
		2 ann fetch all -o 'pipe:kill -9 $$' | LOGIN; ONE; C: RETR 1; S: +OK; S: x; S: .; BYE => message 1: 'kill -9 $$' was killed by signal 9\n1 of the messages failed
		2 ann fetch 1 -o dir:box --max-size 1K | LOGIN; C: LIST 1; S: +OK 1 2000; C: UIDL 1; S: +OK 1 d; BYE => message 1: larger than --max-size\n1 of the messages skipped
		75 ann stat | LOGIN; C: STAT; CLOSE => 127.0.0.1: STAT: the server closed the connection
		75 ann stat --timeout 1 | LOGIN; C: STAT; STALL => 127.0.0.1: STAT: no answer within 1 s
		75 ann stat --max-time 1 | LOGIN; C: STAT; STALL => 127.0.0.1: STAT: --max-time exceeded
		76 ann stat | LOGIN; C: STAT; S: +OK 1 2; S: +OK 3 4 => 127.0.0.1: QUIT: the server sent an answer that nothing had asked for
		80 ann stat --tls implicit "${trusting[@]}" | TLS-REFUSED expired => 127.0.0.1: the certificate has expired, and the server's operator must renew it (or is this machine's clock wrong?)
		80 ann stat --tls implicit "${trusting[@]}" | TLS-REFUSED not-yet => 127.0.0.1: the certificate is not valid yet: is this machine's clock wrong?
		80 ann stat --tls implicit "${trusting[@]}" | TLS-REFUSED other-name => 127.0.0.1: the certificate is not valid for '127.0.0.1': use a name that it lists, or --tls-name
		80 ann stat --tls implicit "${trusting[@]}" | TLS-REFUSED self-signed => 127.0.0.1: the certificate is self-signed: trust it with --ca-file, or with --pin and --no-verify
		80 ann stat --tls implicit "${trusting[@]}" | TLS-REFUSED no-intermediate => 127.0.0.1: the certificate's authority is not trusted (unable to get local issuer certificate): add it with --ca-file
	END
}

@test "names, URLs and options that are too long, too many or invalid" {
	server=127.0.0.1:1
	all_fail <<-'END'
		64 ann stat --us x => options cannot be abbreviated (did you mean '--user'?)
		64 ann stat $(printf -- '--pin a %.0s' {1..65}) => --pin: used more than 64 times
		64 ann stat -s "$(printf 'a%.0s' {1..5000})" => the URL is longer than 1024 octets
		64 ann stat -u $'a\x01' => the user name contains a control character
		64 ann stat -u $'\xff' --auth scram-sha-256 | GREETING; EOF => the user name is not UTF-8
		64 ann stat -u $'a\u2028' --auth scram-sha-256 | GREETING; EOF => the user name is empty or contains a character that SASLprep prohibits
		64 ann stat --auth scram-sha-256-plus | GREETING; EOF => SCRAM-SHA-256-PLUS needs TLS
		64 pop3 admin -s peep://192.0.2.1:1 -u ann users --password-file password => users: this protocol sends secrets in clear text, and the server is another machine: use --tunnel, or allow it with --insecure
		64 pop3 admin -s smtpstatus://127.0.0.1:1 -u ann metrics --tunnel cat --password-file password => metrics: smtpstatus uses UDP, which --tunnel and --proxy cannot carry
		64 pop3 admin -s peep://127.0.0.1:1 -u ann user-add bob --password-file password => no new password: use --new-password-command, --new-password-file or --new-password-fd
	END
}

@test "errors of proxies" {
	server=127.0.0.1:1
	all_fail <<-'END'
		69 ann stat -s pop.example.org:110 --proxy "socks5h://$server" | C| \x05\x01\x00; S| HTTP => pop.example.org: proxy '127.0.0.1': the proxy does not speak SOCKS5
		69 ann stat -s pop.example.org:110 --proxy "socks5h://$server" | C| \x05\x01\x00; S| \x05\xff => pop.example.org: proxy '127.0.0.1': the proxy requires a different kind of login
		69 ann stat -s pop.example.org:110 --proxy "socks5h://$server" | C| \x05\x01\x00; S| \x05\x00; C| \x05\x01\x00\x03\x0fpop.example.org\x00\x6e; S| \x05\x05\x00\x01\x00\x00\x00\x00\x00\x00 => pop.example.org: proxy '127.0.0.1': the proxy could not connect to 'pop.example.org': connection refused
		69 ann stat -s pop.example.org:110 --proxy "socks5h://$server" | C| \x05\x01\x00; CLOSE => pop.example.org: proxy '127.0.0.1': the proxy closed the connection
		69 ann stat -s pop.example.org:110 --proxy "socks5h://u:p@$server" | C| \x05\x01\x02; S| \x05\x02; C| \x01\x01u\x01p; S| \x01\x01 => pop.example.org: proxy '127.0.0.1': the proxy refused the user name or password
	END
}

@test "errors of TLS and of logins" {
	server=127.0.0.1:1
	all_fail <<-'END'
		75 ann stat --timeout 1 | STALL => 127.0.0.1: no greeting (if the server expects TLS there, use --tls implicit): no answer within 1 s
		80 ann stat --tls stls | S: +OK; C: STLS; S*2: +OK => 127.0.0.1: unencrypted octets after the answer to STLS: the connection may have been tampered with
		76 ann stat --auth login | GREETING; C: AUTH LOGIN; S: + VXNlcg==; C: \64(ann); S: + UGFzcw==; C: \64(secret); S: + eA== => 127.0.0.1: login by LOGIN: the server asked a third question in LOGIN
		77 ann stat | S: +OK; C: CAPA; S: +OK; S: SASL X-NONE; S: .; EOF => 127.0.0.1: the server does not offer a login with a password (it offers: X-NONE)
	END
}

@test "warnings about a server that deletes messages once fetched" {
	server=127.0.0.1:1
	all_fail <<-'END'
		0 ann fetch all -o dir:box | EXPIRES; ONE; C: RETR 1; S: +OK; S: x; S: .; BYE => the server deletes messages once fetched (EXPIRE 0): fetching one at a time
		2 ann headers | EXPIRES; C: UIDL; S: +OK; S: 1 a; S: .; C: TOP 1 0; S: -ERR no; BYE => message 1: the server has no TOP, and deletes messages once retrieved (EXPIRE 0)\n1 of the messages failed
	END
}

with_netrc() {
	NETRC=netrc pop3 "$@"
}

@test "help, filters and passwords" {
	server=127.0.0.1:1
	head -c 2000000 /dev/zero | tr '\0' x >long
	printf 'a\x01b\n' >control
	mkdir directory
	printf 'machine 127.0.0.1 login ann password secret\n' >netrc
	chmod 644 netrc
	all_fail <<-'END'
		64 alone help mesages => unknown topic 'mesages' (did you mean 'messages'?)
		64 alone help stta => unknown subcommand 'stta' (did you mean 'stat'?); see 'pop3 help'
		64 ann stat --match 'a~[' => --match: invalid regular expression '[': Invalid regular expression
		64 pop3 setup ann@localhost --account ']' => ']' cannot be the name of an account: choose another one with --account
		66 pop3 seen list -a nosuch => unknown account 'nosuch': CONFIG does not exist
		74 pop3 stat -u ann --tls off --password-file directory | GREETING; EOF => cannot read the password: Is a directory
		64 pop3 stat -u ann --tls off --password-file long | GREETING; EOF => the password is longer than 1048576 octets
		64 pop3 stat -u ann --tls off --password-file control | GREETING; EOF => the password contains a control character
		78 with_netrc stat -u ann => 'netrc' is readable by other users: run chmod 600 on it
		64 configured '[a]\nuser = ann\n' stat => no server for account 'a' in CONFIG: add a line 'server = ...' or use --server
		78 configured '[ a ]\n' stat => CONFIG line 1: the name of a section has blanks around it: ' a '
		78 configured '[a]\nnonsense\n' stat => CONFIG line 2: expected [section] or key = value
		78 configured '[a]\nserver = h\nuser = ann\npassword = x\noutput = nowhere:x\n' fetch all => CONFIG line 5: unknown destination 'nowhere:x' (use DESTINATIONS)
		64 configured '[a]\nserver = h\nuser = ann\npassword = x\ndelete = yes\n' fetch last -o - => --delete needs a destination that keeps messages: use --output (or use --delete=no: the configuration has 'delete')
		64 configured '[a]\nserver = h\nuser = ann\npassword = x\ndelete_after = 9d\n' fetch last -o dir:x --peek => --peek ends without QUIT, so it cannot be used with --delete (or use --delete-after 0: the configuration has 'delete_after')
		78 configured '[a]\nserver = pop3://x:y\n' stat => CONFIG line 2: invalid server URL 'pop3://x:y': the port must be from 1 to 65535
	END
}

@test "a batch" {
	server=127.0.0.1:1
	echo 'dele 1 "' >quote
	echo 'dele 1 \' >backslash
	printf 'stat\0\n' >nul
	printf '1 %.0s' {1..5000} >words
	all_fail <<-'END'
		64 ann batch quote => line 1: missing closing quote (")
		64 ann batch backslash => line 1: nothing follows the backslash at the end of the line
		64 ann batch nul => line 1: the line contains a NUL
		64 ann batch words => line 1: more than 4096 words
	END
}

@test "administration: what the server answers" {
	server=127.0.0.1:1
	head -c 70000 /dev/zero | tr '\0' x >long
	all_fail <<-'END'
		64 pop3 admin -s peep://127.0.0.1:1 nosuch => unknown verb 'nosuch'; see 'pop3 help admin'
		64 pop3 admin -s peep://127.0.0.1:1 -u root --password-file password user-del '' => user-del: '' is not 1 to 128 octets without blanks or control characters
		64 pop3 admin -s peep://127.0.0.1:1 -u root --password-file long users => peep takes a secret of 1 to 128 octets without blanks or control characters
		64 pop3 admin -s smtpstatus://127.0.0.1:1 --password-file long metrics => smtpstatus takes a secret of up to 8 octets
		76 pop3 admin -s monitor://$server log | S: +OK POP3 server ready; C: LOGG; CLOSE; C: QUIT => 127.0.0.1: log: the server closed the connection without an answer
		75 pop3 admin -s monitor://$server log | S: +OK POP3 server ready; C: LOGG; S: +OK log; S: a b; CLOSE; C: QUIT => 127.0.0.1: log: the server closed the connection in the middle of its answer
		76 pop3 admin -s monitor://$server metrics | S: +OK POP3 server ready; C: METR; S*5000| x; C: QUIT => 127.0.0.1: metrics: a line of the server's answer: longer than 4096 octets
	END
}

@test "proxies, tunnels and TLS" {
	server=127.0.0.1:1
	all_fail <<-'END'
		64 ann stat -s pop.example.org --proxy "socks5h://$(printf 'a%.0s' {1..300}):x@$server" | C| \x05\x01\x02; S| \x05\x02; EOF => proxy '127.0.0.1': the proxy's user name or password is too long
		69 ann stat -s pop.example.org:110 --proxy "http://$server" | C~ CONNECT.*; C~ Host.*; C: ; S*17000| x => pop.example.org: proxy '127.0.0.1': the proxy's answer: longer than 16384 octets
		69 ann stat -s pop.example.org:110 --proxy "http://$server" | C~ CONNECT.*; C~ Host.*; C: ; S: SSH-2.0; S:  => pop.example.org: proxy '127.0.0.1': the proxy does not speak HTTP
		80 ann stat --tls implicit --tunnel 'echo +OK hello; cat >/dev/null 2>&1' => 127.0.0.1: the server does not speak TLS on this port: try --tls stls
		75 ann stat --tls implicit --tunnel 'dd bs=65536 count=1 of=/dev/null 2>/dev/null' => 127.0.0.1: the server closed the connection during the TLS handshake
		80 ann stat --tls implicit --tunnel 'printf "\25\3\1\0\2\2\50"; cat >/dev/null 2>&1' => 127.0.0.1: the TLS handshake failed: the server accepts none of the ciphers and settings offered
		80 ann stat --tls implicit --tunnel 'printf "\25\3\1\0\2\2\120"; cat >/dev/null 2>&1' => 127.0.0.1: the TLS handshake failed: the server reports an internal error
		80 ann stat --tls implicit --tunnel 'printf "\25\3\1\0\2\2\160"; cat >/dev/null 2>&1' => 127.0.0.1: the TLS handshake failed: the server does not know this host name
		80 ann stat --tls implicit --tunnel 'printf "\25\3\1\0\2\2\26"; cat >/dev/null 2>&1' => 127.0.0.1: the TLS handshake failed: record overflow
		80 ann stat --tls implicit "${trusting[@]}" --no-verify --pin "$(pin expired)" | TLS-REFUSED good => 127.0.0.1: the server's key does not match --pin: it is PIN
		80 ann stat --tls implicit "${trusting[@]}" | TLS-REFUSED client-only => 127.0.0.1: the certificate was not accepted: unsuitable certificate purpose
	END
}

@test "lists, lines and challenges that no server should send" {
	server=127.0.0.1:1
	touch mbox.lock
	mkdir full
	touch full/a.eml full/a~{2..1000}.eml
	printf '%s\n' 'dele 1' 'fetch 2 -o "pipe:exit 1"' >dele-and-fail
	all_fail <<-'END'
		75 ann fetch all -o dir:box | LOGIN; ONE; C: RETR 1; S: +OK; S: x; CLOSE => 127.0.0.1: RETR 1: the server closed the connection
		76 ann uidl | LOGIN; C: UIDL; S: +OK; S: x y; EOF; ---; S: +OK ready; C: USER ann; S: +OK; C: PASS secret; S: +OK; C: STAT; S: +OK 1 10 => 127.0.0.1: UIDL: invalid line in a list: 'x y'
		2 ann fetch 1,2 -o dir:box --max-size 1K | LOGIN; C: LIST; S: +OK; S: 1 2000; S: 2 20; S: .; C: UIDL; S: +OK; S*2: \# u\#; S: .; C: RETR 2; S: -ERR gone; BYE => message 1: larger than --max-size\nmessage 2: the server refused: gone\n1 of the messages failed, 1 skipped
		75 ann fetch 1 -o mbox:mbox --timeout 1 | LOGIN; C: LIST 1; S: +OK 1 3; C: UIDL 1; S: +OK 1 f; C: RETR 1; S: +OK; S: x; S: .; BYE => 'PWD/mbox' is locked by another program
		73 ann fetch all -o dir:full | MAIL => too many messages have the name 'a~1000.eml'
		81 ann batch --keep-going dele-and-fail | EXPIRES; C: LIST; S: +OK; S*2: \# 20; S: .; C: UIDL; S: +OK; S*2: \# u\#; S: .; C: DELE 1; S: +OK; C: RETR 2; S: +OK; S: x; S: .; EOF => the server deletes messages once fetched (EXPIRE 0): fetching one at a time\nmessage 2: 'exit 1' exited with status 1\nending without QUIT, which would delete messages that could not be stored\nline 2: 1 of the messages failed\n127.0.0.1: nothing was deleted: the server would also delete messages that could not be stored (EXPIRE 0)
		76 ann stat | LOGIN; C: STAT; S*70000| x => 127.0.0.1: STAT: the server sent a line longer than 65536 octets
		76 ann stat --auth plain | GREETING; C~ AUTH PLAIN .*; S: + ; C~ .*; S: +  => 127.0.0.1: login by PLAIN: the server sent an unexpected challenge
	END
}

# without_md5 STATUS ARGUMENT…, without_random …: with an OpenSSL that lacks it.
without_md5() {
	printf '%s\n' 'openssl_conf = a' '[a]' 'alg_section = b' '[b]' 'default_properties = fips=yes' >conf
	OPENSSL_CONF=conf ann "$@"
}

without_random() {
	printf '%s\n' 'openssl_conf = a' '[a]' 'random = b' '[b]' 'random = NONE' >conf
	OPENSSL_CONF=conf ann "$@"
}

@test "an OpenSSL that lacks what a login needs" {
	server=127.0.0.1:1
	all_fail <<-'END'
		78 without_md5 stat --auth cram-md5 | GREETING; C: AUTH CRAM-MD5; S: + PDFAeD4= => login by CRAM-MD5: CRAM-MD5 needs MD5, which OpenSSL does not provide here
		78 without_md5 stat --auth apop | S: +OK <a@b>; C: CAPA; S: -ERR => APOP needs MD5, which OpenSSL does not provide here
		74 without_random stat --auth scram-sha-256 | GREETING; EOF => cannot get random octets
	END
}

@test "octets under TLS that are not TLS" {
	local port
	exec {port_fd}< <(exec /usr/bin/python3 -SBc 'import os, socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + ".pem", sys.argv[1] + ".key")
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
connection = context.wrap_socket(listener.accept()[0], server_side=True)
os.write(connection.fileno(), b"+OK hello\r\n")' "$certificates/good" 3>&-)
	stop_later $!
	read -r port <&"$port_fd"
	POP3_PASSWORD=secret pop3 75 stat -s "127.0.0.1:$port" -u ann "${trusting[@]}"
	[[ $stderr == 'pop3: 127.0.0.1: '*'TLS failed: the server sent octets that are not TLS' ]]
}

# Completion of pop3 for fish. Printed by "pop3 completion fish": do not edit.

# The words before the cursor that are neither options nor their values.
function __pop3_words
	set -l value no
	set -l ended no
	for word in (commandline -opc)[2..]
		if test $value = yes
			set value no
			continue
		end
		if test $ended = no
			switch "$word"
				case --
					set ended yes
					continue
				case --larger --smaller --match --older-than --newer-than --limit --cursor -a --account -s --server -u --user --tls --auth --password-command --password-file --password-fd --ca-file --ca-dir --pin --cert --key --tls-min --tls-name --proxy --tunnel --connect-timeout --timeout --max-time --retry --trace --fields --lines -o --output --delete-after --max-size --wait-lock --progress --interval --from --mailbox --show --new-password-command --new-password-file --new-password-fd --listen --listen-tls --maildir-root --users --add-user --login-delay --max-connections --max-per-address --max-users --transform --peep --spscmp --monitor --smtpstatus --secret-file --ready-fd 
					set value yes
					continue
				case '-?*'
					continue
			end
		end
		echo $word
	end
end

# No subcommand yet.
function __pop3_none
	not count (__pop3_words) >/dev/null
end

# One of these subcommands.
function __pop3_is
	set -l words (__pop3_words)
	set -q words[1]; and contains -- $words[1] $argv
end

# That subcommand, and no operand yet.
function __pop3_first
	test "$(__pop3_words)" = $argv[1]
end

# That subcommand, and an operand.
function __pop3_others
	__pop3_is $argv[1]; and not __pop3_first $argv[1]
end

function __pop3_accounts
	command pop3 accounts 2>/dev/null | cut -f 1
end

# The words, or the paths behind one that ends in a colon.
function __pop3_destinations
	set -l token (string replace -r '^--[^=]*=' '' -- (commandline -ct))
	set -l front (string match -r '^[a-z]+:' -- $token)
	if test -n "$front"
		set -l path (string replace -r '^[a-z]+:' '' -- $token)
		string replace -r '^' $front -- (__fish_complete_path $path)
	else
		string join \n -- $argv
	end
end

complete -c pop3 -f
complete -c pop3 -n __pop3_none -a stat -d 'Count the messages and their octets'
complete -c pop3 -n __pop3_none -a list -d 'List number, UID and octets of messages'
complete -c pop3 -n __pop3_none -a uidl -d 'List number and UID of messages'
complete -c pop3 -n __pop3_none -a headers -d 'Show header fields, decoded, a line each'
complete -c pop3 -n __pop3_none -a fetch -d 'Fetch messages, to stdout or a destination'
complete -c pop3 -n __pop3_none -a dele -d 'Delete messages'
complete -c pop3 -n __pop3_none -a capa -d 'Show the server\'s capabilities'
complete -c pop3 -n __pop3_none -a check -d 'Look at an account and its server, and say what to mend'
complete -c pop3 -n __pop3_none -a wait -d 'Wait until a message is there, and list it'
complete -c pop3 -n __pop3_none -a batch -d 'Run many subcommands in one session, a line each'
complete -c pop3 -n __pop3_none -a seen -d 'Show and change the list of what was fetched'
complete -c pop3 -n __pop3_none -a accounts -d 'List the accounts of the configuration, a name a line'
complete -c pop3 -n __pop3_none -a admin -d 'Manage a server over peep, spscmp, monitor or smtpstatus'
complete -c pop3 -n __pop3_none -a serve -d 'Serve Maildirs over POP3'
complete -c pop3 -n __pop3_none -a completion -d 'Print the completion script of a shell'

complete -c pop3 -n '__pop3_is stat' -x -a 'all first: last last: new uid: -'
complete -c pop3 -n '__pop3_is list' -x -a 'all first: last last: new uid: -'
complete -c pop3 -n '__pop3_is uidl' -x -a 'all first: last last: new uid: -'
complete -c pop3 -n '__pop3_is headers' -x -a 'all first: last last: new uid: -'
complete -c pop3 -n '__pop3_is fetch' -x -a 'all first: last last: new uid: -'
complete -c pop3 -n '__pop3_is dele' -x -a 'all first: last last: new uid: -'
complete -c pop3 -n '__pop3_is wait' -x -a 'all first: last last: new uid: -'
complete -c pop3 -n '__pop3_is batch' -r -F
complete -c pop3 -n '__pop3_first seen' -x -a 'list add remove clear export import'
complete -c pop3 -n '__pop3_others seen' -r -F
complete -c pop3 -n '__pop3_first completion' -x -a 'bash zsh fish'

complete -c pop3 -n '__pop3_is stat list uidl headers fetch dele wait' -l larger -x -d 'only messages of more octets'
complete -c pop3 -n '__pop3_is stat list uidl headers fetch dele wait' -l smaller -x -d 'only messages of fewer octets'
complete -c pop3 -n '__pop3_is stat list uidl headers fetch dele wait' -l match -x -d 'only messages with such a header field (!~: without)'
complete -c pop3 -n '__pop3_is stat list uidl headers fetch dele wait' -l older-than -x -d 'only messages whose Date is older: 14d'
complete -c pop3 -n '__pop3_is stat list uidl headers fetch dele wait' -l newer-than -x -d 'only those whose Date is newer'
complete -c pop3 -n '__pop3_is stat list uidl headers fetch dele wait' -l limit -x -d 'no more than the first N of them'
complete -c pop3 -n '__pop3_is stat list uidl headers fetch dele wait' -l cursor -x -d 'the set of seen messages that \'new\' is about'
complete -c pop3 -n '__pop3_is stat list uidl headers fetch dele wait' -s e -l exit-status -d 'exit 1 when nothing is selected'

complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -s a -l account -x -a '(__pop3_accounts)' -d 'a section of the configuration file'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -s s -l server -x -d 'pop3s://[USER@]HOST[:PORT]; pop3:// requires STLS'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -s u -l user -x -d 'the user, over the URL\'s'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l tls -x -a 'implicit stls off' -d 'over the URL\'s scheme; off sends all in clear'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l auth -x -a 'auto user apop plain login cram-md5 scram-sha-1 scram-sha-1-plus scram-sha-256 scram-sha-256-plus xoauth2 oauthbearer external' -d 'how to log in'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l password-command -x -a '(__fish_complete_command)' -d 'the password is the first line it prints'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l password-file -r -F -d 'the password is its first line'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l password-fd -x -d 'the password is the first line of descriptor N'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l no-input -d 'never prompt'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l ca-file -r -F -d 'trust these authorities, not the system\'s'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l ca-dir -x -a '(__fish_complete_directories)' -d 'the same, a hashed directory'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l pin -x -d 'the server\'s public key must be this one; may be repeated'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l cert -r -F -d 'this client\'s certificate'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l key -r -F -d 'its key, when in another file'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l tls-min -x -a '1.2 1.3' -d 'the oldest TLS allowed'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l tls-name -x -d 'what the certificate must be for, when not the host'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l no-verify -d 'take any certificate (pins still hold)'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -s 4 -l ipv4 -d 'only IPv4'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -s 6 -l ipv6 -d 'only IPv6'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l proxy -x -d 'socks5h://HOST:PORT or http://HOST:PORT'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l tunnel -x -a '(__fish_complete_command)' -d 'its stdin and stdout are the connection'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l connect-timeout -x -d 'to be connected, TLS included'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l timeout -x -d 'without progress'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l max-time -x -d 'for everything (0: no end)'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l retry -x -d 'tries more after a temporary failure'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l trace -r -F -d 'write the conversation there, secrets masked'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin' -l no-sandbox -d 'keep the rights to write anywhere and to run programs'

complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin serve completion' -l json -d 'one JSON object a line'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin serve completion' -s 0 -l null -d 'records end in NUL, also those read'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin serve completion' -l header -d 'begin with a line of field names'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin serve completion' -s q -l quiet -d 'no warnings'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin serve completion' -s v -l verbose -d 'say what is done and met'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin serve completion' -s h -l help -d 'show this help'
complete -c pop3 -n '__pop3_none; or __pop3_is stat list uidl headers fetch dele capa check wait batch seen accounts admin serve completion' -s V -l version -d 'show the version'

complete -c pop3 -n '__pop3_is headers' -l fields -x -d 'columns: field names, @date, @octets, @from, @to'
complete -c pop3 -n '__pop3_is headers' -l overview -d '--fields @date,@from,Subject,@octets'
complete -c pop3 -n '__pop3_is headers' -l raw -d 'header blocks octet for octet, then an empty line'
complete -c pop3 -n '__pop3_is headers' -l lines -x -d 'raw, with N lines of the body'

complete -c pop3 -n '__pop3_is fetch' -s o -l output -x -a '(__pop3_destinations - maildir: mbox: dir: pipe:)' -d '-, mbox:-, maildir:PATH, mbox:PATH, dir:PATH, pipe:COMMAND'
complete -c pop3 -n '__pop3_is fetch' -l delete -d 'delete on the server what is safe on disk'
complete -c pop3 -n '__pop3_is fetch' -l delete-after -x -d 'delete what was fetched that long ago'
complete -c pop3 -n '__pop3_is fetch' -l peek -d 'end without QUIT, so that the server notes nothing'
complete -c pop3 -n '__pop3_is fetch' -l crlf -d 'keep CRLF in Maildir and mbox'
complete -c pop3 -n '__pop3_is fetch' -l max-size -x -d 'leave larger messages alone'
complete -c pop3 -n '__pop3_is fetch' -l wait-lock -x -d 'wait for another run on this account'
complete -c pop3 -n '__pop3_is fetch' -l accept-new-uids -d 'go on when the server has changed all UIDs'
complete -c pop3 -n '__pop3_is fetch' -l progress -x -a 'auto always never' -d 'show how far it is on stderr'

complete -c pop3 -n '__pop3_is dele' -s n -l dry-run -d 'only say what would be deleted'

complete -c pop3 -n '__pop3_is wait' -l interval -x -d 'between two looks; LOGIN-DELAY when that is longer'

complete -c pop3 -n '__pop3_is batch' -l keep-going -d 'go on after a line that failed'

complete -c pop3 -n '__pop3_is seen' -l cursor -x -d 'the set of seen messages'
complete -c pop3 -n '__pop3_is seen' -l from -x -a 'mpop getmail fetchmail fdm' -d 'import another program\'s list'
complete -c pop3 -n '__pop3_is seen' -l mailbox -x -d 'import what the list names so, not as the account does'
complete -c pop3 -n '__pop3_is seen' -l wait-lock -x -d 'wait for another run on this account'

complete -c pop3 -n '__pop3_is accounts' -l show -x -a '(__pop3_accounts)' -d 'every setting of that account, and where it comes from'

complete -c pop3 -n '__pop3_is admin' -l insecure -d 'send secrets in clear to another machine'
complete -c pop3 -n '__pop3_is admin' -l new-password-command -x -a '(__fish_complete_command)' -d 'the new password is the first line it prints'
complete -c pop3 -n '__pop3_is admin' -l new-password-file -r -F -d 'the new password is its first line'
complete -c pop3 -n '__pop3_is admin' -l new-password-fd -x -d 'the new password is the first line of descriptor N'

complete -c pop3 -n '__pop3_is serve' -l listen -x -d 'POP3 there, with STLS where there is a certificate; port 0 = any'
complete -c pop3 -n '__pop3_is serve' -l listen-tls -x -d 'POP3 there, over TLS from the first octet'
complete -c pop3 -n '__pop3_is serve' -l maildir-root -r -F -d 'holds a Maildir a user; what is missing is made'
complete -c pop3 -n '__pop3_is serve' -l users -r -F -d 'lines of name:hash, as crypt(3) makes them'
complete -c pop3 -n '__pop3_is serve' -l add-user -x -d 'add a user, the password from stdin\'s first line, and end'
complete -c pop3 -n '__pop3_is serve' -l cert -r -F -d 'the certificate and its chain, PEM'
complete -c pop3 -n '__pop3_is serve' -l key -r -F -d 'its key, if not in the same file'
complete -c pop3 -n '__pop3_is serve' -l allow-cleartext -d 'take passwords without TLS from other machines too'
complete -c pop3 -n '__pop3_is serve' -l timeout -x -d 'end sessions that are idle for so long; 0 = never'
complete -c pop3 -n '__pop3_is serve' -l login-delay -x -d 'between two logins of one user'
complete -c pop3 -n '__pop3_is serve' -l max-connections -x -d 'connections at a time'
complete -c pop3 -n '__pop3_is serve' -l max-per-address -x -d 'connections of one address; 0 = seven of eight places'
complete -c pop3 -n '__pop3_is serve' -l max-users -x -d 'users there may be'
complete -c pop3 -n '__pop3_is serve' -l transform -x -a '(__fish_complete_command)' -d 'send messages through it: stdin to stdout; can be switched at run time'
complete -c pop3 -n '__pop3_is serve' -l peep -x -d 'management by PEEP there; any name goes with the secret'
complete -c pop3 -n '__pop3_is serve' -l spscmp -x -d 'management by SPSCMP there; the secret is the token'
complete -c pop3 -n '__pop3_is serve' -l monitor -x -d 'management by METR, TRAN and so on there; asks nobody who he is'
complete -c pop3 -n '__pop3_is serve' -l smtpstatus -x -d 'management by SMTPStatus there; a secret of 8 octets at the most'
complete -c pop3 -n '__pop3_is serve' -l secret-file -r -F -d 'the managers\' secret is its first line; or $POP3_SERVE_SECRET'
complete -c pop3 -n '__pop3_is serve' -l allow-remote-management -d 'let management listen on other than this machine\'s own addresses'
complete -c pop3 -n '__pop3_is serve' -s u -l user -x -d 'become this user once the sockets are open'
complete -c pop3 -n '__pop3_is serve' -l ready-fd -x -d 'write a line feed to this descriptor once all is open'
complete -c pop3 -n '__pop3_is serve' -l log-json -d 'log JSON, an object a line'
complete -c pop3 -n '__pop3_is serve' -l no-sandbox -d 'keep the rights to write anywhere and to run programs'

complete -c pop3-stat -w 'pop3 stat'
complete -c pop3-list -w 'pop3 list'
complete -c pop3-uidl -w 'pop3 uidl'
complete -c pop3-headers -w 'pop3 headers'
complete -c pop3-fetch -w 'pop3 fetch'
complete -c pop3-dele -w 'pop3 dele'
complete -c pop3-capa -w 'pop3 capa'
complete -c pop3-check -w 'pop3 check'
complete -c pop3-wait -w 'pop3 wait'
complete -c pop3-batch -w 'pop3 batch'
complete -c pop3-seen -w 'pop3 seen'
complete -c pop3-accounts -w 'pop3 accounts'
complete -c pop3-admin -w 'pop3 admin'
complete -c pop3-serve -w 'pop3 serve'
complete -c pop3-completion -w 'pop3 completion'

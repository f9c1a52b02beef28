# What real servers do, in the order of the list of quirks: exit status, stdout, stderr.
load ../helpers/account

# stat_passes [OPTION…]: stat succeeds in the conversation on stdin, which has 2 messages.
stat_passes() {
	converse -
	ann 0 stat "$@"
	[ "$output" = $'2\t320' ]
}

# stat_fails STATUS MESSAGE: stat fails in the conversation on stdin.
stat_fails() {
	converse -
	ann "$1" stat
	[ "$output" = '' ]
	[ "$stderr" = "pop3: 127.0.0.1: $2" ]
}

# list_passes RECORD…: list prints these records; LIST and UIDL are on stdin.
list_passes() {
	in_session
	ann 0 list
	[ "$output" = "$(printf '%s\n' "$@")" ]
}

# fetch_answered STATUS [OPTION…]: ann fetches message 1; the answer to RETR is on stdin.
fetch_answered() {
	local status=$1
	shift
	after_login < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: RETR 1' && cat)
	ann "$status" fetch 1 "$@"
}

# --- status lines, greeting

@test "1: + or - alone is a status line" {
	stat_passes <<-'TALK'
		S: +
		C: CAPA
		S: -
		C: USER ann
		S: +
		C: PASS secret
		S: +
		C: STAT
		S: + 2 320
		C: QUIT
		S: +
	TALK
}

@test "1: status lines may be in lower case" {
	stat_passes <<-'TALK'
		S: +ok ready
		C: CAPA
		S: -err
		C: USER ann
		S: +ok
		C: PASS secret
		S: +ok
		C: STAT
		S: +ok 2 320
		C: QUIT
		S: +ok
	TALK
}

@test "2: a greeting of -ERR [IN-USE] is temporary: 75" {
	stat_fails 75 'the server refused the connection: [IN-USE] later' <<-'TALK'
		S: -ERR [IN-USE] later
	TALK
}

@test "2: a greeting of -ERR too many connections is temporary: 75" {
	stat_fails 75 'the server refused the connection: too many connections' <<-'TALK'
		S: -ERR too many connections
	TALK
}

@test "3: an IMAP greeting is reported as such" {
	converse - <<<'S: * OK [CAPABILITY IMAP4rev1] ready'
	ann 76 stat
	[[ $stderr == *IMAP*995* ]]
}

@test "3: an SMTP greeting is reported as such" {
	converse - <<<'S: 220 mail.example.org ESMTP'
	ann 76 stat
	[[ $stderr == *SMTP*995* ]]
}

@test "3: a TLS record on a port without TLS: the error names --tls implicit" {
	converse - <<<'S| \x15\x03\x01\x00\x02\x02\x28'
	ann 76 stat
	[[ $stderr == *'--tls implicit'* ]]
}

@test "3: a greeting in clear text on a TLS port: the error names --tls stls" {
	converse - <<-'TALK'
		S: +OK ready
		STALL
	TALK
	pop3 80 stat -u ann
	[[ $stderr == *'--tls stls'* ]]
}

@test "3: a greeting of another protocol: 76" {
	converse - <<<'S: SSH-2.0-OpenSSH_9.2'
	ann 76 stat
	[[ $stderr == *"not a POP3 server's answer: 'SSH-2.0-OpenSSH_9.2'" ]]
}

@test "4: the server closes the connection after a refused AUTH: 77, not 75" {
	after_greeting 'SASL PLAIN' <<-'TALK'
		C: AUTH PLAIN \64(\0ann\0secret)
		S: -ERR wrong
		CLOSE
	TALK
	ann 77 stat
	[ "$stderr" = 'pop3: 127.0.0.1: the server refused the login: wrong' ]
}

@test "5: a few blank lines before a status line are ignored" {
	stat_passes <<-'TALK'
		S:
		S: +OK ready
		C: CAPA
		S: -ERR
		C: USER ann
		S:
		S: +OK
		C: PASS secret
		S*4:
		S: +OK
		C: STAT
		S: +OK 2 320
		S:
		C: QUIT
		S: +OK
	TALK
}

@test "5: endless blank lines: 76" {
	stat_fails 76 "greeting: not a POP3 server's answer: ''" <<-'TALK'
		S*100:
	TALK
}

@test "6: status lines may end in LF alone" {
	stat_passes <<-'TALK'
		S| +OK ready\n
		C: CAPA
		S| +OK\nTOP\n.\n
		C: USER ann
		S| +OK\n
		C: PASS secret
		S| +OK\n
		C: STAT
		S| +OK 2 320\n
		C: QUIT
		S| +OK\n
	TALK
}

@test "6: a status line without LF, which takes in the first header line: 76" {
	fetch_answered 76 <<-'TALK'
		S| +OK 30 octets\r*From: ann@example.org\r\nSubject: x\r\n\r\n.\r\n
	TALK
	[[ $stderr == *"not a POP3 server's answer: '+OK 30 octets\\r*From: ann@example.org'" ]]
}

# --- CAPA

@test "7: the connection is lost after CAPA: a new session without CAPA" {
	stat_passes <<-'TALK'
		S: +OK ready
		C: CAPA
		CLOSE
		---
		S: +OK ready
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
}

@test "8: UIDL and TOP are used even if CAPA does not list them" {
	converse - < <(greeting USER && login && printf '%s\n' 'C: LIST 1' 'S: +OK 1 9' \
		'C: UIDL 1' 'S: +OK 1 uid-1' 'C: TOP 1 0' 'S: +OK' 'S: A: b' 'S:' 'S: .' && goodbye)
	ann 0 headers 1
	[ "$output" = $'1\tuid-1\tA: b' ]
}

@test "9: capabilities in lower case, with a trailing CR, or with a leading dot are read" {
	after_greeting '..private' 'sasl plain\r' <<-'TALK'
		C: AUTH PLAIN \64(\0ann\0secret)
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
	ann 0 stat
}

@test "9: an endless list of capabilities: 76" {
	converse - <<-'TALK'
		S: +OK ready
		C: CAPA
		S: +OK
		S*300: X-\#
		S: .
	TALK
	ann 76 stat
	[[ $stderr == *'the list of capabilities is too long' ]]
}

@test "10: capabilities from before STLS are not used after it" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S: +OK
		TLS
		C: CAPA
		S: +OK
		S: SASL PLAIN
		S: .
		C: AUTH PLAIN \64(\0ann\0secret)
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
	pop3 0 stat -u ann --tls stls --ca-file "$certificates/ca.pem"
}

@test "10: octets after the answer to STLS end the session: 80" {
	converse - <<-'TALK'
		S: +OK ready
		C: STLS
		S| +OK\r\n+OK injected\r\n
		EOF
	TALK
	pop3 80 stat -u ann --tls stls
}

# --- login

# refused STATUS TEXT: PASS is answered with -ERR TEXT.
refused() {
	after_greeting <<-TALK
		C: USER ann
		S: +OK
		C: PASS secret
		S: -ERR $2
	TALK
	ann "$1" stat
	[ "$stderr" = "pop3: 127.0.0.1: the server refused the login: $2" ]
}

@test "11: IN-USE is 75" { refused 75 '[IN-USE] other session'; }
@test "11: LOGIN-DELAY is 75" { refused 75 '[LOGIN-DELAY] wait'; }
@test "11: SYS/TEMP is 75" { refused 75 '[SYS/TEMP] no disk'; }
@test "11: AUTH is 77" { refused 77 '[AUTH] mailbox locked for you'; }
@test "11: SYS/PERM is 77" { refused 77 '[SYS/PERM] too many lies'; }
@test "11: an unknown response code is 77" { refused 77 '[X-FOO] no'; }
@test "11: -ERR lock busy is 75" { refused 75 'lock busy'; }
@test "11: -ERR mailbox already in use is 75" { refused 75 'Mailbox already in use'; }
@test "11: -ERR try again is 75" { refused 75 'Try again later'; }
@test "11: -ERR too many connections is 75" { refused 75 'Too many connections from you'; }
@test "11: -ERR with any other text is 77" { refused 77 'Authentication failed'; }

@test "13: a refused STAT after a successful login is treated as LOGIN-DELAY" {
	after_login <<-'TALK'
		C: STAT
		S: -ERR login allowed only every 15 minutes
	TALK
	ann 75 stat --json
	[[ $stderr == *'"code":"login-delay"'*'"retry_after":900'* ]]
}

@test "14: a timestamp in the greeting does not select APOP" {
	stat_passes <<-'TALK'
		S: +OK <1896.697170952@dbc.mtview.ca.us>
		C: CAPA
		S: -ERR
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
}

@test "15: spaces, recent: and 8-bit octets in user name and password are sent unchanged" {
	after_greeting <<-'TALK'
		C: USER recent:ann b
		S: +OK
		C: PASS  p\xe4ss w\xc3\xb6rd 
		S: +OK
		C: STAT
		S: +OK 0 0
		C: QUIT
		S: +OK
	TALK
	POP3_PASSWORD=$' p\xe4ss w\xc3\xb6rd ' pop3 0 stat -u 'recent:ann b' --tls off
}

@test "16: UTF8 is sent if offered" {
	after_greeting UTF8 USER <<-'TALK'
		C: UTF8
		S: +OK
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 0 0
		C: QUIT
		S: +OK
	TALK
	ann 0 stat
}

@test "16: a refused UTF8 is ignored" {
	after_greeting UTF8 USER <<-'TALK'
		C: UTF8
		S: -ERR later
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 0 0
		C: QUIT
		S: +OK
	TALK
	ann 0 stat
	[ "$stderr" = '' ]
}

@test "17: EXPIRE 0 and LOGIN-DELAY are reported with -v, and fetch continues" {
	converse - < <(greeting USER 'EXPIRE 0' 'LOGIN-DELAY 300' && login &&
		printf '%s\n' 'C: LIST 1' 'S: +OK 1 9' 'C: RETR 1' 'S: +OK' 'S: a' 'S: .' && goodbye)
	ann 0 fetch -v 1
	[[ $stderr == *'300 seconds'*'EXPIRE 0'* ]]
}

# --- STAT, LIST, UIDL

@test "18: sizes over 2^32 are printed" {
	list_passes $'1\tuid-1\t18446744073709551614' <<-'TALK'
		C: LIST
		S: +OK
		S: 1 18446744073709551614
		S: .
		C: UIDL
		S: +OK
		S: 1 uid-1
		S: .
	TALK
}

@test "18: a size that is missing, negative or not a number is unknown" {
	list_passes $'1\tuid-1\t-' $'2\tuid-2\t-' $'3\tuid-3\t-' $'4\tuid-4\t-' <<-'TALK'
		C: LIST
		S: +OK
		S: 1
		S: 2 -5
		S: 3 many
		S: 4 99999999999999999999
		S: .
		C: UIDL
		S: +OK
		S*4: \# uid-\#
		S: .
	TALK
}

@test "18: a message of unknown size is not selected by its size, and counts as failed" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1
		S: 2 -5
		S: 3 100
		S: .
		C: UIDL
		S: +OK
		S*3: \# uid-\#
		S: .
		C: DELE 3
		S: +OK
	TALK
	ann 2 dele all --larger 10
	[ "$output" = $'3\tuid-3\tdeleted' ]
	grep -qx 'pop3: message 1: its size is unknown' stderr
	grep -qx 'pop3: message 2: its size is unknown' stderr
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S: 1
		S: 2 2000
		S: .
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
	TALK
	ann 0 wait --max-size 1K
	[ "$output" = $'1\tuid-1\t-' ]
}

@test "18: a negative size from STAT is unknown" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 -5
	TALK
	ann 0 stat
	[ "$output" = $'2\t-' ]
}

@test "18: a wrong size does not truncate the message" {
	fetch_answered 0 <<-'TALK'
		S: +OK 3 octets
		S: many more than that
		S: .
		C: QUIT
		S: +OK
	TALK
	[ "$output" = $'many more than that\r' ]
}

@test "19: numbers may have gaps and come in any order" {
	list_passes $'2\tuid-2\t20' $'5\tuid-5\t50' $'9\tuid-9\t90' <<-'TALK'
		C: LIST
		S: +OK
		S: 9 90
		S: 2 20
		S: 5 50
		S: .
		C: UIDL
		S: +OK
		S: 5 uid-5
		S: 9 uid-9
		S: 2 uid-2
		S: .
	TALK
}

@test "19: LIST and UIDL that disagree: all messages are listed" {
	list_passes $'1\tuid-1\t10' $'3\tuid-3\t-' <<-'TALK'
		C: LIST
		S: +OK 7 messages
		S: 1 10
		S: .
		C: UIDL
		S: +OK
		S: 1 uid-1
		S: 3 uid-3
		S: .
	TALK
}

@test "20: UIDs with leading or inner spaces, 8-bit octets or over 70 octets are kept" {
	local long
	printf -v long '%0100d' 0
	list_passes $'1\tuid-1\t1' $'2\tblank inside\t2' $'3\t\\xE4\t3' "4	$long	4" <<-TALK
		C: LIST
		S: +OK
		S*4: \\# \\#
		S: .
		C: UIDL
		S: +OK
		S: 1    uid-1
		S: 2 blank inside
		S: 3 \\xe4
		S: 4 $long
		S: .
	TALK
}

@test "20: messages with empty or repeated UIDs get one from the header block" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 same
		S: 2 other
		S: 3 same
		S: 4
		S: .
		C: TOP 1 0
		S: +OK
		S: A: 1
		S:
		S: .
		C: TOP 3 0
		S: +OK
		S: A: 3
		S:
		S: .
		C: TOP 4 0
		S: +OK
		S: A: 4
		S:
		S: .
	TALK
	ann 0 dele --dry-run all
	[[ ${lines[0]} == $'1\ttop:'* ]]
	[[ ${lines[1]} == $'2\tother\t'* ]]
	[[ ${lines[2]} == $'3\ttop:'* ]]
	[[ ${lines[3]} == $'4\ttop:'* ]]
	[ "$(cut -f 2 stdout | sort -u | wc -l)" -eq 4 ]
}

@test "21: STAT may have words between its numbers" {
	in_session <<-'TALK'
		C: STAT
		S: +OK 2 messages (89 octets)
	TALK
	ann 0 stat
	[ "$output" = $'2\t89' ]
}

@test "21: the answer to LIST n may lack +OK" {
	in_session <<-'TALK'
		C: LIST 1
		S: 1 100
	TALK
	ann 0 stat 1
	[ "$output" = $'1\t100' ]
}

@test "21: LIST n is not answered: 75" {
	after_login <<-'TALK'
		C: LIST 1
		STALL
	TALK
	ann 75 stat --timeout 1 1
	[ "$stderr" = 'pop3: 127.0.0.1: LIST 1: no answer within 1 s' ]
}

# one_of LIST-ANSWER UIDL-ANSWER UIDL-LINE…: list 2 gets these answers to LIST 2 and UIDL 2, and
# requests the lists.
one_of() {
	in_session < <(printf '%s\n' 'C: LIST 2' "$1" 'C: UIDL 2' "$2" \
		'C: LIST' 'S: +OK' 'S*3: \# 10\#' 'S: .' 'C: UIDL' "${@:3}")
	ann 0 list 2
	[ "$output" = $'2\tuid-2\t102' ]
}

uid_list=('S: +OK' 'S*3: \# uid-\#' 'S: .')

@test "42: LIST n and UIDL n answered with another message's line: the lists are requested" {
	one_of 'S: +OK 1 101' 'S: +OK 1 uid-1' "${uid_list[@]}"
}

@test "42: LIST n and UIDL n answered without the number" {
	one_of 'S: +OK 102' 'S: +OK uid-2' "${uid_list[@]}"
}
@test "42: LIST n and UIDL n answered with the number only" {
	one_of 'S: +OK 2' 'S: +OK 2' "${uid_list[@]}"
}
@test "42: LIST n and UIDL n answered with words only" {
	one_of 'S: +OK here it is' 'S: +OK here it is' "${uid_list[@]}"
}
@test "42: LIST n and UIDL n refused" { one_of 'S: -ERR what?' 'S: -ERR what?' "${uid_list[@]}"; }
@test "42: UIDL n refused, LIST n answered" {
	one_of 'S: +OK 2 102' 'S: -ERR what?' "${uid_list[@]}"
}

@test "42: LIST n and UIDL n answered with the whole lists" {
	one_of $'S: +OK\nS*3: \\# 10\\#\nS: .' $'S: +OK\nS*3: \\# uid-\\#\nS: .' "${uid_list[@]}"
}

@test "42: LIST n and UIDL n answered with the whole lists, whose heading looks like message n" {
	local heading
	for heading in '+OK 2 messages (203 octets)' '+OK 2 203'; do
		one_of "S: $heading"$'\nS*3: \\# 10\\#\nS: .' $'S: +OK 2 messages\nS*3: \\# uid-\\#\nS: .' \
			"${uid_list[@]}"
		conversation_ended_well
	done
}

@test "42: LIST n answered with the line and a dot" {
	one_of $'S: +OK 2 102\nS: .' $'S: +OK 2 uid-2\nS: .' "${uid_list[@]}"
}

@test "42: pipelined LIST n and UIDL n answered with whole lists: a new session, after QUIT" {
	converse - < <(
		greeting USER PIPELINING UIDL
		printf '%s\n' 'C: USER ann' 'C: PASS secret' 'C: LIST 2' 'C: UIDL 2' 'C: QUIT' \
			'S: +OK' 'S: +OK' 'S: +OK' 'S*3: \# 10\#' 'S: .' "${uid_list[@]}" 'S: +OK' ---
		printf '%s\n' 'S: +OK ready' 'C: USER ann' 'C: PASS secret' 'C: LIST' 'C: UIDL' \
			'S: +OK' 'S: +OK' 'S: +OK' 'S*3: \# 10\#' 'S: .' "${uid_list[@]}"
		goodbye
	)
	ann 0 list 2
	[ "$output" = $'2\tuid-2\t102' ]
}

@test "42: LIST n refused temporarily: 75, not a missing message" {
	after_login <<<$'C: LIST 2\nS: -ERR [SYS/TEMP] later\nC: UIDL 2\nS: -ERR [SYS/TEMP] later\n?C: QUIT\nS: +OK'
	ann 75 list 2
}

@test "42: UIDL n refused temporarily: 75, not a server without UIDL" {
	after_login <<<$'C: LIST 2\nS: +OK 2 10\nC: UIDL 2\nS: -ERR [IN-USE] later\n?C: QUIT\nS: +OK'
	ann 75 fetch 2 -o dir:box
	[ -z "$(find box -name '*.eml')" ]
}

# uidl_refused STATUS ANSWER [CAPABILITY…]: list exits with STATUS when UIDL is answered this way.
uidl_refused() {
	converse - < <(greeting "${@:3}" && login && printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 10' 'S: .' \
		'C: UIDL' "S: $2" && if [ "$1" = 0 ]; then
			printf '%s\n' 'C: TOP 1 0' 'S: +OK' 'S: A: b' 'S:' 'S: .'
		fi && printf '%s\n' '?C: QUIT' 'S: +OK')
	ann "$1" list
}

@test "41: UIDL refused temporarily, by code: 75" { uidl_refused 75 '-ERR [SYS/TEMP] later'; }
@test "41: UIDL refused temporarily, by text: 75" {
	uidl_refused 75 '-ERR mailbox busy, try again'
}
@test "41: UIDL unknown: UIDs from headers" { uidl_refused 0 '-ERR unknown command' USER TOP; }

@test "41: UIDL refused by a server that sent UIDs before: 75, and nothing is fetched" {
	converse - < <(
		greeting && login && two_mails && retrieved 1 && retrieved 2 && goodbye
		printf '%s\n' --- 'S: +OK ready' && login
		printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 20' 'S: .' 'C: UIDL' 'S: -ERR what?' \
			'?C: QUIT' 'S: +OK'
	)
	ann 0 fetch new -o dir:box
	ann 75 fetch new -o dir:box
	[ "$output" = '' ]
	[[ $stderr == *'the server refused UIDL, though it gave UIDs before' ]]
	[ "$(echo box/*)" = 'box/uid-1.eml box/uid-2.eml' ]
}

# no_uidl CAPABILITY…: a session in which UIDL is refused in plain words, and nothing follows.
no_uidl() {
	converse - < <(greeting "$@" && login && printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 20' 'S: .' \
		'C: UIDL' 'S: -ERR what?' '?C: QUIT' 'S: +OK')
}

# two_mails_known: the account ann has fetched two messages by their UIDs.
two_mails_known() {
	converse - < <(greeting && login && two_mails && retrieved 1 && retrieved 2 && goodbye)
	in_account
	account 0 fetch new -o dir:box
}

in_account() {
	printf '[ann]\nserver = %s\nuser = ann\ntls = off\n' "$server" >"$XDG_CONFIG_HOME/pop3/config"
}

@test "41: UIDL refused though the server lists it: 75, and nothing is recorded under another name" {
	local command
	for command in 'fetch new -o dir:box' 'fetch 1-2 -o dir:box' 'stat new' 'seen add all'; do
		no_uidl USER UIDL
		in_account
		# shellcheck disable=SC2086 # words
		account 75 $command
		[ "$output" = '' ]
		[[ $stderr == *'the server refused UIDL, which is one of its capabilities' ]]
	done
	two_mails_known
	[ "$(echo box/*)" = 'box/uid-1.eml box/uid-2.eml' ]
}

@test "41: UIDL refused though the server lists it: a UID is not a missing message: 75" {
	local command
	for command in list stat 'fetch -o -'; do
		no_uidl USER UIDL
		# shellcheck disable=SC2086 # words
		ann 75 $command uid:uid-1
		[ "$output" = '' ]
		[[ $stderr == *'the server refused UIDL, which is one of its capabilities' ]]
	done
}

@test "41: UIDL answered with an empty list by a server that sent UIDs before: 75" {
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(sizes u1 u2 && uids && echo '?C: QUIT' && echo 'S: +OK')
	account 75 fetch new -o dir:box
	[ "$output" = '' ]
	[[ $stderr == *'the server listed no UIDs, though it gave UIDs before' ]]
	next_session < <(holds u1 u2 && sends 2 && goodbye)
	account 0 fetch new -o dir:box
	[ "$(echo box/*)" = 'box/u1.eml box/u2.eml' ]
}

@test "41: UIDs known under another cursor count, too" {
	two_mails_known
	no_uidl
	in_account
	account 75 fetch new -o dir:other --cursor other
	[[ $stderr == *'the server refused UIDL, though it gave UIDs before' ]]
}

@test "41: in a batch, too, whichever line asks for the list" {
	two_mails_known
	no_uidl
	in_account
	account 75 batch <<<$'list\nfetch new -o dir:other'
	[[ $stderr == *'line 1: the server refused UIDL, though it gave UIDs before' ]]
	[ ! -e other ]
}

@test "41: UIDL refused in a new session: 75, and no message counts as fetched or gone" {
	next_session < <(
		holds u1 u2 && garbage 'RETR 1'
		again && printf '%s\n' 'C: UIDL' 'S: -ERR what?' 'C: LIST' 'S: +OK' 'S*2: \# 100' 'S: .' '?C: QUIT' 'S: +OK'
	)
	account 75 fetch new -o dir:box
	next_session < <(holds u1 u2 && sends 2 1 && goodbye)
	account 0 fetch new -o dir:box
	[ "$(echo box/*)" = 'box/u1.eml box/u2.eml' ]
}

@test "24: of two messages with one UID and one size, the header shows which was fetched" {
	local order
	for order in '3 1' '1 3'; do
		rm -rf home/state box
		two_mails_known
		converse - < <(
			greeting && login
			printf '%s\n' 'C: LIST' 'S: +OK' 'S*3: \# 20' 'S: .' \
				'C: UIDL' 'S: +OK' 'S: 1 uid-1' 'S: 2 uid-2' 'S: 3 uid-1' 'S: .'
			read -r first last <<<"$order"
			printf '%s\n' 'C: TOP 1 0' 'S: +OK' "S: Subject: $first" 'S:' 'S: .' \
				'C: TOP 3 0' 'S: +OK' "S: Subject: $last" 'S:' 'S: .'
			retrieved "$([ "$first" = 3 ] && echo 1 || echo 3)" | sed 's/Subject: .*/Subject: 3/'
			goodbye
		)
		in_account
		account 0 fetch new -o dir:box
		[[ $output == *$'\ttop:'*$'\tfetched\t'* ]]
		[ "$(cat box/* | tr -d '\r' | sort | paste -sd,)" = ',,,Subject: 1,Subject: 2,Subject: 3' ]
	done
}

@test "24: if none has that header, neither is fetched" {
	two_mails_known
	converse - < <(
		greeting && login
		printf '%s\n' 'C: LIST' 'S: +OK' 'S*3: \# 20' 'S: .' \
			'C: UIDL' 'S: +OK' 'S: 1 uid-1' 'S: 2 uid-2' 'S: 3 uid-1' 'S: .'
		printf '%s\n' 'C: TOP 1 0' 'S: +OK' 'S: Subject: x' 'S:' 'S: .' \
			'C: TOP 3 0' 'S: +OK' 'S: Subject: y' 'S:' 'S: .'
		goodbye
	)
	in_account
	account 2 fetch new -o dir:box
	[ "$(cut -f 1,4 stdout | paste -sd,)" = $'1\tskipped,3\tskipped' ]
}

@test "24: in a batch, too, a repeated UID stays that of the message fetched under it" {
	two_mails_known
	converse - < <(
		greeting && login
		printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 20' 'S: 3 30' 'S: .' \
			'C: UIDL' 'S: +OK' 'S*2: \# uid-\#' 'S: 3 uid-1' 'S: .' \
			'C: TOP 3 0' 'S: +OK' 'S: Subject: 3' 'S:' 'S: .'
		retrieved 3
		goodbye
	)
	in_account
	account 0 batch <<<$'list\nfetch new -o dir:box'
	[ "$(cut -f 1 stdout | paste -sd ' ')" = '1 2 3 3' ]
}

@test "a message that a new session no longer lists has failed" {
	next_session < <(holds u1 u2 u3 && dotted RETR 1 && again && uids u1 u3 && sends 2 && goodbye)
	account 2 fetch new -o dir:box
	[ "$(cut -f 2,4 stdout | paste -sd,)" = $'u1\tfailed,u2\tfailed,u3\tfetched' ]
	[[ $stderr == *'message 2: not found again in the new session'* ]]
}

@test "22: LIST without the final dot, though STAT counts messages: 75" {
	after_login <<-'TALK'
		C: LIST
		S: +OK 0 messages
		STALL
		---
		S: +OK ready
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 2 20
	TALK
	ann 75 list --timeout 1
	[ "$stderr" = 'pop3: 127.0.0.1: LIST: no answer within 1 s' ]
}

# empty ENDING CAPABILITY…: LIST lacks the final dot; in another session STAT counts 0 messages.
empty() {
	converse - < <(greeting "${@:2}" && login && printf '%s\n' 'C: LIST' 'S: +OK 0 messages' "$1" --- \
		'S: +OK ready' && login && printf '%s\n' 'C: STAT' 'S: +OK 0 0' && goodbye)
	ann 0 list --timeout 1
	[ "$output" = '' ]
}

@test "43: LIST of an empty mailbox without the final dot, then a stall" { empty STALL USER; }
@test "43: LIST of an empty mailbox without the final dot, then a close" { empty CLOSE USER; }

@test "24: a message that arrives between LIST and UIDL is listed" {
	list_passes $'1\tuid-1\t10' $'2\tuid-2\t-' <<-'TALK'
		C: LIST
		S: +OK 1 message
		S: 1 10
		S: .
		C: UIDL
		S: +OK
		S: 1 uid-1
		S: 2 uid-2
		S: .
	TALK
}

@test "25: a mailbox of 100,000 messages" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S*100000: \# uid-\#
		S: .
	TALK
	ann 0 uidl
	[ "$(wc -l <stdout)" -eq 100000 ]
	[ "$(tail -n 1 stdout)" = $'100000\tuid-100000' ]
}

# --- RETR, TOP

@test "26: LF . LF does not end a message where status lines end in CR LF" {
	fetch_answered 0 <<-'TALK'
		S: +OK
		S| one\n.\ntwo\n.\r\nthree\r\n.\r\n
		C: QUIT
		S: +OK
	TALK
	printf 'one\n.\ntwo\n.\r\nthree\r\n' | cmp - stdout
}

@test "26: LF . LF ends a message where status lines end in LF" {
	fetch_answered 0 <<-'TALK'
		S| +OK\n
		S| one\n..two\n.\n
		C: QUIT
		S: +OK
	TALK
	printf 'one\n.two\n' | cmp - stdout
}

@test "27: a message followed by unexpected octets fails: 76" {
	fetch_answered 76 <<-'TALK'
		S: +OK
		S| one\r\n.\r\ntwo\r\n.\r\n
	TALK
}

@test "27: unexpected octets after DELE: 76, and nothing is deleted" {
	after_login <<-'TALK'
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
		C: DELE 1
		S: +OK
		S: stray
		EOF
	TALK
	ann 76 dele all
	[ "$output" = '' ]
}

@test "28: the final dot without CR LF before it does not end the message: 75" {
	fetch_answered 75 --timeout 1 <<-'TALK'
		S: +OK
		S| one.\r\n
		STALL
	TALK
	[[ $stderr == *'RETR 1: no answer within 1 s' ]]
}

@test "28: a dot and CR without LF do not end the message: 75" {
	fetch_answered 75 --timeout 1 <<-'TALK'
		S: +OK
		S| one\r\n.\r
		STALL
	TALK
}

@test "29: TOP answered with the whole body still shows only the header" {
	in_session <<-'TALK'
		C: LIST 1
		S: +OK 1 100
		C: UIDL 1
		S: +OK 1 uid-1
		C: TOP 1 0
		S: +OK
		S: A: b
		S:
		S*1000: body
		S: .
	TALK
	ann 0 headers 1
	[ "$output" = $'1\tuid-1\tA: b' ]
}

# endless_body FIELD: a body longer than the client drains; it closes the connection.
endless_body() {
	printf '%s\n' "S: $1" 'S:' '?S*200000: 0123456789012345678901234567890123456789' EOF
}

# session_again: a later session, without CAPA.
session_again() {
	printf '%s\n' --- 'S: +OK ready'
	login
}

# lists_three UID UID UID: LIST and UIDL of three messages.
lists_three() {
	printf '%s\n' 'C: LIST' 'S: +OK' 'S*3: \# 100' 'S: .' \
		'C: UIDL' 'S: +OK' "S: 1 $1" "S: 2 $2" "S: 3 $3" 'S: .'
}

# two_overruns [UID]: TOP 1 and TOP 2 have endless bodies; then UID replaces the third message's.
two_overruns() {
	greeting
	login
	printf '%s\n' 'C: UIDL' 'S: +OK' 'S*3: \# uid-\#' 'S: .' 'C: TOP 1 0' 'S: +OK'
	endless_body 'A: b'
	session_again
	lists_three uid-1 uid-2 uid-3
	printf '%s\n' 'C: TOP 2 0' 'S: +OK'
	endless_body 'A: c'
	session_again
	lists_three uid-1 uid-2 "${1:-uid-3}"
}

@test "29: TOP answered with endless bodies: a new session after each, and all headers are shown" {
	converse - < <(
		two_overruns
		printf '%s\n' 'C: TOP 3 0' 'S: +OK' 'S: A: d' 'S:' 'S: .'
		goodbye
	)
	ann 0 headers -v
	[ "$output" = $'1\tuid-1\tA: b\n2\tuid-2\tA: c\n3\tuid-3\tA: d' ]
	[[ $stderr == *'a new session instead of the rest: TOP 2'* ]]
}

@test "29: the new session after endless bodies lists other messages: 75" {
	converse - < <(two_overruns uid-4 && echo EOF)
	ann 75 headers
	[[ $stderr == *'may have changed'* ]]
}

@test "29: without UIDL, the new session after an endless body lists other sizes: 75" {
	converse - < <(
		greeting
		login
		printf '%s\n' 'C: LIST 2' 'S: +OK 2 100' 'C: UIDL 2' 'S: -ERR' \
			'C: LIST' 'S: +OK' 'S: 2 100' 'S: .' 'C: UIDL' 'S: -ERR' 'C: TOP 2 0' 'S: +OK'
		endless_body 'A: b'
		session_again
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 100' 'S: 2 101' 'S: .' 'C: UIDL' 'S: -ERR' EOF
	)
	ann 75 headers 2
	[[ $stderr == *'may have changed'* ]]
}

@test "29: after deletions the body is drained, as a new session would undo them" {
	in_session < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 100' 'S: .' \
			'C: UIDL' 'S: +OK' 'S*2: \# uid-\#' 'S: .' \
			'C: DELE 1' 'S: +OK' 'C: TOP 2 0' 'S: +OK' 'S: A: b' 'S:' \
			'S*200000: 0123456789012345678901234567890123456789' 'S: .'
	)
	printf '%s\n' 'dele 1' 'list --match A~b' >lines
	ann 0 batch lines
	[[ $output == *$'2\tuid-2\t100'* ]]
}

@test "29: with LOGIN-DELAY a long body is drained instead of a new session" {
	converse - < <(
		greeting 'LOGIN-DELAY 300'
		login
		printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: UIDL 1' 'S: +OK 1 uid-1' 'C: TOP 1 0' \
			'S: +OK' 'S: A: b' 'S:' \
			'S*200000: 0123456789012345678901234567890123456789' 'S: .'
		goodbye
	)
	ann 0 headers 1
	[ "$output" = $'1\tuid-1\tA: b' ]
}

@test "29: TOP refused: RETR is used for headers, and -v says so" {
	in_session <<-'TALK'
		C: LIST 1
		S: +OK 1 100
		C: UIDL 1
		S: +OK 1 uid-1
		C: TOP 1 0
		S: -ERR what?
		C: RETR 1
		S: +OK
		S: A: b
		S:
		S: body
		S: .
	TALK
	ann 0 headers -v 1
	[ "$output" = $'1\tuid-1\tA: b' ]
	[[ $stderr == *'no TOP'* ]]
}

@test "30: -ERR for a single message: 77" {
	fetch_answered 77 <<-'TALK'
		S: -ERR message is damaged
		?C: QUIT
		S: +OK
	TALK
	[ "$output" = '' ]
	[[ $stderr == *'message is damaged'* ]]
}

@test "30: -ERR for one message: the others are fetched" {
	in_session <<-'TALK'
		C: LIST
		S: +OK
		S*3: \# 20
		S: .
		C: UIDL
		S: +OK
		S*3: \# uid-\#
		S: .
		C: RETR 1
		S: +OK
		S: Subject: one
		S:
		S: .
		C: RETR 2
		S: -ERR message is damaged
		C: RETR 3
		S: +OK
		S: Subject: three
		S:
		S: .
	TALK
	ann 2 fetch all -o dir:box
	[ "$(cut -f 1,4 stdout | sort | tr '\t\n' ' ,')" = '1 fetched,2 failed,3 fetched,' ]
	[ "$(echo box/*)" = 'box/uid-1.eml box/uid-3.eml' ]
}

@test "32: FIN in the middle of a message: 75" {
	fetch_answered 75 <<-'TALK'
		S: +OK
		S| Subject: half\r\n\r\nbody\r\n
		CLOSE
	TALK
}

@test "32: RST in the middle of a message: 75" {
	fetch_answered 75 <<-'TALK'
		S: +OK
		S| Subject: half\r\n
		RESET
	TALK
}

# cut_tls ENDING WHY: the connection over TLS ends in the middle of a message.
cut_tls() {
	converse - <<-TALK
		TLS
		S: +OK
		C: CAPA
		S: -ERR
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: LIST 1
		S: +OK 1 100
		C: RETR 1
		S: +OK
		S: Subject: half
		$1
	TALK
	pop3 75 fetch -u ann --ca-file "$certificates/ca.pem" 1
	[ "$stderr" = "pop3: 127.0.0.1: RETR 1: $2" ]
}

@test "32: TLS close_notify in the middle of a message: 75" {
	cut_tls TLS-CLOSE 'the server closed the connection'
}

@test "32: TLS without close_notify in the middle of a message: 75" {
	cut_tls CLOSE 'the connection was cut without a TLS close'
}

@test "32: RST over TLS in the middle of a message: 75" {
	cut_tls RESET 'the connection was lost: Connection reset by peer'
}

# two_mails: LIST and UIDL of a mailbox with two messages.
two_mails() {
	printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 20' 'S: .' \
		'C: UIDL' 'S: +OK' 'S*2: \# uid-\#' 'S: .'
}

# retrieved NUMBER: RETR and its answer.
retrieved() {
	printf '%s\n' "C: RETR $1" QUIET 'S: +OK' "S: Subject: $1" S: 'S: .'
}

@test "33: --peek leaves without QUIT" {
	after_login < <(two_mails && retrieved 1 && retrieved 2 && echo EOF)
	ann 0 fetch all -o dir:box --peek
	[ "$(echo box/*)" = 'box/uid-1.eml box/uid-2.eml' ]
}

@test "33: EXPIRE 0: messages are fetched one at a time, without pipelining" {
	converse - < <(greeting PIPELINING USER 'EXPIRE 0' && printf '%s\n' 'C: USER ann' \
		'C: PASS secret' 'S: +OK' 'S: +OK' && two_mails && retrieved 1 && retrieved 2 && goodbye)
	ann 0 fetch all -o dir:box
	[[ $stderr == *'fetching one at a time'* ]]
}

@test "33: EXPIRE 0: a message is synced to disk before the next RETR" {
	local steps
	needs_64_bits
	converse - < <(greeting USER 'EXPIRE 0' && login && two_mails && retrieved 1 && retrieved 2 && goodbye)
	ASAN_OPTIONS=detect_leaks=0 strace -y -o trace -e trace=sendto,fsync,syncfs,renameat2 "$program" fetch all -o dir:box \
		-s "$server" -u ann --tls off >stdout 2>stderr 3>&-
	grep -q "<$PWD/" trace || skip "strace is not shown which files they are"
	steps=$(sed -n 's,^sendto.*RETR.*,R,p; s,^f*sync.*/box.*,S,p; s,^renameat2.*,N,p' trace |
		tr -d '\n' | tr -s S)
	[ "$steps" = RSNSRSNS ]
}

# expiring: a server with EXPIRE 0 after login; the rest of the conversation is on stdin.
expiring() {
	converse - < <(greeting USER 'EXPIRE 0' && login && cat)
}

@test "33: EXPIRE 0: no QUIT after a command fails, temporarily or permanently" {
	for code in 1 75; do
		expiring < <(two_mails && retrieved 1 && retrieved 2 && echo EOF)
		ann 2 fetch all -o "pipe:exit $code"
		[ "$(cut -f 4 stdout | paste -sd,)" = failed,failed ]
		[[ $stderr == *'ending without QUIT, which would delete messages that could not be stored'* ]]
	done
	expiring < <(two_mails && retrieved 1 && retrieved 2 && goodbye)
	ann 0 fetch all -o 'pipe:exit 99'
}

# again_with NUMBER…: another session, in which these are marked.
again_with() {
	printf '%s\n' --- 'S: +OK ready'
	login
	two_mails
	[ $# -eq 0 ] || marks "$@"
	goodbye
}

@test "33: what was stored beside what fails each time is deleted in another session" {
	local failing='pipe:exit $((POP3_NUMBER - 1))'
	expiring < <(two_mails && retrieved 1 && retrieved 2 && echo EOF && again_with 1)
	in_account
	account 2 fetch new --delete -o "$failing"
	[ "$(cut -f 4 stdout | paste -sd,)" = fetched,failed ]
	[[ $stderr == *'deleting in a new session, as QUIT in this one would delete messages that could not be stored'* ]]
	expiring < <(two_mails | sed 's/S\*2: \\#/S: 2/; s/uid-\\#/uid-2/' && retrieved 2 && echo EOF)
	in_account
	account 2 fetch new --delete -o "$failing"
	[[ $stderr == *'without QUIT'* ]]
}

@test "33: such a session may be refused" {
	expiring < <(two_mails && retrieved 1 && retrieved 2 && echo EOF && printf '%s\n' --- 'S: -ERR [LOGIN-DELAY] wait')
	ann 2 fetch new --delete -o 'pipe:exit $((POP3_NUMBER - 1))'
	[[ $stderr == *'[LOGIN-DELAY] wait'*'without QUIT'* ]]
}

@test "33: EXPIRE 0: no QUIT after a message exceeds --max-size; a new session ends with QUIT" {
	expiring < <(two_mails && printf '%s\n' 'C: RETR 1' 'S: +OK' 'S*100: \# larger than LIST said' \
		'?S: .' EOF --- 'S: +OK ready' && login && two_mails | sed 1,4d && retrieved 2 && goodbye)
	ann 2 fetch all -o dir:box --max-size 1K
	[ "$(cut -f 4 stdout | paste -sd,)" = failed,fetched ]
}

@test "33: EXPIRE 0: no QUIT after stdout fails" {
	expiring < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 20' && retrieved 1 && echo EOF)
	status=0
	"$program" fetch 1 -s "$server" -u ann --tls off >/dev/full 2>stderr 3>&- || status=$?
	[ "$status" -eq 74 ]
}

@test "33: EXPIRE 0: QUIT after a refused RETR" {
	expiring < <(two_mails && printf '%s\n' 'C: RETR 1' 'S: -ERR damaged' && retrieved 2 && goodbye)
	ann 2 fetch all -o dir:box
}

@test "33: EXPIRE 0: no QUIT after a failed delivery in a batch" {
	expiring < <(two_mails && printf '%s\n' 'C: DELE 2' 'S: +OK' && retrieved 1 && echo EOF)
	ann 81 batch --keep-going <<-'END'
		dele 2
		fetch 1 -o 'pipe:exit 1'
	END
	[[ $stderr == *'nothing was deleted'* ]]
	grep -qx $'2\tuid-2\tunknown' stdout
	expiring < <(two_mails && retrieved 1 && echo EOF)
	ann 2 batch <<<"fetch 1 -o 'pipe:exit 1'"
}

@test "33: EXPIRE 0: messages fetched by two lines of a batch do not count as gone" {
	after_greeting USER TOP UIDL 'EXPIRE 0' < <(
		login
		printf '%s\n' 'C: LIST' 'S: +OK' 'S*10: \# 20' 'S: .' 'C: UIDL' 'S: +OK' 'S*10: \# u\#' 'S: .'
		for number in 1 2 3 4 5 6 7 8 9 10; do retrieved $number; done
		goodbye
	)
	printf '[ann]\nserver = %s\nuser = ann\ntls = off\n' "$server" >"$XDG_CONFIG_HOME/pop3/config"
	account 0 batch <<<$'fetch new -o dir:box\nfetch new -o dir:box'
	next_session < <(holds new && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "33: EXPIRE 0: without TOP, no RETR for headers" {
	without_uidl() { printf '%s\n' 'C: LIST' 'S: +OK' 'S*2: \# 20' 'S: .' 'C: UIDL' 'S: -ERR what?'; }
	refused_tops() { printf "C: TOP %d 0\nS: -ERR what?\n" 1 2; }
	expiring < <(two_mails | sed 1,4d && refused_tops && goodbye)
	ann 2 headers all
	[[ $stderr == *'message 1: the server has no TOP'*'EXPIRE 0'* ]]
	expiring < <(two_mails && refused_tops && goodbye)
	ann 2 fetch all --match 'subject~1' -o dir:box
	expiring < <(without_uidl && refused_tops && goodbye)
	ann 0 list
	[ "$output" = $'1\t\t20\n2\t\t20' ]
	expiring < <(without_uidl && refused_tops && goodbye)
	ann 2 fetch new -o dir:box
	[ "$(cut -f 4 stdout | paste -sd,)" = skipped,skipped ]
}

@test "33: EXPIRE with USER: CAPA is sent again after login" {
	converse - < <(greeting USER 'EXPIRE 30 USER' && login && two_mails &&
		printf '%s\n' 'C: CAPA' 'S: +OK' 'S: EXPIRE 0' 'S: .' && retrieved 1 && retrieved 2 && echo EOF)
	ann 2 fetch all -o 'pipe:exit 1'
}

# differs: a server without TOP whose EXPIRE differs among users; the rest is on stdin.
differs() {
	converse - < <(greeting USER UIDL 'EXPIRE 30 USER' && login && cat)
}

@test "33: EXPIRE with USER: no message is retrieved for its header, or lost with a failure" {
	local capa=$'C: CAPA\nS: +OK\nS: EXPIRE 0\nS: .' tops
	tops=$(printf 'C: TOP %d 0\nS: -ERR what?\n' 1 2)
	differs < <(two_mails | sed 1,4d && printf '%s\n' "$tops" "$capa" && goodbye)
	ann 2 headers all
	differs < <(two_mails && printf '%s\n' "$tops" "$capa" && goodbye)
	ann 2 fetch all --match 'subject~1' -o dir:box
	[ "$output" = '' ]
	differs < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 5' "$capa" && retrieved 1 && echo EOF)
	ann 2 fetch 1 -o - --max-size 10
}

@test "33: EXPIRE with USER: CAPA may be refused after login" {
	differs < <(two_mails && printf '%s\n' 'C: CAPA' 'S: -ERR not now' && retrieved 1 && retrieved 2 && goodbye)
	ann 0 fetch all -o dir:box
}

# --- QUIT and afterwards

@test "34: QUIT is refused after no deletion: 0" {
	after_login <<-'TALK'
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: -ERR
	TALK
	ann 0 stat
}

@test "34: the server closes the connection at QUIT after no deletion: 0" {
	after_login <<-'TALK'
		C: STAT
		S: +OK 2 320
		C: QUIT
		CLOSE
	TALK
	ann 0 stat
}

@test "35: --retry retries while the mailbox is in use" {
	stat_passes --retry 1 <<-'TALK'
		S: +OK ready
		C: CAPA
		S: -ERR
		C: USER ann
		S: +OK
		C: PASS secret
		S: -ERR [IN-USE] just a moment
		---
		S: +OK ready
		C: USER ann
		S: +OK
		C: PASS secret
		S: +OK
		C: STAT
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
}

@test "36: each write consists of whole commands" {
	needs_root
	needs_64_bits
	converse - < <(greeting USER PIPELINING && printf '%s\n' 'C: USER ann' 'C: PASS secret' \
		'C: STAT' 'C: QUIT' 'S: +OK' 'S: +OK' 'S: +OK 2 320' 'S: +OK')
	ASAN_OPTIONS=detect_leaks=0 strace -s 256 -o trace -e trace=sendto "$program" stat -s "$server" -u ann --tls off \
		>stdout 2>stderr 3>&-
	[ "$(grep -c '^sendto(.*\\r\\n", ' trace)" -eq "$(grep -c '^sendto(' trace)" ]
	grep -q '^sendto(.*CAPA' trace
}

@test "37: broken PIPELINING: a new session without it, reported with -v" {
	stat_passes -v <<-'TALK'
		S: +OK ready
		C: CAPA
		S: +OK
		S: USER
		S: PIPELINING
		S: .
		C: USER ann
		C: PASS secret
		C: STAT
		C: QUIT
		S: +OK
		S: garbage
		---
		S: +OK ready
		C: CAPA
		S: +OK
		S: USER
		S: PIPELINING
		S: .
		C: USER ann
		QUIET
		S: +OK
		C: PASS secret
		QUIET
		S: +OK
		C: STAT
		QUIET
		S: +OK 2 320
		C: QUIT
		S: +OK
	TALK
	[[ $stderr == *'lock step'* ]]
}

@test "38: SNI is sent" {
	converse - <<-'TALK'
		TLS sni=localhost
		S: -ERR [SYS/TEMP] enough
	TALK
	pop3 75 stat -u ann -s "localhost:$port" --ca-file "$certificates/ca.pem"
}

@test "39: nothing is pipelined with the login at Courier and Cyrus" {
	local name
	for name in 'Courier Mail Server' 'Cyrus POP3 3.6.1'; do
		stat_passes < <(sed "s/NAME/$name/" <<-'TALK'
			S: +OK ready
			C: CAPA
			S: +OK
			S: USER
			S: PIPELINING
			S: IMPLEMENTATION NAME
			S: .
			C: USER ann
			C: PASS secret
			QUIET
			S: +OK
			S: +OK logged in
			C: STAT
			C: QUIT
			S: +OK 2 320
			S: +OK
		TALK
		)
	done
}

# --- an unrequested -ERR for inactivity ---

# parts: the server ends the session; the client may send NOOP to check that.
parts() {
	printf '%s\n' 'S: -ERR Disconnected for inactivity.' CLOSE '?C: NOOP'
}

@test "47: -ERR for inactivity instead of an answer: 75, and no message fails" {
	for _ in 1 2 3 4; do
		next_session < <(holds u1 u2 u3 && sends 1 && echo 'C: RETR 2' && parts)
		account 75 fetch all -o dir:box
		[ "$(cut -f 2,4 stdout)" = $'u1\tfetched' ]
		[[ $stderr == *'RETR 2: the server ended the session: Disconnected for inactivity.' ]]
	done
	next_session < <(holds u1 u2 u3 && sends 2 3 && goodbye)
	account 0 fetch new -o dir:box
}

@test "47: -ERR for inactivity after a message: 75, and the message is delivered" {
	next_session < <(holds u1 u2 && sends 1 && parts)
	account 75 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout)" = $'u1\tfetched' ]
	next_session < <(holds u1 && sends 1 && parts)
	account 75 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout)" = $'u1\tfetched' ]
}

@test "47: -ERR for inactivity instead of the answers to LIST, UIDL and DELE: 75" {
	local command
	for command in 'C: LIST' "$(sizes u1)"$'\nC: UIDL'; do
		next_session < <(echo "$command" && parts)
		account 75 list
	done
	next_session < <(uids u1 && echo 'C: DELE 1' && parts)
	account 75 dele all
	next_session < <(holds u1 && sends 1 && echo 'C: DELE 1' && parts)
	account 75 fetch all --delete -o dir:box
}

@test "47: -ERR for inactivity in a pipelined session: 75" {
	after_greeting PIPELINING UIDL < <(
		printf '%s\n' 'C: USER ann' 'C: PASS secret' 'C: LIST' 'C: UIDL' 'S: +OK' 'S: +OK' \
			'S: +OK' 'S: 1 14' 'S: 2 100' 'S: 3 200' 'S: .' 'S: +OK' 'S*3: \# u\#' 'S: .' \
			'C: RETR 1' 'C: RETR 2' 'C: RETR 3' 'S: +OK' 'S: Subject: x' 'S:' 'S: .'
		parts | sed '$d'
	)
	ann 75 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout)" = $'u1\tfetched' ]
}

@test "47: -ERR about a time-out of one message: the message fails, and the session continues" {
	next_session < <(
		holds u1 u2
		printf '%s\n' 'C: RETR 1' 'S: -ERR timed out reading the message' 'C: NOOP' 'S: +OK'
		sends 2 && goodbye
	)
	account 2 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout | sort)" = $'u1\tfailed\nu2\tfetched' ]
}

@test "47: -ERR after a message, then other octets: the message fails" {
	next_session < <(holds u1 && printf '%s\n' 'C: RETR 1' 'S: +OK' 'S: a' 'S: .' 'S: -ERR idle' 'S: b' EOF)
	account 2 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout)" = $'u1\tfailed' ]
}

# --- an unstuffed dot as the first octet of a message ---

# dotted VERB NUMBER [ARGUMENT]: such a message, and the end of its session.
dotted() {
	printf '%s\n' "C: $1 $2${3:+ $3}" 'S: +OK' 'S| .\r\nbehind a dot\r\n\r\n.\r\n' EOF
}

again() {
	printf '%s\n' --- 'S: +OK ready'
	login
}

@test "50: an unstuffed first dot: the message fails in every run, the others are fetched" {
	local order number
	for order in '1 2 3 4 5 6' '5 1 2 3 4 6' '5 1 2 3 4 6'; do
		next_session < <(
			holds u1 u2 u3 u4 u5 u6
			for number in $order; do
				if [ $number -eq 5 ]; then
					sends 5
					continue
				fi
				dotted RETR $number
				[ $number -eq 6 ] || { again && uids u1 u2 u3 u4 u5 u6; }
			done
		)
		account 2 fetch all -o dir:box
		[ "$(cut -f 2,4 stdout | sort | tr '\t\n' ' ,')" = \
			'u1 failed,u2 failed,u3 failed,u4 failed,u5 fetched,u6 failed,' ]
	done
	next_session < <(holds u1 u2 && goodbye)
	account 2 fetch new -o dir:box
	[ "$(cut -f 2,4 stdout)" = $'u1\tskipped\nu2\tskipped' ]
}

@test "50: an unstuffed first dot: the other messages are deleted in a new session" {
	next_session < <(
		holds u1 u2 && sends 1 && dotted RETR 2
		again && uids u1 u2 | sed '1i C: LIST\nS: +OK\nS: 1 100\nS: 2 100\nS: .'
		marks 1 && goodbye
	)
	account 2 fetch all --delete -o dir:box
	conversation_ended_well
}

@test "50: an unstuffed first dot: the spool of the mbox is removed" {
	next_session < <(holds u1 && dotted RETR 1)
	account 2 fetch all -o mbox:in/box
	[[ $stderr == *"message 1: the server sent more after the end of the message"* ]]
	[ "$(ls -A in)" = '' ]
}

@test "50: an unstuffed first dot, EXPIRE 0: no QUIT in that session" {
	expiring < <(two_mails && dotted RETR 1 && again && two_mails | sed 1,4d && retrieved 2 && goodbye)
	ann 2 fetch all -o dir:box
	[ "$(cut -f 4 stdout | paste -sd,)" = failed,fetched ]
	[ "$(ls box | wc -l)" -eq 1 ]
	expiring < <(two_mails | sed 's/^S\*2/S*1/' && dotted RETR 1)
	ann 2 fetch new -o dir:box
	[ "$(cut -f 4 stdout)" = failed ]
}

@test "50: an unstuffed first dot: headers of the others are shown in a new session" {
	after_login < <(
		uids u1 u2 && dotted TOP 1 0
		again && sizes u1 u2 && uids u1 u2
		printf '%s\n' 'C: TOP 2 0' 'S: +OK' 'S: A: b' 'S:' 'S: .'
		goodbye
	)
	ann 2 headers all
	[ "$output" = $'2\tu2\tA: b' ]
	[[ $stderr == *"message 1: the server sent more after the end of the message"* ]]
}

@test "50: unless the new session has other messages" {
	after_login < <(
		uids u1 u2 && dotted TOP 1 0
		again && sizes u1 u2 | sed 's/^S: 2 .*/S: 2 99/' && uids u1 u3 && echo EOF
	)
	ann 75 headers all
	[[ $stderr == *'the mailbox may have changed in the new session' ]]
}

# --- an answer that is not a status line ---

# garbage COMMAND: the answer is not a status line, and the session ends.
garbage() {
	printf '%s\n' "C: $1" 'S: garbage' EOF
}

# heads NUMBER…: TOP for each of these messages.
heads() {
	printf 'C: TOP %s 0\nS: +OK\nS: A: b\nS:\nS: .\n' "$@"
}

# fails_beside_others STATUSES [DESTINATION]: fetch exits with 2 and prints these records.
fails_beside_others() {
	account 2 fetch new -o "${2:-dir:box}"
	conversation_ended_well
	[ "$(cut -f 2,4 stdout | sort | tr '\t\n' ' ,')" = "$1" ]
}

@test "27: RETR answered with garbage: the message fails, and is skipped after three runs" {
	next_session < <(
		holds u1 u2 u3 && garbage 'RETR 1'
		again && uids u1 u2 u3 && sends 2 3 && goodbye
	)
	fails_beside_others 'u1 failed,u2 fetched,u3 fetched,'
	next_session < <(holds u1 u2 u3 && garbage 'RETR 1')
	fails_beside_others 'u1 failed,'
	next_session < <(holds u1 u2 u3 && garbage 'RETR 1')
	fails_beside_others 'u1 failed,'
	next_session < <(holds u1 u2 u3 && goodbye)
	fails_beside_others 'u1 skipped,'
}

@test "27: the message before the garbage is retrieved again, followed by NOOP, and delivered" {
	local destination
	for destination in dir:box mbox:box2 maildir:Mail 'pipe:cat >>piped'; do
		rm -rf home/state
		next_session < <(
			holds u1 u2 u3 && sends 1 && garbage 'RETR 2'
			again && uids u1 u2 u3 && sends 1 && printf '%s\n' 'C: NOOP' 'S: -ERR what?'
			garbage 'RETR 2'
			again && uids u1 u2 u3 && sends 3 && goodbye
		)
		fails_beside_others 'u1 fetched,u2 failed,u3 fetched,' "$destination"
	done
	[ "$(ls box)" = $'u1.eml\nu3.eml' ]
	[ "$(grep -c ^Subject box2)" -eq 2 ]
	[ "$(grep -c ^Subject piped)" -eq 2 ]
}

@test "27: the message before the garbage fails if NOOP is answered with garbage too" {
	next_session < <(
		holds u1 u2 u3 && sends 1 && garbage 'RETR 2'
		again && uids u1 u2 u3 && sends 1 && garbage NOOP
		again && uids u1 u2 u3 && sends 2 3 && goodbye
	)
	fails_beside_others 'u1 failed,u2 fetched,u3 fetched,'
}

@test "27: on stdout the message before the garbage is not written again or counted as failed" {
	local run
	for run in 1 2 3; do
		next_session < <(
			holds u1 u2 && sends 1 && garbage 'RETR 2'
			again && uids u1 u2 && garbage 'RETR 2'
		)
		account 2 fetch new -o mbox:-
		[ "$(grep -c ^Subject stdout)" -le 1 ]
	done
	next_session < <(holds u1 u2 && sends 1 && goodbye)
	account 2 fetch new -o mbox:-
	[ "$(grep -c ^Subject stdout)" -eq 1 ]
	[[ $stderr == *"message 2: it failed in three runs"* ]]
}

@test "27: EXPIRE 0: no QUIT in the session of the garbage" {
	expiring < <(
		two_mails && retrieved 1 && garbage 'RETR 2'
		again && two_mails | sed 1,4d && garbage 'RETR 2'
	)
	ann 2 fetch all -o dir:box
	[ "$(cut -f 2,4 stdout | tr '\t\n' ' ,')" = 'uid-1 fetched,uid-2 failed,' ]
}

@test "27: TOP answered with garbage: headers of the other messages are shown" {
	after_login < <(
		uids u1 u2 u3 && heads 1 && garbage 'TOP 2 0'
		again && sizes u1 u2 u3 && uids u1 u2 u3 && heads 1
		printf '%s\n' 'C: NOOP' 'S: +OK' && garbage 'TOP 2 0'
		again && sizes u1 u2 u3 && uids u1 u2 u3 && heads 3 && goodbye
	)
	ann 2 headers all
	[ "$output" = $'1\tu1\tA: b\n3\tu3\tA: b' ]
	[ "${stderr%%$'\n'*}" = "pop3: message 2: not a POP3 server's answer: 'garbage'" ]
	after_login < <(
		uids u1 u2 && heads 1 && garbage 'TOP 2 0'
		again && sizes u1 u2 && uids u1 u2 && heads 1 && garbage NOOP
		again && sizes u1 u2 && uids u1 u2 && heads 2 && goodbye
	)
	ann 2 headers all
	[ "$output" = $'2\tu2\tA: b' ]
}

# --- QUIT is pipelined only if no further commands can become necessary ---

# pipelined_login: the login pipelined with the commands on stdin, and the login's answers.
pipelined_login() {
	printf '%s\n' 'C: USER ann' 'C: PASS secret'
	sed -n '/^C/p'
	printf '%s\n' QUIET 'S: +OK' 'S: +OK'
}

one_message='S: +OK
S: A: b
S:
S: .'

@test "8: list and uidl with pipelining, UIDL neither listed nor known" {
	converse - < <(
		greeting USER PIPELINING TOP
		pipelined_login <<<$'C: LIST\nC: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'S: -ERR what?' 'C: TOP 1 0' QUIET \
			"$one_message" 'C: QUIT' 'S: +OK' --- 'S: +OK ready'
		pipelined_login <<<'C: UIDL'
		printf '%s\n' 'S: -ERR what?' 'C: LIST' QUIET 'S: +OK' 'S: 1 100' 'S: .' \
			'C: TOP 1 0' "$one_message" 'C: QUIT' 'S: +OK'
	)
	ann 0 list all
	[[ $output == $'1\ttop:'*$'\t100' ]]
	ann 0 uidl all
	[[ $output == $'1\ttop:'* ]]
}

@test "8: headers with pipelining, TOP neither listed nor known" {
	converse - < <(
		greeting USER PIPELINING UIDL
		pipelined_login <<<'C: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 uid-1' 'S: .' 'C: TOP 1 0' QUIET 'S: -ERR what?' \
			'C: RETR 1' "$one_message" 'C: QUIT' 'S: +OK'
	)
	ann 0 headers
	[ "$output" = $'1\tuid-1\tA: b' ]
}

@test "8: filters with pipelining, TOP neither listed nor known" {
	local listing=('S: +OK' 'S: 1 100' 'S: .' 'S: +OK' 'S: 1 uid-1' 'S: .')
	local whole=('C: TOP 1 0' QUIET 'S: -ERR what?' 'C: RETR 1' "$one_message" 'C: QUIT' 'S: +OK')
	converse - < <(
		greeting USER PIPELINING UIDL
		pipelined_login <<<$'C: LIST\nC: UIDL'
		printf '%s\n' "${listing[@]}" "${whole[@]}" --- 'S: +OK ready'
		pipelined_login <<<'C: LIST'
		printf '%s\n' "${listing[@]::3}" "${whole[@]}" --- 'S: +OK ready'
		pipelined_login <<<'C: UIDL'
		printf '%s\n' "${listing[@]:3}" "${whole[@]}"
	)
	ann 0 list --match a~b
	[ "$output" = $'1\tuid-1\t100' ]
	ann 0 stat --match a~b
	[ "$output" = $'1\t100' ]
	ann 0 uidl --match a~b
	[ "$output" = $'1\tuid-1' ]
}

@test "8: TOP is listed but refused: a new session, as QUIT was sent" {
	converse - < <(
		greeting USER PIPELINING UIDL TOP
		pipelined_login <<<'C: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 uid-1' 'S: .' 'C: TOP 1 0' 'C: QUIT' 'S: -ERR what?' \
			'S: +OK' --- 'S: +OK ready'
		pipelined_login <<<$'C: LIST\nC: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'S: +OK' 'S: 1 uid-1' 'S: .' \
			'C: RETR 1' "$one_message" 'C: QUIT' 'S: +OK'
	)
	ann 0 headers
	[ "$output" = $'1\tuid-1\tA: b' ]
}

@test "8: UIDL is listed but refused: a new session, as QUIT was sent" {
	converse - < <(
		greeting USER PIPELINING UIDL TOP
		pipelined_login <<<$'C: LIST\nC: UIDL\nC: QUIT'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'S: -ERR what?' 'S: +OK' --- 'S: +OK ready'
		pipelined_login <<<$'C: LIST\nC: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'S: -ERR what?' 'C: TOP 1 0' \
			"$one_message" 'C: QUIT' 'S: +OK' --- 'S: +OK ready'
		pipelined_login <<<$'C: UIDL\nC: QUIT'
		printf '%s\n' 'S: -ERR what?' 'S: +OK' --- 'S: +OK ready'
		pipelined_login <<<'C: LIST'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'C: TOP 1 0' "$one_message" 'C: QUIT' 'S: +OK'
	)
	ann 0 list all
	[[ $output == $'1\ttop:'*$'\t100' ]]
	ann 0 uidl all
	[[ $output == $'1\ttop:'* ]]
}

@test "8: TOP is listed but refused in a batch: RETR in the same session" {
	converse - < <(
		greeting USER PIPELINING UIDL TOP
		pipelined_login <<<$'C: LIST\nC: UIDL'
		printf '%s\n' 'S: +OK' 'S: 1 100' 'S: .' 'S: +OK' 'S: 1 uid-1' 'S: .' \
			'C: TOP 1 0' 'C: STAT' 'S: -ERR what?' 'S: +OK 1 100' \
			'C: TOP 1 0' 'S: -ERR what?' 'C: RETR 1' "$one_message" 'C: QUIT' 'S: +OK'
	)
	ann 0 batch - <<<$'headers\nstat'
	[ "$output" = $'1\tuid-1\tA: b\n1\t100' ]
}

@test "44: without TOP, a message without header is identified by its first lines, by RETR" {
	after_login < <(
		printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 100' 'S: .' 'C: UIDL' 'S: -ERR what?' \
			'C: TOP 1 0' 'S: -ERR what?' 'C: RETR 1' 'S: +OK' S: 'S: text' 'S: .' \
			'C: TOP 1 50' 'S: -ERR what?' 'C: RETR 1' 'S: +OK' S: 'S: text' 'S: .' \
			'C: RETR 1' 'S: +OK' S: 'S: text' 'S: .'
		goodbye
	)
	ann 0 fetch new -o dir:box
	[[ $output == $'1\ttop:'*$'\tfetched\t'* ]]
}

@test "44: without TOP, headers --lines shows lines of the whole message" {
	after_login < <(
		printf '%s\n' 'C: UIDL' 'S: +OK' 'S: 1 u1' 'S: .' 'C: TOP 1 1' 'S: -ERR what?' \
			'C: RETR 1' 'S: +OK' 'S: A: b' S: 'S: one' 'S: two' 'S: .'
		goodbye
	)
	ann 0 headers --lines 1
	[ "$output" = $'A: b\r\n\r\none\r\n\r' ]
}

@test "27: headers of messages with the same UID are requested again in a new session" {
	after_login < <(
		uids u1 u1 && garbage 'TOP 1 0'
		again && sizes u1 u1 && uids u1 u1 && heads 2
		goodbye
	)
	ann 0 uidl
	[[ $output == $'1\t-\n2\ttop:'* || $output == $'1\t\n2\ttop:'* ]]
}

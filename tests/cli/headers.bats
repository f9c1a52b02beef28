# pop3 headers: header fields one per line, as columns, or raw.
load ../helpers/session

# shows_message OPTION…: headers of message 1; the answer to TOP is on stdin.
shows_message() {
	in_session < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: UIDL 1' 'S: +OK 1 uid-1' \
		'C: TOP 1 0' 'S: +OK' && cat)
	ann 0 headers "$@" 1
}

@test "headers prints one line per field" {
	shows_message <<-'TALK'
		MESSAGE plain.eml
	TALK
	grep -q $'^1\tuid-1\tSubject: ' stdout
	run ! grep -v $'^1\tuid-1\t[^ :]*: ' stdout
}

@test "folded lines are joined" {
	shows_message <<-'TALK'
		S: Subject: one
		S:  two
		S: \tthree
		S:
		S: .
	TALK
	[ "$output" = $'1\tuid-1\tSubject: one two three' ]
}

@test "encoded words are decoded to UTF-8" {
	shows_message <<-'TALK'
		S: Subject: =?ISO-8859-1?Q?Gr=FC=DFe?= =?UTF-8?B?4oKs?=
		S:
		S: .
	TALK
	[ "$output" = $'1\tuid-1\tSubject: Grüße€' ]
}

@test "malformed encoded words are decoded" {
	shows_message <<-'TALK'
		S: Subject: =?gb2312?B?t6LGsaGqus/Tiw==?= =?utf-8?Q?Why? f=C3?=
		S:  =?utf-8?B?vHI=?= =?iso-8859-1?Q?_=93now=94=?= =?utf-8?Q?=E9?=
		S:
		S: .
	TALK
	[ "$output" = $'1\tuid-1\tSubject: 发票—合計Why? für “now”=�' ]
}

@test "--fields prints columns, empty for a missing field" {
	shows_message --fields From,Subject,date <<-'TALK'
		S: Date: Sat, 21 Nov 2026 00:00:00 +0000
		S: from: ann@example.org
		S:
		S: .
	TALK
	[ "$output" = $'1\tuid-1\tann@example.org\t\tSat, 21 Nov 2026 00:00:00 +0000' ]
}

@test "--fields accepts spaces around the names" {
	shows_message --fields ' From , Subject' <<-'TALK'
		S: From: ann@example.org
		S: Subject: one
		S:
		S: .
	TALK
	[ "$output" = $'1\tuid-1\tann@example.org\tone' ]
}

# message_with_addresses: the answer to TOP.
message_with_addresses() {
	cat <<-'TALK'
		S: Date: Thu, 14 Aug 2025 14:15:52 +0200
		S: From: =?utf-8?Q?M=C3=BCller, Ann?= (at home) <ann@example.org>
		S: To: Friends: "b, c"@example.org,
		S:  Dan <dan@example.org>;
		S: Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
		S:
		S: .
	TALK
}

@test "--fields prints dates, sizes and addresses as columns" {
	shows_message --fields @date,@octets,@from,@to,subject < <(message_with_addresses)
	[ "$output" = $'1\tuid-1\t2025-08-14T12:15:52Z\t100\tann@example.org\t"b, c"@example.org, dan@example.org\tGrüße' ]
}

@test "--overview prints the usual columns" {
	shows_message --overview --header < <(message_with_addresses)
	[ "$output" = $'number\tuid\t@date\t@from\tSubject\t@octets\n1\tuid-1\t2025-08-14T12:15:52Z\tann@example.org\tGrüße\t100' ]
	shows_message --overview --json < <(message_with_addresses)
	[ "$output" = '{"number":1,"uid":"uid-1","@date":"2025-08-14T12:15:52Z","@from":"ann@example.org","Subject":"Grüße","@octets":100}' ]
}

@test "columns of missing or unusable fields are empty" {
	shows_message --fields @date,@from,@to,X-A <<-'TALK'
		S: Date: yesterday
		S: To: undisclosed-recipients:;
		S:
		S: .
	TALK
	[ "$output" = $'1\tuid-1\t\t\t\t' ]
}

@test "octets that are not UTF-8 are escaped unambiguously" {
	printf 'Subject: Gr\xfc\xdfe \\xFC\xc3\xbc\n\n' >raw.eml
	shows_message < <(echo "MESSAGE $PWD/raw.eml")
	[ "$output" = $'1\tuid-1\tSubject: Gr\\xFC\\xDFe \\\\xFCü' ]
	shows_message --json --fields subject < <(echo "MESSAGE $PWD/raw.eml")
	[ "$output" = '{"number":1,"uid":"uid-1","subject":"Gr\uEFFC\uEFDFe \\xFCü"}' ]
}

# refused EXPECTED OPTION…: a usage error before connecting.
refused() {
	ann 64 headers -s 127.0.0.1:1 "${@:2}"
	[[ $stderr == *"$1"* ]]
}

@test "invalid columns are rejected before connecting: 64" {
	refused "invalid field name 'From:'" --fields From:
	refused "invalid field name ''" --fields ''
	refused "invalid field name ''" --fields From,,To
	refused "invalid field name 'a b'" --fields 'From, a b'
	refused "unknown column '@cc' (use @date, @octets, @from or @to)" --fields @cc
	refused "field 'from' is named twice" --fields 'From,To, from'
	refused "field '@DATE' is named twice" --fields '@date,@DATE'
	refused 'cannot be used together' --fields From --overview
	refused 'cannot be used with' --fields From --raw
	refused 'cannot be used with' --overview --raw
	refused 'cannot be used with' --fields From --lines 2
}

@test "--json keeps the order of the fields" {
	shows_message --json <<-'TALK'
		S: Received: b
		S: Received: a
		S:
		S: .
	TALK
	[ "$output" = '{"number":1,"uid":"uid-1","fields":[{"name":"Received","value":"b"},{"name":"Received","value":"a"}]}' ]
}

@test "--raw prints the header block octet for octet" {
	shows_message --raw <<-'TALK'
		S: Subject:  =?UTF-8?B?4oKs?=
		S: \tfolded
		S:
		S: .
	TALK
	printf 'Subject:  =?UTF-8?B?4oKs?=\r\n\tfolded\r\n\r\n' | cmp - stdout
}

@test "--lines N adds that many lines of the body" {
	in_session <<-'TALK'
		C: LIST 1
		S: +OK 1 100
		C: UIDL 1
		S: +OK 1 uid-1
		C: TOP 1 2
		S: +OK
		S: Subject: one
		S:
		S: first
		S: ..second
		S: .
	TALK
	ann 0 headers --lines 2 1
	printf 'Subject: one\r\n\r\nfirst\r\n.second\r\n\r\n' | cmp - stdout
}

@test "a message without a body or an empty line" {
	shows_message <<-'TALK'
		S: Subject: one
		S: .
	TALK
	[ "$output" = $'1\tuid-1\tSubject: one' ]
}

@test "--raw adds a missing empty line after the header block" {
	shows_message --raw <<-'TALK'
		S: From: a@example.org
		S: Subject: one
		S: .
	TALK
	printf 'From: a@example.org\r\nSubject: one\r\n\r\n' | cmp - stdout
	shows_message --raw <<-'TALK'
		MESSAGE ../field/no-empty-line.eml
	TALK
	printf 'From: a@example.org\nSubject: one\n\r\n' | cmp - stdout
}

@test "--raw of an empty message prints an empty line" {
	shows_message --raw <<-'TALK'
		S: .
	TALK
	printf '\r\n' | cmp - stdout
}

@test "a byte order mark before the first field is ignored" {
	shows_message --fields from,subject <<-'TALK'
		MESSAGE ../field/byte-order-mark.eml
	TALK
	[ "$output" = $'1\tuid-1\ta@example.org\tone' ]
}

@test "a line that is not a field does not end the header" {
	shows_message <<-'TALK'
		MESSAGE ../field/junk-line.eml
	TALK
	[ "$output" = $'1\tuid-1\tFrom: a@example.org\n1\tuid-1\tSubject: one' ]
}

@test "a refused TOP does not stop the others: 2" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S*2: \# uid-\#
		S: .
		C: TOP 1 0
		S: -ERR damaged
		C: TOP 2 0
		S: +OK
		S: Subject: two
		S:
		S: .
	TALK
	ann 2 headers
	[ "$output" = $'2\tuid-2\tSubject: two' ]
	[[ $stderr == *'message 1: '*damaged* ]]
}

@test "only the selected messages are requested" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S*3: \# uid-\#
		S: .
		C: TOP 3 0
		S: +OK
		S: Subject: three
		S:
		S: .
	TALK
	ann 0 headers --fields subject last
	[ "$output" = $'3\tuid-3\tthree' ]
}

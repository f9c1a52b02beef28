# pop3 uidl: number and UID of each message.
load ../helpers/session

@test "uidl prints number and UID" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 whqtswO00WBw418f9t5JxYwZ
		S: 2 QhdPYR:00WBw1Ph7x7
		S: .
	TALK
	ann 0 uidl
	[ "$output" = $'1\twhqtswO00WBw418f9t5JxYwZ\n2\tQhdPYR:00WBw1Ph7x7' ]
}

@test "uidl uid:UID finds the message with that UID" {
	in_session <<-'TALK'
		C: UIDL
		S: +OK
		S: 1 uid-a
		S: 2 uid-b
		S: .
	TALK
	ann 0 uidl uid:uid-b
	[ "$output" = $'2\tuid-b' ]
}

@test "without UIDL, the UID is the digest of the header block" {
	in_session <<-'TALK'
		C: UIDL
		S: -ERR what?
		C: LIST
		S: +OK
		S: 1 100
		S: .
		C: TOP 1 0
		S: +OK
		S: Subject: one
		S:
		S: .
	TALK
	ann 0 uidl
	[ "$output" = "1	top:$(printf 'Subject: one\r\n\r\n' | sha256sum | cut -d ' ' -f 1)" ]
}

@test "without UIDL and TOP, the UID is the digest of the header block from RETR" {
	in_session <<-'TALK'
		C: UIDL
		S: -ERR what?
		C: LIST
		S: +OK
		S: 1 100
		S: .
		C: TOP 1 0
		S: -ERR what?
		C: RETR 1
		S: +OK
		S: Subject: one
		S:
		S: body
		S: .
	TALK
	ann 0 uidl
	[ "$output" = "1	top:$(printf 'Subject: one\r\n\r\n' | sha256sum | cut -d ' ' -f 1)" ]
}

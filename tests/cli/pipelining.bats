# Servers whose answers get out of order when commands are pipelined, and how that is detected.
load ../helpers/session

# mails: the messages of the mailbox, by number. Their sizes differ.
mails=('' 'Subject: a' 'Subject: bb' 'Subject: ccc' 'Subject: dddd')

# body NUMBER: that message without the terminating dot.
body() {
	printf 'S: %s\n' "${mails[$1]}" ''
}

# answers NUMBER…: the answers to RETR for these messages.
answers() {
	local number
	for number; do
		echo 'S: +OK'
		body "$number"
		echo 'S: .'
	done
}

# lists [OCTETS]: LIST and UIDL; with OCTETS, LIST has that size for each message.
lists() {
	local number
	printf '%s\n' 'C: LIST' 'C: UIDL' 'S: +OK'
	for number in 1 2 3 4; do
		echo "S: $number ${1:-$((${#mails[number]} + 4))}"
	done
	printf '%s\n' 'S: .' 'S: +OK' 'S*4: \# uid-\#' 'S: .'
}

# ahead [OCTETS]: a session up to four pipelined RETR.
ahead() {
	printf '%s\n' 'C: USER ann' 'C: PASS secret' 'S: +OK' 'S: +OK'
	lists "$@"
	printf 'C: RETR %s\n' 1 2 3 4
}

# uids: UIDL alone, as at the start of a new session.
uids() {
	printf '%s\n' 'C: UIDL' 'S: +OK' 'S*4: \# uid-\#' 'S: .'
}

# one_by_one NUMBER…: RETR of each of these messages, sent after the answer to the one before.
one_by_one() {
	local number
	for number; do
		printf '%s\n' "C: RETR $number" QUIET
		answers "$number"
	done
}

# new_session: the next connection, in lock step (without pipelining), up to UIDL.
new_session() {
	printf '%s\n' --- 'S: +OK ready' 'C: USER ann' QUIET 'S: +OK' 'C: PASS secret' QUIET 'S: +OK'
	uids
}

# in_lock_step NUMBER…: a whole new session that retrieves these messages.
in_lock_step() {
	new_session
	one_by_one "$@"
	goodbye
}

# the_next_run WORD: stat at the same server, in lock step or pipelined ("ahead").
the_next_run() {
	printf '%s\n' --- 'S: +OK ready'
	if [ "$1" = ahead ]; then
		printf '%s\n' 'C: USER ann' 'C: PASS secret' 'C: STAT' 'C: QUIT' \
			'S: +OK' 'S: +OK' 'S: +OK 4 60' 'S: +OK'
	else
		printf '%s\n' 'C: USER ann' QUIET 'S: +OK' 'C: PASS secret' QUIET 'S: +OK' \
			'C: STAT' QUIET 'S: +OK 4 60'
		goodbye
	fi
}

# delivers_all WORD [OPTION…]: fetch delivers every message, in the conversation on stdin; then
# the next run, see the_next_run.
delivers_all() {
	local number
	converse - < <(greeting USER PIPELINING && cat && the_next_run "$1")
	ann 0 fetch all -o dir:box -v "${@:2}"
	[ "$(cut -f 1,4 stdout | sort | tr '\t\n' ' ,')" = '1 fetched,2 fetched,3 fetched,4 fetched,' ]
	for number in 1 2 3 4; do
		printf '%s\r\n\r\n' "${mails[number]}" | cmp - "box/uid-$number.eml"
	done
	mv stderr steps
	ann 0 stat
}

@test "fetch: each status line arrives before the dot of the previous message" {
	delivers_all 'lock step' < <(
		ahead
		printf '%s\n' 'S: +OK' && body 1
		printf '%s\n' 'S: +OK' 'S: .' && body 2
		printf '%s\n' 'S: +OK' 'S: .' && body 3
		printf '%s\n' 'S: +OK' 'S: .' && body 4 && echo 'S: .'
		echo EOF
		in_lock_step 1 2 3 4
	)
}

@test "fetch: status lines arrive early, LIST counts line ends as one octet" {
	delivers_all 'lock step' < <(
		ahead 12
		printf '%s\n' 'S: +OK' && body 1
		printf '%s\n' 'S: +OK' 'S: .' && body 2
		printf '%s\n' 'S: +OK' 'S: .' && body 3
		echo EOF
		in_lock_step 1 2 3 4
	)
}

@test "fetch: a command is ignored: messages from the first wrong size on are retrieved again" {
	delivers_all 'lock step' < <(ahead && answers 1 3 4 && echo EOF && in_lock_step 2 3 4)
}

@test "fetch: a command is ignored, LIST's sizes are wrong, and the server closes the connection" {
	delivers_all 'lock step' < <(ahead 12 && answers 1 3 4 && echo CLOSE && in_lock_step 1 2 3 4)
}

@test "fetch: a command is ignored, LIST's sizes are wrong, and the server waits" {
	delivers_all 'lock step' --timeout 1 \
		< <(ahead 12 && answers 1 3 4 && echo STALL && in_lock_step 1 2 3 4)
}

@test "fetch: the first command is ignored" {
	delivers_all 'lock step' < <(ahead 12 && answers 2 3 4 && echo CLOSE && in_lock_step 1 2 3 4)
}

@test "fetch: a command is answered twice" {
	delivers_all 'lock step' < <(ahead && answers 1 2 2 3 4 && echo EOF && in_lock_step 3 4)
}

@test "fetch: a command is answered twice, and LIST's sizes are wrong" {
	delivers_all 'lock step' < <(ahead 12 && answers 1 2 2 3 4 && echo EOF && in_lock_step 1 2 3 4)
}

@test "fetch: +OK is followed by -ERR without a dot" {
	delivers_all 'lock step' < <(
		ahead 12 && answers 1
		printf '%s\n' 'S: +OK' 'S: -ERR Error while retrieving message.'
		answers 3 4
		echo EOF
		in_lock_step 1 2 3 4
	)
	grep -qx 'pop3: RETR 2: the message begins like another answer: continuing in a new session' steps
}

@test "fetch: LIST does not count the final line end that the server adds to a message" {
	delivers_all ahead < <(ahead | sed 's/^S: 3 16$/S: 3 14/' && answers 1 2 3 4 && goodbye)
}

@test "fetch: a message already on stdout is not retrieved again: 76, then lock step" {
	converse - < <(greeting USER PIPELINING && ahead && answers 1 3 4 && echo EOF &&
		the_next_run 'lock step')
	ann 76 fetch all -o mbox:-
	[[ $stderr == *'the message has '*' octets, but LIST gave '*' and was right before' ]]
	ann 0 stat
}

@test "fetch: a command is ignored, and a refusal is not attributed to the wrong message" {
	delivers_all 'lock step' < <(
		ahead 12
		answers 1
		printf '%s\n' 'S: -ERR gone'
		answers 4
		echo CLOSE
		in_lock_step 1 2 3 4
	)
}

@test "fetch: a size that differs from LIST in lock step too: pipelining continues" {
	mails[3]='Subject: longer than LIST says'
	delivers_all ahead < <(
		printf '%s\n' 'C: USER ann' 'C: PASS secret' 'S: +OK' 'S: +OK'
		lists | sed 's/^S: 3 .*/S: 3 16/'
		printf 'C: RETR %s\n' 1 2 3 4
		answers 1 2 3 4
		echo EOF
		in_lock_step 3 4
	)
}

@test "fetch: a message that begins like a status line in lock step too: pipelining continues" {
	mails[2]='+OK that is what I wrote'
	delivers_all ahead < <(
		ahead && answers 1 2 3 4 && echo EOF
		new_session
		one_by_one 2
		printf 'C: RETR %s\n' 3 4
		answers 3 4
		goodbye
	)
}

@test "fetch: a message that breaks the session in lock step too fails; pipelining continues" {
	converse - < <(
		greeting USER PIPELINING
		ahead
		answers 1
		printf '%s\n' 'S: +OK' 'S: Subject: a dot' 'S: .' 'S: that nobody stuffed' 'S: .'
		answers 3 4
		echo EOF
		new_session
		printf '%s\n' 'C: RETR 2' 'S: +OK' 'S: Subject: a dot' 'S: .' 'S: that nobody stuffed' \
			'S: .' EOF ---
		printf '%s\n' 'S: +OK ready' 'C: USER ann' 'C: PASS secret' 'S: +OK' 'S: +OK'
		uids
		printf 'C: RETR %s\n' 3 4
		answers 3 4
		goodbye
		the_next_run ahead
	)
	ann 2 fetch all -o dir:box
	[ "$(cut -f 1,4 stdout | sort | tr '\t\n' ' ,')" = '1 fetched,2 failed,3 fetched,4 fetched,' ]
	ann 0 stat
}

# stalls: dele of which the server loses the pipelined commands behind the first, and waits.
stalls() {
	printf '%s\n' 'C: USER ann' 'C: PASS secret' 'S: +OK' 'S: +OK'
	uids
	printf 'C: DELE %s\n' 1 2 3 4
	printf '%s\n' 'S: +OK' STALL
}

@test "dele: commands behind another one are lost in two sessions in a row: 75, then lock step" {
	converse - < <(
		greeting USER PIPELINING UIDL && stalls
		printf '%s\n' --- 'S: +OK ready' && stalls
		new_session
		printf 'C: DELE %s\nQUIET\nS: +OK\n' 1 2 3 4
		goodbye
	)
	ann 75 dele all --timeout 1
	[ "$stderr" = 'pop3: 127.0.0.1: DELE 2: no answer within 1 s' ]
	ann 75 dele all --timeout 1
	ann 0 dele all --timeout 1
	[ "$(cut -f 3 stdout | uniq -c | xargs)" = '4 deleted' ]
}

@test "dele: one session stalls: pipelining continues" {
	converse - < <(
		greeting USER PIPELINING UIDL && stalls
		the_next_run ahead
		printf '%s\n' --- 'S: +OK ready' && stalls
		the_next_run ahead
	)
	ann 75 dele all --timeout 1
	ann 0 stat
	ann 75 dele all --timeout 1
	ann 0 stat
}

@test "--pipelining off sends one command at a time from the start" {
	converse - < <(greeting USER PIPELINING && login && printf '%s\n' 'C: STAT' QUIET 'S: +OK 0 0' &&
		goodbye)
	ann 0 stat --pipelining off
}

# --- header blocks

# tops_ahead: a session up to four pipelined TOP.
tops_ahead() {
	printf '%s\n' 'C: USER ann' 'C: PASS secret' 'S: +OK' 'S: +OK'
	printf '%s\n' 'C: UIDL' 'S: +OK' 'S*4: \# uid-\#' 'S: .'
	printf 'C: TOP %s 0\n' 1 2 3 4
}

# tops_in_lock_step: a new session with the same messages that requests their headers one by one.
tops_in_lock_step() {
	local number
	printf '%s\n' --- 'S: +OK ready' 'C: USER ann' QUIET 'S: +OK' 'C: PASS secret' QUIET 'S: +OK'
	printf '%s\n' 'C: LIST' 'S: +OK' 'S*4: \# 12' 'S: .'
	uids
	for number in 1 2 3 4; do
		printf '%s\n' "C: TOP $number 0" QUIET
		answers "$number"
	done
	goodbye
}

# shows_headers WORD: headers prints all four, in the conversation on stdin; then the next run.
shows_headers() {
	converse - < <(greeting USER PIPELINING TOP && cat && the_next_run "$1")
	ann 0 headers
	[ "$output" = "$(printf '%s\n' $'1\tuid-1\t'"${mails[1]}" $'2\tuid-2\t'"${mails[2]}" \
		$'3\tuid-3\t'"${mails[3]}" $'4\tuid-4\t'"${mails[4]}")" ]
	ann 0 stat
}

@test "headers: a command is ignored, and the server closes the connection" {
	shows_headers ahead < <(tops_ahead && echo 'C: QUIT' && answers 1 3 4 && printf '%s\n' 'S: +OK' CLOSE && tops_in_lock_step)
}

@test "headers: a command is answered twice" {
	shows_headers 'lock step' < <(
		tops_ahead && echo 'C: QUIT' && answers 1 2 2 3 4 && echo 'S: +OK' && tops_in_lock_step
	)
}

@test "headers: each status line arrives before the dot of the previous message" {
	shows_headers 'lock step' < <(
		tops_ahead
		printf '%s\n' 'C: QUIT' 'S: +OK' && body 1
		printf '%s\n' 'S: +OK' 'S: .' && body 2
		printf '%s\n' 'S: +OK' 'S: .' && body 3 && printf '%s\n' 'S: +OK' 'S: .'
		tops_in_lock_step
	)
}

# blocks FROM TO: the answers to TOP for these messages.
blocks() {
	seq "$1" "$2" | sed 's/.*/S: +OK\nS: Subject: &\nS:\nS: ./'
}

# tops_of_many: pipelined TOP for 40 messages, with a NOOP after every 16.
tops_of_many() {
	printf '%s\n' 'C: USER ann' 'C: PASS secret' 'S: +OK' 'S: +OK'
	printf '%s\n' 'C: UIDL' 'S: +OK' 'S*40: \# uid-\#' 'S: .'
	seq -f 'C: TOP %g 0' 16
	echo 'C: NOOP'
	seq -f 'C: TOP %g 0' 17 32
	echo 'C: NOOP'
	seq -f 'C: TOP %g 0' 33 40
	blocks 1 16 && echo 'S: +OK' && blocks 17 32 && echo 'S: +OK' && blocks 33 40
}

@test "headers: each of many messages gets its own header" {
	after_greeting PIPELINING TOP UIDL < <(tops_of_many | sed '/^C: TOP 40/aC: QUIT' && echo 'S: +OK')
	ann 0 headers all --fields Subject
	[ "$output" = "$(seq 40 | sed $'s/.*/&\tuid-&\t&/')" ]
}

@test "filters: each of many messages is matched with its own header" {
	after_greeting PIPELINING TOP UIDL < <(tops_of_many && printf '%s\n' 'C: DELE 17' 'S: +OK' && goodbye)
	ann 0 dele all --match 'subject~^17$'
	[ "$output" = $'17\tuid-17\tdeleted' ]
}

@test "filters: no message is matched with the header of another" {
	converse - < <(greeting USER PIPELINING TOP &&
		tops_ahead && answers 1 3 4 && echo CLOSE &&
		tops_in_lock_step | sed '/^C: QUIT/,$d' && printf '%s\n' 'C: DELE 3' 'S: +OK' && goodbye)
	ann 0 dele all --match 'subject~ccc'
	[ "$output" = $'3\tuid-3\tdeleted' ]
}

@test "headers: TOP is offered but always refused: RETR, with QUIT after it" {
	converse - < <(
		greeting USER PIPELINING TOP
		tops_ahead
		printf '%s\n' 'C: QUIT' 'S*4: -ERR no' 'S: +OK' ---
		printf '%s\n' 'S: +OK ready' 'C: USER ann' 'C: PASS secret' 'S: +OK' 'S: +OK'
		printf '%s\n' 'C: LIST' 'C: UIDL' 'S: +OK' 'S*4: \# 12' 'S: .' 'S: +OK' \
			'S*4: \# uid-\#' 'S: .'
		printf 'C: RETR %s\n' 1 2 3 4
		answers 1 2 3 4
		goodbye
	)
	ann 0 headers
	[ "$(wc -l <stdout)" -eq 4 ]
}

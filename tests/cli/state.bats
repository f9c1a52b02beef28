# The state of an account: what one run records for the next ones.
load ../helpers/account

# statuses: UID and status of each record just printed.
statuses() {
	cut -f 2,4 stdout | tr '\t' ' ' | paste -sd ,
}

# new_are UIDS [OPTION…]: the next session lists u1 to u3, of which these are new.
new_are() {
	next_session < <(uids u1 u2 u3 && goodbye)
	account 0 uidl new "${@:2}"
	[ "$(cut -f 2 stdout | paste -sd ' ')" = "$1" ]
}

# --- which messages are recorded as fetched

@test "a fetched message is not new, whatever selected it" {
	next_session < <(holds u1 u2 u3 && sends 3 && goodbye)
	account 0 fetch last -o dir:box
	new_are 'u1 u2'
	next_session < <(holds u1 u2 u3 && sends 1 && goodbye)
	account 0 fetch uid:u1 -o maildir:box
	new_are u2
	next_session < <(holds u1 u2 u3 && sends 2 && goodbye)
	account 0 fetch new -o 'pipe:cat >/dev/null'
	new_are ''
}

@test "a message that failed stays new" {
	next_session < <(holds u1 u2 u3 && sends 1 && refuses RETR 2 && sends 3 && goodbye)
	account 2 fetch all -o dir:box
	[ "$(statuses)" = 'u2 failed,u1 fetched,u3 fetched' ]
	new_are u2
}

@test "--peek ends without QUIT, and the fetched messages are not new" {
	next_session < <(holds u1 u2 u3 && sends 1 2 && echo EOF)
	account 0 fetch first:2 -o dir:box --peek
	new_are u3
}

@test "--peek with --delete or --delete-after is a usage error" {
	server=127.0.0.1:1
	ann 64 fetch all -o dir:box --peek --delete
	ann 64 fetch all -o dir:box --peek --delete-after 1d
}

# --- a state recorded without an account

@test "a new account takes over the state of its user, host and port, and says so" {
	after_login < <(holds u1 u2 && sends 1 2 && goodbye)
	ann 0 fetch all -o dir:box
	next_session < <(uids u1 u2 u3 && goodbye)
	mv "$XDG_STATE_HOME"/pop3/ann@*.db "$XDG_STATE_HOME/pop3/ann@${server#*://}.db"
	account 0 uidl new
	[ "$output" = $'3\tu3' ]
	[ ! -e "$XDG_STATE_HOME/pop3/ann.db" ]
	after_login < <(holds u1 u2 u3 && sends 3 && goodbye)
	printf '[ann]\nserver = %s\nuser = ann\ntls = off\n' "$server" >"$XDG_CONFIG_HOME/pop3/config"
	mv "$XDG_STATE_HOME"/pop3/ann@*.db "$XDG_STATE_HOME/pop3/ann@${server#*://}.db"
	account 0 fetch new -o dir:box
	[[ $stderr == *'the account takes over what was fetched before without it'* ]]
	[ "$(cd "$XDG_STATE_HOME/pop3" && echo *.db)" = ann.db ]
	next_session < <(holds u1 u2 u3 && goodbye)
	account 0 fetch new -o dir:box
	[ "$stderr" = '' ]
	after_login < <(holds u1 && sends 1 && goodbye)
	ann 0 fetch new -o dir:other
}

# --- cursors

@test "--cursor has its own state, in each subcommand" {
	next_session < <(holds u1 u2 u3 && sends 1 && goodbye)
	account 0 fetch first:1 -o dir:box --cursor job
	new_are 'u2 u3' --cursor job
	new_are 'u1 u2 u3'
	new_are 'u1 u2 u3' --cursor other
	account 0 seen list --cursor job
	[ "${output%%$'\t'*}" = u1 ]
	next_session < <(holds u1 u2 u3 && goodbye)
	account 0 list new --cursor job
	[ "$(cut -f 1 stdout | paste -sd ' ')" = '2 3' ]
	next_session < <(holds u1 u2 u3 && goodbye)
	account 0 stat new --cursor job
	[ "$output" = $'2\t200' ]
	next_session < <(holds u1 u2 u3 && goodbye)
	account 0 wait new --cursor job
	[ "$(cut -f 1 stdout | paste -sd ' ')" = '2 3' ]
	next_session < <(uids u1 u2 u3 && printf '%s\n' 'C: TOP 2 0' 'S: +OK' 'S: A: b' 'S:' 'S: .' \
		'C: TOP 3 0' 'S: +OK' 'S: A: c' 'S:' 'S: .' && goodbye)
	account 0 headers new --cursor job
	[ "$(cut -f 1 stdout | paste -sd ' ')" = '2 3' ]
	next_session < <(uids u1 u2 u3 && marks 2 3 && goodbye)
	account 0 dele new --cursor job
	[ "$(cut -f 1 stdout | paste -sd ' ')" = '2 3' ]
	next_session < <(holds u1 && goodbye)
	account 0 fetch new -o dir:box --cursor job
	[ -z "$output" ]
}

# --- UIDs that changed

# known COUNT [OPTION…]: record COUNT messages as fetched, with the UIDs a1 and so on.
known() {
	next_session < <(holds && goodbye)
	account 0 fetch new -o dir:box
	# shellcheck disable=SC2046 # a UID each
	account 0 seen add "${@:2}" $(seq -f 'a%g' "$1")
}

@test "ten known messages are gone and all UIDs are new: 65 before downloading, in every run" {
	known 10
	for run in 1 2; do
		next_session < <(holds b1 b2 && echo EOF)
		account 65 fetch new -o dir:box
		[[ $stderr == *'the server has none of the 10 messages that were fetched before, and 2 unknown ones: have all UIDs changed? use --accept-new-uids to fetch them' ]]
	done
	[ -z "$(ls box)" ]
}

@test "--accept-new-uids fetches the messages, and is not needed again" {
	known 10
	next_session < <(holds b1 b2 && sends 1 2 && goodbye)
	account 0 fetch new -o dir:box --accept-new-uids
	[ "$(statuses)" = 'b1 fetched,b2 fetched' ]
	next_session < <(holds c1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "nine known messages that are gone do not stop fetch" {
	known 9
	next_session < <(holds b1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "nine tenths of the known messages are gone: 65" {
	known 10
	next_session < <(holds b1 a10 && echo EOF)
	account 65 fetch new -o dir:box
	[[ $stderr == *'the server has 1 of the 10 messages that were fetched before, and 1 unknown ones'* ]]
	account 0 seen clear
	known 100
	# shellcheck disable=SC2046 # a UID each
	next_session < <(holds b1 $(seq -f 'a%g' 10) && echo EOF)
	account 65 fetch new -o dir:box
	# shellcheck disable=SC2046
	next_session < <(holds b1 $(seq -f 'a%g' 11) && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "two of ten known messages that are still listed are enough to continue" {
	known 10
	next_session < <(holds b1 a10 a9 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

# ten: the ten known UIDs.
ten() {
	seq -f 'a%g' 10
}

@test "messages deleted by dele do not count as gone" {
	known 10
	# shellcheck disable=SC2046 # a UID each
	next_session < <(uids $(ten) b1 && marks 1 2 3 4 5 6 7 8 9 10 && goodbye)
	account 0 dele first:10
	for run in 1 2; do
		next_session < <(holds b$run && sends 1 && goodbye)
		account 0 fetch new -o dir:box
	done
}

@test "messages with unconfirmed deletions, or deleted by a batch, do not count as gone" {
	known 10
	# shellcheck disable=SC2046 # a UID each
	next_session < <(uids $(ten) && marks 1 2 3 4 5 6 7 8 9 10 && echo 'C: QUIT')
	account 81 dele all
	next_session < <(holds b1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	account 0 seen clear
	known 10
	# shellcheck disable=SC2046
	next_session < <(holds $(ten) && marks 1 2 3 4 5 6 7 8 9 10 && goodbye)
	account 0 batch <<<$'dele 1-5\ndele all'
	next_session < <(holds b1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "messages deleted by the server (EXPIRE 0) do not count as gone" {
	# shellcheck disable=SC2046 # a UID each
	converse - < <(greeting USER 'EXPIRE 0' && login && holds $(ten) && sends $(seq 10) && goodbye)
	printf '[ann]\nserver = %s\nuser = ann\ntls = off\n' "$server" >"$XDG_CONFIG_HOME/pop3/config"
	account 0 fetch new -o dir:box
	next_session < <(holds b1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "messages listed again after an unconfirmed deletion count as known" {
	known 10
	# shellcheck disable=SC2046 # a UID each
	next_session < <(uids $(ten) && marks 1 2 3 4 5 6 7 8 9 10 && echo 'C: QUIT')
	account 81 dele all
	# shellcheck disable=SC2046
	next_session < <(holds $(ten) && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(holds b1 && echo EOF)
	account 65 fetch new -o dir:box
}

@test "dele does not create a state, and waits for another run only with --wait-lock" {
	needs_root
	next_session < <(uids u1 && marks 1 && goodbye)
	account 0 dele 'uid:u1'
	[ ! -e "$XDG_STATE_HOME/pop3" ]
	next_session < <(uids u1 && marks 1 && goodbye)
	while_locked 75 dele uid:u1
	while_locked 0 dele uid:u1 --wait-lock 60
	while_locked 75 dele uid:u1 --wait-lock 1
	next_session < <(uids u1 && goodbye)
	account 0 dele uid:u1 --dry-run
}

@test "an empty mailbox is accepted, and new messages after it too" {
	known 10
	next_session < <(holds && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(holds b1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "messages known to another cursor do not count" {
	known 10 --cursor other
	next_session < <(holds b1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(holds b1 && echo EOF)
	account 65 fetch new -o dir:box --cursor other
}

@test "other selectors than new accept changed UIDs, but a later fetch new does not: 65" {
	known 10
	next_session < <(holds b1 b2 b3 && sends 1 2 && goodbye)
	account 0 fetch first:2 -o dir:box
	next_session < <(printf '%s\n' 'C: LIST 3' 'S: +OK 3 100' 'C: UIDL 3' 'S: +OK 3 b3' &&
		sends 3 && goodbye)
	account 0 fetch 3 -o dir:box
	next_session < <(holds b1 b2 b3 b4 && echo EOF)
	account 65 fetch new -o dir:box
	[[ $stderr == *'none of the 10 '*' 1 unknown ones'* ]]
	next_session < <(holds b1 b2 b3 b4 && sends 4 && goodbye)
	account 0 fetch new -o dir:box --accept-new-uids
	next_session < <(holds b1 b2 b3 b4 && goodbye)
	account 0 fetch new -o dir:box
}

@test "messages fetched with other selectors than new count as known" {
	# shellcheck disable=SC2046 # a UID each
	next_session < <(holds $(ten) && sends $(seq 10) && goodbye)
	account 0 fetch all -o dir:box
	next_session < <(holds b1 && echo EOF)
	account 65 fetch new -o dir:box
}

# --- deletions by later runs

# fetched_ago UID SECONDS: date its fetch back by that time.
fetched_ago() {
	state 'UPDATE seen SET fetched = fetched - ?2 WHERE uid = CAST(?1 AS BLOB)' "$@"
}

@test "--delete-after counts from the time of the fetch" {
	next_session < <(holds u1 u2 && sends 1 2 && goodbye)
	account 0 fetch new -o dir:box --delete-after 14d
	fetched_ago u1 $((14 * 86400))
	fetched_ago u2 $((14 * 86400 - 600))
	next_session < <(holds u1 u2 && marks 1 && goodbye)
	account 0 fetch new -o dir:box --delete-after 14d
	[ -z "$output" ]
	next_session < <(holds u2 && goodbye)
	account 0 fetch new -o dir:box --delete-after 14d
}

@test "--delete-after counts from the first of several fetches" {
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch all -o dir:box
	fetched_ago u1 3600
	next_session < <(holds u1 && sends 1 && marks 1 && goodbye)
	account 0 fetch all -o dir:box --delete-after 1h
	[ "$(statuses)" = 'u1 fetched' ]
}

@test "--delete-after deletes only messages that the same cursor fetched" {
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch all -o dir:box --cursor job
	fetched_ago u1 3600
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box --delete-after 1h
	next_session < <(holds u1 && marks 1 && goodbye)
	account 0 fetch new -o dir:box --delete-after 1h --cursor job
}

@test "--delete-after deletes no message that was not fetched" {
	next_session < <(holds u1 u2 && sends 2 && goodbye)
	account 0 fetch last -o dir:box
	fetched_ago u2 3600
	next_session < <(holds u1 u2 && refuses RETR 1 && marks 2 && goodbye)
	account 2 fetch new -o dir:box --delete-after 1h
}

@test "an unconfirmed deletion is repeated by the next run, by UID" {
	next_session < <(holds u1 u2 && sends 1 2 && marks 1 2 &&
		printf '%s\n' 'C: QUIT' 'S: -ERR not removed')
	account 81 fetch new -o dir:box --delete
	[ "$(statuses)" = 'u1 fetched,u2 fetched' ]
	next_session < <(holds u0 u2 && sends 1 && marks 2 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(holds u0 && goodbye)
	account 0 fetch new -o dir:box
}

@test "--delete does not delete a message that failed" {
	next_session < <(holds u1 u2 u3 && sends 1 && refuses RETR 2 && marks 1 && goodbye)
	account 2 fetch first:2 -o dir:box --delete
	[[ $stderr == *'message 2: '*damaged* ]]
}

@test "a refused DELE is reported, and the next run deletes the message" {
	next_session < <(holds u1 && sends 1 && refuses DELE 1 && goodbye)
	account 2 fetch new -o dir:box --delete
	[ "$(statuses)" = 'u1 fetched' ]
	[[ $stderr == *'message 1 was not deleted: '*damaged* ]]
	next_session < <(holds u1 && marks 1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "--delete without a destination on disk is a usage error" {
	server=127.0.0.1:1
	for destination in - mbox:-; do
		ann 64 fetch 1 --delete -o "$destination"
		ann 64 fetch 1 --delete-after 1d -o "$destination"
	done
}

# --- messages that fail in several runs

# fails_again: message 2 is fetched, then message 1 fails.
fails_again() {
	next_session < <(holds bad good && sends 2 && refuses RETR 1 && goodbye)
	account 2 fetch all -o dir:box
	[ "$(statuses)" = 'bad failed,good fetched' ]
}

@test "a message that failed is fetched last, and skipped after three runs" {
	next_session < <(holds bad good && refuses RETR 1 && sends 2 && goodbye)
	account 2 fetch all -o dir:box
	fails_again
	fails_again
	next_session < <(holds bad good && sends 2 && goodbye)
	account 2 fetch all -o dir:box
	grep -qx $'1\tbad\t100\tskipped\t-' stdout
	[[ $stderr == *'message 1: it failed in three runs: name it by number or UID to try again'* ]]
	next_session < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 100' 'C: UIDL 1' 'S: +OK 1 bad' &&
		refuses RETR 1 && goodbye)
	account 2 fetch 1 -o dir:box
	next_session < <(holds bad good && sends 1 && goodbye)
	account 0 fetch uid:bad -o dir:box
	next_session < <(holds bad good && sends 1 2 && goodbye)
	account 0 fetch all -o dir:box
}

@test "a message that is skipped does not count towards --limit, for fetch and wait" {
	next_session < <(holds bad && refuses RETR 1 && goodbye)
	account 2 fetch new -o dir:box
	state "UPDATE failure SET times = 3"
	next_session < <(holds bad good more && goodbye)
	account 0 wait new --limit 1 --max-time 1
	[ "$output" = $'2\tgood\t100' ]
	next_session < <(holds bad good more && sends 2 && goodbye)
	account 2 fetch new --limit 1 -o dir:box
	[ "$(statuses)" = 'bad skipped,good fetched' ]
	next_session < <(printf '%s\n' 'C: LIST' 'S: +OK' 'S: 1 2000' 'S: 2 100' 'S: .' && uids huge small &&
		sends 2 && goodbye)
	account 2 fetch new --limit 1 --max-size 1K -o dir:box
	[ "$(statuses)" = 'huge skipped,small fetched' ]
}

@test "a temporary refusal does not count as a failure, but the message is fetched last" {
	for _ in 1 2 3 4; do
		next_session < <(holds bad good &&
			{ [ -e tried ] || printf '%s\n' 'C: RETR 1' 'S: -ERR [SYS/TEMP] not now'; } &&
			sends 2 &&
			{ [ ! -e tried ] || printf '%s\n' 'C: RETR 1' 'S: -ERR [SYS/TEMP] not now'; } &&
			goodbye)
		account 2 fetch all -o dir:box
		[ "$(statuses | sed 's/,/\n/g' | sort | paste -sd,)" = 'bad failed,good fetched' ]
		touch tried
	done
	next_session < <(holds bad good && sends 2 1 && goodbye)
	account 0 fetch all -o dir:box
}

@test "failures are counted for each cursor" {
	next_session < <(holds bad && refuses RETR 1 && goodbye)
	account 2 fetch all -o dir:box
	state 'UPDATE failure SET times = 3'
	next_session < <(holds bad && sends 1 && goodbye)
	account 0 fetch all -o dir:box --cursor job
	next_session < <(holds bad && goodbye)
	account 2 fetch all -o dir:box
	[ "$(statuses)" = 'bad skipped' ]
}

@test "a failed delivery does not count as a failure of the message" {
	for code in 1 75 75 75 75; do
		next_session < <(holds u1 && sends 1 && goodbye)
		account 2 fetch all -o "pipe:exit $code"
		[ "$(statuses)" = 'u1 failed' ]
	done
}

# --- servers without usable UIDs

# tops NUMBER SUBJECT…: TOP for each message from NUMBER on.
tops() {
	local number=$1 subject
	shift
	for subject; do
		printf '%s\n' "C: TOP $((number++)) 0" 'S: +OK' "S: Subject: $subject" S: 'S: .'
	done
}

@test "without UIDL, fetched messages are identified by their headers" {
	without_uidl() {
		sizes "$@"
		printf '%s\n' 'C: UIDL' 'S: -ERR what?'
		tops 1 "$@"
	}
	next_session < <(without_uidl one two && sends 1 2 && goodbye)
	account 0 fetch new -o dir:box
	[[ ${lines[0]} == $'1\ttop:'* ]]
	next_session < <(without_uidl zero two one && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	[ "${#lines[@]}" -eq 1 ]
}

@test "messages with empty or repeated UIDs are identified by their headers" {
	next_session < <(holds '' same own same && tops 1 one two && tops 4 four &&
		sends 1 2 3 4 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(holds same same own '' && tops 1 two five && tops 4 one &&
		sends 2 && goodbye)
	account 0 fetch new -o dir:box
	[ "$(cut -f 1 stdout)" = 2 ]
}

# TOP of message 2 is refused, so it cannot be identified.
@test "a message without UID and header is skipped and stays new until selected by number" {
	nameless() {
		sizes one two
		printf '%s\n' 'C: UIDL' 'S: -ERR what?'
		tops 1 one
		printf '%s\n' 'C: TOP 2 0' 'S: -ERR not now'
	}
	next_session < <(nameless && sends 1 && goodbye)
	account 2 fetch new -o dir:box --delete-after 1d
	grep -qx $'2\t\t100\tskipped\t-' stdout
	[[ $stderr == *'message 2: the server gives neither UID nor header: name it by number'* ]]
	next_session < <(printf '%s\n' 'C: LIST 2' 'S: +OK 2 100' 'C: UIDL 2' 'S: -ERR what?' \
		'C: LIST' 'S: +OK' 'S: 1 100' 'S: 2 100' 'S: .' 'C: UIDL' 'S: -ERR what?' \
		'C: TOP 2 0' 'S: -ERR' 'C: RETR 2' 'S: -ERR' && sends 2 && goodbye)
	account 0 fetch 2 -o dir:box
	account 0 seen export
	[ "${#lines[@]}" -eq 1 ]
	# As the next run leaves it when it completes the deliveries of an interrupted one.
	state "INSERT INTO seen(cursor, uid, fetched, octets) VALUES (x'', x'', 1, 100)"
	next_session < <(nameless && goodbye)
	account 0 list new
	[ "$output" = $'2\t\t100' ]
}

# listed OCTETS…: LIST has messages of these sizes, and UIDL is refused.
listed() {
	local number=0 octets
	printf '%s\n' 'C: LIST' 'S: +OK'
	for octets; do
		printf 'S: %d %d\n' $((++number)) "$octets"
	done
	printf '%s\n' 'S: .' 'C: UIDL' 'S: -ERR what?'
}

@test "without UIDL, messages with equal headers and sizes are neither fetched nor deleted: 2" {
	next_session < <(listed 20 30 20 && tops 1 same other same && sends 2 && marks 2 && goodbye)
	account 2 fetch new -o dir:box --delete
	[ "$(cut -f 1,4 stdout | tr '\t' ' ' | sort | paste -sd,)" = '1 skipped,2 fetched,3 skipped' ]
	[[ $stderr == *'message 1: it has the same UID as another one, and the same size or header'*'name it by number'* ]]
	next_session < <(printf '%s\n' 'C: LIST 1' 'S: +OK 1 20' 'C: UIDL 1' 'S: -ERR what?' &&
		listed 20 30 20 && tops 1 same && sends 1 && marks 1 && goodbye)
	account 0 fetch 1 -o dir:box --delete
	next_session < <(listed 20 && tops 1 same && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

# one_is_left STEP…: of two messages that cannot be told apart, one is left, perhaps not the one that
# was fetched. The steps list it.
one_is_left() {
	next_session < <("$@" && tops 1 x && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	[ "$(statuses | sed 's/top:[^ ]*/top/')" = 'top fetched' ]
	next_session < <("$@" && tops 1 x && goodbye)
	account 0 fetch new -o dir:box
	[ -z "$output" ]
}

@test "without UIDL, the one left of two messages with equal headers is fetched" {
	next_session < <(listed 20 && tops 1 x && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(listed 20 20 && tops 1 x x && goodbye)
	account 2 fetch new -o dir:box --delete
	one_is_left listed 20
}

@test "without UIDL, the one that dele left of two messages with equal headers is fetched" {
	next_session < <(listed 20 && tops 1 x && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(printf '%s\n' 'C: UIDL' 'S: -ERR what?' 'C: LIST' 'S: +OK' 'S*2: \# 20' 'S: .' &&
		tops 1 x x && marks 1 && goodbye)
	account 0 dele first:1
	one_is_left listed 20
}

@test "without UIDL, the size shows which of two messages with equal headers was fetched" {
	next_session < <(listed 20 && tops 1 x && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(listed 30 20 && tops 1 x x && goodbye)
	account 2 fetch new -o dir:box
	[ "$(cut -f 1,4 stdout)" = $'1\tskipped' ]
	next_session < <(listed 20 && tops 1 x && goodbye)
	account 0 fetch new -o dir:box
	[ -z "$output" ]
	one_is_left listed 30
}

@test "the one left of two messages with equal UIDs and headers is fetched" {
	local header
	for header in 'header' 0; do # 0: unknown, as after an interrupted delivery
		rm -rf box "$XDG_STATE_HOME"
		next_session < <(holds u1 && sends 1 && goodbye)
		account 0 fetch new -o dir:box
		state "UPDATE seen SET header = $header"
		next_session < <(holds u1 u1 && { [ "$header" = 0 ] || tops 1 x x; } && goodbye)
		account 2 fetch new -o dir:box --delete
		[ "$(cut -f 1,4 stdout | paste -sd,)" = $'1\tskipped,2\tskipped' ]
		one_is_left holds u1
	done
}

@test "the one left of two messages with the UID of a fetched one is fetched if neither has its header" {
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(holds u1 u1 && tops 1 y z && goodbye)
	account 2 fetch new -o dir:box --delete
	one_is_left holds u1
}

@test "without UIDL, a message with an equal header and another size is new" {
	next_session < <(listed 20 && tops 1 same && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(listed 21 && tops 1 same && sends 1 && goodbye)
	account 0 fetch new -o dir:box --delete-after 1h
	[ "$(statuses | sed 's/top:[^ ]*/top/')" = 'top fetched' ]
	next_session < <(listed 21 && tops 1 same && goodbye)
	account 0 fetch new -o dir:box
	[ -z "$output" ]
}

@test "dele records a UID that two messages share: the one left is still fetched" {
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(uids u1 u1 && tops 1 x other && marks 1 && goodbye)
	account 0 dele first:1
	next_session < <(holds u1 | sed 's/^S: 1 100$/S: 1 90/' && tops 1 other && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	[ "$(statuses | sed 's/top:[^ ]*/top/')" = 'top fetched' ]
}

@test "a batch records a UID that two messages share, whichever line lists them first" {
	local first
	for first in list 'uidl 1' 'dele first:1'; do
		rm -rf box "$XDG_STATE_HOME"
		next_session < <(
			holds u1 u1 && tops 1 one two
			[[ $first != dele* ]] || marks 1
			[[ $first == dele* ]] || sends 1
			sends 2 && goodbye
		)
		account 0 batch <<<"$first"$'\nfetch new -o dir:box'
		next_session < <(holds u1 && tops 1 two && goodbye)
		account 0 fetch new -o dir:box
		[ -z "$output" ]
	done
}

@test "an unconfirmed deletion is not repeated for a message of another size" {
	next_session < <(holds u1 && sends 1 && marks 1 && printf '%s\n' 'C: QUIT' 'S: -ERR')
	account 81 fetch new -o dir:box --delete
	next_session < <(holds u1 | sed 's/100/101/' && goodbye)
	account 0 fetch new -o dir:box
}

@test "EXPIRE 0: an unconfirmed deletion does not pass to a later message with that UID" {
	converse - < <(greeting USER 'EXPIRE 0' && login && holds u1 && sends 1 && marks 1 &&
		printf '%s\n' 'C: QUIT' 'S: -ERR')
	printf '[ann]\nserver = %s\nuser = ann\ntls = off\n' "$server" >"$XDG_CONFIG_HOME/pop3/config"
	account 81 fetch new -o dir:box --delete
	next_session < <(holds u1 | sed 's/100/101/' && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	[ "$(statuses)" = 'u1 fetched' ]
}

@test "a UID that is reused after its message was deleted is new" {
	next_session < <(holds u1 && sends 1 && marks 1 && goodbye)
	account 0 fetch new -o dir:box --delete
	next_session < <(holds u1 && refuses RETR 1 && goodbye)
	account 2 fetch new -o dir:box
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(holds u1 && goodbye)
	account 0 fetch new -o dir:box
}

@test "a UID that is reused for a message of another size is new, whichever command asks" {
	local command
	next_session < <(holds u1 u2 && sends 1 2 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(holds u1 && goodbye)
	account 0 fetch new -o dir:box
	for command in uidl list stat 'dele --dry-run'; do
		next_session < <(sized 1:100:u1 2:200:u2 && goodbye)
		# shellcheck disable=SC2086 # words
		account 0 $command new
		[[ $output == $'2\tu2'* || $output == $'1\t200' ]]
	done
}

# sized NUMBER:OCTETS:UID…: LIST and UIDL of these messages.
sized() {
	local row
	printf '%s\n' 'C: LIST' 'S: +OK'
	for row; do echo "S: $(cut -d: -f 1,2 <<<"$row" | tr : ' ')"; done
	printf '%s\n' 'S: .' 'C: UIDL' 'S: +OK'
	for row; do echo "S: $(cut -d: -f 1,3 <<<"$row" | tr : ' ')"; done
	echo 'S: .'
}

@test "a UID that a later message repeats stays with the first" {
	next_session < <(sized 1:100:u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(sized 1:100:u1 2:200:u1 && tops 2 later && sends 2 && goodbye)
	account 0 fetch new -o dir:box
	[ "$(cut -f 1 stdout)" = 2 ]
	next_session < <(sized 1:200:u1 && tops 1 later && goodbye)
	account 0 fetch new -o dir:box
	[ -z "$output" ]
	next_session < <(sized 1:300:u1 && tops 1 third && sends 1 && goodbye)
	account 0 fetch new -o dir:box
}

# one_of_two: the answers about message 2, then the whole list: a later message repeats UID u1.
one_of_two() {
	printf '%s\n' 'C: LIST 2' 'S: +OK 2 200' 'C: UIDL 2' 'S: +OK 2 u1'
	sized 1:100:u1 2:200:u1
	tops 2 later
}

@test "a UID that a later message repeats stays with the first when the later one is named by number" {
	next_session < <(sized 1:100:u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(one_of_two && sends 2 && marks 2 && goodbye)
	account 0 fetch 2 --delete -o dir:box
	next_session < <(sized 1:100:u1 && goodbye)
	account 0 fetch new -o dir:box
	[ -z "$output" ]
}

@test "dele of a message that repeats a UID, named by number, does not make the first one new" {
	next_session < <(sized 1:100:u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(one_of_two && marks 2 && goodbye)
	account 0 dele 2
	next_session < <(sized 1:100:u1 && goodbye)
	account 0 fetch new -o dir:box
	[ -z "$output" ]
}

@test "messages without a header are identified by their first lines" {
	begins() { printf '%s\n' "C: TOP $1 50" 'S: +OK' S: "S: $2" 'S: .'; }
	none() { printf 'C: TOP %d 0\nS: +OK\nS:\nS: .\n' "$@"; }
	next_session < <(listed 20 20 && none 1 2 && begins 1 one && begins 2 two && sends 1 2 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(listed 20 20 && none 1 2 && begins 1 two && begins 2 six && sends 2 && goodbye)
	account 0 fetch new -o dir:box
}

@test "--delete-after does not delete messages that were only added with seen add" {
	next_session < <(holds && goodbye)
	account 0 fetch new -o dir:box
	account 0 seen add u1
	fetched_ago u1 3600
	next_session < <(holds u1 && goodbye)
	account 0 fetch new -o dir:box --delete-after 1h
}

# --- quirks

@test "a quirk found by fetch is reported by check, once" {
	quirky() { sed '/^S: +OK$/s/+OK/+/' < <(holds u1 && sends 1 && goodbye); }
	for run in 1 2; do
		next_session < <(quirky)
		account 0 fetch all -o dir:box
	done
	next_session < <(printf '%s\n' 'C: STAT' 'S: +OK 0 0' 'C: CAPA' 'S: -ERR' && holds && goodbye)
	account 0 check
	grep '^quirk' stdout >quirks
	diff quirks - <<-'END'
		quirk	the server does not support CAPA
		quirk	the server sends '+' or '-' instead of +OK or -ERR
	END
}

# --- the state file

# damage COMMAND…: run it on the state of an account that has fetched a message.
damage() {
	file=$XDG_STATE_HOME/pop3/ann.db
	rm -rf box "$XDG_STATE_HOME"
	next_session < <(holds u1 && sends 1 && goodbye)
	account 0 fetch new -o dir:box
	"$@"
	cp "$file" damaged
}

# refused LINE…: these commands report an unusable state before connecting, and do not change it.
refused() {
	local line
	for line; do
		# shellcheck disable=SC2086 # words
		account 78 $line
		[ "$(wc -l <stderr)" -eq 1 ]
		[[ $stderr == "pop3: $file: the state file "* ]]
		cmp "$file" damaged
	done
}

# unusable COMMAND…: after that damage, each command that reads the state fails this way.
unusable() {
	damage "$@"
	refused 'fetch new -o dir:box' 'list new' 'seen list' 'seen add u2'
}

@test "a state file that is not a database is reported, and not changed: 78" {
	overwrite() { echo 'Dear diary' >"$XDG_STATE_HOME/pop3/ann.db"; }
	unusable overwrite
	[[ $stderr == *'damaged (file is not a database): restore it, or move it away to start afresh' ]]
}

@test "a truncated state file: 78" {
	cut_short() { truncate -s 5000 "$XDG_STATE_HOME/pop3/ann.db"; }
	unusable cut_short
}

@test "a state file with garbage in the middle: 78" {
	scribble() {
		yes garbage | head -c 20000 |
			dd of="$XDG_STATE_HOME/pop3/ann.db" bs=1 seek=4096 conv=notrunc status=none
	}
	damage scribble
	refused 'fetch new -o dir:box' 'seen list' 'seen add u2'
}

@test "a state file that lacks a table: 78" {
	damage state 'DROP TABLE seen'
	refused 'seen list' 'seen add u2'
	damage state 'DROP TABLE flight'
	refused 'fetch new -o dir:box'
}

@test "a state file of a later version of pop3: 78" {
	unusable state 'PRAGMA user_version = 99'
	[[ $stderr == *': the state file was written by a later version of pop3' ]]
	unusable state 'PRAGMA user_version = -1'
}

@test "a state file of another program: 78" {
	unusable state 'PRAGMA application_id = 1'
	[[ $stderr == *': the state file was not written by pop3' ]]
	unusable state 'PRAGMA user_version = 0'
}

# older: the state file as an early version of pop3 left it.
older() {
	local change
	for change in 'ALTER TABLE seen DROP COLUMN header' 'ALTER TABLE seen DROP COLUMN listed' \
		'DROP TABLE repeated' 'DROP INDEX seen_uid' 'DROP TABLE mark' 'PRAGMA user_version = 1'; do
		state "$change"
	done
}

@test "a state file of an earlier version serves any command, and is brought up to date" {
	damage older
	account 0 seen list
	[ "${output%%$'\t'*}" = u1 ]
	run ! cmp "$file" damaged
	cp "$file" current
	account 0 seen export
	cmp "$file" current
	damage older
	next_session < <(holds u1 u2 && marks 2 && goodbye)
	account 0 batch <<<$'list new\ndele 2'
	[ "$output" = $'2\tu2\t100\n2\tu2\tdeleted' ]
	damage older
	next_session < <(uids u1 u2 && goodbye)
	account 0 uidl new
	[ "$output" = $'2\tu2' ]
}

# --- two runs at the same time

# while_locked STATUS ARGUMENT…: run pop3 while another process has the lock, which it releases
# only if STATUS is 0.
while_locked() {
	local expected=$1 running
	mkdir -p "$XDG_STATE_HOME/pop3"
	exec {lock}>"$XDG_STATE_HOME/pop3/ann.db"
	flock "$lock"
	"$program" -a ann "${@:2}" >stdout 2>stderr 3>&- {lock}>&- &
	running=$!
	stop_later "$running"
	until ! kill -0 "$running" 2>/dev/null ||
		readlink "/proc/$running/fd/"* | grep -q '/ann\.db$'; do
		sleep 0.01
	done
	[ "$expected" -ne 0 ] || flock -u "$lock"
	status=0
	wait "$running" || status=$?
	exec {lock}>&-
	[ "$status" -eq "$expected" ]
}

@test "the second of two runs fails before connecting: 75" {
	next_session < <(holds u1 && sends 1 && goodbye)
	while_locked 75 fetch new -o dir:box
	[ "$(cat stderr)" = "pop3: $XDG_STATE_HOME/pop3/ann.db: another run is using this account" ]
	while_locked 75 seen add x
	account 0 fetch new -o dir:box
}

@test "a run that only reads waits until another has updated the state file" {
	needs_root
	damage true
	while_locked 0 seen list # of an empty file, as after a kill at the first start
	[ -s "$XDG_STATE_HOME/pop3/ann.db" ]
}

@test "--wait-lock waits for the first run to end" {
	needs_root
	next_session < <(holds u1 && sends 1 && goodbye)
	while_locked 0 fetch new -o dir:box --wait-lock 60
	[ "$(statuses)" = 'u1 fetched' ]
	while_locked 0 seen add x --wait-lock 60
}

@test "--wait-lock gives up after its time: 75" {
	next_session < <(holds && goodbye)
	while_locked 75 fetch new -o dir:box --wait-lock 1
	account 0 fetch new -o dir:box
}

# What a run leaves to later ones: deletions rolled back, deliveries interrupted.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/account

# --- deletions rolled back

# rolled_back STATUS LINES TALK: a batch fetches u1 and u2 with --delete and is rolled back; neither
# it nor later runs delete them, unless fetch selects them again.
rolled_back() {
	next_session < <(holds u1 u2 && sends 1 2 && marks 1 2 && eval "$3")
	account "$1" batch <<<$'fetch new --delete -o dir:box\n'"$2"
	next_session < <(holds u1 u2 && goodbye)
	account 0 fetch new -o dir:box
	next_session < <(holds u1 u2 && goodbye)
	account 0 fetch new -o dir:box --delete
	next_session < <(holds u1 u2 && sends 1 2 && goodbye)
	account 0 fetch new -o dir:box --cursor other
	next_session < <(holds u1 u2 && sends 1 2 && marks 1 2 && goodbye)
	account 0 fetch all -o dir:box --delete
	rm -r box home/state
}

@test "a deletion that a batch rolls back is not retried by later runs" {
	rolled_back 0 abort 'echo EOF'
	rolled_back 66 'dele uid:u9' 'echo EOF'
	rolled_back 77 'capa' 'printf "%s\n" "C: CAPA" "S: -ERR" EOF'
	rolled_back 0 rset 'printf "%s\n" "C: RSET" "S: +OK" && goodbye'
	rolled_back 75 stat 'printf "%s\n" "C: STAT" CLOSE'
}

@test "a deletion left by an earlier run survives the rollback of a batch" {
	next_session < <(holds u1 && sends 1 && marks 1 && printf '%s\n' 'C: QUIT' 'S: -ERR')
	account 81 fetch new --delete -o dir:box
	next_session < <(holds u1 u2 && sends 2 && marks 1 2 && echo EOF)
	account 0 batch <<<$'fetch new --delete -o dir:box\nabort'
	next_session < <(holds u1 u2 && marks 1 && goodbye)
	account 0 fetch new -o dir:box
}

# --- deliveries interrupted

# unfinished UID NAME DESTINATION: record a delivery that a killed run did not finish.
unfinished() {
	state "INSERT OR REPLACE INTO flight(cursor, uid, name, destination, octets, doomed)
		VALUES (x'', CAST(?1 AS BLOB), CAST(?2 AS BLOB), CAST(?3 AS BLOB), 100, 1)" "$@"
}

# away FOLDER NAME DESTINATION: FOLDER is missing; only the message with an unfinished delivery
# there has to wait.
away() {
	next_session < <(holds && goodbye)
	account 0 fetch new -o dir:box
	unfinished u1 "$2" "$3"
	for run in 1 2; do
		next_session < <(holds u1 u2 && { [ "$run" = 2 ] || sends 2; } && goodbye)
		account 2 fetch new -o dir:box
		[[ $stderr == *"unfinished delivery into '$3': "*': its messages are left for a later run'* ]]
		[[ $stderr == *'message 1: its delivery to another destination is unfinished'* ]]
		grep -qx $'1\tu1\t100\tskipped\t-' stdout
	done
	next_session < <(holds u1 u2 && sends 1 2 && goodbye)
	account 0 fetch new -o dir:box --cursor other
	account 73 fetch new -o "$3"
	[[ $stderr == "pop3: unfinished delivery into '$3': "* ]]
	[ "$(wc -l <stderr)" -eq 1 ]
	[ -z "$(ls "$1" 2>/dev/null)" ]
}

@test "a missing destination blocks only the messages with an unfinished delivery there" {
	away "$PWD/disk" 1.a.h "maildir:$PWD/disk/mail"
	mkdir -p disk/mail/tmp disk/mail/new disk/mail/cur
	touch disk/mail/new/1.a.h
	next_session < <(holds u1 u2 && marks 1 && goodbye)
	account 0 fetch new -o dir:box
	[[ $stderr == *'1 messages from an interrupted run had already been delivered'* ]]
}

@test "an empty mount point is not taken for a Maildir" {
	mkdir disk
	away "$PWD/disk" 1.a.h "maildir:$PWD/disk"
}

@test "a missing mbox or directory with an unfinished delivery is not created" {
	away "$PWD/disk" '0 0 9 x' "mbox:$PWD/disk/box"
	rm -r home/state box
	mkdir disk
	away "$PWD/disk" '0 0 9 x' "mbox:$PWD/disk/box"
	rm -r home/state box disk
	away "$PWD/disk" x "dir:$PWD/disk/box"
}

@test "a message with an unfinished delivery elsewhere is fetched when selected by UID" {
	away "$PWD/disk" x "dir:$PWD/disk/box"
	next_session < <(holds u1 u2 && sends 1 && goodbye)
	account 0 fetch uid:u1 -o dir:box
	next_session < <(holds u1 u2 && goodbye)
	account 0 fetch new -o dir:box
	[ -z "$stderr" ]
}

# What a run leaves to the next ones: deletions taken back, deliveries cut short.
# shellcheck disable=SC2154 # names from common.bash
load ../helpers/account

# --- what a batch takes back

# taken_back STATUS LINES TALK: a batch that fetches u1 to delete it does not do so, and later runs
# do not either, unless they are asked to.
taken_back() {
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

@test "what a batch takes back is not deleted later by itself" {
	taken_back 0 abort 'echo EOF'
	taken_back 66 'dele uid:u9' 'echo EOF'
	taken_back 77 'capa' 'printf "%s\n" "C: CAPA" "S: -ERR" EOF'
	taken_back 0 rset 'printf "%s\n" "C: RSET" "S: +OK" && goodbye'
	taken_back 75 stat 'printf "%s\n" "C: STAT" CLOSE'
}

@test "what was to be deleted before a batch is not taken back with it" {
	next_session < <(holds u1 && sends 1 && marks 1 && printf '%s\n' 'C: QUIT' 'S: -ERR')
	account 81 fetch new --delete -o dir:box
	next_session < <(holds u1 u2 && sends 2 && marks 1 2 && echo EOF)
	account 0 batch <<<$'fetch new --delete -o dir:box\nabort'
	next_session < <(holds u1 u2 && marks 1 && goodbye)
	account 0 fetch new -o dir:box
}

# --- a delivery that a crash cut short

# unfinished UID NAME DESTINATION: as a killed run leaves it.
unfinished() {
	state "INSERT OR REPLACE INTO flight(cursor, uid, name, destination, octets, doomed)
		VALUES (x'', CAST(?1 AS BLOB), CAST(?2 AS BLOB), CAST(?3 AS BLOB), 100, 1)" "$@"
}

# away FOLDER NAME DESTINATION: it is not there; only the message on its way to it has to wait.
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

@test "a destination that is away blocks the messages on their way to it alone" {
	away "$PWD/disk" 1.a.h "maildir:$PWD/disk/mail"
	mkdir -p disk/mail/tmp disk/mail/new disk/mail/cur
	touch disk/mail/new/1.a.h
	next_session < <(holds u1 u2 && marks 1 && goodbye)
	account 0 fetch new -o dir:box
	[[ $stderr == *'1 messages from an interrupted run had already been delivered'* ]]
}

@test "an empty mount point is no Maildir" {
	mkdir disk
	away "$PWD/disk" 1.a.h "maildir:$PWD/disk"
}

@test "nor does an mbox or a folder that is away come anew" {
	away "$PWD/disk" '0 0 9 x' "mbox:$PWD/disk/box"
	rm -r home/state box
	mkdir disk
	away "$PWD/disk" '0 0 9 x' "mbox:$PWD/disk/box"
	rm -r home/state box disk
	away "$PWD/disk" x "dir:$PWD/disk/box"
}

@test "a message on its way to a destination that is away is fetched elsewhere when it is named" {
	away "$PWD/disk" x "dir:$PWD/disk/box"
	next_session < <(holds u1 u2 && sends 1 && goodbye)
	account 0 fetch uid:u1 -o dir:box
	next_session < <(holds u1 u2 && goodbye)
	account 0 fetch new -o dir:box
	[ -z "$stderr" ]
}

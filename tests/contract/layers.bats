# Who may include whom, and what no source file does.
load ../helpers/common

# Each layer, and those it may include besides itself and include/pop3.
layers() {
	cat <<-'END'
		base
		net     base
		pop3    net base
		mail    base
		state   mail base
		mailbox state mail base
		options base
		cli     options mailbox state mail base
		cmd     cli options mailbox state mail base admin serve
		admin   net base
		serve   pop3 net mail base
	END
}

# Lines that the checks below would print and that are right all the same. None.
exceptions() {
	cat <<-'END'
	END
}

# clean CHECK: it prints nothing about the source tree.
clean() {
	local found
	cd "$helpers/../.." || return
	found=$("$1" | grep -vxF "$(exceptions)" || :)
	echo "$found"
	[ -z "$found" ]
}

# "FILE includes HEADER" for each include in quotes that the table does not have. A header of
# include/pop3 is open to all.
forbidden_includes() {
	local file header layer allowed
	grep -rHo --include='*.[ch]' '^ *# *include *"[^"]*"' src include |
		sed 's/^\([^:]*\):.*"\(.*\)"/\1 \2/' |
		while read -r file header; do
			[ ! -e "include/$header" ] || continue
			layer=${file#src/}
			layer=${layer%%/*}
			allowed=$(layers | sed -n "s/^$layer\\b/& /p")
			case " $allowed " in
			*" ${header%%/*} "*) [ -e "src/$header" ] && continue ;;
			esac
			echo "$file includes $header"
		done
}

unknown_layers() {
	local folder
	for folder in src/*/; do
		layers | grep -q "^$(basename "$folder")\\b" || echo "$folder is in no row"
	done
}

openssl_outside_tls() {
	grep -rl 'include <openssl/ssl.h>' src include |
		grep -vxE 'src/(net/tls(-setup|-ticket)?|serve/server-tls)\.c'
}

banned_functions() {
	grep -rnE --include='*.[ch]' '\<(strcpy|strcat|sprintf|strtok|atoi|gets) ?\(' src include tests
}

# Inside serve a session and management look down on maildrop and users, and not at each other.
forbidden_rooms() {
	grep -rHo --include='*.[ch]' '"serve/[a-z]*/' src/serve/{maildrop,users} |
		grep -vE '^src/serve/(maildrop|users)/[^:]*:"serve/\1/'
	grep -rHo --include='*.[ch]' '"serve/[^"]*"' src/serve/{maildrop,users} |
		grep -v ':"serve/[a-z]*/'
	grep -rH --include='*.[ch]' '"serve/manage/' src/serve/session
	grep -rH --include='*.[ch]' '"serve/session/' src/serve/manage
}

# A function is what stands between braces of its own in the first column.
long_functions() {
	find src tests -name '*.c' -exec awk '
		/^\{/ { start = FNR }
		/^\}/ && start {
			if (FNR - start > 61)
				print FILENAME ":" start " has " FNR - start - 1 " lines"
			start = 0
		}' {} +
}

# `! command` never fails a test; `run ! command` does.
lost_assertions() {
	grep -rnE --include='*.bats' '^[[:space:]]*! ' tests
}

@test "every folder of src is a layer" {
	clean unknown_layers
}

@test "layers include only what is below them" {
	clean forbidden_includes
}

@test "only the files of TLS, the client's and the server's, know OpenSSL's" {
	clean openssl_outside_tls
}

@test "no function without bounds" {
	clean banned_functions
}

@test "the rooms of serve look only down" {
	clean forbidden_rooms
}

@test "functions have 60 lines at most" {
	clean long_functions
}

@test "no assertion of the tests is lost" {
	clean lost_assertions
}

@test "what breaks these rules is found" {
	mkdir -p include/pop3 src/base src/net src/odd tests
	touch include/pop3/error.h src/net/stream.h
	printf '#include "%s"\n' pop3/error.h net/stream.h stream.h >src/base/text.c
	printf '#include <openssl/ssl.h>\nx = atoi(y);\n' >src/net/tcp.c
	mkdir -p src/serve/{maildrop,users,session,manage}
	touch src/serve/{maildrop/scan,users/users,peer,session/client,manage/manage}.h
	printf '#include "serve/%s"\n' maildrop/scan.h users/users.h >src/serve/maildrop/scan.c
	printf '#include "serve/%s"\n' peer.h session/client.h >src/serve/users/users.c
	printf '#include "serve/%s"\n' users/users.h peer.h manage/manage.h >src/serve/session/client.c
	{ printf 'int f(void)\n{\n' && printf '\tg();\n%.0s' {1..61} && echo '}'; } >src/net/long.c
	printf '\t! grep x y\n' >tests/x.bats

	[ "$(forbidden_includes)" = "src/base/text.c includes net/stream.h
src/base/text.c includes stream.h" ]
	[ "$(unknown_layers)" = 'src/odd/ is in no row' ]
	[ "$(openssl_outside_tls)" = src/net/tcp.c ]
	[ "$(banned_functions)" = 'src/net/tcp.c:2:x = atoi(y);' ]
	[ "$(forbidden_rooms)" = 'src/serve/maildrop/scan.c:"serve/users/
src/serve/users/users.c:"serve/session/
src/serve/users/users.c:"serve/peer.h"
src/serve/session/client.c:#include "serve/manage/manage.h"' ]
	[ "$(long_functions)" = 'src/net/long.c:2 has 61 lines' ]
	[ "$(lost_assertions)" = $'tests/x.bats:1:\t! grep x y' ]
}

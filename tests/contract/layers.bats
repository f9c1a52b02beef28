# Which layers may use which, and what no source file may do.
load ../helpers/common

# Each layer, and what it may use besides itself: layers, or one header of a layer. Every layer may
# include include/pop3 for its types; pop3.h stands for the right to call its functions.
layers() {
	cat <<-'END'
		base
		net     base
		pop3    net base
		mail    base
		state   mail base
		mailbox pop3.h state mail base
		options base
		cli     options mailbox state mail base pop3.h
		cmd     cli options mailbox state mail base pop3.h admin serve/serve.h
		admin   net base
		serve   net mail base
	END
}

# Output of the checks below that is nevertheless correct. None.
exceptions() {
	cat <<-'END'
	END
}

# clean CHECK: the check prints nothing about the source tree.
clean() {
	local found
	cd "$helpers/../.." || return
	found=$("$1" | grep -vxF "$(exceptions)" || :)
	echo "$found"
	[ -z "$found" ]
}

# Print "FILE includes HEADER" for each include in quotes that the table does not allow. Headers of
# include/pop3 are always allowed.
forbidden_includes() {
	{
		layers | sed 's/^/layer /'
		grep -rHo --include='*.[ch]' '^ *# *include *"[^"]*"' src include
	} | awk '
		$1 == "layer" {
			for (i = 2; i <= NF; i++)
				allowed[$2, $i]
			next
		}
		{
			file = header = $0
			sub(/:.*/, "", file)
			gsub(/^[^"]*"|"$/, "", header)
			layer = file
			sub(/^src\//, "", layer)
			sub(/\/.*/, "", layer)
			of = header
			sub(/\/.*/, "", of)
			if (!is_there("include/" header) && !(is_there("src/" header) &&
			    ((layer, of) in allowed || (layer, header) in allowed)))
				print file, "includes", header
		}
		function is_there(path, line, result) {
			result = getline line < path
			close(path)
			return result >= 0
		}'
}

# Print "OBJECT uses SYMBOL of LAYER" for each function or variable that an object of the build uses
# and the table does not allow.
forbidden_symbols() {
	{
		allowed_uses
		find "$objects" -name '*.o' | while read -r object; do
			object=${object#"$objects/"}
			[ ! -e "src/${object%.o}.c" ] || echo "$object"
		done | (cd "$objects" && xargs "${NM:-nm}" -A -g)
	} | awk '
		$1 == "layer" { layers[$2, $3]; next }
		$1 == "name" { names[$2, $3]; next }
		{
			object = $1
			sub(/:.*/, "", object)
			layer = object
			sub(/\/.*/, "", layer)
		}
		/ [Uw] / { uses[object " " $NF] = layer; next }
		{ home[$NF] = layer }
		END {
			for (use in uses) {
				split(use, part, " ")
				to = home[part[2]]
				if (to != "" && to != uses[use] && !((uses[use], to) in layers) &&
				    !((uses[use], part[2]) in names))
					print part[1], "uses", part[2], "of", to
			}
		}' | sort
}

# Print "layer FROM TO" and "name FROM FUNCTION" for each use that the table allows.
allowed_uses() {
	local layer words word
	layers | while read -r layer words; do
		for word in $words; do
			case $word in
			pop3.h) grep -how '[a-z0-9_]*' include/pop3/*.h ;;
			*.h) grep -ow '[a-z0-9_]*' "src/$word" ;;
			*) echo "$word" | sed "s/^/layer $layer /" ;;
			esac | sed "/^layer/!s/^/name $layer /"
		done
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
		grep -vxE 'src/(net/tls(-peer|-setup|-ticket)?|serve/server-tls)\.c'
}

banned_functions() {
	grep -rnE --include='*.[ch]' '\<(strcpy|strcat|sprintf|strtok|atoi|gets) ?\(' src include tests
}

# In src/serve, session/ and manage/ may use maildrop/ and users/, but not each other.
forbidden_serve_includes() {
	grep -rHo --include='*.[ch]' '"serve/[a-z]*/' src/serve/{maildrop,users} |
		grep -vE '^src/serve/(maildrop|users)/[^:]*:"serve/\1/'
	grep -rHo --include='*.[ch]' '"serve/[^"]*"' src/serve/{maildrop,users} |
		grep -v ':"serve/[a-z]*/'
	grep -rH --include='*.[ch]' '"serve/manage/' src/serve/session
	grep -rH --include='*.[ch]' '"serve/session/' src/serve/manage
}

# A function begins and ends with a brace in the first column.
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
ignored_assertions() {
	grep -rnE --include='*.bats' '^[[:space:]]*! ' tests
}

@test "every directory in src is a layer" {
	clean unknown_layers
}

@test "layers include only headers of layers below them" {
	clean forbidden_includes
}

@test "layers use only symbols of layers below them" {
	objects=$(dirname "$program")/src
	[ -e "$objects/base" ] || skip 'the objects of the build are missing'
	clean forbidden_symbols
}

@test "only the TLS files of client and server include OpenSSL's headers" {
	clean openssl_outside_tls
}

@test "no source file calls a function without bounds checks" {
	clean banned_functions
}

@test "the directories of src/serve include only headers below them" {
	clean forbidden_serve_includes
}

@test "functions have at most 60 lines" {
	clean long_functions
}

@test "no test has an assertion that cannot fail" {
	clean ignored_assertions
}

@test "the checks find violations of these rules" {
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
	[ "$(forbidden_serve_includes)" = 'src/serve/maildrop/scan.c:"serve/users/
src/serve/users/users.c:"serve/session/
src/serve/users/users.c:"serve/peer.h"
src/serve/session/client.c:#include "serve/manage/manage.h"' ]
	[ "$(long_functions)" = 'src/net/long.c:2 has 61 lines' ]
	[ "$(ignored_assertions)" = $'tests/x.bats:1:\t! grep x y' ]
}

@test "the check of symbols finds a use without an include" {
	objects=$PWD/build
	mkdir -p src/base src/mailbox src/pop3 src/serve src/cmd include/pop3 build/{base,mailbox,pop3,serve,cmd}
	echo 'int pop3_stat(void);' >include/pop3/verbs.h
	echo 'int serve_run(void);' >src/serve/serve.h
	echo 'int pop3_stat(void) { return 1; } int wire_line(void) { return 2; }' >src/pop3/wire.c
	echo 'int serve_run(void) { return 1; } int serve_inside(void) { return 2; }' >src/serve/serve.c
	echo 'int pop3_stat(void), wire_line(void); int mailbox(void) { return pop3_stat() + wire_line(); }' \
		>src/mailbox/mailbox.c
	echo 'int serve_run(void), serve_inside(void), mailbox(void);' \
		'int command(void) { return serve_run() + serve_inside() + mailbox(); }' >src/cmd/serve.c
	for source in src/*/*.c; do
		cc -c -o "$(sed 's/^src/build/; s/c$/o/' <<<"$source")" "$source" || skip 'no compiler'
	done
	[ "$(forbidden_symbols)" = 'cmd/serve.o uses serve_inside of serve
mailbox/mailbox.o uses wire_line of pop3' ]
}

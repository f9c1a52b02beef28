# libpop3 exports exactly what its headers declare and its manual describes, and has no state.
# shellcheck disable=SC2154 # names from common.bash, module.bash and rows.bash
load ../helpers/common
load ../helpers/module
load rows

manual=$root/man/pop3.3

setup_file() {
	make_module module
}

# --- declarations in the headers ---

functions() {
	sed -nE 's/^[a-z].*[ *](pop3_[a-z0-9_]+)\(.*/\1/p' "$root"/include/pop3/*.h | sort
}

types() {
	sed -nE 's/^((struct|enum) pop3_[a-z0-9_]+)( \{|;)$/\1/p' "$root"/include/pop3/*.h | sort -u
}

constants() {
	sed -nE 's/^(#define |\t)(POP3_[A-Z0-9_]+)( |,|$).*/\2/p' "$root"/include/pop3/*.h |
		grep -v '_H$' | sort
}

# --- descriptions in the manual ---

names_of_manual() {
	sed -n '/^\.Nm pop3_/s/^\.Nm \([^ ]*\).*/\1/p' "$manual" | sort
}

prototypes_of_manual() {
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.F[no] \([^ ]*\).*/\1/p' "$manual" | sort
}

described_in_manual() {
	sed '1,/^\.Sh DESCRIPTION/d' "$manual" | grep -v '^#'
}

# --- the binary interface ---

soname() {
	readelf -d "$root/$build/lib/libpop3.so.0" | sed -n 's/.*SONAME.*\[\(.*\)\]/soname \1/p'
}

# Print "KIND NAME VALUE" for the size of each struct and for each numeric constant.
sizes_and_constants() {
	local name
	{
		printf '#include <pop3/pop3.h>\n#include <stdio.h>\nint main(void)\n{\n'
		for name in $(sed -nE 's/^struct (pop3_[a-z0-9_]+) \{$/\1/p' "$root"/include/pop3/*.h); do
			printf 'printf("struct %s %%zu\\n", sizeof(struct %s));\n' "$name" "$name"
		done
		for name in $(constants); do
			printf 'printf("constant %s %%lld\\n", (long long)%s);\n' "$name" "$name"
		done
		echo '}'
	} >sizes.c
	gcc -I "$root/include" sizes.c -o sizes
	./sizes
}

# --- symbols in the objects ---

shared_symbols() {
	nm -D --defined-only "$root/$build/lib/libpop3.so.0" |
		sed -nE 's/.* [A-Z] (.*)@@POP3_0/\1/p' | sort
}

static_symbols() {
	nm -g --defined-only "$root/$build/lib/libpop3.a" | sed -n 's/^[^ ]* [A-Z] //p' | sort
}

# Print the writable static variables, without those of the address sanitizer.
variables_of() {
	objdump -t "$1" | awk '{ section = $3 == "O" ? $4 : $3 }
		section ~ /^(\.(data|bss|tdata|tbss)|\*COM\*)/ &&
			section !~ /^\.data\.rel\.ro/ && $NF !~ /^__odr_asan\./ { print $NF }'
}

# Print the functions of the C library that share state, print, change the process or end it.
forbidden_calls_of() {
	nm -u "$1" | sed -n 's/^ *U //p' | sed 's/^__\(.*\)_chk$/\1/; s/@.*//' | grep -xE \
		-e 'strtok|strerror|strsignal|asctime|ctime|gmtime|localtime|rand|random|[dlm]rand48' \
		-e 'getpw(nam|uid)|getgr(nam|gid)|gethostbyname|getservbyname|inet_ntoa|readdir|crypt' \
		-e 'v?printf|puts|putchar|perror|stdout|stderr|stdin' \
		-e 'setlocale|setenv|putenv|unsetenv|umask|chdir|signal|sigaction|sigprocmask|alarm' \
		-e 'exit|_exit|abort|__assert_fail|fork|system|popen'
}

@test "the shared library exports exactly the functions that the headers declare" {
	[ -n "$(functions)" ]
	agree "$(functions)" "$(shared_symbols)"
}

@test "the static library exports exactly the functions that the headers declare" {
	agree "$(functions)" "$(static_symbols)"
}

# If a version with the old list was released, changing the list requires a new soname.
@test "the binary interface is the one listed for this soname" {
	[ "$(getconf LONG_BIT)" -eq 64 ] || skip "the list has the sizes of 64-bit systems"
	agree "$(grep -v '^#' "$root/tests/contract/library.list")" \
		"$({ soname; shared_symbols | sed 's/^/function /'; sizes_and_constants; } | LC_ALL=C sort)"
}

@test "the library has no writable variables" {
	[ -z "$(variables_of "$root/$build/lib/libpop3.a")" ]
}

@test "the library calls no function that changes, prints from or ends the process" {
	[ -z "$(forbidden_calls_of "$root/$build/lib/libpop3.a")" ]
}

@test "the checks find violations of these rules" {
	cat >state.c <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		int common, set = 1;
		static _Thread_local int of_thread;
		static const int fixed = 1;
		static const int *const pointer = &fixed;
		int *f(void)
		{
			static int hidden;
			printf("%d\n", hidden + *pointer);
			if (++hidden > of_thread++)
				exit(common);
			return &hidden;
		}
	END
	gcc -fPIC -c state.c
	agree $'common\nhidden\nof_thread\nset' \
		"$(variables_of state.o | sed 's/\.[0-9]*$//' | sort)"
	agree $'exit\nprintf' "$(forbidden_calls_of state.o | sort)"
}

@test "each header compiles on its own, in C11 without extensions" {
	local header
	for header in "$root"/include/pop3/*.h; do
		printf '#include "%s"\n#include "%s"\n' "$header" "$header" >alone.c
		gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -I "$root/include" -fsyntax-only alone.c
	done
}

@test "pop3.h includes all headers, and compiles as C++" {
	agree "$(cd "$root/include" && find pop3 -name '*.h' ! -name pop3.h | sort)" \
		"$(sed -n 's/^#include "\(.*\)"/\1/p' "$root/include/pop3/pop3.h")"
	echo '#include "pop3/pop3.h"' >all.cc
	g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -I "$root/include" -fsyntax-only all.cc
}

@test "pop3(3) passes mandoc's checks" {
	run -0 mandoc -T lint -W warning "$manual"
	[ -z "$output" ]
}

@test "pop3(3) has every function in NAME, SYNOPSIS and DESCRIPTION" {
	agree "$(functions)" "$(names_of_manual)"
	agree "$(functions)" "$(prototypes_of_manual)"
	agree "$(functions)" "$(described_in_manual | sed -n 's/^\.Fn \(pop3_[^ ]*\).*/\1/p' | sort -u)"
}

@test "pop3(3) describes every type" {
	agree "$(types)" "$(described_in_manual |
		sed -nE 's/^\.(Pq )?Vt ((struct|enum) [^ ]*).*/\2/p' | sort -u)"
}

@test "pop3(3) describes every constant" {
	agree "$(constants)" "$(described_in_manual | grep '^\.\|^POP3' | grep -owE 'POP3_[A-Z0-9_]+' |
		grep -vx POP3_PASSWORD | sort -u)"
}

# libpop3 as other programs use it: installed, found by pkg-config, called from C and from C++.
# shellcheck disable=SC2154 # names from common.bash, module.bash and serve.bash
load ../real/serve
load ../helpers/module

prefix=$BATS_FILE_TMPDIR/installed

setup_file() {
	make_module PREFIX="$prefix" install-dev
}

# compile COMPILER FILE [OPTION OF pkg-config…]: compile to ./a.out with the installed files only.
compile() {
	local flags
	read -ra flags <<<"$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config \
		"${@:3}" --cflags --libs pop3)"
	"$1" -Wall -Werror "${sanitize[@]}" "$2" "${link[@]}" "${flags[@]}"
}

# Print the example program of the manual, as it is displayed.
example() {
	mandoc -T ascii -O width=120 "$prefix/share/man/man3/pop3.3" | sed 's/.\x08//g' |
		awk '/^[A-Z]/ { inside = /^EXAMPLES/ } /#include/ { code = inside } inside && code'
}

# a.out is the example, which prints ann's first message.
prints_the_message() {
	printf 'Subject: one\n\n.hello\n' | message new/1.a
	printf 'Subject: two\n\n' | message new/2.b
	serve --listen-tls 127.0.0.1:0
	SSL_CERT_FILE=$certificates/ca.pem POP3_PASSWORD=secret LD_LIBRARY_PATH=$prefix/lib \
		./a.out localhost "$pop3s_port" ann >got
	printf '%s\r\n' 'Subject: one' '' .hello >expected
	cmp expected got
}

@test "the example of the manual works with the shared library" {
	example >example.c
	compile gcc example.c
	readelf -d a.out | grep -q 'NEEDED.*libpop3.so.0'
	prints_the_message
}

@test "the example of the manual works with the static library" {
	local libraries
	read -ra libraries <<<"$(pkg-config --static --libs libssl libcrypto libidn)"
	gcc -x c -o all - "${libraries[@]}" <<<'int main(void) { return 0; }' ||
		skip "OpenSSL has no static libraries here"
	mkdir static
	cp "$prefix/lib/libpop3.a" static
	link=(-Lstatic)
	[ ${#sanitize[@]} -gt 0 ] || link+=(-static)
	example >example.c
	compile gcc example.c --static
	run ! grep -q 'NEEDED.*libpop3' <(readelf -d a.out)
	prints_the_message
}

@test "the example prints the error of a refused login" {
	example >example.c
	compile gcc example.c
	serve --listen-tls 127.0.0.1:0
	run -1 --separate-stderr env SSL_CERT_FILE="$certificates/ca.pem" POP3_PASSWORD=wrong \
		LD_LIBRARY_PATH="$prefix/lib" ./a.out localhost "$pop3s_port" ann
	[ -z "$output" ]
	[[ $stderr == "the server refused the login: "* ]]
}

@test "the example without arguments or a password prints its usage" {
	example >example.c
	compile gcc example.c
	export LD_LIBRARY_PATH=$prefix/lib
	POP3_PASSWORD=secret run -64 ./a.out
	[ "$output" = 'usage: POP3_PASSWORD=... ./a.out HOST PORT USER' ]
	run -64 ./a.out localhost 995 ann
}

@test "a C++ program can call the library" {
	cat >program.cc <<-'END'
		#include <cstring>
		#include <pop3/pop3.h>
		int main()
		{
			pop3_account account = {};
			pop3_error err;
			return pop3_session_open(&account, &err) != nullptr ||
			       std::strcmp(err.text, "the account has no host") != 0;
		}
	END
	compile g++ program.cc
	LD_LIBRARY_PATH=$prefix/lib ./a.out
}

@test "an incomplete account is a usage error" {
	cat >program.c <<-'END'
		#include <pop3/pop3.h>
		#include <stdio.h>
		int main(void)
		{
			struct pop3_account account = { .host = "localhost", .user = "ann" };
			struct pop3_error err;
			if (pop3_session_open(&account, &err) == NULL && err.code == POP3_E_USAGE)
				puts(err.text);
		}
	END
	compile gcc program.c
	LD_LIBRARY_PATH=$prefix/lib run -0 ./a.out
	[ "$output" = "the user has no secret" ]
}

@test "install-dev and uninstall-dev use DESTDIR, PREFIX and LIBDIR" {
	make_module DESTDIR="$PWD/staged" PREFIX=/opt/pop3 LIBDIR=/opt/pop3/lib64 install-dev
	(cd staged/opt/pop3 && find . -type f,l | sort) >installed
	{
		(cd "$root" && find ./include/pop3 -name '*.h')
		printf './%s\n' lib64/{libpop3.a,libpop3.so,libpop3.so.0,pkgconfig/pop3.pc} \
			share/man/man3/pop3.3
	} | sort | diff - installed
	run -0 env PKG_CONFIG_PATH=staged/opt/pop3/lib64/pkgconfig pkg-config --cflags --libs pop3
	[ "${output% }" = "-I/opt/pop3/include -L/opt/pop3/lib64 -lpop3" ]
	make_module DESTDIR="$PWD/staged" PREFIX=/opt/pop3 LIBDIR=/opt/pop3/lib64 uninstall-dev
	[ -z "$(find staged -type f,l)" ]
	[ ! -e staged/opt/pop3/include/pop3 ]
}

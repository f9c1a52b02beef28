# What a packager needs: install, uninstall and dist, controlled by make's variables.
# shellcheck disable=SC2154,SC2046 # names from common.bash and module.bash; paths without blanks
load ../helpers/common
load ../helpers/module
load rows

setup_file() {
	make_module all module
}

# Only variables on make's command line decide where files go.
setup() {
	set_up_home
	unset DESTDIR PREFIX "${!DEB@}" MAKEFLAGS MAKELEVEL
}

# files FOLDER: print the files and links in it, relative to it.
files() {
	(cd "$1" && find . -type f,l | sort)
}

headers() {
	(cd "$root/include/pop3" && printf '%s\n' *.h)
}

paths() {
	printf './%s\n' "$@" | sort
}

# manuals FOLDER: print the path of each manual page below it.
manuals() {
	(cd "$root/man" && printf '%s\n' *.[1-9]) | sed "s,.*\([1-9]\)$,$1/man\1/&,"
}

version() {
	sed -n 's/^VERSION := //p' "$root/Makefile"
}

@test "install and uninstall use PREFIX" {
	make_module PREFIX="$PWD/local" install install-dev
	agree "$(paths bin/pop3 $(manuals share/man) \
		share/bash-completion/completions/pop3 share/zsh/site-functions/_pop3 \
		share/fish/vendor_completions.d/pop3.fish lib/libpop3.{a,so,so.0} \
		lib/pkgconfig/pop3.pc $(headers | sed 's,^,include/pop3/,'))" "$(files local)"
	[ "$(local/bin/pop3 --version)" = "pop3 $(version)" ]
	make_module PREFIX="$PWD/local" uninstall uninstall-dev
	[ -z "$(ls local)" ]
}

@test "each installation directory can be set by a variable" {
	local places=(PREFIX=/p BINDIR=/b LIBDIR=/l INCLUDEDIR=/i MANDIR=/m BASH_COMPLETIONS=/bash
		ZSH_COMPLETIONS=/zsh FISH_COMPLETIONS=/fish)
	make_module DESTDIR="$PWD/staged" "${places[@]}" install install-dev
	agree "$(paths b/pop3 $(manuals m) bash/pop3 zsh/_pop3 fish/pop3.fish \
		l/libpop3.{a,so,so.0} l/pkgconfig/pop3.pc $(headers | sed 's,^,i/pop3/,'))" \
		"$(files staged)"
	run -0 env PKG_CONFIG_PATH=staged/l/pkgconfig pkg-config --cflags --libs pop3
	[ "${output% }" = "-I/i -L/l -lpop3" ]
	make_module DESTDIR="$PWD/staged" "${places[@]}" uninstall uninstall-dev
	[ -z "$(ls staged)" ]
}

@test "installed files are world-readable despite a strict umask, and paths may contain spaces" {
	umask 077
	make_module DESTDIR="$PWD/a stage" PREFIX="/opt/a prefix" install install-dev
	[ -x "a stage/opt/a prefix/bin/pop3" ]
	[ -z "$(find 'a stage' ! -type l ! -perm -o=r)" ]
	[ -z "$(find 'a stage' -type d ! -perm -o=x)" ]
	run -0 env PKG_CONFIG_PATH="a stage/opt/a prefix/lib/pkgconfig" pkg-config --cflags --libs pop3
	[ "${output% }" = '-I/opt/a\ prefix/include -L/opt/a\ prefix/lib -lpop3' ]
	make_module DESTDIR="$PWD/a stage" PREFIX="/opt/a prefix" uninstall uninstall-dev
	[ -z "$(ls 'a stage')" ]
}

@test "uninstall removes directories outside PREFIX, and those whose path repeats DESTDIR" {
	make_module PREFIX="$PWD/other/prefix" BINDIR="$PWD/programs" MANDIR="$PWD/manuals" install
	rm -r other
	make_module PREFIX="$PWD/other/prefix" BINDIR="$PWD/programs" MANDIR="$PWD/manuals" uninstall
	[ ! -e programs ]
	[ ! -e manuals ]
	make_module DESTDIR="$PWD/staged" PREFIX="$PWD/staged$PWD/staged" install install-dev
	make_module DESTDIR="$PWD/staged" PREFIX="$PWD/staged$PWD/staged" uninstall uninstall-dev
	[ -z "$(ls staged)" ]
}

@test "uninstall removes no directory of the system, however PREFIX is written" {
	run -0 make_module --dry-run PREFIX=/usr/local/ uninstall
	run ! grep rmdir <<<"$output"
	run -0 make_module --dry-run PREFIX=/opt/pop3 MANDIR=/usr/share/man uninstall
	[ "$(grep -c rmdir <<<"$output")" -eq 4 ]
}

@test "uninstall keeps the files of others" {
	mkdir -p local/{bin,include/pop3,share/man/man1}
	: | tee local/bin/other local/include/pop3/other.h local/share/man/man1/other.1
	make_module PREFIX="$PWD/local" install install-dev
	make_module PREFIX="$PWD/local" uninstall uninstall-dev
	agree "$(paths bin/other include/pop3/other.h share/man/man1/other.1)" "$(files local)"
}

@test "pop3.pc has PREFIX as given" {
	make_module DESTDIR="$PWD/staged" PREFIX='/opt/R&D|\1' install-dev
	grep -qxF 'prefix=/opt/R&D|\1' "staged/opt/R&D|\1/lib/pkgconfig/pop3.pc"
}

@test "install-dev prints LD_LIBRARY_PATH if the library is outside the search path" {
	run -0 make_module PREFIX="$PWD/local" install-dev
	[[ $output == *"LD_LIBRARY_PATH=$PWD/local/lib"* ]]
	run -0 make_module DESTDIR="$PWD/staged" install-dev
	[ -z "$output" ]
}

@test "make names a missing library, tool or compiler in one line, with its packages" {
	local at="Makefile:[0-9]*: [*][*][*]"
	PKG_CONFIG_LIBDIR=$PWD run -2 make_module BUILD="$PWD/build" all
	[ "${#lines[@]}" -eq 1 ]
	grep -q "$at libssl is missing; install libssl-dev (Debian), openssl-devel (Fedora), openssl (A" \
		<<<"$output"
	run -2 make_module BUILD="$PWD/build" PKG_CONFIG=nonexistent all
	grep -q "$at pkg-config is missing; install pkgconf (Debian, Fedora, Arch, Alpine)" <<<"$output"
	run -2 make_module BUILD="$PWD/build" CC=nonexistent all
	grep -q "$at compiler is missing; install gcc and libc6-dev (Debian), gcc and " <<<"$output"
}

# gcc ignores -Wformat-security without -Wformat, with a warning.
@test "CFLAGS that cause warnings or errors are not taken for a missing compiler" {
	unset HARDENING # empty with sanitizers
	run -0 make_module BUILD="$PWD/build" CFLAGS="-O1 -Wformat-security" --dry-run all
	grep -q -e -fstack-protector-strong <<<"$output"
	run -2 make_module BUILD="$PWD/build" CFLAGS=--nonexistent all
	grep -q 'unrecognized.*--nonexistent' <<<"$output"
	run ! grep 'is missing' <<<"$output"
}

@test "CPPFLAGS may say where headers are" {
	mkdir include
	echo '#error found' >include/crypt.h
	run -2 make_module BUILD="$PWD/build" CPPFLAGS="-I$PWD/include" all
	grep -q 'libcrypt is missing' <<<"$output"
}

@test "link-time optimization uses the tools of the compiler" {
	run -0 make_module BUILD="$PWD/build" CFLAGS=-flto CC=gcc --dry-run module
	grep -q '&& gcc-ar ' <<<"$output"
	grep -q -e ' -flinker-output=nolto-rel ' <<<"$output"
	command -v clang >/dev/null || skip "no clang"
	run -0 make_module BUILD="$PWD/build" CFLAGS=-flto CC=clang --dry-run module
	grep -q '&& .*llvm-ar ' <<<"$output"
}

@test "the linker flags are those that the linker of LDFLAGS knows" {
	unset HARDENED_LINK # empty with sanitizers
	command -v ld.gold >/dev/null || skip "no gold"
	run -0 make_module BUILD="$PWD/build" LDFLAGS=-fuse-ld=gold --dry-run all
	grep -q -e -z,relro <<<"$output"
	run ! grep -e -z,separate-code <<<"$output"
}

@test "the program builds without libedit" {
	run -0 make_module BUILD="$PWD/build" LIBEDIT= --dry-run all
	run ! grep HAVE_LIBEDIT <<<"$output"
}

# Debian has no libraries for musl, but the headers of the installed ones work with both.
@test "each source compiles with musl" {
	command -v musl-gcc >/dev/null || skip "no musl-gcc"
	local name
	mkdir -p include/sys
	printf '#define %s\n' __BEGIN_DECLS __END_DECLS __THROW >include/sys/cdefs.h
	for name in openssl event2 ev{ent,http,dns,util,rpc}.h {sqlite3,ini,idna,stringprep,idn-int}.h \
		histedit.h editline crypt.h linux asm-generic; do
		cp -rs "/usr/include/$name" include
	done
	cp -rs /usr/include/"$(gcc -print-multiarch)"/{asm,openssl} include
	cd "$root"
	find src -name '*.c' -print0 | xargs -0 -n 1 -P 2 musl-gcc -D_GNU_SOURCE -DPOP3_VERSION='""' \
		-std=c11 -Wall -Wextra -Werror -Iinclude -Isrc -I "$BATS_TEST_TMPDIR/include" -fsyntax-only
}

@test "make dist makes a reproducible archive named after the version" {
	git -C "$root" rev-parse HEAD 2>/dev/null || skip "not a clone of the repository"
	local archive
	archive=$root/$build/pop3-$(version).tar.gz
	make_module dist
	cp "$archive" first
	(umask 077 && make_module dist)
	cmp first "$archive"
	GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.autocrlf GIT_CONFIG_VALUE_0=true make_module dist
	cmp first "$archive"
	[ "$(tar -tzf first | head -n 1)" = "pop3-$(version)/" ]
	tar -xzf first
	[ -x "pop3-$(version)/.ci/debian/rules" ]
	[ -f "pop3-$(version)/Makefile" ]
}

@test "the Debian packages have the program's version and its build dependencies" {
	[ "$(sed -n '1s/.*(\(.*\)-.*).*/\1/p' "$root/.ci/debian/changelog")" = "$(version)" ]
	agree "$("$helpers/packages" libraries | tr -s ' \t' '\n' | grep -v libc6-dev |
		sort - <(echo pkgconf))" \
		"$(sed -n '/^Build-Depends/,/^[^B ]/p' "$root/.ci/debian/control" |
			grep -oE '[a-z0-9]+-dev|pkgconf' | sort)"
}

@test "make deb passes neither BUILD nor its command line to the package's build" {
	mkdir bin
	printf '#!/bin/sh\ntrue\n' | tee bin/lintian >bin/dpkg-buildpackage
	echo 'echo "${BUILD-} ${MAKEFLAGS-}"; touch ../pop3.deb' >>bin/dpkg-buildpackage
	chmod +x bin/*
	PATH=$PWD/bin:$PATH run -0 make_module -o packages-deb BUILD="$PWD/build" PREFIX=/opt deb
	[ "$output" = $' \n'"$PWD/build/deb/pop3.deb" ]
}

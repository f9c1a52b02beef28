# pop3: build, test, install. "make help" names the targets.

VERSION := 0.1.0
SONAME := libpop3.so.0
BUILD ?= build

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
BASH_COMPLETIONS ?= $(PREFIX)/share/bash-completion/completions
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/site-functions
FISH_COMPLETIONS ?= $(PREFIX)/share/fish/vendor_completions.d

CFLAGS ?= -O2 -g
LTO := $(findstring -flto,$(CFLAGS))

# One prefix names all tools of a cross compiler: CROSS_COMPILE=aarch64-linux-gnu-
tool = $(if $(filter default undefined,$(origin $(1))),$(CROSS_COMPILE)$(2),$($(1)))
CC := $(call tool,CC,$(if $(CROSS_COMPILE),gcc,cc))
# Only the compiler's own tools can read objects of link-time optimization.
LTO_TOOLS = $(if $(findstring clang,$(shell $(CC) --version)),$(patsubst \
	%ar,%,$(shell $(CC) -print-prog-name=llvm-ar)),gcc-)
AR := $(call tool,AR,$(if $(LTO),$(LTO_TOOLS))ar)
NM := $(call tool,NM,$(if $(LTO),$(LTO_TOOLS))nm)
OBJCOPY := $(call tool,OBJCOPY,objcopy)
PKG_CONFIG := $(call tool,PKG_CONFIG,pkg-config)

# compiles FLAG...: "yes" if the compiler makes a program with the flags.
compiles = $(shell printf '\043include <stdio.h>\nint main(void) { return puts(""); }\n' | \
	$(CC) $(1) -x c -o /dev/null - 2>/dev/null && echo yes)
# A flag that causes a warning is unknown, unless CFLAGS alone cause one.
FATAL := -Werror -Wl,--fatal-warnings
STRICT = $(call once,STRICT,$(if $(call compiles,$(CFLAGS) $(FATAL)),$(FATAL)))
# known FLAG...: "yes" if compiler and linker accept all flags.
known = $(call compiles,$(CFLAGS) $(STRICT) $(1))
# probe FLAG...[,OTHERS]: the flags that are known, beside the others.
probe = $(if $(call known,$(1) $(2)),$(1),$(foreach flag,$(1),$(if $(call known,$(flag) $(2)),$(flag))))
# once NAME,VALUE: evaluates a slow variable once and caches its value.
once = $(eval $(1) := $(2))$($(1))

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wvla
# A distribution's build sets its own level of _FORTIFY_SOURCE.
FORTIFY := $(if $(findstring _FORTIFY_SOURCE,$(CFLAGS) $(CPPFLAGS)),,-D_FORTIFY_SOURCE=3)
HARDENING ?= $(call once,HARDENING,$(call probe,$(FORTIFY) -fstack-protector-strong \
	-fstack-clash-protection -ftrivial-auto-var-init=zero -fno-strict-overflow -fPIE) \
	$(or $(call probe,-fcf-protection=full),$(call probe,-mbranch-protection=standard)))
LINK_FLAGS := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code
HARDENED_LINK ?= $(call once,HARDENED_LINK,$(call probe,$(LINK_FLAGS),$(LDFLAGS)))
# All symbols are bound at startup (-z now), so that calls need not go through the PLT.
NO_PLT = $(call once,NO_PLT,$(call probe,-fno-plt))
SANITIZE ?=
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# --- libraries: what pkg-config calls each, and the packages that have it ---

package.libssl := libssl-dev (Debian), openssl-devel (Fedora), openssl (Arch), openssl-dev (Alpine)
package.libcrypto := $(package.libssl)
package.sqlite3 := libsqlite3-dev (Debian), sqlite-devel (Fedora), sqlite (Arch), sqlite-dev (Alpine)
package.libidn := libidn-dev (Debian), libidn-devel (Fedora), libidn (Arch), libidn-dev (Alpine)
package.inih := libinih-dev (Debian), inih-devel (Fedora), libinih (Arch), inih-dev (Alpine)
package.libevent_openssl := \
	libevent-dev (Debian), libevent-devel (Fedora), libevent (Arch), libevent-dev (Alpine)
package.libevent_core := $(package.libevent_openssl)
package.libcrypt := \
	libcrypt-dev (Debian), libxcrypt-devel (Fedora), libxcrypt (Arch), libxcrypt-dev (Alpine)
package.compiler := \
	gcc and libc6-dev (Debian), gcc and glibc-devel (Fedora), base-devel (Arch), build-base (Alpine)
package.pkg-config := pkgconf (Debian, Fedora, Arch, Alpine)

TLS_LIBRARIES := libssl libcrypto
REQUIRED := sqlite3 libidn inih libevent_openssl libevent_core
NEEDED := $(TLS_LIBRARIES) $(REQUIRED)

pkg-config = $(shell $(PKG_CONFIG) $(1) 2>/dev/null)
is_there = $(shell $(PKG_CONFIG) --exists $(1) 2>/dev/null && echo yes)
missing = $(error $(1) is missing; install $(package.$(1)))
# Errors in the flags are left to the compiler to explain.
FLAGS = $(CFLAGS) $(CPPFLAGS) $(LDFLAGS)
check_compiler = $(if $(call compiles,$(FLAGS) -include crypt.h),,$(if $(call compiles),$(if $(call \
	compiles,$(FLAGS)),$(call missing,libcrypt)),$(call missing,compiler)))
check_libraries = $(if $(call is_there,$(NEEDED)),,$(if $(shell command -v $(PKG_CONFIG)),$(foreach \
	name,$(NEEDED),$(if $(call is_there,$(name)),,$(call missing,$(name)))),$(call missing,pkg-config)))
# "make LIBEDIT=" builds without it: no line editing in "pop3 batch".
LIBEDIT = $(call once,LIBEDIT,$(if $(call is_there,libedit),libedit))
LIBRARY_CFLAGS = $(call once,LIBRARY_CFLAGS,$(check_compiler)$(check_libraries)$(call \
	pkg-config,--cflags $(NEEDED) $(LIBEDIT)) $(if $(LIBEDIT),-DHAVE_LIBEDIT))

# Libraries are shared; STATIC=1 links them in, except those that need independent security updates.
OTHER_ARCHIVES = $(filter-out -levent -lssl -lcrypto -lm -lz -ldl -lpthread -pthread,$(call \
	pkg-config,--static --libs $(REQUIRED)))
TLS_LIBS = $(call pkg-config,--libs $(TLS_LIBRARIES))
# Separate libraries before version 2.34 of the GNU C library: the resolver, and dlopen.
PARTS_OF_LIBC = $(call once,PARTS_OF_LIBC,$(call probe,-lresolv -ldl))
STATIC_LIBS = $(TLS_LIBS) -Wl,-Bstatic $(OTHER_ARCHIVES) -lcrypt -Wl,-Bdynamic -lm $(PARTS_OF_LIBC)
SHARED_LIBS = $(TLS_LIBS) $(filter-out -levent,$(call pkg-config,--libs $(REQUIRED))) -lcrypt \
	$(PARTS_OF_LIBC)
LIBS = $(call once,LIBS,$(if $(STATIC),$(STATIC_LIBS),$(SHARED_LIBS)))
# A unit test's failing calls reach into archives, not into shared libraries.
UNIT_LIBS = $(call once,UNIT_LIBS,$(if $(call known,$(STATIC_LIBS)),$(STATIC_LIBS),$(LIBS)))
MODULE_LIBS = $(call pkg-config,--libs $(TLS_LIBRARIES) libidn)

# Files above 2 GiB and days after 2038 where pointers have 32 bits; time as libevent has it.
define wide_time
\043include <event2/event-config.h>\n\043if EVENT__SIZEOF_TIME_T < 8\n\043error\n\043endif\n
endef
WIDE = $(call once,WIDE,-D_FILE_OFFSET_BITS=64 $(if $(shell printf '$(wide_time)' | \
	$(CC) $(LIBRARY_CFLAGS) $(CPPFLAGS) -E -o /dev/null - 2>/dev/null && echo yes),-D_TIME_BITS=64))

ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WIDE) -DPOP3_VERSION='"$(VERSION)"' $(WARNINGS) $(HARDENING) \
	$(SANITIZE) $(PIC) $(NO_PLT) -Iinclude -Isrc -pthread $(LIBRARY_CFLAGS) $(CFLAGS) $(CPPFLAGS)
ALL_LDFLAGS = $(HARDENED_LINK) $(SANITIZE) -pthread -Wl,--as-needed $(LDFLAGS)

# libpop3.a is the client module: base, net and pop3. The rest is the program.
LIBRARY_SOURCES := $(wildcard src/base/*.c src/net/*.c src/pop3/*.c)
PROGRAM_SOURCES := $(filter-out $(LIBRARY_SOURCES),$(wildcard src/*/*.c src/*/*/*.c))
UNIT_SOURCES := $(wildcard tests/unit/*.c)
FUZZ_SOURCES := $(wildcard tests/fuzz/fuzz_*.c)

# Each step is one short line; make V=1 shows the commands.
step = $(if $(V),,@printf '  %-7s%s\n' $(1) $@ && )

object = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIBRARY_OBJECTS := $(call object,$(LIBRARY_SOURCES))
PROGRAM_OBJECTS := $(call object,$(PROGRAM_SOURCES)) $(BUILD)/completions.o
MODULE_OBJECTS := $(LIBRARY_OBJECTS) $(filter-out $(BUILD)/src/cmd/main.o,$(PROGRAM_OBJECTS))
UNIT_PROGRAMS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SOURCES))
FUZZ_PROGRAMS := $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(FUZZ_SOURCES))
REPLAY_PROGRAMS := $(patsubst tests/fuzz/%.c,$(BUILD)/replay/%,$(FUZZ_SOURCES))

# The sets of tests/helpers/packages.
PACKAGES := $(addprefix packages-,build demo check coverage valgrind fuzz lint bench deb)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all help clean unit module check check-san check-tsan check-valgrind check-fuzz fuzz run-fuzz \
	check-cross run-cross \
	lint run-lint coverage run-coverage demo soak bench run-bench run-tests \
	run-unit install uninstall install-dev uninstall-dev dist deb link-anew $(PACKAGES)

all: $(BUILD)/pop3 ## Build the program

# Records what the program was last linked with: shared libraries, or archives (STATIC=1).
LINKED := $(BUILD)/linked-$(if $(STATIC),static,shared)

$(BUILD)/pop3: $(PROGRAM_OBJECTS) $(BUILD)/libpop3.a $(if $(wildcard $(LINKED)),,link-anew)
	$(call step,LINK)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(filter-out link-anew,$^) $(LIBS)

# For campaigns that start it a hundred thousand times: with archives at fixed addresses it starts
# in a third of the time. Where there are no archives it is a copy.
FIXED_LIBS = -Wl,-Bstatic $(filter-out -levent -lm -ldl -lpthread -pthread,$(call pkg-config,--static \
	--libs $(TLS_LIBRARIES) $(REQUIRED))) -lcrypt -Wl,-Bdynamic -lm $(PARTS_OF_LIBC)

$(BUILD)/fixed/pop3: $(BUILD)/pop3
	@mkdir -p $(@D)
	$(call step,LINK)$(CC) $(ALL_CFLAGS) $(filter-out -pie,$(ALL_LDFLAGS)) -no-pie -o $@ \
		$(PROGRAM_OBJECTS) $(BUILD)/libpop3.a $(FIXED_LIBS) 2>/dev/null || cp $< $@

link-anew:
	@mkdir -p $(BUILD)
	@rm -f $(BUILD)/linked-*
	@touch $(LINKED)

$(BUILD)/libpop3.a: $(LIBRARY_OBJECTS)
	@rm -f $@
	$(call step,AR)$(AR) rcs $@ $^

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call step,CC)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The shells' completion scripts, as printed by "pop3 completion".
completions.bash := completions/pop3.bash
completions.zsh := completions/_pop3
completions.fish := completions/pop3.fish
SHELLS := bash zsh fish

$(BUILD)/completions.c: $(foreach shell,$(SHELLS),$(completions.$(shell))) Makefile
	@mkdir -p $(@D)
	@{ $(foreach shell,$(SHELLS),echo 'const char completion_$(shell)[] ='; \
		sed 's/[\"]/\\&/g; s/.*/"&\\n"/' $(completions.$(shell)); echo ';';) } >$@

$(BUILD)/completions.o: $(BUILD)/completions.c
	$(call step,CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Everything but main, for tests: each links the modules it calls. A test that defines a module's
# functions itself replaces the module.
$(BUILD)/modules.a: $(MODULE_OBJECTS)
	@rm -f $@
	$(call step,AR)$(AR) rcs $@ $^

# Its __wrap_CALL goes before each CALL, so that one can fail (tests/unit/faults.h).
wraps = $$($(NM) $< | sed -n 's/.* T __wrap_/-Wl,--wrap=/p')

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/modules.a
	@mkdir -p $(@D)
	$(call step,LINK)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(wraps) -o $@ $^ $(UNIT_LIBS)

# The same harness for libFuzzer and for replaying its corpus.
$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/modules.a
	$(call step,LINK)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(BUILD)/replay/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(BUILD)/modules.a
	@mkdir -p $(@D)
	$(call step,LINK)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

unit: $(UNIT_PROGRAMS) $(REPLAY_PROGRAMS) ## Build the unit tests and the fuzzers' replays

# The module for other programs has the same objects, but exports only pop3_*. Its symbols cannot
# be interposed, so that internal calls cost the same as in the program.
$(LIBRARY_OBJECTS) $(BUILD)/lib/$(SONAME): PIC := -fPIC -fno-semantic-interposition

MODULE := $(addprefix $(BUILD)/lib/,libpop3.a $(SONAME))
HEADERS := $(notdir $(wildcard include/pop3/*.h))

# With link-time optimization, code is generated when the objects are combined. Recent compilers
# warn that the flag for it has no meaning for the program that tries it.
AS_ONE := -r -nostdlib
AS_ONE_LTO := $(AS_ONE) -flinker-output=nolto-rel
# On i386, the compiler adds functions of its own to each object, in groups of which the linker keeps
# one. If it kept ours, which are not exported, those of a static OpenSSL would be missing.
UNGROUPED := -Wl,--force-group-allocation
RELOCATABLE = $(or $(and $(LTO),$(call compiles,$(CFLAGS) $(AS_ONE_LTO)),$(AS_ONE_LTO)),$(AS_ONE)) \
	$(call probe,$(UNGROUPED))

# The compiler's copies of exported functions have names with a dot: pop3_fail.localalias.
EXPORTED := --keep-global-symbol='!*.*' --keep-global-symbol='pop3_*'

module: $(MODULE) ## Build the client module for other programs

$(BUILD)/lib/libpop3.a: $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	$(call step,LINK)$(CC) $(CFLAGS) $(RELOCATABLE) -o $(@D)/pop3.o $^
	@$(OBJCOPY) --wildcard $(EXPORTED) $(@D)/pop3.o
	@rm -f $@
	$(call step,AR)$(AR) rcs $@ $(@D)/pop3.o

$(BUILD)/lib/$(SONAME): $(LIBRARY_OBJECTS) src/pop3/exports.map
	@mkdir -p $(@D)
	$(call step,LINK)$(CC) $(ALL_CFLAGS) $(filter-out -pie,$(ALL_LDFLAGS)) -shared -Wl,-soname,$(SONAME) \
		-Wl,--version-script,src/pop3/exports.map -o $@ $(LIBRARY_OBJECTS) $(MODULE_LIBS)

# The packages are installed first, since they include the compiler: hence the second make.
check: packages-check ## Install what the tests need, build, and run every test
	@$(MAKE) --no-print-directory run-tests

check-san: ## The same, with the address and undefined behaviour sanitizers
	@$(MAKE) --no-print-directory check BUILD=$(BUILD)/san SANITIZE="$(SANITIZERS)" \
		HARDENING= HARDENED_LINK=

check-tsan: packages-check ## Use the module in threads for long, with the thread sanitizer
	@$(MAKE) --no-print-directory $(BUILD)/pop3
	@POP3=$(BUILD)/pop3 ROUNDS=300 tests/helpers/run-tests tests/library/threads.bats

coverage: packages-coverage ## Run the tests, and count which lines and branches they reach
	@$(MAKE) --no-print-directory run-coverage BUILD=$(BUILD)/coverage CC=gcc CFLAGS="-O0 -g" \
		SANITIZE="--coverage -fprofile-update=atomic" HARDENING= HARDENED_LINK= \
		LDFLAGS=-Wl,--wrap=sandbox_enter LIBRARY_SOURCES="$(LIBRARY_SOURCES) \
		tests/helpers/coverage-sandbox.c" CPPFLAGS=-DCOUNTS='\"$(abspath $(BUILD))/coverage\"'

# tests/contract runs hardly any code, and tests/library a module without counters. tests/fault
# is random, so it is not counted: the unit tests make the same calls fail one by one.
COVERAGE_TESTS ?= $(UNIT_PROGRAMS) $(REPLAY_PROGRAMS) tests/cli tests/real tests/fault

run-coverage: $(BUILD)/pop3 unit
	@find $(BUILD) -name '*.gcda' -delete
	@POP3=$(BUILD)/pop3 tests/helpers/run-tests $(COVERAGE_TESTS); \
		passed=$$?; tests/helpers/coverage $(BUILD) && exit $$passed

check-valgrind: packages-valgrind ## Use each subcommand, and the server, under valgrind
	@$(MAKE) --no-print-directory $(BUILD)/pop3
	@PLAIN=$(abspath $(BUILD)/pop3) POP3=tests/helpers/under-valgrind tests/helpers/run-tests \
		tests/real/core.bats

# Debian's architectures, with the names that its compilers and qemu use.
cross.arm64 := aarch64-linux-gnu aarch64
cross.armhf := arm-linux-gnueabihf arm
cross.i386 := i686-linux-gnu i386
cross.ppc64el := powerpc64le-linux-gnu ppc64le
cross.riscv64 := riscv64-linux-gnu riscv64
cross.s390x := s390x-linux-gnu s390x
TRIPLET = $(firstword $(cross.$(ARCH)))
CROSS := $(BUILD)/cross-$(ARCH)
CROSS_ROOT := $(CURDIR)/$(CROSS)/root

check-cross: ## Build for another processor (ARCH=arm64), and run tests there, under qemu
	@$(if $(TRIPLET),,$(error ARCH is one of $(sort $(patsubst cross.%,%,$(filter cross.%,$(.VARIABLES))))))
	@tests/helpers/packages cross $(TRIPLET)
	@[ -d $(CROSS_ROOT)/usr/include ] || tests/helpers/cross-root $(ARCH) $(CROSS_ROOT) libc-bin \
		$$(tests/helpers/packages libraries)
	@PKG_CONFIG_SYSROOT_DIR=$(CROSS_ROOT) \
	PKG_CONFIG_LIBDIR=$(CROSS_ROOT)/usr/lib/$(TRIPLET:i686-%=i386-%)/pkgconfig \
	LIMIT=3600 EMULATOR="qemu-$(lastword $(cross.$(ARCH))) -L $(CROSS_ROOT)" \
		$(MAKE) --no-print-directory run-cross BUILD=$(CROSS) CROSS_COMPILE=$(TRIPLET)- \
		PKG_CONFIG=pkg-config CC="$(TRIPLET)-gcc --sysroot=$(CROSS_ROOT)"

CONVERSATIONS ?= $(patsubst %,tests/cli/%.bats,stat list uidl capa dele fetch destinations)

run-cross: $(BUILD)/pop3 unit module
	@POP3=tests/helpers/under-emulator PLAIN=$(CURDIR)/$(BUILD)/pop3 tests/helpers/run-tests \
		$(UNIT_PROGRAMS) $(REPLAY_PROGRAMS) $(CONVERSATIONS)

lint: packages-lint ## Have analyzers look at the sources: they are to find nothing
	@$(MAKE) --no-print-directory run-lint

SCRIPTS := .ci/run tests/bench/bench $(addprefix tests/helpers/,\
	analyze certificates cross-root demo packages run-tests under-emulator under-valgrind)
BATS := $(wildcard tests/*/*.bats tests/*/*.bash)

# shellcheck does not follow the "load" of .bats files: variables look unassigned or unused.
run-lint: $(patsubst %,$(BUILD)/lint/%,$(LIBRARY_SOURCES) $(PROGRAM_SOURCES))
	shellcheck -x $(SCRIPTS)
	shellcheck -x -S warning -e SC2034,SC2154 $(BATS)

$(BUILD)/lint/%.c: %.c $(wildcard src/*/*.h src/*/*/*.h include/pop3/*.h tests/helpers/analyze*)
	@mkdir -p $(@D)
	@echo "lint $<"
	@tests/helpers/analyze $<
	@touch $@

check-fuzz: FUZZ_SECONDS ?= 60
fuzz: FUZZ_SECONDS ?= 3600
fuzz: FUZZ_CORPUS = $(BUILD)/fuzz/corpus
check-fuzz: packages-fuzz ## Fuzz each parser, the client and the server, a minute each
fuzz: packages-fuzz ## The same for an hour each, going on (FUZZ="client dot" for some)
check-fuzz fuzz:
	@$(MAKE) --no-print-directory run-fuzz BUILD=$(BUILD)/fuzz CC=clang \
		SANITIZE="-fsanitize=fuzzer-no-link $(SANITIZERS)" HARDENING= HARDENED_LINK= \
		CPPFLAGS="$(CPPFLAGS) -include tests/fuzz/small.h" \
		FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_CORPUS=$(FUZZ_CORPUS)

run-fuzz: $(if $(FUZZ),$(FUZZ:%=$(BUILD)/fuzz_%),$(FUZZ_PROGRAMS))
	@tests/fuzz/run $(FUZZ_SECONDS) "$(FUZZ_CORPUS)" $^

demo: packages-demo ## Install what is missing, build, and show the main job on real messages
	@$(MAKE) --no-print-directory $(BUILD)/pop3
	@tests/helpers/demo $(BUILD)/pop3

bench: packages-bench ## Measure beside the peers, which are installed (BENCH="--quick --runs 3")
	@$(MAKE) --no-print-directory run-bench

BENCH_PROGRAMS := $(addprefix $(BUILD)/bench/,canned delay first load measure replay)

$(BUILD)/bench/%: tests/bench/%.c Makefile
	@mkdir -p $(@D)
	$(call step,LINK)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< -lssl -lcrypto

run-bench: $(BUILD)/pop3 $(BENCH_PROGRAMS)
	@POP3=$(BUILD)/pop3 PROGRAMS=$(BUILD)/bench tests/bench/bench $(BENCH)
	@tests/bench/servers.py --pop3 $(BUILD)/pop3 --programs $(BUILD)/bench $(BENCH)
	@tests/bench/fairness.py --pop3 $(BUILD)/pop3 $(BENCH)

$(PACKAGES): packages-%:
	@tests/helpers/packages $*

run-unit: unit ## Build, and run the unit tests
	@tests/helpers/run-tests $(UNIT_PROGRAMS) $(REPLAY_PROGRAMS)

run-tests: $(BUILD)/pop3 unit module ## Build, and run every test, with what is installed
	@POP3=$(BUILD)/pop3 tests/helpers/run-tests $(UNIT_PROGRAMS) $(REPLAY_PROGRAMS) tests

soak: packages-check ## Break fetches at every place there is: hours (SOAK="kill disk" for some)
	@$(MAKE) --no-print-directory $(BUILD)/fixed/pop3
	@POP3=$(abspath $(BUILD)/pop3) tests/fault/soak $(SOAK)

# Files to install: $(call EACH,ACTION) applies ACTION to one line MODE,FILE,PLACE per file.
define program_files
$(call $(1),755,$(BUILD)/pop3,$(BINDIR)/pop3)
$(call $(1),644,man/pop3.1,$(MANDIR)/man1/pop3.1)
$(call $(1),644,man/pop3-admin.1,$(MANDIR)/man1/pop3-admin.1)
$(call $(1),644,man/pop3-serve.8,$(MANDIR)/man8/pop3-serve.8)
$(call $(1),644,completions/pop3.bash,$(BASH_COMPLETIONS)/pop3)
$(call $(1),644,completions/_pop3,$(ZSH_COMPLETIONS)/_pop3)
$(call $(1),644,completions/pop3.fish,$(FISH_COMPLETIONS)/pop3.fish)
endef

define module_files
$(call $(1),644,$(BUILD)/lib/libpop3.a,$(LIBDIR)/libpop3.a)
$(call $(1),644,$(BUILD)/lib/$(SONAME),$(LIBDIR)/$(SONAME))
$(call $(1),644,src/pop3/pop3.pc.in,$(LIBDIR)/pkgconfig/pop3.pc)
$(call $(1),644,man/pop3.3,$(MANDIR)/man3/pop3.3)
$(foreach name,$(HEADERS),$(call $(1),644,include/pop3/$(name),$(INCLUDEDIR)/pop3/$(name))
)
endef

put = install -D -m $(1) $(2) "$(DESTDIR)$(3)"
define remove
rm -f "$(DESTDIR)$(3)"
@$(if $(or $(DESTDIR),$(patsubst /usr/%,,$(firstword $(3)))),$(prune),:)
endef

# Then remove empty directories below DESTDIR or PREFIX, or elsewhere below the first of the path,
# except the system's own.
top = $(or $(DESTDIR),$(PREFIX))
prune = file="$(DESTDIR)$(3)"; below="$${file\#"$(top)"/}"; \
	[ "$$below" != "$$file" ] || below="$${file\#/*/}"; \
	{ cd "$${file%"$$below"}" && rmdir -p "$$(dirname "$$below")"; } 2>/dev/null || :

install: $(BUILD)/pop3 ## Install under PREFIX (and DESTDIR)
	$(call program_files,put)

uninstall: ## Take away what install put there
	$(call program_files,remove)

install-dev: $(MODULE) ## Install the client module for other programs
	$(call module_files,put)
	@sed -i $(foreach name,PREFIX LIBDIR INCLUDEDIR VERSION,-e 's|@$(name)@|$(replacement)|') \
		"$(DESTDIR)$(LIBDIR)/pkgconfig/pop3.pc"
	ln -sf $(SONAME) "$(DESTDIR)$(LIBDIR)/libpop3.so"
	@[ -n "$(DESTDIR)" ] || $(find_library)

# The value of a variable, as the replacement in sed's s|||.
replacement = $(subst &,\&,$(subst |,\|,$(subst \,\\,$($(name)))))

uninstall-dev: ## Take away what install-dev put there
	rm -f "$(DESTDIR)$(LIBDIR)/libpop3.so"
	$(call module_files,remove)
	@rmdir "$(DESTDIR)$(INCLUDEDIR)/pop3" 2>/dev/null || :
	@[ -n "$(DESTDIR)" ] || ldconfig 2>/dev/null || :

# If ldconfig may not write or does not search there, this is left to the user.
find_library = { PATH=$$PATH:/sbin:/usr/sbin; ldconfig 2>/dev/null; \
	ldconfig -p | grep -qF "$(LIBDIR)/$(SONAME)" || \
	echo "Programs find $(SONAME) only with LD_LIBRARY_PATH=$(LIBDIR), or after ldconfig."; }

dist: ## Pack what is committed, the same octets for the same commit
	@mkdir -p $(BUILD)
	git -c tar.umask=0022 -c core.autocrlf=false archive --prefix=pop3-$(VERSION)/ \
		-o $(BUILD)/pop3-$(VERSION).tar HEAD
	gzip -9nf $(BUILD)/pop3-$(VERSION).tar

DEB := $(BUILD)/deb/pop3-$(VERSION)

deb: packages-deb ## Build Debian packages from a copy of this tree (.ci/debian describes them)
	@rm -rf $(BUILD)/deb
	@mkdir -p $(DEB)
	@tar -c --exclude=./build --exclude=./$(BUILD) --exclude=./.git . | tar -x -C $(DEB)
	@mv $(DEB)/.ci/debian $(DEB)/debian
	cd $(DEB) && env -u BUILD -u MAKEFLAGS dpkg-buildpackage -b -us -uc
	lintian --fail-on error $(BUILD)/deb/pop3_*.changes
	@rm -rf $(DEB)
	@ls $(BUILD)/deb/*.deb

clean: ## Remove what was built
	rm -rf $(BUILD)

help: ## Name the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

-include $(patsubst %.o,%.d,$(LIBRARY_OBJECTS) $(PROGRAM_OBJECTS) \
	$(call object,$(UNIT_SOURCES) $(FUZZ_SOURCES) tests/fuzz/replay.c))

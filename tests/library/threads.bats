# Two sessions in two threads share no data: the library and its caller under the thread sanitizer.
# shellcheck disable=SC2154 # names from common.bash, module.bash and serve.bash
load ../real/serve
load ../helpers/module

tsan=(BUILD="$build/tsan" SANITIZE=-fsanitize=thread HARDENING= HARDENED_LINK=)

# OpenSSL reads some of its tables without locks, which looks like a race: it is not compiled with
# the sanitizer, so that its atomic operations are unknown.
setup_file() {
	echo 'int main(void) {}' | gcc -fsanitize=thread -x c -o /dev/null - 2>/dev/null || return 0
	echo called_from_lib:libcrypto.so >"$BATS_FILE_TMPDIR/suppressions"
	export TSAN_OPTIONS="suppressions='$BATS_FILE_TMPDIR/suppressions'"
	make_module "${tsan[@]}" module
}

# compile FILE: compile it with the library to ./a.out.
compile() {
	[ -e "$BATS_FILE_TMPDIR/suppressions" ] || skip 'gcc has no thread sanitizer for this processor'
	gcc -std=c11 -Wall -Wextra -Werror -O1 -g -fsanitize=thread -I "$root/include" "$1" \
		"$root/$build/tsan/lib/libpop3.a" -lssl -lcrypto -lidn -o a.out
}

@test "two sessions in two threads cause no data race" {
	local rounds=${ROUNDS:-10}
	add_user ben secret
	for i in {1..20}; do
		printf 'Subject: %s\n\nhello\n' "$i" | tee "mail/ann/new/$i.a" >"mail/ben/new/$i.a"
	done
	mkdir -m 700 cache
	octets=$(sed 's/$/\r/' mail/ann/new/*.a | wc -c)
	serve --listen-tls 127.0.0.1:0
	compile "$BATS_TEST_DIRNAME/threads.c"
	./a.out "$pop3s_port" "$certificates/ca.pem" cache "$rounds" ann ben >got
	printf '%s\t%s\n' ben $((octets * rounds)) ann $((octets * rounds)) | diff - got
	[ "$(find cache -type f | wc -l)" -eq 2 ]
}

@test "the thread sanitizer detects a session shared by two threads" {
	cat >shared.c <<-'END'
		#include <pop3/pop3.h>
		#include <pthread.h>

		static void *spoil(void *session)
		{
			pop3_session_lock_step(session);
			return NULL;
		}

		int main(void)
		{
			struct pop3_account account = {
				.host = "localhost", .tls = POP3_TLS_OFF,
				.tunnel = "echo +OK; read -r capa; echo -ERR; cat >/dev/null",
			};
			struct pop3_error err;
			struct pop3_session *session = pop3_session_open(&account, &err);
			pthread_t thread;

			if (session == NULL || pthread_create(&thread, NULL, spoil, session) != 0)
				return 1;
			pop3_session_lock_step(session);
			pthread_join(thread, NULL);
			pop3_session_close(session);
		}
	END
	compile shared.c
	run -66 ./a.out
	[[ $output == *'data race'*pop3_session_lock_step* ]]
}

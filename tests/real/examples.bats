# What help shows as examples works as it is printed.
# shellcheck disable=SC2154 # names from serve.bash
load serve

setup() {
	set_up_home
	"$helpers/certificates" "$certificates"
	add_user ann secret
	mkdir -p mail/ann/{tmp,new,cur} bin
	ln -s "$program" bin/pop3
	PATH=$PWD/bin:$PATH
	printf 'Subject: your code: 123456\r\n\r\n123456\r\n' | message new/1
	message new/2 <"$data/plain.eml"
	serve
	cat >"$XDG_CONFIG_HOME/pop3/config" <<-END
		[work]
		server = 127.0.0.1:$pop3_port
		user = ann
		tls = off
		password = secret
	END
	chmod 600 "$XDG_CONFIG_HOME/pop3/config"
	echo secret >secret
}

# The examples of a subcommand's page, a line each.
examples_of() {
	"$program" help "$1" | sed -n '/^Examples:/,/^$/s/^  //p'
}

# works EXAMPLE: as in a shell of a person who has not used pop3 before.
works() {
	local status=0
	rm -rf "$XDG_STATE_HOME"
	echo "$1"
	timeout 60 bash -c "set -o pipefail; $1" >out 2>err 3>&- </dev/null || status=$?
	cat err
	return "$status"
}

@test "every example that needs no other server works" {
	local name example
	while read -r name; do
		case $name in
		admin | serve) continue ;;
		esac
		while IFS= read -r example; do
			works "$example"
		done < <(examples_of "$name")
	done < <("$program" __complete '' | sed 1d | cut -f 1)
}

@test "examples of admin find no server, and no mistake" {
	local example
	while IFS= read -r example; do
		POP3_PASSWORD=x run -69 works "$example --timeout 5"
	done < <(examples_of admin)
}

@test "examples of serve add a user and serve" {
	local example server_pid listener protocol
	rm users
	while IFS= read -r example; do
		if [[ $example == *--listen* ]]; then
			exec {listener}< <(exec bash -c "exec ${example/:11110/:0}" 3>&-)
			server_pid=$!
			read -r -t 60 protocol _ <&"$listener"
			kill "$server_pid"
			[ "$protocol" = pop3 ]
		else
			works "$example"
		fi
	done < <(examples_of serve)
}

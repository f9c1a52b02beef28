# pop3 serve: common clients fetch a mailbox over TLS, octet for octet.
load serve

setup() {
	set_up_home
	"$helpers/certificates" "$certificates"
	add_user ann secret
	number=0
	for file in "$data"/*.eml; do
		number=$((number + 1))
		tr -d '\r' <"$file" >"mail/ann/new/$number.m"
	done
	printf 'From: a@b\nSubject: dots\n\n.\n..\n.x\n\n' >mail/ann/new/98.m
	printf 'From: a@b\nSubject: long\n\n%s\n' "$(printf 'x%.0s' {1..900})" >mail/ann/new/99.m
	cp -r mail/ann/new wanted
	mkdir -p got/cur got/new got/tmp
	serve --listen-tls 127.0.0.1:0
}

# same_as_sent FILE…: the files are the stored messages, in any order.
same_as_sent() {
	[ $# -eq "$(find wanted -type f | wc -l)" ]
	cmp <(sha256sum wanted/* | cut -c1-64 | sort) <(sha256sum "$@" | cut -c1-64 | sort)
	serve_ends_well
}

@test "curl fetches the mailbox" {
	for number in $(curl -sS --cacert "$certificates/ca.pem" -u ann:secret \
		"pop3s://localhost:$pop3s_port/" | cut -d' ' -f1); do
		curl -sS --cacert "$certificates/ca.pem" -u ann:secret \
			"pop3s://localhost:$pop3s_port/$number" | tr -d '\r' >"got/new/$number"
	done
	same_as_sent got/new/*
}

@test "mpop fetches the mailbox over STLS, with pipelining" {
	command -v mpop >/dev/null || skip 'no mpop'
	cat >mpoprc <<-END
		account default
		host localhost
		port $pop3_port
		tls on
		tls_starttls on
		tls_trust_file $certificates/ca.pem
		user ann
		passwordeval echo secret
		keep off
		received_header off
		uidls_file $PWD/uidls
		delivery maildir $PWD/got
	END
	chmod 600 mpoprc
	mpop -C mpoprc
	same_as_sent got/new/*
	[ -z "$(files_of ann)" ]
}

@test "fetchmail fetches the mailbox" {
	command -v fetchmail >/dev/null || skip 'no fetchmail'
	cat >fetchmailrc <<-END
		set invisible
		poll localhost protocol pop3 port $pop3s_port no dns
			user ann password secret ssl sslcertck sslcertfile $certificates/ca.pem
			no rewrite no mimedecode fetchall keep
			mda "cat >got/new/\$\$"
	END
	chmod 600 fetchmailrc
	fetchmail --fetchmailrc fetchmailrc --pidfile pid --idfile ids --silent
	same_as_sent got/new/*
}

@test "getmail fetches the mailbox" {
	command -v getmail >/dev/null || skip 'no getmail'
	mkdir getmail
	cat >getmail/rc <<-END
		[retriever]
		type = SimplePOP3SSLRetriever
		server = localhost
		port = $pop3s_port
		username = ann
		password = secret
		ca_certs = $certificates/ca.pem
		[destination]
		type = MDA_external
		path = /bin/sh
		arguments = ("-c", "cat >$PWD/got/new/\$\$; sleep 0.1")
		allow_root_commands = true
		[options]
		delete = true
		delivered_to = false
		received = false
		verbose = 0
	END
	chmod 600 getmail/rc
	# getmail can miss the end of a command that ends before getmail waits for it: hence the sleep.
	getmail --getmaildir "$PWD/getmail" --rcfile rc
	# Undo getmail's own changes; since 6.19 it unfolds a field.
	sed -i '1{/^Return-Path: <unknown>$/d}; s/^\([A-Za-z-]*:\) $/\1/
		s/^Message-ID: <folded@/Message-ID:\n <folded@/' got/new/*
	same_as_sent got/new/*
	[ -z "$(files_of ann)" ]
}

@test "fdm fetches the mailbox" {
	command -v fdm >/dev/null || skip 'no fdm'
	cat >fdm.conf <<-END
		set unmatched-mail drop
		set no-received
		action "keep" maildir "$PWD/got"
		account "ann" pop3s server "localhost" port $pop3s_port
			user "ann" pass "secret" no-verify keep
		match all action "keep"
	END
	chmod 600 fdm.conf
	fdm -q -f fdm.conf fetch
	same_as_sent got/new/*
}

@test "Python's poplib fetches the mailbox" {
	/usr/bin/python3 - "$pop3s_port" "$certificates/ca.pem" <<-'END'
		import poplib, ssl, sys
		context = ssl.create_default_context(cafile=sys.argv[2])
		drop = poplib.POP3_SSL('localhost', int(sys.argv[1]), context=context)
		drop.user('ann'); drop.pass_('secret')
		for number in range(1, drop.stat()[0] + 1):
		    with open(f'got/new/{number}', 'wb') as file:
		        file.writelines(line + b'\n' for line in drop.retr(number)[1])
		drop.quit()
	END
	same_as_sent got/new/*
}

@test "pop3 fetch fetches the mailbox" {
	export POP3_PASSWORD=secret
	server=localhost:$pop3s_port
	pop3 0 fetch all -o maildir:got -u ann --ca-file "$certificates/ca.pem"
	same_as_sent got/new/*
}

# peak_of PID: print its peak memory in KiB, without the code of the program and its libraries.
peak_of() {
	awk '/^VmHWM:/ { most = $2 } /^RssFile:/ { code = $2 } END { print most - code }' \
		"/proc/$1/status"
}

@test "pop3 fetch uses less than 4 MiB for 1 GiB over TLS, with --state" {
	if ldd "$program" | grep -q libasan; then
		skip 'sanitizers take memory of their own'
	fi
	truncate -s 1G mail/ann/cur/1.large,W=1073741826:2,
	mkfifo octets
	POP3_PASSWORD=secret "$program" fetch all -o mbox:- -s "localhost:$pop3s_port" -u ann \
		--ca-file "$certificates/ca.pem" >octets 3>&- &
	stop_later $!
	exec {octets}<octets
	head -c 1000000000 <&"$octets" >/dev/null
	peak=$(peak_of $!)
	[ "$(tr -cd '\0' <&"$octets" | wc -c)" -gt 73000000 ]
	wait $!
	[ "$peak" -lt 4096 ]
	serve_ends_well
}

@test "pop3 batch uses little memory per line, however large the maildrop" {
	if ldd "$program" | grep -q libasan; then
		skip 'sanitizers take memory of their own'
	fi
	seq -f 'mail/ann/cur/%.0f.many,W=2:2,' 20000 | xargs touch
	mkfifo lines records
	POP3_PASSWORD=secret "$program" batch lines -s "localhost:$pop3s_port" -u ann \
		--ca-file "$certificates/ca.pem" >records 3>&- &
	stop_later $!
	exec {records}<records {lines}>lines
	{
		seq -f 'dele %.0f' 2000
		seq -f 'fetch %.0f --delete -o mbox:got/mbox' 2001 2200
		echo stat
	} >&"$lines"
	grep -m 200 -c fetched <&"$records"
	peak=$(peak_of $!)
	echo abort >&"$lines"
	exec {lines}>&-
	wait $!
	[ "$peak" -lt 65536 ]
	serve_ends_well
}

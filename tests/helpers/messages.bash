# Generated messages. Each function writes one to stdout, with CR LF line ends.

# message_of OCTETS: a message of exactly that size (at least 100), in lines of 78 octets.
message_of() {
	local header=$'From: ann@example.org\r\nSubject: Large\r\nX-Padding: '
	local line rest=$(($1 - ${#header} - 4))
	printf -v line '%76s\r' ''
	printf '%s%*s\r\n\r\n' "$header" $((rest % 78)) ''
	yes "${line// /x}" | head -n $((rest / 78))
}

# odd_message: all octets from NUL on, bare CR, bare LF, and LF . LF, which does not end a message.
odd_message() {
	local octet
	printf 'From: ann@example.org\r\nSubject: Odd\r\n\r\n'
	for octet in {0..255}; do
		printf -v octet '\\x%x' "$octet"
		printf '%b' "$octet"
	done
	printf '\r\nbare CR\rbare LF\n.\nstill the same message\n..\r.\r\n'
}

# long_line OCTETS: a message whose body is one line of that length.
long_line() {
	printf 'From: ann@example.org\r\nSubject: Long\r\n\r\n'
	yes x | tr -d '\n' | head -c "$1"
	printf '\r\n'
}

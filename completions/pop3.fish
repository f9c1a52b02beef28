# Completion of pop3 for fish. The program itself knows what may stand where.

function __pop3_complete
	set -l words (commandline -opc) (commandline -ct)
	set -l answer (command pop3 __complete $words[2..] 2>/dev/null)
	set -l first (string split \t -- $answer[1])
	set -l rest (string sub -s (math (string length -- "$first[2]") + 1) -- "$words[-1]")
	switch "$first[1]"
		case words
			set answer $answer[2..]
		case files
			set answer (__fish_complete_path $rest)
		case directories
			set answer (__fish_complete_directories $rest '')
		case commands
			set answer (complete -C "$rest")
		case '*'
			return
	end
	printf '%s\n' "$first[2]"$answer
end

complete -c pop3 -f -a '(__pop3_complete)'
for name in (command pop3 __complete '' 2>/dev/null | string match -r '^\S+(?=\t[A-Z])')
	complete -c pop3-$name -w "pop3 $name"
end

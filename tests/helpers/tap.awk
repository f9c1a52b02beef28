# Reads one file's TAP: prints each failure with the lines that follow it, and one line of counts.
# Needs file, status (of the program) and counts (a file for the numbers).

BEGIN { LAST = 100 } # lines outside any test, shown when the program ended early

/^1\.\.[0-9]+/ { planned = substr($1, 4); next }

/^(not )?ok / {
	result = /^not/ ? "failed" : / # skip/ ? "skipped" : "passed"
	count[result]++
	if (result == "failed")
		report = report $0 "\n"
	next
}

/./ && result == "failed" { report = report $0 "\n"; next }

/./ { stray[strays++ % LAST] = $0 }

function last_strays(    text, i) {
	for (i = strays > LAST ? strays - LAST : 0; i < strays; i++)
		text = text stray[i % LAST] "\n"
	return text
}

END {
	ran = count["passed"] + count["failed"] + count["skipped"]
	if (ran != planned || (status && !count["failed"])) {
		report = report last_strays() sprintf("not ok %s ended early: %d of %d tests, exit %d\n",
			file, ran, planned, status)
		count["failed"]++
	}
	printf "%s%-40s %3d passed", report, file, count["passed"]
	if (count["skipped"])
		printf ", %d skipped", count["skipped"]
	if (count["failed"])
		printf ", %d FAILED", count["failed"]
	print ""
	print count["passed"] + 0, count["failed"] + 0, count["skipped"] + 0 >counts
}

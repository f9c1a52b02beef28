# One file's TAP: print what failed, with what was said about it, and a line of counts.
# Wants file, status (of the program) and counts (a file for the numbers).

/^1\.\.[0-9]+/ { planned = substr($1, 4); next }

/^(not )?ok / {
	result = /^not/ ? "failed" : / # skip/ ? "skipped" : "passed"
	count[result]++
	if (result == "failed")
		report = report $0 "\n"
	next
}

/./ && result == "failed" { report = report $0 "\n"; next }

/./ { stray = stray $0 "\n" }

END {
	ran = count["passed"] + count["failed"] + count["skipped"]
	if (ran != planned || (status && !count["failed"])) {
		report = report stray sprintf("not ok %s ended early: %d of %d tests, exit %d\n",
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

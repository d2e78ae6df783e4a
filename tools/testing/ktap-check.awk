#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
# Read what the test machine's suites printed and say whether all of it is well.
#
#	awk -f ktap-check.awk -v kind=selftest|scenario|kunit -v kernel=NAME
#		[-v only="NAME ..."] SUITES OUTPUT
#
# How this file works: SUITES is the committed list of suites; each one of KIND that
# belongs on this kernel must show up in OUTPUT, between the guest's lines "### suite
# NAME" and "### exit CODE SECONDS".  Inside stands KTAP: a level of indentation is a
# level of nesting, and the results of a level must be as many as its plan said.  Only
# a level that is one test with parameters may come without a plan, and only in KUnit.
# Silence, a plan of nothing and a skip on the debug kernel are failures: a test that
# cannot run there runs nowhere.

function complain(text)
{
	printf "FAIL %s %s: %s\n", kind, suite, text
	bad++
	suite_bad++
}

# Results deeper than LEVEL are complete now: hold them against their plans.
function close_levels(level,	l)
{
	for (l = deepest; l > level; l--) {
		if (!(l in plan)) {
			if (seen[l] && !(kind == "kunit" && l != 1))
				complain("results without a plan line")
		} else if (plan[l] != seen[l] + 0) {
			complain("planned " plan[l] " tests, saw " seen[l] + 0)
		}
		delete plan[l]
		delete seen[l]
	}
	if (deepest > level)
		deepest = level
}

function open_suite(name)
{
	suite = name
	suite_bad = passed = skipped = failed = 0
	deepest = -1
	split("", nested)
	reached[name]++
	inside = 1
	if (!(name in expected))
		complain("is not in the list of suites")
}

function close_suite(code, seconds)
{
	close_levels(-1)
	if (code != 0)
		complain(code == 124 || code == 137 ? "timed out" : "exit code " code)
	if (passed + failed + skipped == 0)
		complain("ran no test")
	else if (passed + failed == 0)
		complain("skipped everything")
	printf "%-4s %s %-20s %3d passed %3d failed %3d skipped %6d s\n", \
		suite_bad ? "FAIL" : "ok", kind, suite, passed, failed, skipped, seconds
	total += passed
	total_failed += failed
	inside = 0
}

function result(line, level,	leaf)
{
	close_levels(level)
	# a line that sums up a deeper level is not a test
	leaf = !nested[level]
	nested[level] = 0
	seen[level]++
	if (level > deepest)
		deepest = level
	if (level > 0)
		nested[level - 1] = 1
	if (line ~ /^not ok/) {
		if (leaf || !suite_bad)
			complain(line)
		failed += leaf
	} else if (toupper(line) ~ /# *SKIP/) {
		skipped += leaf
		printf "skip %s %s: %s\n", kind, suite, line
		if (kernel == "debug")
			complain("skipped on the debug kernel: " line)
	} else {
		passed += leaf
	}
}

# the list: "KIND NAME [KERNEL...]"
FILENAME == ARGV[1] {
	if ($1 == kind && here() && wanted($2))
		expected[$2] = 1
	next
}

function here(	i)
{
	for (i = 3; i <= NF; i++)
		if ($i == kernel)
			return 1
	return NF == 2
}

function wanted(name)
{
	return only == "" || index(" " only " ", " " name " ")
}

{
	sub(/\r$/, "")
	sub(/^\[ *[0-9.]+\] /, "")
}

/^### suite / {
	if (inside)
		complain("did not end")
	open_suite($3)
	next
}

/^### exit / {
	if (inside)
		close_suite($3, $4)
	next
}

inside {
	match($0, /^ */)
	level = int(RLENGTH / 4)
	line = substr($0, RLENGTH + 1)
}

inside && line ~ /^1\.\.[0-9]+/ {
	close_levels(level)
	plan[level] = substr(line, 4) + 0
	if (level > deepest)
		deepest = level
	if (plan[level] == 0)
		complain("plan of zero tests")
}

inside && line ~ /^(ok|not ok)/ {
	result(line, level)
}

inside && line ~ /^Bail out!/ {
	complain(line)
}

END {
	if (inside)
		complain("did not end")
	for (suite in expected) {
		count++
		if (!(suite in reached))
			complain("did not run")
		else if (reached[suite] > 1)
			complain("ran more than once")
	}
	suite = ""
	if (!count)
		complain("no suite is expected on " kernel)
	printf "%d suites on %s: %d tests passed, %d failed\n", count, kernel, total, total_failed
	exit bad > 0
}

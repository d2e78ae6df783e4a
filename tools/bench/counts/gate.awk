# SPDX-License-Identifier: GPL-2.0-only
# Compare counts with bounds and with those recorded last.
#
#	awk -v same=yes|no -f gate.awk BOUNDS BASELINE VALUES
#
# How this file works: bounds are "name value" lines that are never to be exceeded, the
# baseline is what counts.sh has recorded.  Counts are exact, so that 1 % is for changes
# that nobody would mind; instructions depend on the compiler, and are compared with the
# baseline only where that comes from the same one, with 5 %.  What is better by as much is
# to be recorded, and said, but no failure.

FILENAME == ARGV[1] {
	sub(/#.*/, "")
	if (NF)
		bound[$1] = $2
	next
}

FILENAME == ARGV[2] {
	if (match($0, /"[a-z0-9_.]+": [0-9.e+-]+/)) {
		split(substr($0, RSTART + 1, RLENGTH - 1), pair, "\": ")
		baseline[pair[1]] = pair[2]
	}
	next
}

{
	value[$1] = $2
}

function complain(text)
{
	print text
	bad++
}

function compare(name,	slack)
{
	slack = name ~ /\.(instructions|reads)$/ ? 0.05 : 0.01
	if (slack > 0.01 && same != "yes")
		return
	if (value[name] > baseline[name] * (1 + slack))
		complain(name " is " value[name] ", was " baseline[name])
	else if (value[name] < baseline[name] * (1 - slack))
		better++
}

END {
	for (name in bound) {
		if (!(name in value))
			complain(name " was not counted")
		else if (value[name] > bound[name])
			complain(name " is " value[name] ", must not be above " bound[name])
		bounds++
	}
	for (name in baseline) {
		if (!(name in value))
			complain(name " was not counted")
		else
			compare(name)
		names++
	}
	if (!bounds || !names)
		complain("no bounds or no baseline")
	if (better)
		print better " better than recorded: counts.sh --record"
	printf "%d counts, %d bounds, %d worse\n", names, bounds, bad
	exit bad > 0
}

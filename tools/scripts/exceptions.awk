#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
# Take from checkpatch's complaints those that are excepted, and print the rest.
#
#	awk -f exceptions.awk EXCEPTIONS COMPLAINTS
#
# How this file works: an exception is "FILE TYPE reason", FILE a path or a directory
# that ends in a slash.  One without a reason, or that excepts nothing, is wrong too.

BEGIN {
	count = 0
}

FILENAME == ARGV[1] {
	if (/^#/ || !NF)
		next
	if (NF < 3)
		complain("exception without a reason: " $0)
	file[count] = $1
	type[count] = $2
	count++
	next
}

function complain(text)
{
	print text
	bad++
}

function fits(i, name)
{
	return file[i] == name || (file[i] ~ /\/$/ && index(name, file[i]) == 1)
}

{
	split($0, part, ":")
	for (i = 0; i < count; i++)
		if (fits(i, part[1]) && part[4] == type[i]) {
			used[i] = 1
			next
		}
	complain($0)
}

END {
	for (i = 0; i < count; i++)
		if (!used[i])
			complain("exception that is not needed: " file[i] " " type[i])
	exit bad > 0
}

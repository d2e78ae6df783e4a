#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
# Measure the functions of C files and insist that they are short.
#
# How this file works: in kernel style a function's braces are the only ones in the
# first column that stand alone on their lines.  The limits are those of the project:
# median 15, nine of ten at most 50, none over 80.

FNR == 1 {
	start = 0
}

/^\{/ {
	start = FNR
}

/^\}[[:space:]]*$/ && start {
	length_of[count++] = FNR - start - 1
	if (FNR - start - 1 > 80) {
		printf "%s:%d: %d lines\n", FILENAME, start, FNR - start - 1
		bad++
	}
	start = 0
}

function sort_lengths(	i, j, value)
{
	for (i = 1; i < count; i++) {
		value = length_of[i]
		for (j = i; j > 0 && length_of[j - 1] > value; j--)
			length_of[j] = length_of[j - 1]
		length_of[j] = value
	}
}

END {
	if (!count) {
		print "no function found"
		exit 1
	}
	sort_lengths()
	median = length_of[int((count - 1) / 2)]
	p90 = length_of[int((count - 1) * 9 / 10)]
	printf "%d functions: median %d, p90 %d, longest %d lines\n", count, median, p90, length_of[count - 1]
	exit bad || median > 15 || p90 > 50
}

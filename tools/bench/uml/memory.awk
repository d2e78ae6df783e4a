#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
# What the memory of a kernel grew by, per prefix, as figures.
#
#	awk -f memory.awk -v family=ipv4 -v side=rtm -v n=PREFIXES \
#		slab-BEFORE slab-AFTER mem-BEFORE mem-AFTER
#
# How this file works: slabs are counted whole, so what the allocator wastes is in it.
# The largest nodes are in no slab, but in the total, which counts all pages in slabs and
# in vmalloc(), and what is per processor.

function bytes(name, mode, value)
{
	if (value >= 0.5 * n)
		printf "%s memory %s %s %s-bytes %.3f\n", family, name, mode, side, value / n
}

FNR == 1 {
	file++
}

file <= 2 && NF > 14 && $1 !~ /^#/ {
	slab[$1] += (file == 2 ? 1 : -1) * $15 * $6 * 4096
}

file > 2 && /^(Slab|VmallocUsed|Percpu):/ {
	total += (file == 4 ? 1 : -1) * $2 * 1024
}

END {
	for (name in slab)
		bytes(name, "slab", slab[name])
	bytes("all", "total", total)
}

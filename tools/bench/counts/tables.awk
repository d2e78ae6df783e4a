# SPDX-License-Identifier: GPL-2.0-only
# Counts as tables for people.
#
#	awk -f tables.awk VALUES
#
# How this file works: a name is "family.what.of[.mean|p99|worst]"; rows are the first two
# parts, columns the others, in the order that is given here.

{
	value[$1] = $2
	split($1, part, ".")
	row = part[1] "." part[2]
	if (!(row in seen)) {
		seen[row] = 1
		rows[++n_rows] = row
	}
}

function cell(name, format)
{
	if (name in value)
		printf format, value[name]
	else
		printf "%9s", "-"
}

END {
	print "one lookup           lines      p99    nodes    links   instr.    reads   misses   writes"
	for (i = 1; i <= n_rows; i++) {
		row = rows[i]
		if (!((row ".lines.mean") in value))
			continue
		printf "%-17s", row
		cell(row ".lines.mean", "%9.2f")
		cell(row ".lines.p99", "%9d")
		cell(row ".nodes.mean", "%9.2f")
		cell(row ".links.mean", "%9.2f")
		cell(row ".instructions", "%9.1f")
		cell(row ".reads", "%9.1f")
		cell(row ".misses", "%9.2f")
		cell(row ".writes", "%9d")
		print ""
	}

	print "\none change                nodes    worst    bytes    worst   stores      p99    worst worst us"
	for (i = 1; i <= n_rows; i++) {
		row = rows[i]
		if (!((row ".stores.mean") in value))
			continue
		printf "%-22s", row
		cell(row ".nodes.mean", "%9.2f")
		cell(row ".nodes.worst", "%9d")
		cell(row ".bytes.mean", "%9.1f")
		cell(row ".bytes.worst", "%9d")
		cell(row ".stores.mean", "%9.2f")
		cell(row ".stores.p99", "%9d")
		cell(row ".stores.worst", "%9d")
		printf "%9d\n", value[row ".ns.worst"] / 1000
	}

	print "\nthe worst                 nodes    bytes   stores       us"
	for (i = 1; i <= n_rows; i++) {
		row = rows[i]
		if (!((row ".stores") in value))
			continue
		printf "%-22s", row
		cell(row ".nodes", "%9d")
		cell(row ".bytes", "%9d")
		cell(row ".stores", "%9d")
		printf "%9d\n", value[row ".ns"] / 1000
	}

	print ""
	for (i = 4; i <= 6; i += 2) {
		family = "ipv" i
		printf "%s: %d prefixes, %.2f bytes each in nodes\n", family,
			value[family ".prefixes"], value[family ".trie_bytes_per_prefix"]
		if (!((family ".readers.lookups_per_second") in value))
			continue
		alone = value[family ".readers.lookups_per_second"]
		other = value[family ".readers.beside_writer_elsewhere"]
		beside = value[family ".readers.beside_writer"]
		printf "%s: million lookups a second: %.1f alone, %.1f beside a writer of another" \
			" table, %.1f of the same one: %.0f %% less (%d changes a second)\n",
			family, alone / 1e6, other / 1e6, beside / 1e6, 100 - beside / other * 100,
			value[family ".readers.changes_per_second"]
	}
	print ""
}

#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
# Make tables, and a JSON file, of figures.
#
#	awk -f result.awk -v json=FILE -v about=KEY=VALUE,... FIGURES
#
# How this file works: a figure is "FAMILY GROUP NAME MODE METRIC VALUE".  All of them go
# into the JSON file as they are, and those of the tables below, in the order in which
# they came.  Where a figure has a goal it stands beside it; one that is missed is marked,
# and that is all: times are not what a run fails for.

BEGIN {
	goal["ipv4 announced independent"] = 2
	goal["ipv4 announced dependent"] = 1.5
	goal["ipv6 announced independent"] = 4
	goal["ipv6 announced dependent"] = 3
	insert_goal = 2000
	printf "{\n" >json
	fields = split(about, pair, ",")
	for (i = 1; i <= fields; i++) {
		split(pair[i], part, "=")
		printf "\t\"%s\": \"%s\",\n", part[1], part[2] >json
	}
	printf "\t\"figures\": [\n" >json
}

NF == 6 {
	value[$1, $2, $3, $4, $5] = $6
	printf "%s\t\t{ \"family\": \"%s\", \"group\": \"%s\", \"name\": \"%s\", \"mode\": \"%s\", " \
	       "\"metric\": \"%s\", \"value\": %s }", comma, $1, $2, $3, $4, $5, $6 >json
	comma = ",\n"
}

$2 == "lookup" && $5 == "rtm-ns" {
	lookup[++n_lookups] = $1 " " $3 " " $4
}

$2 == "rib" && ($5 == "ns" || $5 ~ /worst-ns$/ || $4 ~ /^(insert|delete)$/) {
	rib[++n_rib] = $1 " " $3 " " $4 " " $5
}

$2 == "ioctl" {
	ioctl[++n_ioctls] = $1 " " $3 " " $4
}

$2 == "memory" {
	memory[++n_memory] = $1 " " $3 " " $4 " " $5
}

function mark(missed)
{
	return missed ? "  MISSED" : ""
}

function lookups(	i, p, rtm, kernel, ratio, must)
{
	printf "\nLookups, ns; the ratio is kernel / rtm\n\n"
	printf "%-6s %-10s %-12s %8s %8s %8s %7s %5s\n", \
	       "family", "keys", "mode", "rtm", "dest", "kernel", "ratio", "goal"
	printf "\n\t],\n\t\"ratios\": [\n" >json
	for (i = 1; i <= n_lookups; i++) {
		split(lookup[i], p, " ")
		rtm = value[p[1], "lookup", p[2], p[3], "rtm-ns"]
		kernel = value[p[1], "lookup", p[2], p[3], "kernel-ns"]
		ratio = kernel / rtm
		must = lookup[i] in goal ? goal[lookup[i]] : 1
		printf "%-6s %-10s %-12s %8.1f %8.1f %8.1f %7.2f %5.1f%s\n", p[1], p[2], p[3], rtm, \
		       value[p[1], "lookup", p[2], p[3], "dest-ns"], kernel, ratio, must, \
		       mark(ratio < must)
		printf "%s\t\t{ \"family\": \"%s\", \"keys\": \"%s\", \"mode\": \"%s\", " \
		       "\"ratio\": %.3f, \"goal\": %s }", (i > 1 ? ",\n" : ""), p[1], p[2], p[3], \
		       ratio, must >json
	}
	printf "\n\t]\n}\n" >json
}

function ioctls(	i, p, ns, empty)
{
	empty = value["ipv4", "ioctl", "version", "single", "ns"]
	printf "\nCommands over ioctl, ns for each route or destination, and its ratio to version\n\n"
	for (i = 1; i <= n_ioctls; i++) {
		split(ioctl[i], p, " ")
		ns = value[p[1], "ioctl", p[2], p[3], "ns"]
		printf "%-6s %-16s %-10s %12.1f %8.2f\n", p[1], p[2], p[3], ns, ns / empty
	}
}

function table(title, list, n, group,	i, p, v)
{
	printf "\n%s\n\n", title
	for (i = 1; i <= n; i++) {
		split(list[i], p, " ")
		v = value[p[1], group, p[2], p[3], p[4]]
		printf "%-6s %-16s %-10s %-16s %12.1f%s\n", p[1], p[2], p[3], p[4], v, \
		       mark(group == "rib" && p[2] == "insert" && p[3] == "batch" && v > insert_goal)
	}
}

END {
	lookups()
	table("Changes of the table, ns each; no kernel table is written", rib, n_rib, "rib")
	ioctls()
	table("Memory, bytes per prefix", memory, n_memory, "memory")
}

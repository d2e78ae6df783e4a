#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Count what the trie does with full tables, in user space, and compare.
#
#	counts.sh		count, print tables, write build/bench/counts.json
#	counts.sh --time	the same, and times: a reader beside a writer
#	counts.sh --gate	count; print what is worse than bounds or baseline
#	counts.sh --record	count; what came out is the baseline from now on
#
# How this file works: the programs print lines of "name value", which are collected in
# build/bench/counts.values.  Instructions come from callgrind, which writes a file for each
# stream, with its name and its sums.  Tables, JSON and the comparison are made of the lines.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bench=$here/..
top=$(cd "$here/../../.." && pwd)
out=$top/build/bench
values=$out/counts.values

die()
{
	printf '%s\n' "$*" >&2
	exit 1
}

# count PROGRAM COMMAND: for both families
count()
{
	local family bits

	for family in 4 6; do
		bits=$((family == 4 ? 32 : 128))
		xz -dc "$bench/tables/ipv$family"-*.txt.xz | "${@:1:$#-1}" "${!#}" "$bits"
	done
}

# A stream's sums for one lookup: instructions, reads, and misses in caches of a small
# machine, 32 KiB and 1 MiB.
instructions()
{
	rm -f "$out"/callgrind.*
	count valgrind --quiet --tool=callgrind --callgrind-out-file="$out/callgrind.%p" \
		--instr-atstart=no --collect-atstart=no --toggle-collect=rtm_trie_match \
		--cache-sim=yes --D1=32768,8,64 --LL=1048576,16,64 "$out/counts/counts" run \
		2>"$out/callgrind.log" || { cat "$out/callgrind.log" >&2; return 1; }
	awk '
	/^desc: Trigger: Client Request: / { name = $5; n = $6 }
	/^events: / { for (i = 2; i <= NF; i++) at[$i] = i }
	/^totals: / && name {
		printf "%s.instructions %.10g\n", name, $at["Ir"] / n
		printf "%s.reads %.10g\n", name, $at["Dr"] / n
		printf "%s.misses %.10g\n", name, $at["DLmr"] / n
		name = ""
	}' "$out"/callgrind.*.*
}

# measure [WHAT]: all values; WHAT is "time" to have the reader beside a writer too
measure()
{
	command -v valgrind >/dev/null || die "valgrind is not installed, run make setup"
	mkdir -p "$out"
	make -s -C "$here" OUT="$out/counts" >&2
	{
		count "$out/counts/traced" lookups
		count "$out/counts/counts" updates
		instructions
		[ "${1-}" != time ] || count "$out/counts/counts" readers
	} >"$values.new"
	mv "$values.new" "$values"
}

compiler()
{
	"${CC:-cc}" --version | head -n 1
}

# json [PATTERN]: the values as JSON, without those whose names fit
json()
{
	printf '{\n\t"compiler": "%s",\n\t"values": {\n' "$(compiler)"
	grep -vE "${1:-^$}" "$values" | awk '
	{ printf "%s\t\t\"%s\": %s", NR == 1 ? "" : ",\n", $1, $2 }
	END { print "" }'
	printf '\t}\n}\n'
}

tables()
{
	awk -f "$here/tables.awk" "$values"
}

gate()
{
	local same=no

	! grep -qxF "	\"compiler\": \"$(compiler)\"," "$bench/baseline.json" || same=yes
	awk -v same="$same" -f "$here/gate.awk" "$bench/bounds" "$bench/baseline.json" "$values"
}

# times, and misses that depend on where memory happens to be, are no baseline
passing='\.(ns|readers|misses)[. ]|\.(ns|misses) '

case ${1-} in
'' | --time)
	mode=${1-}
	measure "${mode#--}"
	json >"$out/counts.json"
	tables
	gate
	;;
--gate)
	measure
	gate
	;;
--record)
	measure
	json "$passing" >"$bench/baseline.json"
	gate
	;;
*)
	sed -n '5,8s/^#//p' "$0" >&2
	exit 2
	;;
esac

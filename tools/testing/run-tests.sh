#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run the test suites in a test machine.
#
#	run-tests.sh kunit [KERNEL]
#	run-tests.sh selftest|scenario KERNEL [NAME...]
#
# How this file works: compiles the module for the kernel, installs library and command
# into a directory that becomes the machine's /usr, boots it, lets guest/run-suites
# print KTAP, and has ktap-check.awk compare that with the list "suites".  LIMIT in
# the environment limits one suite (the debug kernel is slow, so it gets more).
# SMP is the number of CPUs: one, unless races between CPUs are what is looked for.
# PART=I/N is the I-th part of all selftests, of N that can run at the same time.
# MODEL_OPERATIONS and MODEL_SEED go to the suite "model", ENUM_DESTINATIONS to "enumload".
# TABLES is a directory with full routing tables, *ipv4*.xz and *ipv6*.xz, which the
# suite "load" loads instead of one of its own; that takes MEM=5000.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)

kind=${1:?kunit, selftest or scenario}
kernel=${2:-debug}
names=("${@:3}")

case $kernel in
debug | kcsan) mem=${MEM:-2048} limit=${LIMIT:-900} total=${LIMIT_ALL:-3600} ;;
*) mem=${MEM:-1024} limit=${LIMIT:-300} total=${LIMIT_ALL:-1800} ;;
esac

# suites_of_part: every N-th of the list, so that no part has all the slow ones
suites_of_part()
{
	awk -v "kernel=$kernel" -v "i=${PART%/*}" -v "n=${PART#*/}" '$1 == "selftest" &&
		(NF == 2 || index($0 " ", " " kernel " ")) && ++seen % n == i % n { print $2 }' \
		"$here/suites"
}

say()
{
	printf '== %s\n' "$*"
}

check()
{
	awk -f "$here/ktap-check.awk" -v "kind=$kind" -v "kernel=$kernel" \
		-v "only=${names[*]-}" "$here/suites" "$log/output.log"
}

run()
{
	local status=0

	"$here/qemu/vm.sh" run --kernel "$kernel" --smp "${SMP:-1}" --mem "$mem" --timeout "$total" --log "$log" \
		--file "$here/guest/run-suites:/usr/bin/run-suites" "$@" || status=1
	say "results"
	check || status=1
	return "$status"
}

run_kunit()
{
	local build

	build=$("$here/qemu/module.sh" "$kernel")
	run --module "$build/rtm.ko" --module "$build/kunit/rtm_kunit.ko" -- run-suites kunit
}

# unpack_tables: into $log/tables, under the names the suite looks for
unpack_tables()
{
	local family

	mkdir -p "$log/tables"
	for family in ipv4 ipv6; do
		xz -dc "$TABLES"/*"$family"*.xz >"$log/tables/$family.txt"
	done
}

run_programs()
{
	local build usr=$log/usr programs=$log/programs tables=()

	build=$("$here/qemu/module.sh" "$kernel")
	"$here/stage.sh" "$usr" "$programs" "$kernel" "$kind"
	if [ -n "${TABLES-}" ]; then
		unpack_tables
		tables=(--tree "$log/tables:/rtm-tables")
	fi
	run --module dummy --module veth --module vrf --module "$build/rtm.ko" \
		--file "$build/tools/examples/rtm_example.ko:/rtm-modules/rtm_example.ko" \
		--file "$build/tools/testing/client/rtm_client_test.ko:/rtm-modules/rtm_client_test.ko" \
		--tree "$usr:/" --tree "$programs:/rtm" ${tables[@]+"${tables[@]}"} -- \
		env "MODEL_OPERATIONS=${MODEL_OPERATIONS-}" "MODEL_SEED=${MODEL_SEED-}" \
		"ENUM_DESTINATIONS=${ENUM_DESTINATIONS-}" \
		run-suites "$kind" "$limit" /rtm ${names[@]+"${names[@]}"}
}

log=$top/build/vm/$kind-$kernel
if [ -n "${PART-}" ]; then
	log+=-${PART%/*}
	mapfile -t names < <(suites_of_part)
	[ "${#names[@]}" != 0 ] || exit 1
fi
mkdir -p "$log"
exec {lock}>"$log/.run.lock"
flock "$lock"
case $kind in
kunit) run_kunit ;;
selftest | scenario) run_programs ;;
*) exit 2 ;;
esac

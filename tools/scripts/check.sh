#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run checks in stages and say how each went and how long it took.
#
#	check.sh all|static|kunit|selftests|kernels|long
#
# How this file works: a stage is a command; its output goes to build/log/STAGE.log and
# is shown only if it failed, except for lines with results.  The debug kernel, by far
# the longest thing on a new machine, is compiled in the background meanwhile.  At the
# end stands a table of minutes, and last of all a line "N passed, N failed".

set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
testing=$top/tools/testing
log=$top/build/log
passed=0 failed=0 table=''
cd "$top" || exit 1

minutes()
{
	printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# stage NAME WHAT COMMAND...
stage()
{
	local name=$1 what=$2 start=$SECONDS verdict=ok took

	shift 2
	printf '==> %-18s %s\n' "$name" "$what"
	if "$@" >"$log/$name.log" 2>&1 </dev/null; then
		passed=$((passed + 1))
	else
		verdict=FAILED
		failed=$((failed + 1))
	fi
	took=$(minutes $((SECONDS - start)))
	if [ "$verdict" = FAILED ]; then
		sed 's/^/    /' "$log/$name.log" | tail -n 200
	else
		grep -E '^(ok|skip) +(kunit|selftest) |^[0-9]+ (functions|suites)' "$log/$name.log" | sed 's/^/    /'
	fi
	printf '    %-18s %s %s\n' "$name" "$verdict" "$took"
	table+=$(printf '%-18s %6s  %s' "$name" "$took" "$verdict")$'\n'
}

summary()
{
	printf '\nstage               m:ss\n%s' "$table"
	printf '%-18s %6s\n\n' total "$(minutes $SECONDS)"
	printf '%s passed, %s failed\n' "$passed" "$failed" | tee "$log/result"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

#
# Stages
#

background=

start_debug_kernel()
{
	# a session of its own, so that all of it can be stopped
	setsid "$testing/qemu/kernel.sh" debug >"$log/debug-kernel.background" 2>&1 </dev/null &
	background=$!
}

wait_debug_kernel()
{
	if [ -n "$background" ]; then
		wait "$background" || { cat "$log/debug-kernel.background"; return 1; }
		background=
	fi
	"$testing/qemu/kernel.sh" debug
}

stages_static()
{
	local name what

	while read -r name what; do
		stage "$name" "$what" "$here/check-static.sh" "$name"
	done < <("$here/check-static.sh" --list)
}

stages_kunit()
{
	stage debug-kernel "the debug kernel is there (5 to 15 minutes when it is not)" wait_debug_kernel
	stage kunit "KUnit suites on the debug kernel" "$testing/run-tests.sh" kunit debug
}

stages_selftests()
{
	stage selftests-stock "selftests on Debian's kernel" "$testing/run-tests.sh" selftest stock
	stage selftests-debug "selftests on the debug kernel" "$testing/run-tests.sh" selftest debug
}

stages_whole()
{
	stage rtmctl-live "rtmctl and the module, against what ip(8) sees" \
		make -C "$testing/rtmctl" live
	stage rtmctl-live-debug "the same on the debug kernel" \
		make -C "$testing/rtmctl" live KERNEL=debug
	TABLE=$top/tools/demo/tables/sample.txt \
		stage demo "the demo with the sample table, each of its claims checked" \
		"$top/tools/demo/demo.sh"
}

stages_612()
{
	stage module-6.12 "compiles with W=1 and no warning for Debian 13" \
		"$testing/qemu/module.sh" stock-6.12
	stage selftests-6.12 "selftests on Debian 13's kernel" \
		"$testing/run-tests.sh" selftest stock-6.12
}

stages_kernels()
{
	stage module "compiles with W=1 and no warning for Debian 12" "$here/check-static.sh" module
	stage selftests-stock "selftests on Debian 12's kernel" "$testing/run-tests.sh" selftest stock
	stages_612
}

stages_all()
{
	start_debug_kernel
	stages_static
	stages_kunit
	stage rig "the test machines see each kind of mistake" "$testing/qemu/rig-test.sh"
	stages_selftests
	stages_whole
	stages_612
}

# Races between CPUs need CPUs and patience; PREEMPT_RT has locks of another make, which
# sleep in other places.
stages_long()
{
	local round tables=${TABLES-}

	# only for the stage that is about them
	unset TABLES
	for round in 1 2 3; do
		SMP=2 stage "smp-debug-$round" "selftests on two CPUs, debug kernel" \
			"$testing/run-tests.sh" selftest debug
		SMP=2 stage "smp-stock-$round" "selftests on two CPUs, Debian's kernel" \
			"$testing/run-tests.sh" selftest stock
	done
	SMP=2 stage rt "selftests on two CPUs, Debian's PREEMPT_RT kernel" \
		"$testing/run-tests.sh" selftest rt
	[ -z "$tables" ] || TABLES=$tables MEM=5000 LIMIT=3000 LIMIT_ALL=3600 \
		stage full-tables "the full tables in TABLES= on Debian's kernel" \
		"$testing/run-tests.sh" selftest stock load
}

case ${1-} in
all | static | kunit | selftests | kernels | long) ;;
*)
	sed -n '4,5s/^#//p' "$0" >&2
	exit 2
	;;
esac

mkdir -p "$log"
trap '[ -z "$background" ] || kill -- "-$background" 2>/dev/null' EXIT
"$here/setup.sh" check || exit 1
"stages_$1"
summary

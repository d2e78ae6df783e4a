#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run checks in stages and say how each went and how long it took.
#
#	check.sh all|static|kunit|selftests|kernels|long
#
# How this file works: a stage is a command; its output goes to build/log/STAGE.log and
# is shown only if it failed, except for lines with results.  What a stage came to is a
# file in build/log/stages, numbered by the order of beginnings.  "all" goes through its
# stages in two lanes, since a machine has one CPU and two are there: one for the debug
# kernel, which has to be compiled first on a new machine, and one for everything else.
# The selftests on that kernel take longest: they are dealt out in parts, of which each
# lane takes the next when it is done with its own.  At the end stands a table of minutes,
# and last of all a line "N passed, N failed".

set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
testing=$top/tools/testing
log=$top/build/log
stages=$log/stages
cd "$top" || exit 1

minutes()
{
	printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# One block of lines at a time, whichever lane it comes from.
say()
{
	(
		flock 9
		cat
	) 9>"$log/.say.lock"
}

# results NAME VERDICT: what is to be seen of a stage's output
results()
{
	if [ "$2" = FAILED ]; then
		sed 's/^/    /' "$log/$1.log" | tail -n 200
	else
		grep -E '^(ok|skip) +(kunit|selftest|scenario) |^[0-9]+ (functions|suites)' "$log/$1.log" |
			sed 's/^/    /'
	fi
}

# stage NAME WHAT COMMAND...
stage()
{
	local name=$1 what=$2 start=$SECONDS verdict=ok number took

	shift 2
	printf '==> %-18s %s\n' "$name" "$what" | say
	number=$(date +%s%N)
	"$@" >"$log/$name.log" 2>&1 </dev/null || verdict=FAILED
	took=$(minutes $((SECONDS - start)))
	printf '%-18s %6s  %s\n' "$name" "$took" "$verdict" >"$stages/$number.$name"
	{
		results "$name" "$verdict"
		printf '    %-18s %s %s\n' "$name" "$verdict" "$took"
	} | say
}

summary()
{
	local passed failed

	passed=$(cat "$stages"/* | grep -c ' ok$')
	failed=$(cat "$stages"/* | grep -vc ' ok$')
	printf '\nstage               m:ss\n'
	cat "$stages"/*
	printf '%-18s %6s\n\n' total "$(minutes $SECONDS)"
	printf '%s passed, %s failed\n' "$passed" "$failed" | tee "$log/result"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

#
# Stages
#

stages_static()
{
	local name what list

	list=$("$here/check-static.sh" --list)
	if [ -z "$list" ]; then
		stage static "the list of static checks" false
		return
	fi
	while read -r name what; do
		stage "$name" "$what" "$here/check-static.sh" "$name"
	done <<<"$list"
}

stages_kunit()
{
	stage debug-kernel "the debug kernel is there (15 minutes and more when it is not)" \
		"$testing/qemu/kernel.sh" debug
	stage kunit "KUnit suites on the debug kernel" "$testing/run-tests.sh" kunit debug
}

stages_stock()
{
	stage selftests-stock "selftests on Debian's kernel" "$testing/run-tests.sh" selftest stock
	stage scenarios-stock "scenarios on Debian's kernel" "$testing/run-tests.sh" scenario stock
}

parts=8

# One part after the other, as long as the other lane has left any.
stages_debug()
{
	local part

	while part=$(next_part); do
		PART=$part/$parts stage "selftests-debug-$part" \
			"selftests on the debug kernel, part $part of $parts" \
			"$testing/run-tests.sh" selftest debug
	done
	[ "$(cat "$log/part")" = "$parts" ] || stage parts "every part is some lane's" false
}

next_part()
{
	local part

	exec 9>>"$log/.part.lock"
	flock 9
	part=$(($(cat "$log/part") + 1))
	[ "$part" -le "$parts" ] || return 1
	echo "$part" | tee "$log/part"
}

stages_scenarios_debug()
{
	stage scenarios-debug "scenarios on the debug kernel" "$testing/run-tests.sh" scenario debug
}

stages_selftests()
{
	stages_stock
	stages_scenarios_debug
	stages_debug
}

stages_live()
{
	stage rtmctl-live "rtmctl and the module, against what ip(8) sees" \
		make -C "$testing/rtmctl" live
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
	stage scenarios-6.12 "scenarios on Debian 13's kernel" \
		"$testing/run-tests.sh" scenario stock-6.12
}

stages_kernels()
{
	stage module "compiles with W=1 and no warning for Debian 12" "$here/check-static.sh" module
	stages_stock
	stages_612
}

lane_debug()
{
	stages_kunit
	stages_scenarios_debug
	stages_debug
}

lane_stock()
{
	stages_static
	stages_stock
	stages_live
	stages_612
	stage rig "the test machines see each kind of mistake" "$testing/qemu/rig-test.sh"
	stage rtmctl-live-debug "rtmctl and the module on the debug kernel" \
		make -C "$testing/rtmctl" live KERNEL=debug
	stages_debug
}

# A session of its own for the lane in the background, so that all of it can be stopped.
stages_all()
{
	setsid "$here/check.sh" lane_debug {run}>&- &
	background=$!
	lane_stock
	wait "$background" || printf 'lane_debug       0:00  FAILED\n' >"$stages/z.lane_debug"
	background=
}

# Races between CPUs need CPUs and patience; PREEMPT_RT has locks of another make, which
# sleep in other places.
stages_long()
{
	local round tables=${TABLES:-$top/tools/bench/tables}

	# only for the stage that is about them
	unset TABLES
	for round in 1 2 3; do
		SMP=2 stage "smp-debug-$round" "selftests on two CPUs, debug kernel" \
			"$testing/run-tests.sh" selftest debug
		SMP=2 stage "smp-stock-$round" "selftests on two CPUs, Debian's kernel" \
			"$testing/run-tests.sh" selftest stock
	done
	SMP=2 MODEL_OPERATIONS=1000000 LIMIT=1500 \
		stage model "a million random operations on two CPUs, Debian's kernel" \
		"$testing/run-tests.sh" selftest stock model
	SMP=2 stage rt "selftests on two CPUs, Debian's PREEMPT_RT kernel" \
		"$testing/run-tests.sh" selftest rt
	SMP=2 stage rt-scenarios "scenarios on two CPUs, Debian's PREEMPT_RT kernel" \
		"$testing/run-tests.sh" scenario rt
	stage kcsan-kernel "the kernel with KCSAN is there (15 minutes and more when it is not)" \
		"$testing/qemu/kernel.sh" kcsan
	stage kcsan-rig "that kernel sees a data race" "$testing/qemu/rig-test.sh" kcsan
	SMP=2 stage kcsan-kunit "KUnit suites on two CPUs, looking for data races" \
		"$testing/run-tests.sh" kunit kcsan
	SMP=2 LIMIT=1800 LIMIT_ALL=7200 \
		stage kcsan "selftests of threads on two CPUs, looking for data races" \
		"$testing/run-tests.sh" selftest kcsan lockstress locksleep lockthread model \
		notifyload hold expiry enum fib fibremote method
	ENUM_DESTINATIONS=1000000 MEM=3000 LIMIT=3000 LIMIT_ALL=3600 \
		stage enum "walks through a million destinations while others change them" \
		"$testing/run-tests.sh" selftest stock enumload
	stage fuzz "five minutes of libFuzzer for the trie in user space, with ASan and UBSan" \
		make -C "$testing/trie" fuzz SECONDS=300 OUT="$top/build/fuzz"
	TABLES=$tables MEM=5000 LIMIT=3000 LIMIT_ALL=3600 \
		stage full-tables "the full tables in tools/bench, or TABLES=, on Debian's kernel" \
		"$testing/run-tests.sh" selftest stock load
}

background=

case ${1-} in
all | static | kunit | selftests | kernels | long) ;;
lane_debug)
	lane_debug
	exit 0
	;;
*)
	sed -n '4,5s/^#//p' "$0" >&2
	exit 2
	;;
esac

mkdir -p "$log"
exec {run}>"$log/.check.lock"
flock -n "$run" || {
	echo "check: another check runs in this tree" >&2
	exit 1
}
rm -rf "$stages"
mkdir "$stages"
echo 0 >"$log/part"
trap '[ -z "$background" ] || kill -- "-$background" 2>/dev/null' EXIT
if [ "$1" = long ]; then
	"$here/setup.sh" long || exit 1
else
	"$here/setup.sh" check || exit 1
fi
"stages_$1"
summary

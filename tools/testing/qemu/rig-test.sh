#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Prove that the test machines see what they are there to see.
#
#	rig-test.sh [kcsan]	kcsan: only that the kernel of that name sees a data race
#
# How this file works: a run must fail when the command fails, when it hangs, when
# the kernel dies, and for each kind of mistake that vm_splat.ko can make.  And it
# must succeed when nothing is wrong.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)
log=$top/build/vm/rig
# rcu and lockdep first: other reports turn lockdep off
kinds="rcu lockdep warning refcount kasan kmemleak ubsan atomic-sleep rtnl debugobjects"
failures=0

say()
{
	printf '%s\n' "$*"
}

wrong()
{
	say "not ok: $*"
	failures=$((failures + 1))
}

# must_fail TEXT-IN-THE-REPORT OPTION...
must_fail()
{
	local text=$1

	shift
	if "$here/vm.sh" run --log "$log" "$@" >"$log/report" 2>&1; then
		wrong "a run passed that should have failed: $text"
	elif ! grep -q -e "$text" "$log/report"; then
		wrong "failed for another reason than \"$text\":"
		cat "$log/report"
	else
		say "ok: seen: $text"
	fi
}

must_pass()
{
	if "$here/vm.sh" run --log "$log" "$@" >"$log/report" 2>&1; then
		say "ok: a clean run passes"
	else
		wrong "a clean run failed:"
		cat "$log/report"
	fi
}

# all_kinds KERNEL CPUS KIND...
all_kinds()
{
	local kernel=$1 cpus=$2 kinds=${*:3}
	local splat kind seen

	splat=$("$here/module.sh" "$kernel" "$here/splat")/vm_splat.ko
	must_fail 'the kernel complained' --kernel "$kernel" --smp "$cpus" --file "$splat:/vm_splat.ko" -- \
		insmod /vm_splat.ko "kinds=${kinds// /,}"
	seen=$(awk -f "$here/splat.awk" -v from=begin -v to=end "$log/console.log") || true
	for kind in $kinds; do
		if grep -q "^$kind: " <<<"$seen"; then
			say "ok: seen: $kind"
		else
			wrong "not seen: $kind"
		fi
	done
}

# Data races are looked for on a kernel that is not built for every change (kcsan), so the
# lines are not its own.
races()
{
	local ours='BUG: KCSAN: data-race in rtm_dest_put+0x1/0x2 [rtm] / rtm_dest_find+0x1/0x2 [rtm]'
	local others='BUG: KCSAN: data-race in tick_do_update / tick_sched_do_timer'

	if [ "$(awk -f "$here/splat.awk" <<<"$others"$'\n'"$ours")" = "kcsan: $ours" ]; then
		say "ok: seen: a data race of ours, and not one of others"
	else
		wrong "a data race: ours is not told from those of others"
	fi
}

mkdir -p "$log"
if [ "${1-}" = kcsan ]; then
	all_kinds kcsan 2 kcsan
	exit "$failures"
fi
must_pass -- true
must_fail 'returned 3' -- sh -c 'exit 3'
must_fail 'stopped after 20 seconds' --timeout 20 -- sleep 1000
BOOT_LIMIT=1 must_fail 'hung in its boot' -- true
must_fail 'machine died' -- sh -c 'echo c >/proc/sysrq-trigger'
# shellcheck disable=SC2086 # words
all_kinds debug 1 $kinds
races
[ "$failures" = 0 ] || { say "$failures things went unseen"; exit 1; }

#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
# Find in a console log what the kernel complains of.
#
# How this file works: only the lines between the marks "rtm-vm: FROM" and
# "rtm-vm: TO" count (-v from=... -v to=...); without "from" all do.  Each hit is
# printed with its kind in front.  The exit status is 1 when there was a hit, 2 when
# the mark was not found, 0 when the log is clean.  -v expect=REGEX names lines
# which a test provokes on purpose.

function kind(line)
{
	# The kernel has races of its own: what counts is that one of the two is ours.  That
	# of a hash table's worker with an insertion is the kernel's, as it is inlined.
	if (line ~ /BUG: KCSAN:.*rht_deferred_worker/) return ""
	if (line ~ /BUG: KCSAN:/) return line ~ /\[(rtm|vm_splat)/ ? "kcsan" : ""
	if (line ~ /KASAN:/) return "kasan"
	if (line ~ /UBSAN:/) return "ubsan"
	if (line ~ /ODEBUG:/) return "debugobjects"
	if (line ~ /kmemleak: [0-9]+ new suspected|^unreferenced object/) return "kmemleak"
	if (line ~ /rcu: INFO: .*(stall|detected)|INFO: rcu.*(stall|detected)/) return "rcu-stall"
	if (line ~ /rcu:.*(stall|starved)|suspicious RCU usage/) return "rcu"
	if (line ~ /INFO: task .* blocked for more than|blocked tasks/) return "hung-task"
	if (line ~ /soft lockup|hard LOCKUP|workqueue lockup|self-detected/) return "lockup"
	if (line ~ /possible (circular|recursive)|possible irq lock|inconsistent lock state/) return "lockdep"
	if (line ~ /lock held when returning|still has locks held|held lock freed/) return "lockdep"
	if (line ~ /bad unlock balance|invalid wait context|DEBUG_LOCKS_WARN_ON/) return "lockdep"
	if (line ~ /non-static key|lockdep is turned off|MAX_LOCK/) return "lockdep"
	if (line ~ /sleeping function called|scheduling while atomic/) return "atomic-sleep"
	if (line ~ /refcount_t:|leaked reference|waiting for .* to become free/) return "refcount"
	if (line ~ /still has objects|Objects remaining|(Redzone|Poison) overwritten/) return "slab"
	if (line ~ /BUG [a-zA-Z0-9_-]+ .*:|list_(add|del) corruption|corrupted/) return "corruption"
	if (line ~ /RTNL: assertion failed/) return "rtnl"
	if (line ~ /Out of memory: Killed/) return "oom"
	if (line ~ /kernel BUG at|Oops|general protection fault|double fault/) return "oops"
	if (line ~ /NULL pointer dereference|unable to handle|Kernel panic/) return "oops"
	if (line ~ /BUG:/) return "bug"
	if (line ~ /WARNING:/) return "warning"
	return ""
}

BEGIN {
	inside = from == ""
	found = inside
}

{
	sub(/\r$/, "")
}

from != "" && index($0, "rtm-vm: " from) {
	inside = found = 1
	next
}

to != "" && index($0, "rtm-vm: " to) {
	inside = 0
}

inside && kind($0) != "" && (expect == "" || $0 !~ expect) {
	printf "%s: %s\n", kind($0), $0
	hits++
}

END {
	exit !found ? 2 : hits > 0
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure rtm.ko in a user-mode kernel, beside the kernel's own tables.
#
#	run.sh [NAME=VALUE...]		arguments for rtm_bench.ko, as limit=10000 rounds=3
#
# How this file works: a user-mode kernel is a program, so that what it does takes the
# time it takes this processor; there is one CPU in it, and system calls are slow.  The
# kernel and both modules are made as the tests' are.  Its root is a directory with
# little in it; what comes out are files there, of which result.awk makes tables and
# build/bench/uml.json.
#
# The exit status is that of the answers: 1 when a lookup found what the kernel does not,
# or the machine did not come to its end.  Times never make it fail.
#
#	TABLES=DIR	where the tables are (tools/bench/tables)
#	MEM=SIZE	memory of the machine (3G)

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)
qemu=$top/tools/testing/qemu
tables=${TABLES:-$here/../tables}
mem=${MEM:-3G}
out=$top/build/bench/uml
arguments=("$@")

die()
{
	printf 'bench: %s\n' "$*" >&2
	exit 1
}

# table NAME: the newest table of a family
table()
{
	local found

	found=$(find "$tables" -name "*$1*.xz" | LC_ALL=C sort | tail -n 1)
	[ -n "$found" ] || die "no table of $1 in $tables, say TABLES=directory"
	xz -dc "$found"
}

make_root()
{
	local root=$out/guest built

	built=$("$qemu/module.sh" uml "$top" ARCH=um RTM_BENCH=m)
	rm -rf "$out"
	mkdir -p "$root"/{bin,dev,proc,sys,modules,tables,out}
	cp "$(command -v busybox)" "$root/bin/"
	"$root/bin/busybox" --list | while read -r name; do
		[ "$name" = busybox ] || ln -sf busybox "$root/bin/$name"
	done
	cp "$here/init" "$root/"
	cp "$built/rtm.ko" "$built/tools/bench/uml/rtm_bench.ko" "$root/modules/"
	table ipv4 >"$root/tables/ipv4"
	table ipv6 >"$root/tables/ipv6"
	printf '%s\n' "${arguments[@]}" >"$root/arguments"
}

# The kernel forgets the processor's wide registers at each page fault of the guest, so
# the guest's libc is told to do without.
run_machine()
{
	local kernel wide=-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-AVX_Fast_Unaligned_Load

	kernel=$("$qemu/kernel.sh" uml)
	"$kernel/vmlinuz" mem="$mem" uml_dir="$out/" \
		root=rtm rootfstype=hostfs rootflags="$out/guest" rw init=/init \
		GLIBC_TUNABLES=glibc.cpu.hwcaps="$wide" slab_nomerge \
		con=null con0=null,fd:1 </dev/null >"$out/console" 2>&1 || true
	[ "$(cat "$out/guest/out/verdict" 2>/dev/null)" = 0 ] || {
		tail -n 20 "$out/console" >&2
		die "the machine did not do what it should, log in $out"
	}
}

make_root
run_machine
grep '^rtm_bench: ' <(sed 's/^\[[^]]*\] //' "$out/guest/out/log")

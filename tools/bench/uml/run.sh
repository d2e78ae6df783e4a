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
json=$top/build/bench/uml.json
module_arguments=("$@")

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
	mkdir -p "$out/memory" "$root"/{bin,dev,proc,sys,modules,tables,out}
	cp "$(command -v busybox)" "$root/bin/"
	"$root/bin/busybox" --list | while read -r name; do
		[ "$name" = busybox ] || ln -sf busybox "$root/bin/$name"
	done
	${CC:-gcc} -O2 -Wall -static -I"$top/uapi" -o "$root/bin/bench_ioctl" "$here/bench_ioctl.c"
	cp "$here/init" "$root/"
	cp "$built/rtm.ko" "$built/tools/bench/uml/rtm_bench.ko" "$root/modules/"
	table ipv4 >"$root/tables/ipv4"
	table ipv6 >"$root/tables/ipv6"
	printf '%s\n' "${module_arguments[@]}" >"$root/arguments"
}

# The kernel forgets the processor's wide registers at each page fault of the guest, so
# the guest's libc is told to do without.
kernel_arguments()
{
	printf '%s\n' "mem=$mem" "uml_dir=$out/" root=rtm rootfstype=hostfs \
		"rootflags=$out/guest" rw init=/init slab_nomerge con=null con0=null,fd:1 \
		GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-AVX_Fast_Unaligned_Load
}

# A kernel has its memory in huge pages; a program has to ask for them, here by a file
# system of its own for the file that is the machine's memory.  Where that cannot be had
# small pages do, and each line of memory costs more to come to, on both sides.
run_machine()
{
	local arguments own=()

	mapfile -t arguments < <(kernel_arguments)
	[ "$(id -u)" = 0 ] || own=(--user --map-root-user)
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount "${own[@]}" bash -c '
		if mount -t tmpfs -o "huge=always,size=$0" tmpfs "$1/memory"; then
			echo yes >"$1/huge"
		else
			echo no >"$1/huge"
		fi
		TMPDIR=$1/memory exec "$2/vmlinuz" "${@:3}"' \
		"$mem" "$out" "$kernel" "${arguments[@]}" </dev/null >"$out/console" 2>&1 || true
}

# grown FAMILY SIDE BEFORE AFTER
grown()
{
	local seen=$out/guest/out

	awk -f "$here/memory.awk" -v family="ipv$1" -v side="$2" \
		-v n="$(awk -v f="ipv$1" '$1 == f && $2 == "table" { print $6 }' "$out/figures")" \
		"$seen/slab-$3" "$seen/slab-$4" "$seen/mem-$3" "$seen/mem-$4" |
		LC_ALL=C sort >"$out/grown"
	cat "$out/grown" >>"$out/figures"
}

# A machine for each family, so that neither finds memory the other has left.
measure()
{
	local guest=$out/guest

	rm -rf "$guest/out"
	mkdir "$guest/out"
	printf '%s\n' "$1" >"$guest/family"
	run_machine
	[ "$(cat "$guest/out/verdict" 2>/dev/null)" = 0 ] || {
		tail -n 20 "$out/console" >&2
		die "the machine did not do what it should, log in $out"
	}
	sed -nE 's/^(\[[^]]*\] )?rtm_bench: (ipv[46] )/\2/p' "$guest/out/log" >>"$out/figures"
	[ ! -e "$guest/out/ioctl" ] || cat "$guest/out/ioctl" >>"$out/figures"
	grown "$1" rtm read rtm
	grown "$1" kernel rtm fib
}

about()
{
	local groups=off

	! grep -qx CONFIG_MEMCG_KMEM=y "$kernel/config" || groups=on
	printf 'kernel=%s (ARCH um),processor=%s,memory_cgroups=%s,huge_pages=%s' \
		"$(cat "$kernel/release")" \
		"$(sed -n 's/^model name.*: //p' /proc/cpuinfo | sed -n 1p | tr -d ',"=')" \
		"$groups" "$(cat "$out/huge")"
}

make_root
kernel=$("$qemu/kernel.sh" uml)
measure 4
measure 6
printf '%s\n' "$(about)" | tr , '\n'
awk -f "$here/result.awk" -v json="$json" -v about="$(about)" "$out/figures"

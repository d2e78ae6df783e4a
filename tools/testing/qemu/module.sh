#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Compile the module for a test kernel and print the directory it is in.
#
#	module.sh KERNEL [SOURCE-DIR [MAKE-ARGUMENT...]]
#
# How this file works: kbuild up to 6.12 leaves its objects beside the sources, so
# each kernel gets a copy of them, build/KERNEL, which is brought up to date and not
# made anew.  Warnings are errors here, always: what is tested is what was checked.
# The example and the test of the API for modules are compiled along.
# A kernel that brings a compiler of its own is compiled for inside its own root.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)

kernel=${1:?kernel}
from=$(cd "${2:-$top}" && pwd)
arguments=(W=1 KCFLAGS=-Werror RTM_CLIENTS=m "${@:3}")
to=$top/build/$kernel

[ "$from" = "$top" ] || to+=-$(basename "$from")

sources()
{
	if [ "$from" = "$top" ]; then
		printf '%s\n' Kbuild rtm_*.c
		find include uapi kunit tools/examples tools/testing/client tools/bench/uml \
			\( -name '*.[ch]' -o -name Kbuild \) ! -name '*.mod.c'
	else
		find . -type f ! -name '.*' -printf '%P\n'
	fi
}

# Copies what is new and removes what is gone; objects stay.
mirror()
{
	local file

	find "$to" \( -name '*.[ch]' -o -name Kbuild \) ! -name '*.mod.c' -printf '%P\n' |
	while read -r file; do
		[ -e "$from/$file" ] || rm -f "${to:?}/$file"
	done
	(cd "$from" && sources) | while read -r file; do
		cmp -s "$from/$file" "$to/$file" && continue
		mkdir -p "$(dirname "$to/$file")"
		cp "$from/$file" "$to/$file"
	done
}

compile()
{
	make -s -C "$kernel_dir/build" M="$to" -j"$(nproc)" "${arguments[@]}" modules
}

# in_root COMMAND...: root needs no name space, others make themselves root of one
in_root()
{
	local root=$kernel_dir/chroot

	if [ "$(id -u)" = 0 ]; then
		[ -c "$root/dev/null" ] || mknod -m 666 "$root/dev/null" c 1 3
		chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin LC_ALL=C "$@"
	else
		# shellcheck disable=SC2016 # expanded by the inner shell
		unshare --user --map-root-user --mount sh -c '
			mount --rbind /dev "$0/dev" && root=$0 &&
			exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin LC_ALL=C "$@"' \
			"$root" "$@"
	fi
}

compile_inside()
{
	local inside

	inside=/tmp/$(printf '%s' "$to" | sha256sum | cut -c1-16)
	mkdir -p "$kernel_dir/chroot$inside"
	cp -a -u "$to/." "$kernel_dir/chroot$inside/"
	in_root make -s -C "$(cat "$kernel_dir/inside")" M="$inside" -j"$(nproc)" \
		"${arguments[@]}" modules
	cp -a -u "$kernel_dir/chroot$inside/." "$to/"
	rm -rf "${kernel_dir:?}/chroot$inside"
}

kernel_dir=$("$here/kernel.sh" "$kernel")
mkdir -p "$to"
exec {lock}>"$to/.lock"
flock "$lock"
mirror
{
	if [ -d "$kernel_dir/chroot" ]; then
		compile_inside
	else
		compile
	fi
} >&2
printf '%s\n' "$to"

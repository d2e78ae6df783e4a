#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Install library and command as a packager would, and gather the test programs.
#
#	stage.sh ROOT [PROGRAMS [KERNEL [KIND]]]
#
# How this file works: what runs in the test machines went through "make install", so
# that is tested too.  ROOT is a DESTDIR made anew, with PREFIX=/usr; into PROGRAMS go
# the selftests, or the programs of KIND, those of KERNEL if it is given.  The harness
# of selftests is the kernel's own header, from its source package.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$(cd "$here/.." && pwd)

root=${1:?root}
programs=${2-}
kind=${4:-selftest}

top=$(cd "$tools/.." && pwd)
mkdir -p "$(dirname "$root")" "$top/build"
exec {lock}>"$top/build/.stage.lock"
flock "$lock"
rm -rf "$root"
make -C "$tools" install DESTDIR="$root" PREFIX=/usr >&2
[ -n "$programs" ] || exit 0

KSELFTEST=$("$here/qemu/kernel.sh" source)/tools/testing/selftests
make -C "$tools" "${kind}s" KSELFTEST="$KSELFTEST" >&2
rm -rf "$programs"
mkdir -p "$programs"
awk -v "kind=$kind" -v "kernel=${3-}" '$1 == kind &&
	(NF == 2 || kernel == "" || index($0 " ", " " kernel " ")) { print $2 }' "$here/suites" |
while read -r name; do
	cp "$here/${kind}s/$name" "$programs/"
done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure with full tables, print tables, write JSON to build/bench.
#
#	bench.sh [counts|uml]...	all of it, or parts
#
# How this file works: there are two parts.
# "counts" is the trie in user space, counts that do not depend on the machine; see
# counts/counts.sh.  "uml" is the module in a user-mode kernel beside that kernel's own
# tables; see uml/run.sh.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)

part_counts()
{
	printf '== The trie in user space\n\n'
	"$here/counts/counts.sh" --time
}

part_uml()
{
	printf '\n== The module in a user-mode kernel\n\n'
	"$here/uml/run.sh"
}

[ $# != 0 ] || set -- counts uml
mkdir -p "$top/build/bench"
for part in "$@"; do
	case $part in
	counts) part_counts ;;
	uml) [ ! -x "$here/uml/run.sh" ] || part_uml ;;
	*)
		sed -n '5s/^#//p' "$0" >&2
		exit 2
		;;
	esac
done
printf '\nJSON:\n'
ls "$top"/build/bench/*.json

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Play the story in a virtual machine with Debian's own kernel.
#
#	demo.sh [KERNEL]
#
# How this file works: builds the module for that kernel and the tools, and gives them
# to the machine together with story.sh, which does all the rest.  Tables of prefixes
# are the files named in TABLE, else the sample beside this file.  They are unpacked here,
# because the machine is slow.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
testing=$top/tools/testing
kernel=${1:-stock}
dir=$top/build/demo

# names of the tables, one a line
tables()
{
	# shellcheck disable=SC2086 # a list of files
	printf '%s\n' ${TABLE:-"$here/tables/sample.txt"}
}

unpack()
{
	local file

	tables | while read -r file; do
		[ -e "$file" ] || { printf 'demo: there is no table %s\n' "$file" >&2; return 1; }
		case $file in
		*.xz) xz -dc "$file" ;;
		*.gz) gzip -dc "$file" ;;
		*) cat "$file" ;;
		esac
	done
}

# compile WHAT COMMAND...: the command's messages only if it fails
compile()
{
	printf 'demo: compiling %s\n' "$1" >&2
	"${@:2}" 2>"$dir/build.log" || { cat "$dir/build.log" >&2; return 1; }
}

mkdir -p "$dir"
build=$(compile "the module" "$testing/qemu/module.sh" "$kernel")
compile "library and command" "$testing/stage.sh" "$top/build/usr"
unpack >"$dir/table.txt"
mem=1024
[ "$(wc -l <"$dir/table.txt")" -lt 100000 ] || mem=3072
printf 'demo: starting a virtual machine, which takes a moment\n'
exec "$testing/qemu/vm.sh" run --kernel "$kernel" --mem "$mem" --timeout 7200 --log "$dir" \
	--module dummy --tree "$top/build/usr:/" \
	--file "$here/story.sh:/usr/bin/story" --file "$build/rtm.ko:/usr/lib/rtm.ko" \
	--file "$dir/table.txt:/usr/lib/table.txt" \
	-- env RTM_KO=/usr/lib/rtm.ko story /usr/lib/table.txt

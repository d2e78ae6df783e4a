#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Print the directory of kernel headers to build against.
#
# How this file works: the running kernel's own headers win; without them (a
# container, a build machine) it is the newest installed Debian header package.
# The "-common" packages hold only the part all flavours share and have no
# .config, which is how they are told apart.  Nothing found prints nothing and
# fails.

set -u

release=${1:-$(uname -r)}

if [ -e "/lib/modules/$release/build/.config" ]; then
	echo "/lib/modules/$release/build"
	exit 0
fi

# The plain flavour before cloud and rt: the test machines boot it.
newest()
{
	local dir

	for dir in "$@"; do
		[ -e "$dir/.config" ] && printf '%s\n' "$dir"
	done | sort -V | tail -n 1
}

plain=$(newest /usr/src/linux-headers-*[0-9]-"$(dpkg --print-architecture 2>/dev/null)")
dir=${plain:-$(newest /usr/src/linux-headers-*)}
[ -n "$dir" ] || exit 1
printf '%s\n' "$dir"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What librtm.so exports is what its headers declare, each with a version.
#
#	export-test.sh LIBRARY
#
# How this file works: a declared function that is missing would be found by whoever
# calls it, one that is exported and not declared by nobody: hence both ways.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
librtm=$here/../../librtm

# Declarations begin a line; what a macro or a comment mentions does not.
declared()
{
	sed -nE 's/^[a-z].*[ *]((Rtm|rtm_)[A-Za-z0-9_]*)\(.*/\1/p' "$librtm/rtmv2.h" "$librtm/librtm.h" |
		grep -vx rtm_route_set_nexthops
	sed -nE 's/^DWORD WINAPI (Rtm[A-Za-z0-9]*)\(.*/\1/p' "$librtm/rtmv2.h"
}

exported()
{
	nm -D --defined-only "$1" | awk '$2 == "T" { print $3 }'
}

diff <(declared | sort -u) <(exported "$1" | sed 's/@@LIBRTM_[0-9.]*$//' | sort) ||
	{ echo "declared (<) and exported (>) differ"; exit 1; }
readelf -d "$1" | grep -q 'SONAME.*\[librtm\.so\.0\]' || { echo "wrong soname"; exit 1; }

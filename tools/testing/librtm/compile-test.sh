#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The public headers compile alone and in company, in each language and compiler there
# is, and refuse what they are not for.
#
#	compile-test.sh
#
# How this file works: each case is a list of headers; a case fails with the compiler's
# own words.  Headers that are known to quarrel with each other in themselves are not
# put together.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)
status=0

# program HEADER...: a program that includes them and has a handle
program()
{
	printf '#include <%s>\n' "$@"
	printf 'int main(void) { return 0; }\n'
}

# compiles COMPILER LANGUAGE STANDARD HEADER...
compiles()
{
	local compiler=$1 language=$2 standard=$3

	shift 3
	command -v "$compiler" >/dev/null || return 0
	program "$@" | "$compiler" -x "$language" "-std=$standard" -Wall -Wextra -Werror \
		-fsyntax-only -I"$top/tools/librtm" -I"$top/uapi" - ||
		{ printf '%s %s: %s\n' "$compiler" "$standard" "$*"; status=1; }
}

everywhere()
{
	compiles gcc c gnu99 "$@"
	compiles gcc c c11 "$@"
	compiles gcc c gnu17 "$@"
	compiles clang c c11 "$@"
	compiles g++ c++ c++11 "$@"
	compiles g++ c++ c++20 "$@"
	compiles clang++ c++ c++17 "$@"
}

# A handle does not fit into a pointer of 32 bits: the header says so itself.
refused()
{
	local said

	said=$(program rtmv2.h | gcc -m32 -x c -fsyntax-only "-isystem/usr/include/$(gcc -print-multiarch)" \
		-I"$top/tools/librtm" - 2>&1) && { echo "32-bit program: accepted"; status=1; }
	case $said in
	*"librtm is for 64-bit programs"*) ;;
	*) printf '32-bit program: %s\n' "$said"; status=1 ;;
	esac
}

# The examples in the manual pages compile as printed.
manual()
{
	local page code

	for page in "$top"/tools/man/*.3.rst; do
		code=$(awk '/^EXAMPLE$/ { example = 1 } example && /^    #include/ { inside = 1 }
			inside && /^[^ ]/ { exit } inside' "$page" | sed 's/^    //')
		if [ -z "$code" ] || ! gcc -x c -Wall -Wextra -Werror -fsyntax-only \
			-I"$top/tools/librtm" -I"$top/uapi" - <<<"$code"; then
			printf '%s: example\n' "${page##*/}"
			status=1
		fi
	done
}

everywhere rtmv2.h
everywhere librtm.h
everywhere rtmv2.h librtm.h
everywhere librtm.h rtmv2.h
everywhere linux/rtnetlink.h rtmv2.h librtm.h
everywhere rtmv2.h librtm.h linux/rtnetlink.h
everywhere net/route.h rtmv2.h
everywhere sys/socket.h linux/route.h rtmv2.h librtm.h
everywhere arpa/inet.h net/if.h netdb.h resolv.h rtmv2.h
everywhere rtmv2.h rtmv2.h librtm.h librtm.h
refused
manual
exit "$status"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The checks that need no virtual machine, one by one.
#
#	check-static.sh NAME...		run these
#	check-static.sh --list		their names, with what each is about
#
# How this file works: a check is a function check_NAME with its purpose in the table
# below; it prints what is wrong and returns 1.  Files are those git knows or would add;
# without git, those that are no build output.  A checker that is not installed stops
# the run: setup.sh installs all of them.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
testing=$top/tools/testing
qemu=$testing/qemu
cd "$top"

checks="
spdx		each file names its licence
tidy		no build output, machine paths or unfinished words in the tree
shell		shellcheck is silent on every script
ktap		the reader of test results sees each kind of failure
suites		the list of suites agrees with the files, and each case of the client module runs
sem		dest->sem is touched in rtm_lock.c only
manual		each function of rtmv2.h is on one manual page, as declared; librtm.h's are in librtm(3)
functions	functions are short (median 15, 90% 50, at most 80 lines)
rtmctl		rtmctl against a kernel made of arrays, completion
librtm		librtm against a kernel made of arrays, layout of the public header
trie		the trie in user space under sanitizers, against a naive model
bench-counts	what the trie touches, executes, needs and writes with full tables is within its bounds
module		rtm.ko compiles with W=1 and no warning
headers		each header of the module compiles alone
commands	<rtm.h> has a function for each command of the ABI
example		the example module compiles with what another module has of this tree
uapi		the ABI header compiles alone, with rtnetlink.h, and is the same in 32 bit
sparse		sparse is silent (RCU, locks, byte order)
kernel-doc	kernel-doc is complete
checkpatch	checkpatch --strict is silent
codespell	codespell finds no misspelled word
tools		library, command and tests compile with -Wall -Wextra and no warning
cppcheck	cppcheck is silent on library and command
analyzer	gcc's analyzer is silent on library and command
install		make install, then a client compiled with pkg-config alone
readme		the client printed in README.md compiles
"

die()
{
	printf '%s\n' "$*" >&2
	exit 1
}

need()
{
	local program

	for program in "$@"; do
		command -v "$program" >/dev/null || die "$program is not installed, run make setup"
	done
}

# tree [PATTERN...]: the project's files
tree()
{
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files -co --exclude-standard -- "$@" | while read -r file; do
			[ ! -f "$file" ] || printf '%s\n' "$file"
		done
	else
		find . -path ./build -prune -o -type f ! -name '*.o' ! -name '*.ko' ! -name '*.mod*' \
			! -name '.*.cmd' ! -name '*.a' ! -name '*.so*' -printf '%P\n' |
			matching "$@"
	fi | LC_ALL=C sort
}

# matching [PATTERN...]: lines that fit one of git's simple patterns
matching()
{
	local line pattern

	while read -r line; do
		[ $# != 0 ] || printf '%s\n' "$line"
		for pattern in "$@"; do
			# shellcheck disable=SC2254 # patterns are meant
			case $line in
			$pattern | $pattern/*) printf '%s\n' "$line"; break ;;
			esac
		done
	done
}

# nothing TEXT: complains of what is on standard input
nothing()
{
	local found

	found=$(cat)
	[ -n "$found" ] || return 0
	printf '%s:\n%s\n' "$1" "$found"
	return 1
}

# search GREP-ARGUMENT...: in the files on standard input; finding nothing is fine
search()
{
	xargs -r -d '\n' grep -In "$@" || true
}

module_sources()
{
	tree '*.c' '*.h' |
		grep -E '^(rtm_[^/]*\.c|include/|uapi/|kunit/|tools/(examples|testing/client)/)'
}

user_sources()
{
	tree '*.c' '*.h' | grep -E '^tools/(librtm|rtmctl)/'
}

scripts()
{
	local file

	tree | while read -r file; do
		if head -c 40 "$file" | head -n 1 | tr -d '\0' | grep -qE '^#!.*[/ ](ba)?sh( |$)'; then
			printf '%s\n' "$file"
		fi
	done
}

kernel_source()
{
	"$qemu/kernel.sh" source
}

#
# Text
#

check_spdx()
{
	local file

	tree | grep -vE '^(LICENSES/|COPYING$)' | while read -r file; do
		[ ! -e "$file.license" ] || file=$file.license
		head -n 3 "$file" | tr -d '\0' | grep -q 'SPDX-License-Identifier' || printf '%s\n' "$file"
	done | nothing "no SPDX line"
}

check_tidy()
{
	local status=0

	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files -ci --exclude-standard | nothing "tracked, but ignored as build output" || status=1
	fi
	tree | grep -vE '^(LICENSES/|COPYING$)' | search -E '/[w]ork/|/[r]oot/|/[h]ome/[a-z]' |
		nothing "paths of one machine" || status=1
	tree '*.c' '*.h' '*.sh' | search -wE 'TOD[O]|FIXM[E]|XX[X]|HAC[K]|not[ ]implemented' |
		nothing "unfinished" || status=1
	tree | grep -vE '^LICENSES/|\.(txt|gz|xz)$' | search -E '[[:space:]]+$' |
		nothing "trailing space" || status=1
	return "$status"
}

check_shell()
{
	need shellcheck
	scripts | xargs -d '\n' shellcheck --external-sources
}

check_ktap()
{
	"$testing/ktap-check-test.sh"
}

scenarios()
{
	tree 'tools/testing/scenarios/[sx][0-9]*.c'
}

# cases_there, cases_run: what the test of <rtm.h> has, and what the selftest has of it
cases_there()
{
	sed -nE 's/^\t\{ "([a-z_]+)", case_[a-z_]+ \},$/\1/p' "$testing/client/client_main.c" | sort
}

cases_run()
{
	sed -nE -e 's/^FIXTURE_VARIANT_ADD\(client, [a-z_]+\) \{ \.name = "([a-z_]+)" \};$/\1/p' \
		-e 's/.*\brun_case_elsewhere\("([a-z_]+)"\).*/\1/p' "$testing/selftests/client.c" | sort
}

# Every test file is listed and every listed suite has its file; every case of the module
# that calls <rtm.h> is run, once.
check_suites()
{
	local status=0

	diff <(sed 's/#.*//' "$testing/suites" | awk 'NF { print $1, $2 }' | sort) \
		<({
			tree 'kunit/*_test.c' | sed 's#kunit/\(.*\)_test\.c#kunit \1#'
			tree 'tools/testing/selftests/*.c' | search -l '^TEST_HARNESS_MAIN' |
				sed 's#.*/\(.*\)\.c#selftest \1#'
			scenarios | sed 's#.*/\(.*\)\.c#scenario \1#'
		} | sort) || status=1
	[ -n "$(cases_there)" ] || die "no case in client_main.c"
	diff <(cases_there) <(cases_run) || status=1
	{ scenarios; tree 'tools/testing/scenarios/scenario.[ch]'; } |
		search -E '^# *include *[<"].*(rtm\.h|kselftest[^">]*|\.c)[">]' |
		nothing "a scenario is a client of <rtmv2.h> alone" || status=1
	return "$status"
}

check_sem()
{
	module_sources | grep -vE '^(rtm_lock\.c|include/rtm_(lock|dest)\.h)$' |
		search -e '->sem\b' | nothing "dest->sem outside rtm_lock.c"
}

# prototypes FILE...: of the functions of <rtmv2.h>, in one line each
prototypes()
{
	cat "$@" | tr -s '[:space:]' ' ' | grep -oE '[A-Za-z]+ WINAPI Rtm[A-Za-z0-9]+\([^)]*\);' |
		sed 's/( /(/' | LC_ALL=C sort
}

# native_declared, native_listed: functions of <librtm.h>, and those librtm(3) names
native_declared()
{
	sed -nE 's/^[a-z].*[ *](rtm_[a-z0-9_]+)\(.*/\1/p' tools/librtm/librtm.h | LC_ALL=C sort -u
}

native_listed()
{
	sed -n '/^THE NATIVE INTERFACE/,/^EXAMPLE/p' tools/man/librtm.3.rst |
		grep -oE '\brtm_[a-z0-9_]+' | LC_ALL=C sort
}

# On no page: only in the header, "<".  On two, or not in the header: ">".  What a page
# declares it describes, once, by a line of its own.
check_manual()
{
	local pages status=0

	mapfile -t pages < <(tree 'tools/man/*.3.rst')
	diff <(prototypes tools/librtm/rtmv2.h) <(prototypes "${pages[@]}") || status=1
	diff <(grep -oHE 'WINAPI Rtm[A-Za-z0-9]+' "${pages[@]}" | sed 's/WINAPI //' | LC_ALL=C sort) \
		<(grep -oHE '^\*\*Rtm[A-Za-z0-9]+\*\*\\\(\)$' "${pages[@]}" |
			sed 's/\*\*\(Rtm[^*]*\).*/\1/' | LC_ALL=C sort) || status=1
	diff <(native_declared) <(native_listed) || status=1
	return "$status"
}

check_functions()
{
	tree '*.c' | xargs -d '\n' awk -f "$here/functions.awk"
}

#
# Module
#

check_module()
{
	"$qemu/module.sh" stock >/dev/null
}

# A module with one file for each header, which includes just that.
check_headers()
{
	local dir=$top/build/headers-source header name

	rm -rf "$dir"
	mkdir -p "$dir"
	cp -r include uapi "$dir/"
	{
		sed -n '/^rtm-dir/p; /^LINUXINCLUDE/p; /^subdir-ccflags/p' Kbuild
		printf 'obj-m := headers.o\n'
		for header in include/*.h; do
			name=$(basename "$header" .h)
			printf '#include <%s.h>\n' "$name" >"$dir/alone_$name.c"
			printf 'headers-y += alone_%s.o\n' "$name"
		done
	} >"$dir/Kbuild"
	printf '#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("headers");\n' \
		>"$dir/alone.c"
	printf 'headers-y += alone.o\n' >>"$dir/Kbuild"
	"$qemu/module.sh" stock "$dir" >/dev/null
}

check_commands()
{
	diff <(sed -nE 's/^#define (RTM_IOC_[A-Z0-9_]+)[[:space:]]+_IO\(.*/\1/p' uapi/linux/rtm.h |
		LC_ALL=C sort) \
		<(grep -oE '^RTM_CLIENT_CALL\(rtm_client_[a-z0-9_]+, RTM_IOC_[A-Z0-9_]+' include/rtm.h |
			sed 's/.*, //' | LC_ALL=C sort)
}

# With the two public headers and the list of symbols, and nothing else of rtm.
check_example()
{
	local dir=$top/build/example built

	built=$("$qemu/module.sh" stock)
	rm -rf "$dir"
	mkdir -p "$dir/rtm/include" "$dir/rtm/uapi/linux"
	cp include/rtm.h "$dir/rtm/include/"
	cp uapi/linux/rtm.h "$dir/rtm/uapi/linux/"
	cp "$built/Module.symvers" "$dir/rtm/"
	tree tools/examples | xargs -d '\n' cp -t "$dir"
	make -s -C "$dir" RTM="$dir/rtm" KDIR="$("$qemu/kernel.sh" stock)/build" W=1 KCFLAGS=-Werror
	[ -s "$dir/rtm_example.ko" ] || die "no rtm_example.ko"
}

# gcc -m32 knows no place for these; they serve both
system=-isystem/usr/include/$(gcc -print-multiarch)

# layouts BITS: of every structure in the ABI header, as pahole sees them
layouts()
{
	local object

	object=$(mktemp --suffix=.o)
	printf '#include <linux/rtm.h>\n%s\n' "$(sed -n 's/^struct \(rtm_[a-z0-9_]*\) {/struct \1 x_\1;/p' \
		uapi/linux/rtm.h)" | gcc "-m$1" "$system" -g -xc -c -Iuapi -o "$object" -
	pahole "$object"
	rm -f "$object"
}

check_uapi()
{
	local bits standard

	need pahole
	for bits in 32 64; do
		for standard in gnu90 gnu17; do
			printf '#include <linux/rtm.h>\n' |
				gcc "-m$bits" "$system" "-std=$standard" -Wall -Wextra -Wpadded -Werror -fsyntax-only \
					-xc -Iuapi -
			printf '#include <linux/rtnetlink.h>\n#include <linux/rtm.h>\n' |
				gcc "-m$bits" "$system" "-std=$standard" -Wall -Werror -fsyntax-only -xc -Iuapi -
		done
	done
	diff <(layouts 32) <(layouts 64)
}

check_sparse()
{
	local log=$top/build/log/sparse.warnings

	need sparse
	mkdir -p "${log%/*}"
	"$qemu/module.sh" stock "$top" C=2 CF=-D__CHECK_ENDIAN__ >/dev/null 2>"$log" ||
		{ cat "$log"; return 1; }
	printf '%s\n' "$log" | search -hE 'warning:|error:' | nothing "sparse"
}

check_kernel-doc()
{
	module_sources | grep -v '^kunit/' |
		xargs -d '\n' perl "$(kernel_source)/scripts/kernel-doc" -none -Werror
}

# Complaints which we do not follow are listed with the reason why; one that no longer
# comes must leave the list.  Its --codespell is left to codespell itself, which needs
# a second for what takes checkpatch five minutes.
check_checkpatch()
{
	local dir=$top/build/log/checkpatch

	export dir
	need perl
	rm -rf "$dir"
	mkdir -p "$dir"
	# shellcheck disable=SC2016 # expanded by the inner shell
	tree '*.c' '*.h' | xargs -d '\n' -n 8 -P "$(nproc)" sh -c \
		'perl "$0" --no-tree --strict --terse --no-summary --show-types \
			--max-line-length=100 -f "$@" >"$dir/$$" || true' \
		"$(kernel_source)/scripts/checkpatch.pl"
	rm -f .checkpatch-camelcase.*
	cat "$dir"/* | awk -f "$here/exceptions.awk" "$here/checkpatch-exceptions" -
}

check_codespell()
{
	need codespell
	tree | grep -vE '^LICENSES/|\.(txt|gz|xz)$' | xargs -d '\n' codespell
}

#
# Tools
#

# build_copy NAME MAKE-ARGUMENT...: the tools in build/NAME, made anew
build_copy()
{
	local dir=$top/build/$1

	rm -rf "$dir"
	mkdir -p "$dir"
	tree | grep -E '^(tools|uapi)/' | xargs -d '\n' cp --parents -t "$dir"
	make -C "$dir/tools" "${@:2}"
}

check_tools()
{
	build_copy tools CFLAGS='-O2 -g -Wall -Wextra -Werror' all
	build_copy tools CFLAGS='-O2 -g -Wall -Wextra -Werror' selftests scenarios \
		KSELFTEST="$(kernel_source)/tools/testing/selftests"
}

check_cppcheck()
{
	need cppcheck
	user_sources | grep '\.c$' | xargs -d '\n' cppcheck --quiet --error-exitcode=1 --inline-suppr \
		--enable=warning,performance,portability --std=c11 -Iuapi -Itools/librtm \
		--suppress=missingIncludeSystem
}

check_analyzer()
{
	build_copy analyzer CFLAGS='-O2 -Werror -fanalyzer' all
}

check_rtmctl()
{
	make -C "$testing/rtmctl" check
}

check_librtm()
{
	make -C "$testing/librtm" check
}

check_trie()
{
	make -C "$testing/trie" check OUT="$top/build/trie"
}

check_bench-counts()
{
	need valgrind xz
	"$top/tools/bench/counts/counts.sh" --gate
}

# with_client FILE OUTPUT: compile it against what "make install" has put there
with_client()
{
	local root=$top/build/usr

	PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_LIBDIR=$(dirname "$(find "$root" -name librtm.pc)") \
		sh -c 'gcc -Wall -Wextra -Werror -o "$2" "$1" $(pkg-config --cflags --libs librtm)' - "$1" "$2"
}

check_install()
{
	local client=$top/build/client.c

	need pkg-config
	"$testing/stage.sh" "$top/build/usr"
	printf '#include <rtmv2.h>\n#include <librtm.h>\n%s\n' \
		'int main(void) { return RtmDeregisterEntity(NULL) == NO_ERROR; }' >"$client"
	with_client "$client" "$top/build/client"
	find "$top/build/usr" -name 'rtmctl*' -o -name 'librtm*' | sort
	for page in tools/man/*.rst; do
		page=$(basename "$page" .rst)
		[ -n "$(find "$top/build/usr" -name "$page*")" ] || die "no manual page $page"
	done
}

# The first block of C in the README, as it stands there.
check_readme()
{
	local client=$top/build/readme.c

	mkdir -p "$top/build"
	awk '/^```c$/ && !n++ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md >"$client"
	[ -s "$client" ] || die "README.md has no block of C"
	"$testing/stage.sh" "$top/build/usr"
	with_client "$client" "$top/build/readme"
}

main()
{
	local name

	if [ "${1-}" = --list ]; then
		sed '/^$/d' <<<"$checks"
		return
	fi
	for name in "$@"; do
		"check_$name"
	done
}

main "$@"

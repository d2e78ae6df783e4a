#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Install what is missing of the Debian packages that a task needs.
#
#	setup.sh build|demo|check|long
#
# How this file works: each task needs the packages of the tasks before it and its
# own.  When all of them are there nothing is done and no network is needed; else it
# says what it does and asks apt, through sudo where it is not root.  A test machine's
# kernel must be of the very version of the installed headers; an archive keeps only
# the newest ones, so headers that are too old to have an image are renewed.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernel=$here/../testing/qemu/kernel.sh

build_packages=(gcc libc6-dev libinih-dev libjson-c-dev make python3-docutils)
demo_packages=(busybox-static cpio iproute2 jq qemu-system-x86 xz-utils)
check_packages=(
	# the debug kernel
	bc bison flex libelf-dev libssl-dev linux-source-6.1 debian-archive-keyring
	# checkers
	codespell cppcheck dwarves g++ libcmocka-dev perl pkg-config python3 shellcheck sparse
	valgrind
)
# libFuzzer
long_packages=(clang libclang-rt-14-dev)

say()
{
	printf 'setup: %s\n' "$*"
}

die()
{
	say "$*" >&2
	exit 1
}

is_installed()
{
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "not root, and there is no sudo; as root, run: $*"
	fi
}

apt_install()
{
	command -v apt-get >/dev/null ||
		die "this is no Debian (no apt); please install by hand: $*"
	say "installing with apt: $*"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -y --no-install-recommends install "$@" >/dev/null ||
		die "apt could not install: $*"
}

packages()
{
	case $1 in
	build) printf '%s\n' "${build_packages[@]}" ;;
	demo) printf '%s\n' "${build_packages[@]}" "${demo_packages[@]}" ;;
	check) printf '%s\n' "${build_packages[@]}" "${demo_packages[@]}" "${check_packages[@]}" ;;
	long) packages check && printf '%s\n' "${long_packages[@]}" ;;
	*) die "usage: setup.sh build|demo|check|long" ;;
	esac
}

# To compile, the running kernel's headers do, or the caller's own; the test machines
# need those of a package.
headers_for()
{
	if [ "$1" = build ]; then
		printf '%s\n' "${KDIR:-$("$here/kdir.sh")}"
	else
		"$here/kdir.sh" none
	fi
}

missing_packages()
{
	local package

	for package in $(packages "$1"); do
		is_installed "$package" || printf '%s\n' "$package"
	done
	[ -n "$(headers_for "$1")" ] || printf 'linux-headers-amd64\n'
}

main()
{
	local task=${1:-check} missing

	packages "$task" >/dev/null
	mapfile -t missing < <(missing_packages "$task")
	[ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
	[ "$task" != build ] || return 0
	if ! "$kernel" stock >/dev/null; then
		say "no kernel image for the installed headers, renewing them"
		apt_install linux-headers-amd64
		"$kernel" stock >/dev/null
	fi
}

main "$@"

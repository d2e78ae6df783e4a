#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Print the directory of a kernel for the test machines, making it on first use.
#
#	kernel.sh stock		Debian's image that belongs to the installed headers
#	kernel.sh stock-6.12	Debian 13's image and headers
#	kernel.sh rt		Debian's PREEMPT_RT image of the same version, and its headers
#	kernel.sh debug		linux-source-6.1 with every checker we know
#	kernel.sh kcsan		the same with KCSAN, which looks for data races
#	kernel.sh uml		the same source as a program (ARCH=um), to measure time in
#	kernel.sh source	scripts and test headers out of linux-source-6.1
#
# How this file works: a kernel is a directory in the cache, named after a hash
# of everything that decides its content: package versions, configuration,
# compiler and the text of the function below that makes it.  It is made in a
# temporary directory under a lock and renamed when complete, so that callers may
# run side by side and an interrupted build leaves nothing that looks finished.
#
# What a kernel directory holds:
#
#	vmlinuz		what QEMU boots; of uml, the program
#	release		what uname -r will say
#	modules/	the few modules of that kernel the tests use
#	build		for "make -C": headers, Module.symvers, tools
#	chroot/		where present, compile inside it; the file "inside" then
#			says what "build" is called there
#
# The cache is ${RTM_CACHE:-~/.cache/rtm}.  Debian packages are fetched with apt
# and unpacked with dpkg -x: nothing is installed, and root is not needed.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scripts=$(cd "$here/../../scripts" && pwd)
cache=${RTM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/rtm}
source_tar=/usr/src/linux-source-6.1.tar.xz
guest_modules="dummy veth vrf tun"
jobs=$(nproc)

say()
{
	printf 'kernel: %s\n' "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

hash_of()
{
	printf '%s\n' "$@" | sha256sum | cut -c1-16
}

recipe()
{
	declare -f "$@"
}

package_version()
{
	dpkg-query -W -f='${Version}' "$1" 2>/dev/null
}

# provide NAME KEY FUNCTION: the entry's directory, made by FUNCTION if missing
provide()
{
	local name=$1 key=$2 make=$3
	local dir=$cache/kernel/$name-$key
	local lock tmp

	final=$dir

	mkdir -p "$cache/kernel"
	if [ ! -d "$dir" ]; then
		exec {lock}>"$cache/kernel/.$name.lock"
		flock -n "$lock" || { say "waiting for another build of $name"; flock "$lock"; }
		if [ ! -d "$dir" ]; then
			tmp=$(mktemp -d "$cache/kernel/tmp.$name.XXXXXX")
			# shellcheck disable=SC2064 # the name is wanted as it is now
			trap "rm -rf '$tmp'" EXIT
			"$make" "$tmp"
			chmod 755 "$tmp"
			mv -T "$tmp" "$dir"
			trap - EXIT
		fi
		exec {lock}>&-
	fi
	touch "$dir"
	prune "$name" "$dir"
	printf '%s\n' "$dir"
}

# Entries of the same name that nobody has asked for in a month, and what an interrupted
# build has left.
prune()
{
	find "$cache/kernel" -mindepth 1 -maxdepth 1 ! -path "$2" \
		\( -name "$1-*" -mtime +30 -o -name "tmp.$1.*" -mtime +1 \) -exec rm -rf {} +
}

#
# Debian packages
#

# A private apt: its own sources, lists and (empty) package state.
apt_private()
{
	APT_CONFIG=$1/apt.conf "${@:2}"
}

# apt_setup DIR SUITE: as the system's sources if SUITE is "-", else Debian's SUITE
apt_setup()
{
	local dir=$1 suite=$2
	local key=/usr/share/keyrings/debian-archive-keyring.gpg
	local mirror

	mkdir -p "$dir"/{etc/{sources.list.d,preferences.d,apt.conf.d,trusted.gpg.d},state/lists/partial}
	mkdir -p "$dir"/cache/archives/partial
	: >"$dir/state/status"
	{
		[ "$suite" = - ] || printf 'Dir::Etc "%s";\n' "$dir/etc"
		printf 'Dir::State "%s";\nDir::State::status "%s";\n' "$dir/state" "$dir/state/status"
		printf 'Dir::Cache "%s";\n' "$dir/cache"
		printf 'APT::Sandbox::User "";\nAcquire::Languages "none";\n'
	} >"$dir/apt.conf"
	[ "$suite" != - ] || return 0

	# shellcheck disable=SC2016 # apt's own variable
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 2>/dev/null | sed -n 1p)
	mirror=${RTM_MIRROR:-${mirror:-http://deb.debian.org/debian}}
	mirror=${mirror%/}
	{
		printf 'deb [signed-by=%s] %s %s main\n' "$key" "$mirror" "$suite"
		printf 'deb [signed-by=%s] %s %s-security main\n' \
			"$key" "${RTM_MIRROR_SECURITY:-${mirror%/debian}/debian-security}" "$suite"
	} >"$dir/etc/sources.list"
}

# apt_update DIR: at most once a day; old lists are better than none
apt_update()
{
	local stamp=$1/state/updated

	if [ -n "$(find "$stamp" -mtime -1 2>/dev/null)" ]; then
		return 0
	fi
	if apt_private "$1" apt-get -qq update >&2; then
		touch "$stamp"
	elif [ -e "$stamp" ]; then
		say "apt cannot update $1: going on with what it knew"
	else
		die "apt cannot fetch package lists (network?)"
	fi
}

# fetch DIR PACKAGE...: download into DIR with the system's apt or a private one
fetch()
{
	local dir=$1 private=$cache/apt/system

	shift
	if (cd "$dir" && apt-get -qq download "$@") >/dev/null 2>&1; then
		return 0
	fi
	apt_setup "$private" -
	apt_update "$private"
	(cd "$dir" && apt_private "$private" apt-get -qq download "$@") >&2
}

# keep_image TREE DIR: from an unpacked image package, what the machines need
keep_image()
{
	local tree=$1 dir=$2
	local release name file

	release=$(basename "$tree"/boot/vmlinuz-*)
	release=${release#vmlinuz-}
	cp "$tree/boot/vmlinuz-$release" "$dir/vmlinuz"
	cp "$tree/boot/config-$release" "$dir/config"
	printf '%s\n' "$release" >"$dir/release"
	mkdir -p "$dir/modules"
	for name in $guest_modules; do
		file=$(find "$tree" -name "$name.ko" -o -name "$name.ko.xz")
		[ -n "$file" ] || continue
		case $file in
		*.xz) xz -dc "$file" >"$dir/modules/$name.ko" ;;
		*) cp "$file" "$dir/modules/" ;;
		esac
	done
}

#
# stock: the image that belongs to the installed headers
#

make_stock()
{
	local dir=$1 package=linux-image-$stock_release

	say "fetching $package $stock_version"
	fetch "$dir" "$package=$stock_version" || fetch "$dir" "$package" ||
		die "no $package in the archive: installed headers are outdated, run tools/scripts/setup.sh"
	dpkg -x "$dir"/linux-image-*.deb "$dir/unpacked"
	keep_image "$dir/unpacked" "$dir"
	rm -rf "$dir/unpacked" "$dir"/*.deb
	ln -s "$stock_kdir" "$dir/build"
}

# what stock and rt are named after
stock_names()
{
	stock_kdir=$("$scripts/kdir.sh" none) ||
		die "no kernel headers installed, run tools/scripts/setup.sh"
	stock_release=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$stock_kdir/include/generated/utsrelease.h")
	stock_version=$(package_version "linux-headers-$stock_release") ||
		die "$stock_kdir is not from a Debian package: no image to match it"
}

kernel_stock()
{
	stock_names
	provide stock "$(hash_of "$stock_kdir" "$stock_version" "$guest_modules" \
		"$(recipe make_stock keep_image)")" make_stock
}

#
# rt: the same version of the kernel with PREEMPT_RT; headers refer to /usr/src, where
# they are not going to be
#

make_rt()
{
	local dir=$1 base=${stock_release%-amd64} tree=$1/headers

	say "fetching linux-image-$rt_release and its headers"
	fetch "$dir" "linux-image-$rt_release" "linux-headers-$rt_release" "linux-headers-$base-common-rt" ||
		die "no linux-image-$rt_release in the archive: run tools/scripts/setup.sh"
	dpkg -x "$dir/linux-image-${rt_release}_"*.deb "$dir/unpacked"
	keep_image "$dir/unpacked" "$dir"
	dpkg -x "$dir/linux-headers-${rt_release}_"*.deb "$tree"
	dpkg -x "$dir/linux-headers-$base-common-rt_"*.deb "$tree"
	rm -rf "$dir/unpacked" "$dir"/*.deb
	sed -i "s:/usr/src/:$final/headers/usr/src/:" "$tree/usr/src/linux-headers-$rt_release/Makefile"
	mkdir -p "$tree/usr/lib"
	ln -s /usr/lib/linux-kbuild-* "$tree/usr/lib/"
	ln -s "headers/usr/src/linux-headers-$rt_release" "$dir/build"
}

kernel_rt()
{
	stock_names
	rt_release=${stock_release%-amd64}-rt-amd64
	provide rt "$(hash_of "$cache" "$stock_kdir" "$stock_version" "$guest_modules" \
		"$(recipe make_rt keep_image)")" make_rt
}

#
# stock-6.12: image, headers and the compiler they want, in a tree of their own
#

make_trixie()
{
	local dir=$1 deb

	say "fetching Debian 13's $trixie_release, headers and compiler"
	rm -f "$trixie_apt"/cache/archives/*.deb
	apt_private "$trixie_apt" apt-get -qq -y --no-install-recommends --download-only \
		-o Debug::NoLocking=1 install \
		base-files bash coreutils dash findutils gcc-14 grep libc6-dev make mawk \
		perl sed "linux-headers-$trixie_release" "linux-image-$trixie_release" \
		>/dev/null || die "apt cannot fetch Debian 13's packages"

	mkdir -p "$dir/chroot/usr"/{bin,sbin,lib,lib64} "$dir/chroot/tmp" "$dir/chroot/dev" "$dir/chroot/proc"
	ln -s usr/bin usr/sbin usr/lib usr/lib64 "$dir/chroot/"
	for deb in "$trixie_apt"/cache/archives/*.deb; do
		case ${deb##*/} in
		linux-image-*) dpkg -x "$deb" "$dir/unpacked" ;;
		initramfs-tools* | systemd_* | udev_* | libsystemd-shared* | dracut*) ;;
		*) dpkg -x "$deb" "$dir/chroot" ;;
		esac
	done
	rm -f "$trixie_apt"/cache/archives/*.deb
	ln -sf mawk "$dir/chroot/usr/bin/awk"
	ln -sf gcc-14 "$dir/chroot/usr/bin/gcc"
	keep_image "$dir/unpacked" "$dir"
	rm -rf "$dir/unpacked"
	printf '/usr/src/linux-headers-%s\n' "$trixie_release" >"$dir/inside"
	ln -s "chroot/usr/src/linux-headers-$trixie_release" "$dir/build"
}

kernel_trixie()
{
	local lock

	trixie_apt=$cache/apt/trixie
	mkdir -p "$trixie_apt"
	exec {lock}>"$trixie_apt/lock"
	flock "$lock"
	apt_setup "$trixie_apt" trixie
	apt_update "$trixie_apt"
	exec {lock}>&-
	trixie_release=$(apt_private "$trixie_apt" apt-cache show --no-all-versions linux-headers-amd64 |
		sed -n 's/^Depends:.*linux-headers-\([^ ,]*\).*/\1/p')
	[ -n "$trixie_release" ] || die "Debian 13's package list names no kernel"
	provide stock-6.12 "$(hash_of "$trixie_release" "$guest_modules" \
		"$(recipe make_trixie keep_image)")" make_trixie
}

#
# debug: built from Debian's source package
#

# require_config CONFIG FRAGMENT: every line of FRAGMENT must be in CONFIG
require_config()
{
	local missing

	missing=$(grep -E '^(CONFIG_|# CONFIG_)' "$2" | grep -vxFf "$1") || return 0
	say "these options did not survive the merge:"
	printf '%s\n' "$missing" >&2
	return 1
}

configure_debug()
{
	make -s ARCH=x86_64 tinyconfig
	scripts/kconfig/merge_config.sh -m .config "$1"
	make -s ARCH=x86_64 olddefconfig
	require_config .config "$1"
}

# Modules need headers, scripts and symbols, not the 2 GB that made them.
trim_build()
{
	find . -path ./scripts -prune -o -path ./tools -prune -o -type f \
		\( -name '*.[coSa]' -o -name '*.cmd' -o -name '*.dts*' -o -name '*.rst' -o -name '*.mod*' \) \
		! -name module-common.c -exec rm -f {} +
	rm -rf Documentation vmlinux vmlinux.* .tmp_vmlinux* drivers/gpu arch/x86/boot
	find arch -mindepth 1 -maxdepth 1 -type d ! -name x86 -exec rm -rf {} +
}

make_debug()
{
	local dir=$1 log=$1/build.log tree=$1/build

	say "building the debug kernel (15 minutes on 2 cores), log in $log"
	mkdir "$tree"
	tar -xf "$source_tar" -C "$tree" --strip-components=1
	if ! (cd "$tree" && configure_debug "$here/debug.config" &&
	      nice make -s ARCH=x86_64 -j"$jobs" vmlinux bzImage modules) >"$log" 2>&1; then
		tail -n 30 "$log" >&2
		cp "$log" "$cache/kernel/debug-failed.log"
		die "the debug kernel does not build, log in $cache/kernel/debug-failed.log"
	fi
	cp "$tree/arch/x86/boot/bzImage" "$dir/vmlinuz"
	cp "$tree/.config" "$dir/config"
	cp "$tree/include/config/kernel.release" "$dir/release"
	mkdir "$dir/modules"
	(cd "$tree" && trim_build)
}

# the version of the installed source package
source_version()
{
	[ -e "$source_tar" ] || die "linux-source-6.1 is not installed, run tools/scripts/setup.sh"
	package_version linux-source-6.1
}

kernel_debug()
{
	local version

	version=$(source_version)
	provide debug "$(hash_of "$version" "$(grep -v '^#$\|^# [^C]' "$here/debug.config")" \
		"$(gcc -dumpfullversion)" \
		"$(recipe make_debug configure_debug trim_build)")" make_debug
}

#
# uml, kcsan: the same source with other configurations
#

# options FILE...: the lines that decide
options()
{
	cat "$@" | grep -v '^#$\|^# [^C]'
}

# make_variant NAME MINUTES ARCH IMAGE PATCH TRIM DIR FRAGMENT...: the last fragment is insisted on
make_variant()
{
	local name=$1 minutes=$2 arch=$3 image=$4 patch=$5 trim=$6 dir=$7 fragments=("${@:8}")
	local log=$dir/build.log tree=$dir/build

	say "building the kernel \"$name\" ($minutes minutes on 2 cores), log in $log"
	mkdir "$tree"
	tar -xf "$source_tar" -C "$tree" --strip-components=1
	if ! (cd "$tree" && "$patch" && make -s ARCH="$arch" tinyconfig &&
	      scripts/kconfig/merge_config.sh -m .config "${fragments[@]}" &&
	      make -s ARCH="$arch" olddefconfig && require_config .config "${fragments[-1]}" &&
	      nice make -s ARCH="$arch" -j"$jobs" all) >"$log" 2>&1; then
		tail -n 30 "$log" >&2
		cp "$log" "$cache/kernel/$name-failed.log"
		die "the kernel \"$name\" does not build, log in $cache/kernel/$name-failed.log"
	fi
	cp "$tree/$image" "$dir/vmlinuz"
	cp "$tree/.config" "$dir/config"
	cp "$tree/include/config/kernel.release" "$dir/release"
	mkdir "$dir/modules"
	(cd "$tree" && "$trim")
}

#
# uml: the same source as a program of this machine; modules for it want ARCH=um
#

# A processor's extended registers (AMX) may be more than this kernel has room for, and then
# nothing runs in it.  Without them it keeps the SSE registers only; the others are lost
# where two threads share an address space, of which the guest has none.
patch_uml()
{
	sed -i 's/have_xstate_support = 1;/have_xstate_support = 0;/' arch/x86/um/os-Linux/registers.c
	grep -q 'have_xstate_support = 0;' arch/x86/um/os-Linux/registers.c
}

trim_uml()
{
	find . -path ./scripts -prune -o -path ./tools -prune -o -type f \
		\( -name '*.[coSa]' -o -name '*.cmd' -o -name '*.rst' -o -name '*.mod*' \) \
		! -name module-common.c -exec rm -f {} +
	rm -rf Documentation linux vmlinux vmlinux.* .tmp_vmlinux* drivers
	find arch -mindepth 1 -maxdepth 1 -type d ! -name x86 ! -name um -exec rm -rf {} +
}

make_uml()
{
	make_variant uml 5 um linux patch_uml trim_uml "$1" "$here/uml.config"
}

kernel_uml()
{
	local version

	version=$(source_version)
	provide uml "$(hash_of "$version" "$(options "$here/uml.config")" "$(gcc -dumpfullversion)" \
		"$(recipe make_variant make_uml patch_uml trim_uml)")" make_uml
}

#
# kcsan: the debug kernel's configuration, and what is different
#

make_kcsan()
{
	make_variant kcsan 15 x86_64 arch/x86/boot/bzImage true trim_build "$1" \
		"$here/debug.config" "$here/kcsan.config"
}

kernel_kcsan()
{
	local version

	version=$(source_version)
	provide kcsan "$(hash_of "$version" "$(options "$here/debug.config" "$here/kcsan.config")" \
		"$(gcc -dumpfullversion)" "$(recipe make_variant make_kcsan trim_build)")" make_kcsan
}

#
# source: checkers and test headers that no other package has
#

make_source()
{
	say "unpacking scripts and test headers of linux-source-6.1"
	tar -xf "$source_tar" -C "$1" --strip-components=1 --wildcards \
		'*/scripts/*' '*/tools/testing/selftests/*.h' '*/tools/testing/kunit/*' \
		'*/Documentation/dev-tools/checkpatch.rst'
}

kernel_source()
{
	local version

	version=$(source_version)
	provide source "$(hash_of "$version" "$(recipe make_source)")" make_source
}

case ${1-} in
stock) kernel_stock ;;
stock-6.12) kernel_trixie ;;
rt) kernel_rt ;;
debug) kernel_debug ;;
kcsan) kernel_kcsan ;;
uml) kernel_uml ;;
source) kernel_source ;;
*)
	sed -n '4,12s/^#//p' "$0" >&2
	exit 2
	;;
esac

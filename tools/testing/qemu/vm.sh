#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run a command as root in a virtual machine and say whether the kernel was happy.
#
#	vm.sh run   [OPTION]... -- COMMAND [ARGUMENT]...
#	vm.sh shell [OPTION]... [-- COMMAND...]		the same on this terminal
#
#	--kernel NAME		stock (default), stock-6.12, debug, ...; see kernel.sh
#	--smp N --mem MB	1 CPU and 1024 MB unless said otherwise
#	--timeout SECONDS	600; a machine that takes longer is stopped and has failed
#	--module NAME|FILE	load before the command: one of the kernel's own
#				(dummy, veth, vrf, tun) or a .ko; in the order given
#	--file SOURCE:DEST	put a file into the machine, with the libraries it needs
#	--tree DIR:DEST		put a whole directory into the machine
#	--program NAME		put a program of this host into the machine
#	--append TEXT		more for the kernel's command line
#	--expect REGEX		console lines that are provoked on purpose
#	--log DIR		where console.log, output.log and verdict go
#
# How this file works: the machine is QEMU's "pc" without disk or network, run by TCG
# because KVM is not to be had everywhere; all it sees is an initramfs.  That is made
# of two archives one after the other, a base of host programs which is kept in the
# cache, and what this call adds.  The guest's side is the file "init".  A run is good
# only if the command returned 0, every check at its end was fine, the console shows
# no complaint, and the machine came that far at all.  That a complaint would have been
# seen is proved in each run by a line that looks like one.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)
cache=${RTM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/rtm}

host_programs="bash ip ss jq unshare nsenter setpriv prlimit flock timeout"

kernel=stock smp=1 mem=1024 timeout=600 append='' expect='' log=''
modules=() files=() trees=() programs=() command=()

# seconds a machine may take to start /init; the slowest take 100
boot_limit=${BOOT_LIMIT:-300}

die()
{
	printf 'vm: %s\n' "$*" >&2
	exit 2
}

usage()
{
	sed -n '4,19s/^#//p' "$0" >&2
	exit 2
}

#
# Initramfs
#

# The guest is merged-usr, so that a library has one place only.
guest_path()
{
	case $1 in
	/bin/* | /sbin/* | /lib/* | /lib64/*) printf '/usr%s\n' "$1" ;;
	/*) printf '%s\n' "$1" ;;
	*) printf '/%s\n' "$1" ;;
	esac
}

# put ROOT SOURCE DEST
put()
{
	local to

	to=$1$(guest_path "$3")
	[ ! -d "$to" ] || to=$to/${2##*/}
	mkdir -p "${to%/*}"
	cp -L "$2" "$to"
}

# put_libraries ROOT PROGRAM: what the host's loader would load
put_libraries()
{
	local library

	# scripts and static programs have none
	{ ldd "$2" 2>/dev/null || true; } | sed -n 's#^[^/]*\(/[^ ]*\) (0x.*#\1#p' |
	while read -r library; do
		[ -e "$1$(guest_path "$library")" ] || put "$1" "$library" "$library"
	done
}

put_program()
{
	local path

	path=$(command -v "$2") || die "$2 is not installed, run tools/scripts/setup.sh"
	put "$1" "$path" "/usr/bin/${2##*/}"
	put_libraries "$1" "$path"
}

archive()
{
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --quiet --null -o -H newc -R +0:+0 --reproducible)
}

make_base()
{
	local root=$1 program libgcc

	mkdir -p "$root"/{dev,proc,sys,tmp,run,root,etc,vm/modules,usr/{bin,sbin,lib,lib64}}
	ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root/"
	put "$root" "$(command -v busybox)" /usr/bin/busybox
	for program in $("$root/usr/bin/busybox" --list); do
		[ "$program" = busybox ] || ln -s busybox "$root/usr/bin/$program"
	done
	for program in $host_programs; do
		rm -f "$root/usr/bin/$program"
		put_program "$root" "$program"
	done
	# busybox prefers its own applets to the programs above
	ln -sf bash "$root/usr/bin/sh"
	# pthread_exit() and backtraces load this one at run time
	libgcc=$(gcc -print-file-name=libgcc_s.so.1)
	put "$root" "$(realpath "$libgcc")" "/usr/lib/x86_64-linux-gnu/libgcc_s.so.1"
	printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
	printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
	[ ! -d /etc/iproute2 ] || cp -rL /etc/iproute2 "$root/etc/"
}

# base_archive: its path, made again when a program in it or the recipe has changed
base_archive()
{
	local key file tmp program

	key=$({ declare -f make_base put put_libraries put_program archive
		# shellcheck disable=SC2086 # a list
		for program in busybox $host_programs; do
			stat -Lc '%n %s %Y' "$(command -v "$program")" || die "$program is not installed"
		done; } | sha256sum | cut -c1-16)
	file=$cache/base/$key.cpio
	if [ ! -e "$file" ]; then
		mkdir -p "$cache/base"
		tmp=$(mktemp -d "$cache/base/tmp.XXXXXX")
		make_base "$tmp/root"
		archive "$tmp/root" >"$tmp/cpio"
		mv "$tmp/cpio" "$file"
		rm -rf "$tmp"
	fi
	printf '%s\n' "$file"
}

put_tree()
{
	local root=$1 from=$2 to=$3 sub

	mkdir -p "$root$(guest_path "$to")"
	cp -a "$from/." "$root$(guest_path "$to")/"
	for sub in bin sbin lib lib64; do
		[ -d "$root/$sub" ] || continue
		mkdir -p "$root/usr/$sub"
		cp -a "$root/$sub/." "$root/usr/$sub/"
		rm -rf "${root:?}/$sub"
	done
	find "$root$(guest_path "$to")" -type f -perm /111 | while read -r sub; do
		put_libraries "$root" "$sub"
	done
}

# make_extra ROOT: what this call adds to the base
make_extra()
{
	local root=$1 item names='' name

	mkdir -p "$root/vm/modules"
	for item in ${trees[@]+"${trees[@]}"}; do
		put_tree "$root" "${item%%:*}" "${item#*:}"
	done
	for item in ${files[@]+"${files[@]}"}; do
		put "$root" "${item%%:*}" "${item#*:}"
		put_libraries "$root" "${item%%:*}"
	done
	for item in ${programs[@]+"${programs[@]}"}; do
		put_program "$root" "$item"
	done
	for item in ${modules[@]+"${modules[@]}"}; do
		case $item in
		*.ko) [ -e "$item" ] || die "no module $item" ;;
		*)
			# built in where the kernel has no such file
			item=$kernel_dir/modules/$item.ko
			[ -e "$item" ] || continue
			;;
		esac
		name=$(basename "$item" .ko)
		cp "$item" "$root/vm/modules/"
		names+="$name "
	done
	put "$root" "$here/init" /init
	[ "$kernel" != debug ] || put "$root" "$here/debug.config" /vm/required.config
	printf 'modules="%s"\ninteractive=%s\nTERM=%q\n' "$names" "$interactive" "${TERM:-vt100}" >"$root/vm/config"
	printf '%q ' "${command[@]}" >"$root/vm/command"
}

make_initramfs()
{
	local root

	root=$(mktemp -d "$log/root.XXXXXX")
	make_extra "$root"
	{ cat "$(base_archive)"; archive "$root"; } >"$log/initramfs"
	rm -rf "$root"
}

#
# Machine
#

kernel_command_line()
{
	printf 'console=ttyS0,115200 loglevel=7 panic=-1 oops=panic rdinit=/init random.trust_cpu=on %s' "$append"
	# TCG is slow and the host may be busy: only what hangs for minutes hangs
	printf ' watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=240 workqueue.watchdog_thresh=240'
	printf ' sysctl.kernel.hung_task_timeout_secs=240'
	[ "$kernel" != debug ] || printf ' slub_debug=FZP;FZPA,rtm_nexthop,rtm_change_node kasan_multi_shot'
}

# start_machine CHARDEV [PREFIX...]
start_machine()
{
	local out=$1

	shift
	exec "$@" qemu-system-x86_64 -machine pc -accel tcg,thread=multi -cpu max \
		-smp "$smp" -m "$mem" -nodefaults -no-user-config -display none -no-reboot \
		-kernel "$kernel_dir/vmlinuz" -initrd "$log/initramfs" \
		-append "$(kernel_command_line)" \
		-chardev "file,id=console,path=$log/console.log" \
		-chardev "file,id=verdict,path=$log/verdict" \
		-chardev "$out" \
		-device isa-serial,chardev=console,iobase=0x3f8,irq=4 \
		-device isa-serial,chardev=verdict,iobase=0x2f8,irq=3 \
		-device isa-serial,chardev=out,iobase=0x3e8,irq=5
}

# boot_watch PID: ends a machine whose kernel has not started /init in time
boot_watch()
{
	local i

	for ((i = 0; i < boot_limit; i++)); do
		sleep 1
		! grep -q 'self-check begins' "$log/console.log" 2>/dev/null || return 0
		kill -0 "$1" 2>/dev/null || return 0
	done
	printf 'not up after %s seconds\n' "$boot_limit" >"$log/stuck"
	kill "$1" 2>/dev/null || true
}

boot_machine()
{
	local status=0 machine watch boot

	: >"$log/output.log"
	rm -f "$log/stuck"
	start_machine "file,id=out,path=$log/output.log" timeout -k 10 "$timeout" \
		</dev/null 2>"$log/qemu.log" &
	machine=$!
	# shellcheck disable=SC2064 # the number is wanted as it is now
	trap "kill $machine 2>/dev/null; exit 130" INT TERM HUP
	boot_watch "$machine" &
	boot=$!
	tail -f -n +1 --pid="$machine" -s 0.2 "$log/output.log" &
	watch=$!
	wait "$machine" || status=$?
	wait "$watch" "$boot" || true
	trap - INT TERM HUP
	return "$status"
}

# An emulated machine hangs now and then before it has come to what is to be tested: the
# kernel waits for an interrupt that was lost.  It gets another chance, and says so; one
# whose kernel has complained gets none.
run_machine()
{
	local status attempt

	for attempt in 1 2 3; do
		status=0
		boot_machine || status=$?
		[ -e "$log/stuck" ] || break
		printf 'vm: the emulated machine hung in its boot (%s)\n' "$(cat "$log/stuck")" >&2
		cp "$log/console.log" "$log/console.hung$attempt.log"
		! grep -Eq 'BUG|WARNING|Oops|Call Trace|panic' "$log/console.log" || break
	done
	return "$status"
}

run_terminal()
{
	local saved='' status=0

	[ ! -t 0 ] || saved=$(stty -g)
	[ -z "$saved" ] || stty raw -echo
	( start_machine stdio,id=out,signal=off ) || status=$?
	[ -z "$saved" ] || stty "$saved"
	return "$status"
}

#
# Verdict
#

problems=0

problem()
{
	printf 'vm: %s\n' "$*" >&2
	problems=$((problems + 1))
}

splats()
{
	awk -f "$here/splat.awk" "$@" "$log/console.log"
}

judge_console()
{
	local status=0 found

	found=$(splats -v from=begin -v to=end -v "expect=$expect") || status=$?
	case $status in
	0) ;;
	1)
		problem "the kernel complained:"
		printf '%s\n' "$found" | head -n 40 >&2
		;;
	*) problem "the machine never started the command" ;;
	esac
	if splats -v "from=self-check begins" -v "to=self-check ends" >/dev/null; then
		problem "a warning on the console would not have been seen"
	fi
}

# judge STATUS-OF-QEMU: the exit status of the whole
judge()
{
	local text code='' ended=''

	while read -r text; do
		case $text in
		"exit "*) code=${text#exit } ;;
		"failed "*) problem "${text#failed }" ;;
		end) ended=yes ;;
		esac
	done < <(tr -d '\r\0' <"$log/verdict")
	case $1 in
	0) ;;
	124 | 137) problem "stopped after $timeout seconds" ;;
	*) problem "qemu ended with $1: $(tail -n 3 "$log/qemu.log")" ;;
	esac
	[ -n "$code" ] || problem "the command did not end"
	[ "$code" = 0 ] || [ -z "$code" ] || problem "the command returned $code"
	[ -n "$ended" ] || problem "the machine died before its checks were done"
	judge_console
	if [ "$problems" != 0 ]; then
		[ -n "$ended" ] || tail -n 40 "$log/console.log" >&2
		problem "failed on $kernel; log in $log"
		return 1
	fi
}

main()
{
	local status=0 lock

	mkdir -p "$log"
	log=$(cd "$log" && pwd)
	exec {lock}>"$log/.vm.lock"
	flock -n "$lock" || { echo "vm: waiting for another run in $log" >&2; flock "$lock"; }
	: >"$log/verdict"
	: >"$log/console.log"
	: >"$log/qemu.log"
	kernel_dir=$("$here/kernel.sh" "$kernel")
	make_initramfs
	if [ "$interactive" = yes ]; then
		run_terminal || status=$?
	else
		run_machine || status=$?
	fi
	rm -f "$log/initramfs"
	judge "$status"
}

case ${1-} in
run) interactive=no ;;
shell) interactive=yes timeout=0 ;;
*) usage ;;
esac
shift
while [ $# -gt 0 ]; do
	case $1 in
	--) shift; command=("$@"); break ;;
	--kernel) kernel=$2 ;;
	--smp) smp=$2 ;;
	--mem) mem=$2 ;;
	--timeout) timeout=$2 ;;
	--module) modules+=("$2") ;;
	--file) files+=("$2") ;;
	--tree) trees+=("$2") ;;
	--program) programs+=("$2") ;;
	--append) append=$2 ;;
	--expect) expect=$2 ;;
	--log) log=$2 ;;
	*) usage ;;
	esac
	[ $# -ge 2 ] || usage
	shift 2
done
if [ ${#command[@]} = 0 ]; then
	[ "$interactive" = yes ] || usage
	command=(bash -i)
fi
log=${log:-$top/build/vm/$kernel}
main

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A story about the routing table manager, told with real commands and their output.
#
#	story.sh [TABLE...]
#
# Runs as root on a machine that may be spoilt, a virtual one: it makes interfaces,
# routes and namespaces of its own, loads the module if it is not loaded (RTM_KO says
# where it is), and unloads it at the end.  TABLE is a file of lines "prefix nexthop",
# with next hops in 198.18.0.0/15 and 2001:2::/48; the default is the sample that lies
# beside this file.
#
# How this file works: run() prints a command and its output, must() checks what the
# text claims, and the first claim that is not true ends the story with an error.  No
# check depends on how fast the machine is: what takes time is waited for, and long.

set -uo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
patience=300		# seconds to wait for anything
large=100000		# routes that take a while
background=()
number=0

#
# Telling
#

chapter()
{
	number=$((number + 1))
	printf '\n\n%d. %s\n%s\n' "$number" "$1" "$(printf '%*s' $((${#1} + 3)) '' | tr ' ' '=')"
}

tell()
{
	printf '\n'
	printf '%s\n' "$@"
}

# run COMMAND...: show it and what it says; it must work
run()
{
	local status=0

	printf '\n    # %s\n' "$*"
	"$@" >output 2>&1 || status=$?
	sed 's/^/    /' output
	[ "$status" = 0 ] || wrong "\"$*\" ended with $status"
}

# start COMMAND...: show it and let it run; its process id is in $!
start()
{
	printf '\n    # %s &\n' "$*"
	"$@" &
	background+=($!)
}

# must WHAT COMMAND...: WHAT is claimed, and true if the command works
must()
{
	if "${@:2}" >must 2>&1; then
		printf '  ok: %s\n' "$1"
	else
		cat must
		wrong "not so: $1"
	fi
}

wrong()
{
	printf '\nWRONG: %s\n' "$1"
	exit 1
}

cleanup()
{
	local pid

	for pid in ${background[@]+"${background[@]}"}; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$work"
}

#
# Looking
#

now()
{
	local up

	read -r up _ </proc/uptime
	printf '%s\n' "$up"
}

since()
{
	awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", b - a }'
}

# eventually COMMAND...: true before patience ends
eventually()
{
	local i

	for ((i = 0; i < patience * 5; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.2
	done
	return 1
}

meminfo()
{
	awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo
}

has()
{
	[[ $1 == *"$2"* ]]
}

same()
{
	[ "$1" = "$2" ] || { printf '%s and %s\n' "$1" "$2"; return 1; }
}

fails()
{
	! "$@"
}

alive()
{
	[ -e "/proc/$1" ]
}

is_waiting()
{
	has "$(rtmctl lock show "$1")" waits
}

is_held()
{
	has "$(rtmctl lock show "$1")" holds
}

# Everything in the main tables, both families.
fib()
{
	ip -4 route show
	ip -6 route show
}

count()
{
	ip "$1" route show | wc -l
}

#
# 1. What is there before
#

before()
{
	chapter "What is there before"
	tell "A router with two interfaces: lan0, and ix0 at an exchange.  Its administrator" \
		"has set a default route and a static one; both are none of our business."
	ip link add lan0 type dummy
	ip link add ix0 type dummy
	ip link set lan0 up addrgenmode none
	ip link set ix0 up addrgenmode none
	ip address add 192.0.2.1/24 dev lan0
	ip address add 2001:db8:1::1/64 dev lan0 nodad
	ip address add 198.18.0.254/15 dev ix0
	ip address add 2001:2::ffff/48 dev ix0 nodad
	run ip route add default via 192.0.2.254
	run ip route add 203.0.113.0/24 via 192.0.2.9 proto static
	ip -6 route add 2001:db8:f::/48 via 2001:db8:1::9 proto static
	run ip route show
	run ip -6 route show
	fib >before
}

load_module()
{
	tell "The module is loaded.  That alone changes nothing."
	[ -e /dev/rtm ] || run insmod "${RTM_KO:-rtm.ko}"
	must "there is a device" eventually test -c /dev/rtm
	run rtmctl version
	must "the FIB is what it was" same "$(fib)" "$(cat before)"
}

#
# 2. Two entities
#

two_entities()
{
	chapter "Two entities offer routes to the same destination"
	tell "Routes belong to entities, usually routing daemons.  Two of them know a way to" \
		"198.51.100.0/24.  The manager keeps both, and the better one forwards."
	run rtmctl route add 198.51.100.0/24 via 198.18.0.20 proto ospf
	run rtmctl route add 198.51.100.0/24 via 198.18.0.10 proto bgp
	run rtmctl fib sync
	run rtmctl route show 198.51.100.0/24
	run ip route show 198.51.100.0/24
	must "BGP's route, of the better preference, is in ip route" \
		has "$(ip route show 198.51.100.0/24)" "via 198.18.0.10 dev ix0"
	must "and it alone" same "$(ip route show 198.51.100.0/24 | wc -l)" 1
}

# Asks all the time where packets go, until told to stop.
watch_gap()
{
	until [ -e stop ]; do
		ip -o route get 198.51.100.7
	done >gets 2>&1
}

# answers N GATEWAY: that many answers named it
answers()
{
	[ "$(grep -c "via $2 " gets)" -ge "$1" ]
}

take_over()
{
	local watcher monitor

	tell "BGP withdraws.  Meanwhile somebody asks again and again where a packet would go," \
		"and somebody listens to what the kernel tells about its FIB."
	ip -o monitor route >monitor.log 2>&1 &
	monitor=$!
	watch_gap &
	watcher=$!
	background+=("$monitor" "$watcher")
	eventually answers 10 198.18.0.10 || wrong "BGP's route is not used"
	run rtmctl route del 198.51.100.0/24 proto bgp
	eventually answers 10 198.18.0.20 || wrong "OSPF's route is not used"
	touch stop
	wait "$watcher"
	eventually grep -q '^198.51.100.0/24 via 198.18.0.20' monitor.log
	kill "$monitor"
	wait "$monitor" 2>/dev/null
	run ip route show 198.51.100.0/24
	run sed -n '/198.51.100.0/p' monitor.log
	no_gap
}

no_gap()
{
	must "OSPF's route took over" \
		has "$(ip route show 198.51.100.0/24)" "via 198.18.0.20 dev ix0"
	must "all $(wc -l <gets) answers named one of the two, none the default route" \
		fails grep -vE 'via 198\.18\.0\.(10|20) dev ix0' gets
	must "the kernel told of a change" grep -q '^198.51.100.0/24 via 198.18.0.20' monitor.log
	must "and never of a deletion" fails grep -q '^Deleted 198.51.100.0/24' monitor.log
}

#
# 3. The lock
#

lock()
{
	local holder change

	chapter "A client locks the destination"
	tell "While a destination is locked, its routes stand still: what others want to change" \
		"waits.  Looking is always possible."
	start rtmctl lock dest 198.51.100.0/24 -- sleep 86400
	holder=$!
	# the shell need not report its death
	disown "$holder"
	eventually is_held 198.51.100.0/24 || wrong "the lock was not granted"
	start rtmctl route replace 198.51.100.0/24 via 198.18.0.21 proto ospf
	change=$!
	eventually is_waiting 198.51.100.0/24 || wrong "the change does not wait"
	run rtmctl lock show
	run ip route show 198.51.100.0/24
	must "OSPF's change waits" alive "$change"
	must "and changed nothing" has "$(ip route show 198.51.100.0/24)" "via 198.18.0.20"
	tell "The holder dies of kill -9, without a chance to tidy up."
	run kill -9 "$holder"
	wait "$change" || wrong "the change failed"
	rtmctl fib sync >output
	run ip route show 198.51.100.0/24
	must "the change went through" has "$(ip route show 198.51.100.0/24)" "via 198.18.0.21"
	must "nobody holds or waits any more" same "$(rtmctl lock show)" ""
}

#
# 4. Somebody else's routes
#

foreign()
{
	chapter "Routes of somebody else"
	tell "An entity offers routes for the very prefixes of the administrator: the default," \
		"the static one, and the connected network."
	run rtmctl route add default via 198.18.0.66 proto bgp
	run rtmctl route add 203.0.113.0/24 via 198.18.0.66 proto bgp
	run rtmctl route add 192.0.2.0/24 via 198.18.0.66 proto bgp
	run rtmctl fib sync
	tell "The manager keeps them, says \"conflict\", and leaves the FIB alone:"
	run rtmctl route show proto bgp
	run ip route show
	must "each line of before is still there" \
		same "$(fib | grep -cxFf before)" "$(wc -l <before)"
	must "the default still goes to the administrator's gateway" \
		has "$(ip route get 192.88.99.1)" "via 192.0.2.254 dev lan0"
	must "his static route still forwards" has "$(ip route get 203.0.113.1)" "via 192.0.2.9"
	must "the connected network is still connected" \
		fails has "$(ip route get 192.0.2.77)" via
	run rtmctl entity del bgp
	rtmctl fib sync >output
}

#
# 5. A table of the Internet
#

read_tables()
{
	local file

	for file in "$@"; do
		case $file in
		*.xz) xz -dc "$file" ;;
		*.gz) gzip -dc "$file" ;;
		*) cat "$file" ;;
		esac
	done | grep -v '^#'
}

# counter NAME: one of those that "rtmctl stats" shows
counter()
{
	rtmctl stats | awk -v "name=$1" '$1 == name { print $2 }'
}

# Waits for the FIB, and says how far it is when that takes long.
await_fib()
{
	until rtmctl fib sync timeout 10 >output 2>&1; do
		grep -q 'still has changes' output || wrong "$(cat output)"
		printf '    %s destinations are in the FIB so far\n' "$(counter fib_installed)"
	done
}

memory_used()
{
	local available=$1 slab=$2 routes=$3

	available=$((available - $(meminfo MemAvailable)))
	slab=$(($(meminfo Slab) - slab))
	printf '    memory: %s MB less available, slab grew by %s MB' \
		"$(megabytes $available)" "$(megabytes $slab)"
	printf ' (%d bytes a route, FIB included)\n' $((slab * 1024 / routes))
}

megabytes()
{
	awk -v "kilobytes=$1" 'BEGIN { printf "%.1f", kilobytes / 1024 }'
}

internet()
{
	local four six n4 n6 started loaded decided available slab old progress=()

	chapter "A table of the Internet"
	n4=$(awk '!/:/ { print $1 }' table | sort -u | wc -l)
	n6=$(awk '/:/ { print $1 }' table | sort -u | wc -l)
	tell "$n4 IPv4 and $n6 IPv6 prefixes, each with its next hop:"
	run head -n 3 table
	[ $((n4 + n6)) -lt "$large" ] || progress=(progress)
	four=$(count -4) six=$(count -6) old=$(counter routes)
	sync
	echo 3 >/proc/sys/vm/drop_caches
	available=$(meminfo MemAvailable) slab=$(meminfo Slab)
	started=$(now)
	run rtmctl route load table proto bgp id 64500 ${progress[@]+"${progress[@]}"}
	loaded=$(since "$started")
	await_fib
	run rtmctl fib sync
	decided=$(since "$started")
	printf '\n    loaded after %s s, all in the FIB after %s s\n' "$loaded" "$decided"
	memory_used "$available" "$slab" $((n4 + n6))
	must "ip route has $n4 routes more" same $(($(count -4) - four)) "$n4"
	must "ip -6 route has $n6 routes more" same $(($(count -6) - six)) "$n6"
	goes_where_it_should
	internet_gone "$four" "$six" $((n4 + n6)) "$old" "$slab"
}

# Some lines of the table, as the FIB has them.
goes_where_it_should()
{
	local prefix via family checked=0

	while read -r prefix via _; do
		[[ $prefix == *:* ]] && family=-6 || family=-4
		has "$(ip "$family" route show exact "$prefix")" "via $via dev ix0" ||
			wrong "$prefix does not go via $via"
		checked=$((checked + 1))
	done < <(awk -v "n=$(wc -l <table)" 'NR % int(n / 20 + 1) == 1' table)
	must "$checked of them, taken here and there, have their next hop" test "$checked" -gt 0
}

# internet_gone IPV4 IPV6 ADDED ROUTES SLAB: what there was before, and how much was added
internet_gone()
{
	local started

	tell "The entity goes, and its routes with it."
	[ "$3" -lt "$large" ] || tell "(This takes a while.)"
	started=$(now)
	run rtmctl entity del bgp id 64500
	await_fib
	printf '    gone, and out of the FIB, after %s s\n' "$(since "$started")"
	must "IPv4 is as before" same "$(count -4)" "$1"
	must "IPv6 is as before" same "$(count -6)" "$2"
	must "the manager has as many routes as before" eventually no_more_routes "$4"
	printf '    slab is %s MB above where it was\n' "$(megabytes $(($(meminfo Slab) - $5)))"
}

no_more_routes()
{
	[ "$(counter routes)" = "$1" ]
}

#
# 6. The end
#

the_end()
{
	chapter "The module goes"
	tell "Some routes of ours are still there."
	run rtmctl route show
	run ip route show
	must "one of them is in the FIB" has "$(ip route show)" 198.51.100.0/24
	run rmmod rtm
	must "the device is gone" eventually test ! -e /dev/rtm
	run ip route show
	run ip -6 route show
	must "the FIB is what it was before the story, line by line" \
		same "$(fib)" "$(cat before)"
	tell "That was all.  \"make vm\" opens a shell in such a machine."
}

trap cleanup EXIT
[ $# != 0 ] || set -- "$here/tables/sample.txt"
read_tables "$@" >"$work/table"
cd "$work" || exit 1
before
load_module
two_entities
take_over
lock
foreign
internet
the_end

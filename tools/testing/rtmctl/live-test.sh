#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# rtmctl with the module, in a test machine; prints TAP.
#
# How this file works: what rtmctl says is compared with what "ip" sees in the kernel.
# Each test is a function that ends at the first thing that is not so and leaves the
# tables empty.  A batch that reads from a pipe plays the daemon that is alive.

set -uo pipefail
export LC_ALL=C

work=$(mktemp -d)
cd "$work" || exit 1
number=0 failures=0

#
# Helpers
#

so()
{
	"$@" || { printf '# not so: %s\n' "$*"; return 1; }
}

# refuses CODE TEXT COMMAND...: exit code, and words in the message
refuses()
{
	local code=$1 text=$2 got=0

	shift 2
	"$@" >out 2>err || got=$?
	if [ "$got" != "$code" ] || ! grep -qF -- "$text" err; then
		printf '# %s: exit code %s, not %s, or other words: %s\n' "$*" "$got" "$code" "$(cat err)"
		return 1
	fi
}

# eventually COMMAND...: within a minute
eventually()
{
	local i

	for ((i = 0; i < 300; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.2
	done
	printf '# not within a minute: %s\n' "$*"
	return 1
}

same()
{
	[ "$1" = "$2" ] || { printf '# "%s" is not "%s"\n' "$1" "$2"; return 1; }
}

has()
{
	[[ $1 == *"$2"* ]] || { printf '# no "%s" in "%s"\n' "$2" "$1"; return 1; }
}

# query FILTER COMMAND...: jq on its output
query()
{
	"${@:2}" | jq -rc "$1"
}

# Routes as both commands show them: what they have in common, one a line.
common='.[] | select(.protocol != "kernel") | [.dst, .gateway, .dev, .type,
	([.nexthops // [] | .[] | [.gateway, .dev]] | sort), .prefsrc, .metrics] | tostring'

agrees_with_ip()
{
	rtmctl fib sync >/dev/null || return 1
	same "$(query "$common" rtmctl "$1" -j route show best | sort)" \
		"$(query "$common" ip "$1" -j route show table main | sort)"
}

waits()
{
	has "$(rtmctl lock show "$1")" " waits "
}

holds()
{
	has "$(rtmctl lock show "$1")" " holds "
}

#
# Tests
#

test_agrees_with_ip()
{
	so rtmctl -b - <<-COMMANDS || return
		route add 198.51.100.0/24 via 192.0.2.9
		route add 198.51.100.0/24 via 192.0.2.8 proto bgp
		route add 198.51.101.1 via 192.0.2.9 mtu 1400 src 192.0.2.1 metric 7
		route add 198.51.102.0/24 dev d0
		route add 198.51.103.0/24 nexthop via 192.0.2.9 nexthop via 192.0.2.10
		route add 198.51.104.0/24 blackhole
		route add 198.51.105.0/24 prohibit proto ospf
		route add default via 192.0.2.9
		route add 2001:db8:1::/48 via 2001:db8::9
		route add 2001:db8:2::/48 nexthop via 2001:db8::9 nexthop via 2001:db8::10
		route add 2001:db8:3::1 via fe80::9 dev d0 mtu 1400
	COMMANDS
	same "$(rtmctl -4 route show best | wc -l)" 7 || return
	so agrees_with_ip -4 || return
	so agrees_with_ip -6
}

# What has no business in the FIB, and what is not chosen.
test_not_forwarded()
{
	so rtmctl route add 198.51.100.0/24 via 192.0.2.9 flag inactive || return
	so rtmctl route add 198.51.101.0/24 via 192.0.2.9 view mcast || return
	so rtmctl route add 198.51.102.0/24 via 203.0.113.1 remote || return
	so rtmctl fib sync >out || return
	same "$(ip route show proto rtm | wc -l)" 0 || return
	has "$(rtmctl dest show 198.51.102.0/24)" "fib unresolved" || return
	same "$(query '.[].best' rtmctl -j route show 198.51.101.0/24)" '["mcast"]' || return
	refuses 2 "no route to 198.51.101.1" rtmctl route get 198.51.101.1
}

no_route()
{
	[ -z "$(rtmctl route show "$1")" ]
}

# What ends by itself, and what stays visible when it goes.
test_lifetimes()
{
	so rtmctl route add 198.51.100.0/24 via 192.0.2.9 ttl 600 || return
	has "$(rtmctl route show 198.51.100.0/24)" " expires 59" || return
	so rtmctl route replace 198.51.100.0/24 via 192.0.2.9 || return
	same "$(query '.[].expires_ms' rtmctl -j route show 198.51.100.0/24)" null || return
	so rtmctl route add 198.51.101.0/24 via 192.0.2.9 ttl 0.2 || return
	eventually no_route 198.51.101.0/24 || return
	so rtmctl dest hold 198.51.100.0/24 time 600 || return
	has "$(rtmctl dest show 198.51.100.0/24)" "hold ucast,mcast for" || return
	so rtmctl route del 198.51.100.0/24 || return
	has "$(rtmctl dest show 198.51.100.0/24)" "routes 0 fib none locked free held ucast for" || return
	same "$(ip route show proto rtm | wc -l)" 0
}

test_outlives_commands()
{
	so rtmctl route add 198.51.100.0/24 via 192.0.2.9 proto ospf id 7 || return
	has "$(rtmctl entity show)" "proto ospf id 7" || return
	has "$(rtmctl entity show)" kept || return
	refuses 2 "has a route there already" \
		rtmctl route add 198.51.100.0/24 via 192.0.2.8 proto ospf id 7 || return
	so rtmctl route replace 198.51.100.0/24 via 192.0.2.8 proto ospf id 7 || return
	so agrees_with_ip -4 || return
	# nothing is left of the first next hop
	same "$(rtmctl nexthop show proto ospf | awk '{ print $2 }')" 192.0.2.8 || return
	so rtmctl entity del ospf id 7 || return
	so rtmctl fib sync >out || return
	same "$(ip route show proto rtm)$(rtmctl entity show)" ""
}

# A registered name is its process's, until that ends.
test_alive()
{
	local daemon

	mkfifo pipe
	rtmctl -b - <pipe >out 2>&1 &
	daemon=$!
	exec 5>pipe
	echo route add 198.51.100.0/24 via 192.0.2.9 proto bgp >&5
	so eventually has_route 198.51.100.0/24 || return
	refuses 2 "process $daemon (rtmctl) has it registered" \
		rtmctl route del 198.51.100.0/24 proto bgp || return
	refuses 2 "has it registered" rtmctl entity del bgp || return
	has "$(rtmctl entity show)" "pid $daemon (rtmctl)" || return
	# it has no methods, so there is nothing to run
	same "$(rtmctl method show)" "" || return
	same "$(rtmctl method invoke bgp inet method 0 input 00 timeout 60)" "status 0" || return
	refuses 2 "is not registered" rtmctl method invoke bgp inet6 method 0 || return
	exec 5>&-
	wait "$daemon"
	so rtmctl route del 198.51.100.0/24 proto bgp || return
	rm pipe
}

# What a process leaves that dies is held for as long as it takes to say otherwise.
test_crash_policy()
{
	local daemon

	mkfifo pipe
	rtmctl -b - <pipe >out 2>&1 &
	daemon=$!
	exec 5>pipe
	echo route add 198.51.100.0/24 via 192.0.2.9 proto bgp >&5
	so eventually has_route 198.51.100.0/24 || return
	so rtmctl entity set bgp crash hold time 600 inet || return
	has "$(rtmctl entity show bgp)" "hold 600.000 s" || return
	kill -9 "$daemon"
	wait "$daemon" 2>/dev/null
	exec 5>&-
	rm pipe
	has "$(rtmctl entity show bgp)" "held for 5" || return
	so has_route 198.51.100.0/24 || return
	refuses 2 "there is no such entity" rtmctl -6 entity set bgp crash keep || return
	so rtmctl entity set proto bgp id 1 instance 0 crash keep both || return
	has "$(rtmctl entity show bgp)" kept || return
	so rtmctl entity set bgp crash withdraw || return
	so eventually is_gone bgp
}

is_gone()
{
	[ -z "$(rtmctl entity show "$1")" ]
}

test_conf()
{
	printf '[protocol bgp]\ncrash = hold\nhold-time = 120\n' >conf
	so rtmctl conf check || return
	so rtmctl conf check conf || return
	same "$(rtmctl conf show conf)" "proto bgp crash hold time 120" || return
	same "$(RTM_CONF=conf rtmctl -j conf | jq -c '.[] | [.protocol, .crash, .hold_ms]')" \
		'["bgp","hold",120000]' || return
	echo 'hold = 5' >>conf
	refuses 2 'conf:4: there is no key "hold"' rtmctl conf check conf
}

has_route()
{
	has "$(rtmctl route show "$1")" "$1"
}

test_lock()
{
	local holder change

	so rtmctl route add 198.51.100.0/24 via 192.0.2.9 || return
	rtmctl lock dest 198.51.100.0/24 -- sleep 86400 &
	holder=$!
	disown "$holder"
	so eventually holds 198.51.100.0/24 || return
	has "$(rtmctl lock show)" "pid $holder tid $holder (rtmctl)" || return
	same "$(query '.[].locked' rtmctl -j route show)" exclusive || return
	refuses 2 "is locked" rtmctl route del 198.51.100.0/24 nowait || return
	refuses 2 "time is over" rtmctl route replace 198.51.100.0/24 via 192.0.2.8 timeout 0.2 || return
	refuses 2 "is locked" rtmctl lock dest 198.51.100.0/24 --shared --nowait -- true || return
	rtmctl route replace 198.51.100.0/24 via 192.0.2.8 &
	change=$!
	so eventually waits 198.51.100.0/24 || return
	# its command goes with it
	kill -9 "$holder"
	so eventually no_sleep || return
	so wait "$change" || return
	so agrees_with_ip -4 || return
	has "$(rtmctl route show)" 192.0.2.8 || return
	same "$(rtmctl lock show)" ""
}

no_sleep()
{
	! pgrep -x sleep
}

test_lock_command()
{
	so rtmctl route add 198.51.100.0/24 via 192.0.2.9 || return
	rtmctl lock dest 198.51.100.0/24 -- bash -c 'exit 9'
	same $? 9 || return
	same "$(rtmctl lock dest 198.51.100.0/24 --shared -- \
		rtmctl lock dest 198.51.100.0/24 --shared -- rtmctl -j lock show | jq length)" 2 || return
	refuses 2 "was not locked to the end" rtmctl lock dest 198.51.100.0/24 -- \
		rtmctl lock break 198.51.100.0/24 || return
	refuses 2 "no entity has a route" rtmctl lock dest 203.0.113.0/24 -- true || return
	refuses 2 "nobody holds it" rtmctl lock break 198.51.100.0/24 || return
	refuses 2 "no such destination" rtmctl lock break 203.0.113.0/24
}

test_conflict()
{
	so ip route add 203.0.113.0/24 via 192.0.2.77 proto static || return
	so rtmctl route add 203.0.113.0/24 via 192.0.2.9 || return
	so rtmctl fib sync >out || return
	has "$(rtmctl dest show 203.0.113.0/24)" "fib conflict" || return
	has "$(ip route show 203.0.113.0/24)" 192.0.2.77 || return
	ip route del 203.0.113.0/24 proto static
	so eventually installed 203.0.113.0/24
}

installed()
{
	has "$(rtmctl dest show "$1")" "fib installed"
}

has_failed()
{
	has "$(rtmctl dest show fib failed)" "$1"
}

# The kernel's own words reach the user.  Each new try makes it pending for a moment.
test_failed()
{
	so rtmctl nexthop add 198.19.0.1 dev d0 || return
	so rtmctl route add 198.51.100.0/24 via 198.19.0.1 dev d0 || return
	so rtmctl fib sync >out || return
	so eventually has_failed 'error "Nexthop has invalid gateway' || return
	same "$(query '.[].fib_errno' rtmctl -j dest show 198.51.100.0/24)" 101
}

test_rights()
{
	local user=(setpriv --reuid 65534 --regid 65534 --clear-groups)

	chmod 666 /dev/rtm
	so rtmctl route add 198.51.100.0/24 via 192.0.2.9 || return
	has "$("${user[@]}" rtmctl route show)" 198.51.100.0/24 || return
	refuses 2 CAP_NET_ADMIN "${user[@]}" rtmctl route del 198.51.100.0/24 || return
	chmod 660 /dev/rtm
	refuses 2 "not permitted for this user" "${user[@]}" rtmctl route show
}

test_netns()
{
	ip netns add blue
	so rtmctl -n blue route add blackhole 198.51.100.0/24 || return
	so rtmctl -n /run/netns/blue fib sync >out || return
	has "$(ip -n blue route)" "blackhole 198.51.100.0/24" || return
	same "$(rtmctl route show)" "" || return
	so rtmctl -n blue entity del static || return
	ip netns del blue
	refuses 2 "cannot open network namespace blue" rtmctl -n blue route show
}

test_load()
{
	local i

	for ((i = 0; i < 5000; i++)); do
		printf '20.%d.%d.0/24 192.0.2.%d\n' $((i / 256)) $((i % 256)) $((2 + i % 50))
		printf '2001:db8:%x::/48 2001:db8::%x\n' $((4096 + i)) $((2 + i % 50))
	done >table
	so rtmctl -j route load table proto bgp >out || return
	same "$(jq -c '[.routes, .new, .failed]' out)" "[10000,10000,0]" || return
	so agrees_with_ip -4 || return
	so agrees_with_ip -6 || return
	same "$(rtmctl nexthop show | wc -l)" 100 || return
	so rtmctl route load table proto bgp >out || return
	has "$(cat out)" "(0 new, 10000 changed, 0 failed)" || return
	grep -v '^20\.1\.' table >less
	so rtmctl route load less replace proto bgp >out || return
	has "$(cat out)" "(0 new, 9744 changed, 256 removed, 0 failed)" || return
	so rtmctl fib sync >out || return
	so agrees_with_ip -4 || return
	so rtmctl route flush proto bgp || return
	so rtmctl fib sync >out || return
	same "$(rtmctl route show)$(ip route show proto rtm)$(ip -6 route show proto rtm)" ""
}

# says FILE TEXT: within a minute
says()
{
	eventually grep -qF -- "$2" "$1" || { printf '# it said: %s\n' "$(cat "$1")"; return 1; }
}

monitors()
{
	has "$(rtmctl entity show netmgmt)" "pid $1 "
}

test_monitor()
{
	local routes entities pid

	rtmctl monitor route root 203.0.113.0/24 all timeout 300 >said & routes=$!
	so eventually monitors "$routes" || return
	rtmctl -j -4 monitor entity count 1 >entities & entities=$!
	so eventually monitors "$entities" || return
	# the one that the monitor of routes is
	same "$(rtmctl -j notify | jq -c 'map([.family, .changes[0], .pid, .desync])')" \
		"[[\"inet\",\"all\",$routes,false]]" || return
	same "$(rtmctl -4 notify show inet | grep -c 'root 203.0.113.0/24.*(rtmctl)$')" 1 || return
	so rtmctl route add 203.0.113.0/25 via 192.0.2.9 proto bgp || return
	so says said "203.0.113.0/25 via 192.0.2.9 dev d0 proto bgp id 1" || return
	so rtmctl route add 198.51.100.0/24 via 192.0.2.9 proto bgp || return
	so rtmctl route replace 203.0.113.0/25 via 192.0.2.8 proto bgp || return
	so says said "203.0.113.0/25 via 192.0.2.8 dev d0" || return
	so rtmctl route del 203.0.113.0/25 proto bgp || return
	so says said "Deleted 203.0.113.0/25" || return
	same "$(grep -c 198.51.100 said)" 0 || return
	kill "$routes"
	wait "$routes" 2>/dev/null
	wait "$entities" || return
	same "$(jq -c '[.event, .protocol, .id]' entities)" '["registered","bgp",1]' || return
	so eventually same "$(rtmctl entity show netmgmt)" "" || return

	# one object a line, and an end after so many; a locked destination comes later
	rtmctl -j monitor route count 2 >said & routes=$!
	so eventually monitors "$routes" || return
	rtmctl lock dest 198.51.100.0/24 -- sh -c 'rtmctl route show >shown; sleep 1' & pid=$!
	so eventually holds 198.51.100.0/24 || return
	so rtmctl route del 198.51.100.0/24 proto bgp || return
	so rtmctl route add 2001:db8:1::/48 via 2001:db8::9 || return
	wait "$pid" "$routes" || return
	same "$(jq -c '[.event, .dst, (.routes | length)]' said | sort | tr '\n' ' ')" \
		'["changed","198.51.100.0/24",0] ["changed","2001:db8:1::/48",1] ' || return
	so rtmctl monitor entity timeout 0.2
}

#
# All of them
#

cleanup()
{
	rtmctl entity show | while read -r _ _ protocol _ id _; do
		rtmctl entity del "$protocol" id "$id"
	done 2>/dev/null
	rtmctl fib sync >/dev/null
}

run()
{
	number=$((number + 1))
	if "test_$1" >log 2>&1; then
		printf 'ok %d %s\n' "$number" "$1"
	else
		grep '^#' log
		printf 'not ok %d %s\n' "$number" "$1"
		failures=$((failures + 1))
	fi
	cleanup
}

ip link add d0 type dummy
ip link set d0 up addrgenmode none
ip address add 192.0.2.1/24 dev d0
ip address add 2001:db8::1/64 dev d0 nodad

tests=(agrees_with_ip not_forwarded lifetimes outlives_commands alive crash_policy conf lock
	lock_command conflict failed rights netns monitor load)
printf 'TAP version 13\n1..%d\n' ${#tests[@]}
for name in "${tests[@]}"; do
	run "$name"
done
[ "$failures" = 0 ]

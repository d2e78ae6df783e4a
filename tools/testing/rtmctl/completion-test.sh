#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test of the bash completion.
#
#	completion-test.sh RTMCTL
#
# How this file works: a stand-in answers "show" with a few lines and leaves help to the
# real command.  complete_line asks the completion as readline would, with words broken
# at colons.

set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
real=${1:?the rtmctl to ask for help}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failures=0

cat >"$dir/rtmctl" <<STANDIN
#!/bin/sh
case "\$*" in
*help) exec "$real" "\$@" ;;
"-6 dest show") echo "2001:db8::/32 routes 1" ;;
"dest show") printf '198.51.100.0/24 routes 1\\n2001:db8::/32 routes 1\\n' ;;
"-n blue entity show") echo "inet proto blueproto id 1" ;;
"entity show") echo "inet proto 0x3fff0008 id 42 routes 1" ;;
"nexthop show") echo "via 192.0.2.7 dev d0" ;;
"lock show") echo "203.0.113.0/24 holds exclusive" ;;
esac
STANDIN
chmod +x "$dir/rtmctl"
PATH=$dir:$PATH

# shellcheck source-path=SCRIPTDIR source=../../completion/rtmctl
. "$here/../../completion/rtmctl"

# complete_line LINE: what is offered for its last word, sorted, on one line
complete_line()
{
	local text=${1//:/ : }

	read -ra COMP_WORDS <<<"$text"
	[[ $1 != *" " ]] || COMP_WORDS+=("")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_rtmctl
	printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"} | sort | tr '\n' ' '
}

# offers LINE WORD...: these and nothing else
offers()
{
	local line=$1 got

	shift
	got=$(complete_line "$line")
	if [ "$got" != "$(printf '%s\n' "$@" | sort | tr '\n' ' ')" ]; then
		printf 'not ok: "%s" offers: %s\n' "$line" "$got"
		failures=$((failures + 1))
	fi
}

# among LINE WORD: this and perhaps others
among()
{
	case " $(complete_line "$1")" in
	*" $2 "*) ;;
	*)
		printf 'not ok: "%s" does not offer %s\n' "$1" "$2"
		failures=$((failures + 1))
		;;
	esac
}

offers "rtmctl ro" route
offers "rtmctl -4 -j en" entity
among "rtmctl " -n
offers "rtmctl route l" load
offers "rtmctl route fl" flush
among "rtmctl lock " break
offers "rtmctl route add 10.0.0.0/8 me" metric
offers "rtmctl route add 10.0.0.0/8 b" blackhole
offers "rtmctl route show 198" 198.51.100.0/24
offers "rtmctl -6 route show 2" 2001:db8::/32
offers "rtmctl -6 route show 2001:d" db8::/32
offers "rtmctl -6 route show 2001:db8::" /32
offers "rtmctl route show proto 0x" 0x3fff0008
offers "rtmctl -n blue route show proto blue" blueproto
offers "rtmctl route show proto static id 4" 42
offers "rtmctl route add 10.0.0.0/8 via 192" 192.0.2.7
offers "rtmctl lock break 2" 203.0.113.0/24
offers "rtmctl dest show fib f" failed
offers "rtmctl route add 10.0.0.0/8 view u" ucast ucast,mcast
offers "rtmctl route add 10.0.0.0/8 metric 1" ""
offers "rtmctl lock dest 198.51.100.0/24 --s" --shared
among "rtmctl route add 10.0.0.0/8 dev l" lo
offers "rtmctl entity set bgp crash h" hold
offers "rtmctl method invoke 0x" 0x3fff0008
touch "$dir/conf-of-mine"
offers "rtmctl conf check $dir/conf-o" "$dir/conf-of-mine"
offers "rtmctl conf show $dir/conf-o" "$dir/conf-of-mine"

if [ "$failures" = 0 ]; then
	echo "ok completion"
else
	exit 1
fi

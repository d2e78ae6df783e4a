#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The manual page has each command that the help lists, each with an example; and the
# command has the version of the module beside it.
#
#	man-test.sh RTMCTL

set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
page=$here/../../man/rtmctl.8.rst
rtmctl=${1:?the rtmctl to ask for help}
commands=0 failures=0

missing()
{
	printf 'not ok: rtmctl.8 has no %s of "%s"\n' "$1" "$2"
	failures=$((failures + 1))
}

# check OBJECT VERB WORD...: its keywords, which are the words in lower case
check()
{
	local command="$1 $2" text word

	# from its headline to the end of its example
	text=$(awk -v "head=**$1 $2**" -v "short=**$1** [**$2**]" '
		index($0, head) == 1 || index($0, short) == 1 { inside = 1 }
		inside && example && /^[^ ]/ { exit }
		inside { print }
		inside && /^        # rtmctl/ { example = 1 }' "$page")
	[ -n "$text" ] || { missing description "$command"; return; }
	grep -qE "^        # (.* \| )?rtmctl (-[^ ]+ )*$1( $2|\$| \|)" <<<"$text" ||
		missing example "$command"
	shift 2
	# one that refers to another
	[[ ${text%%$'\n'*} != *"(as **"* ]] || return
	for word in "$@"; do
		grep -qE "(^|[^a-z])$word([^a-z]|\$)" <<<"$text" || missing "\"$word\"" "$command"
	done
}

while read -r object; do
	while read -r verb words; do
		# shellcheck disable=SC2086 # a list of words
		check "$object" "$verb" $words
		commands=$((commands + 1))
	done < <("$rtmctl" "$object" help | tr -d '\n' | sed 's/rtmctl '"$object"'/\n/g' |
		sed 's/[A-Z|.]/ /g; s/[][]/ /g; s/,/ /g' | awk 'NF')
done < <("$rtmctl" help | sed -n 's/^OBJECT: *//p' | tr ' ' '\n')

version=$(sed -n 's/^#define RTM_VERSION "\(.*\)"/\1/p' "$here/../../../include/rtm_version.h")
if [ "$("$rtmctl" version 2>/dev/null | head -n 1)" != "rtmctl $version" ]; then
	printf 'not ok: rtmctl is not version %s\n' "$version"
	failures=$((failures + 1))
fi

[ "$failures" = 0 ] && [ "$commands" -gt 15 ] || exit 1
echo "ok manual page, $commands commands"

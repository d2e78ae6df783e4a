#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A shell in a test machine: module loaded, tools installed, two interfaces up.
#
#	shell.sh [KERNEL]

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)
kernel=${1:-stock}

build=$("$here/module.sh" "$kernel")
"$here/../stage.sh" "$top/build/usr"
mem=1024
[ "$kernel" != debug ] || mem=2048
exec "$here/vm.sh" shell --kernel "$kernel" --mem "$mem" --module dummy --module veth --module vrf \
	--module "$build/rtm.ko" --tree "$top/build/usr:/" \
	--file "$here/../guest/welcome:/usr/bin/welcome" -- welcome

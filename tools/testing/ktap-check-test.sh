#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Prove that ktap-check.awk tells good results from bad ones.
#
# How this file works: each case is a list of suites, an output and the complaint that
# it must bring; the good ones must bring none.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failures=0

# verdict KIND OUTPUT: what the checker says of OUTPUT on the debug kernel
verdict()
{
	printf '%s one\n' "$1" >"$tmp/suites"
	printf '%b' "$2" >"$tmp/output"
	awk -f "$here/ktap-check.awk" -v "kind=$1" -v kernel=debug "$tmp/suites" "$tmp/output"
}

wrong()
{
	printf 'not ok: %s\n' "$*"
	failures=$((failures + 1))
}

good()
{
	verdict "$1" "$2" >"$tmp/said" || wrong "complains of good output: $(cat "$tmp/said")"
}

# bad KIND COMPLAINT OUTPUT
bad()
{
	if verdict "$1" "$3" >"$tmp/said"; then
		wrong "does not see: $2"
	elif ! grep -q -e "$2" "$tmp/said"; then
		wrong "should say: $2; says: $(cat "$tmp/said")"
	fi
}

begin='### suite one\nTAP version 13\n'
end='### exit 0 1\n'
nested='KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: one\n'

good selftest "${begin}1..2\nok 1 a\n# text\nok 2 b\n$end"
good kunit "$begin${nested}    1..1\n    ok 1 a\nok 1 one\n$end"
good kunit "$begin${nested}    1..1\n        # Subtest: a\n        ok 1 x\n        ok 2 y\n    ok 1 a\nok 1 one\n$end"

bad selftest 'not ok 2 b' "${begin}1..2\nok 1 a\nnot ok 2 b\n$end"
bad selftest 'planned 3 tests, saw 2' "${begin}1..3\nok 1 a\nok 2 b\n$end"
bad selftest 'without a plan' "${begin}ok 1 a\n$end"
bad selftest 'plan of zero' "${begin}1..0\n$end"
bad selftest 'ran no test' "$begin$end"
bad selftest 'did not run' 'nothing\n'
bad selftest 'did not end' "${begin}1..1\nok 1 a\n"
bad selftest 'not in the list' "### suite two\n1..1\nok 1 a\n$end"
bad selftest 'more than once' "${begin}1..1\nok 1 a\n$end${begin}1..1\nok 1 a\n$end"
bad selftest 'exit code 1' "${begin}1..1\nok 1 a\n### exit 1 1\n"
bad selftest 'timed out' "${begin}1..1\nok 1 a\n### exit 124 1\n"
bad selftest 'skipped on the debug kernel' "${begin}1..2\nok 1 a\nok 2 b # SKIP\n$end"
bad selftest 'skipped everything' "${begin}1..1\nok 1 a # SKIP\n$end"
bad selftest 'Bail out' "${begin}1..1\nok 1 a\nBail out! no\n$end"
bad kunit 'not ok 1 a' "$begin${nested}    1..1\n    not ok 1 a\nnot ok 1 one\n$end"
bad kunit 'not ok 2 y' "$begin${nested}    1..1\n        ok 1 x\n        not ok 2 y\n    ok 1 a\nok 1 one\n$end"
bad kunit 'planned 2 tests, saw 1' "$begin${nested}    1..2\n    ok 1 a\nok 1 one\n$end"
bad kunit 'without a plan' "$begin${nested}    ok 1 a\nok 1 one\n$end"

[ "$failures" = 0 ]

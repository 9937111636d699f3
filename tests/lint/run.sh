#!/bin/sh
# Run every lint beside this file; each is one test.  run.sh [COUNTS_FILE]
# A lint prints what it found and exits 0, 1 (found something) or 77 (cannot run here).
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.." || exit 1
counts=${1-/dev/null}
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for lint in tests/lint/*.sh; do
	name=$(basename "$lint" .sh)
	[ "$name" != run ] || continue
	sh "$lint" >"$log" 2>&1
	case $? in
	0) passed=$((passed + 1)) ;;
	77)
		skipped=$((skipped + 1))
		sed "s/^/lint $name: skipped: /" "$log"
		;;
	*)
		failed=$((failed + 1))
		sed "s/^/lint $name: /" "$log" | head -40
		;;
	esac
done
echo "lint: $passed passed, $failed failed, $skipped skipped"
echo "$passed $failed $skipped" >>"$counts"
[ "$failed" -eq 0 ]

#!/bin/sh
# Run unit test programs (cmocka) and count their test functions.
#   run.sh BIN_DIR COUNTS_FILE NAME...
# A program that crashes, or that is missing, counts as one more failure.
# SPDX-License-Identifier: Apache-2.0
set -u
bin=$1 counts=$2
shift 2
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for name; do
	if [ ! -x "$bin/$name" ]; then
		echo "unit $name: was not built"
		failed=$((failed + 1))
		continue
	fi
	CMOCKA_MESSAGE_OUTPUT=TAP "$bin/$name" >"$log" 2>&1
	rc=$?
	# "ok 1 - name", "not ok 2 - name", "not ok 3 # SKIP name" (older: "ok 3 # SKIP")
	s=$(grep -cE '^(not )?ok [0-9]+ # SKIP' "$log")
	p=$(grep -E '^ok [0-9]+' "$log" | grep -vc '# SKIP')
	f=$(grep -E '^not ok [0-9]+' "$log" | grep -vc '# SKIP')
	if [ "$f" -gt 0 ]; then
		echo "unit $name: $f failed"
		grep -vE '^(ok |not ok [0-9]+ # SKIP|1\.\.)' "$log" | sed 's/^/    /' | head -60
	elif [ "$rc" -ne 0 ] || [ $((p + s)) -eq 0 ]; then
		echo "unit $name: ended with status $rc"
		tail -40 "$log" | sed 's/^/    /'
		f=1
	fi
	[ "$s" -eq 0 ] || { echo "unit $name: $s skipped"
		grep -iE 'skip' "$log" | grep -vE '^(not )?ok ' | sed 's/^/    /' | head -5; }
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "unit: $passed passed, $failed failed, $skipped skipped"
echo "$passed $failed $skipped" >>"$counts"
[ "$failed" -eq 0 ]

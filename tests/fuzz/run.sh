#!/bin/sh
# Run each fuzz target over its seed corpus, without a fuzzer: plain regression tests.
#   run.sh REPLAY_DIR COUNTS_FILE fuzz_NAME...
# The corpus of fuzz_x is tests/fuzz/corpus/x; a target without one is a mistake.
# SPDX-License-Identifier: Apache-2.0
set -u
bin=$1 counts=$2
shift 2
corpus=$(dirname "$0")/corpus
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for target; do
	dir=$corpus/${target#fuzz_}
	if [ ! -x "$bin/$target" ]; then
		echo "replay $target: was not built"
		failed=$((failed + 1))
	elif [ -z "$(find "$dir" -type f 2>/dev/null | head -1)" ]; then
		echo "replay $target: no corpus in tests/fuzz/corpus/${target#fuzz_}"
		failed=$((failed + 1))
	elif "$bin/$target" "$dir" >"$log" 2>&1; then
		passed=$((passed + 1))
	else
		echo "replay $target: failed"
		tail -40 "$log" | sed 's/^/    /'
		failed=$((failed + 1))
	fi
done
echo "replay: $passed passed, $failed failed"
echo "$passed $failed 0" >>"$counts"
[ "$failed" -eq 0 ]

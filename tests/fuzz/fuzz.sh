#!/bin/sh
# Fuzz each target for some seconds with libFuzzer, starting from its seed corpus.
#   fuzz.sh BIN_DIR COUNTS_FILE SECONDS fuzz_NAME...
# New inputs are kept in BIN_DIR/corpus, crashing ones in BIN_DIR/crash-*; put a minimised
# crash into tests/fuzz/corpus/NAME and it is a regression test.
# SPDX-License-Identifier: Apache-2.0
set -u
bin=$1 counts=$2 seconds=$3
shift 3
seeds=$(dirname "$0")/corpus
passed=0 failed=0
# CI repeats the same mutations, so that a run says something about the change it tests;
# anywhere else every run explores further.
seed=${CI:+-seed=1}

for target; do
	name=${target#fuzz_}
	log=$bin/$target.log
	mkdir -p "$bin/corpus/$name"
	dict=
	[ ! -f "$seeds/../$name.dict" ] || dict=-dict=$seeds/../$name.dict
	if [ ! -x "$bin/$target" ]; then
		echo "fuzz $target: was not built"
		failed=$((failed + 1))
	elif "$bin/$target" $seed -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
		-max_len=65536 -artifact_prefix="$bin/crash-$name-" ${dict:+"$dict"} \
		"$bin/corpus/$name" $([ ! -d "$seeds/$name" ] || echo "$seeds/$name") \
		>"$log" 2>&1; then
		passed=$((passed + 1))
		echo "fuzz $target: ${seconds} s, $(grep -oE '^Done [0-9]+ runs' "$log" || echo ok)"
	else
		failed=$((failed + 1))
		echo "fuzz $target: FAILED (all of it in $log)"
		grep -E 'ERROR|runtime error|SUMMARY|^ *#[0-9]+ .* in (mg_|LLVMFuzzer)|Test unit written' \
			"$log" | head -20 | sed 's/^/    /'
	fi
done
echo "fuzz: $passed passed, $failed failed"
echo "$passed $failed 0" >>"$counts"
[ "$failed" -eq 0 ]

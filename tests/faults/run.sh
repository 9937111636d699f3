#!/bin/sh
# Faults that come from outside: torn and damaged archives, read errors, no memory, no disk,
# signals, a gnuplot that fails or hangs.
#   run.sh BIN_DIR FAULTS_DIR COUNTS_FILE few|many
# `few` is part of `make check`, `many` is `make faults`.  FAULTS_DIR holds the driver (faults)
# and, where it could be built, shim.so; a sanitizer cannot be run together with the latter.
# SPDX-License-Identifier: Apache-2.0
set -u
bin=$(cd "$1" && pwd) dir=$(cd "$2" && pwd) counts=$3 amount=$4
case $counts in /*) ;; *) counts=$PWD/$counts ;; esac
root=$(cd "$(dirname "$0")/../.." && pwd)
whole=$root/testdata/etcd-stall-deletecollection.tar.gz
export LC_ALL=C.UTF-8 TZ=UTC PATH="$bin:$PATH" SHIM="$dir/shim.so"
export ASAN_OPTIONS="exitcode=99:${ASAN_OPTIONS-}" UBSAN_OPTIONS="exitcode=99:${UBSAN_OPTIONS-}"
passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

pass() { passed=$((passed + 1)); }
fail() { failed=$((failed + 1)); echo "faults $1"; }
skip() { skipped=$((skipped + 1)); echo "faults: skipped: $1"; }
shimmed() { case ${V:-release} in asan | tsan) return 1 ;; esac; [ -f "$SHIM" ]; }
# many FEW MANY: which of the two numbers
many() { if [ "$amount" = many ]; then echo "$2"; else echo "$1"; fi; }

# Some kilobytes of each file: as many formats as the whole, in a hundredth of the time.
small_archive() {
	mkdir tree && tar xzf "$whole" -C tree || return 1
	find tree -type f -size +24k | while IFS= read -r f; do
		case $f in
		*.log.gz) gzip -dc "$f" | head -20 | gzip -n >cut ;;
		*.gz) continue ;;
		*debug2.txt) head -c 24000 "$f" | tac | sed '1,/^$/d' | tac >cut ;;
		*) head -c 24000 "$f" | sed '$d' >cut ;;
		esac
		mv cut "$f"
	done
	tar cf small.tar -C tree . && gzip -9n <small.tar >small.tar.gz
}

# drive WHAT N ARCHIVE TOOL...
drive() {
	if "$dir/faults" "$@" >log 2>&1; then
		pass
		[ "$amount" = few ] || sed "s|^|$(basename "$3"): |" log
	else
		fail "$* failed:"
		tail -20 log | sed 's/^/    /'
	fi
}
report="mgcorrelate --no-report --format=json"
list="mgunpack --json"

archives() {
	# shellcheck disable=SC2086 # words are wanted
	drive cut "$(many 262144 4096)" "$whole" $report
	drive cut "$(many 8192 512)" small.tar.gz $report
	drive cut "$(many 131072 4096)" small.tar $report
	drive flip "$(many 100 4000)" small.tar.gz $report
	SUM=no drive flip "$(many 50 3000)" small.tar $report
	[ "$amount" = many ] || return
	drive flip 1000 "$whole" $report
	xz -k small.tar && drive flip 1000 small.tar.xz $report
	if command -v zstd >/dev/null; then
		zstd -q --check small.tar && drive flip 1000 small.tar.zst $report
	fi
}

shims() {
	if ! shimmed; then
		skip "read errors and failing allocations: shim.so needs glibc and no sanitizer"
		return
	fi
	# shellcheck disable=SC2086
	drive eio "$(many 10 500)" small.tar.gz $report
	drive eio "$(many 5 100)" small.tar.gz $list
	drive alloc "$(many 60 3000)" small.tar.gz $report -j1
	drive alloc "$(many 30 1000)" small.tar.gz $list
}

# A unit test that gets no memory may fail, but must not crash; cmocka names the signal.
units() {
	shimmed || return
	for unit in test_map test_arena test_buf test_json test_audit test_etcd test_gostack test_trace; do
		[ -x "$bin/../unit/$unit" ] || continue
		for n in 1 2 3 5 8 13 21 34 55 89 144 233 377 610 $(many "" "$(seq 1 2 1200)"); do
			MG_FAULT_ALLOC=$n LD_PRELOAD=$SHIM "$bin/../unit/$unit" >log 2>&1
			rc=$?
			if { [ $rc -gt 128 ] && [ $rc -lt 192 ]; } || grep -q 'Test failed with exception' log; then
				fail "$unit crashes when allocation $n fails (status $rc)"
				return
			fi
		done
	done
	pass
}

# gone_from DIR: nothing half-written is left
clean() { # clean NAME DIR
	rest=$(find "$2" -name '*.tmp' 2>/dev/null)
	if [ -n "$rest" ]; then fail "$1: left behind: $rest"; else pass; fi
}

limits() {
	case ${V:-release} in
	asan | tsan) ;;
	*)
		(ulimit -v 65536; mgcorrelate --no-plots -o mem "$whole" >out 2>err)
		rc=$?
		# the libraries alone may need more than that on some systems: then nothing was run
		if [ $rc -eq 127 ]; then skip "64 MB of address space do not hold the libraries here"
		elif [ $rc -ne 5 ] || ! grep -q 'out of memory' err; then
			fail "64 MB of address space: status $rc: $(head -1 err)"
		elif [ -e mem ]; then fail "64 MB of address space: a report is left"
		else pass; fi ;;
	esac
	(ulimit -f 8; mgcorrelate --no-plots -o big "$whole" >out 2>err)
	rc=$?
	if [ $rc -ne 4 ] || ! grep -q "cannot write" err; then
		fail "files of 4 KB at most: status $rc: $(head -1 err)"; else pass; fi
	clean "files of 4 KB at most" big
	mkdir x
	(ulimit -f 8; mgunpack -x -C x "$whole" >out 2>err)
	rc=$?
	if [ $rc -ne 4 ]; then fail "mgunpack -x, files of 4 KB at most: status $rc"; else pass; fi
	clean "mgunpack -x, files of 4 KB at most" x
	mkdir disk
	if mount -t tmpfs -o size=300k tmpfs disk 2>/dev/null; then
		mgcorrelate --no-plots -o disk/r "$whole" >out 2>err
		rc=$?
		if [ $rc -ne 4 ] || ! grep -q 'No space left' err; then
			fail "a full disk: status $rc: $(head -1 err)"; else pass; fi
		clean "a full disk" disk
		umount disk
	else
		skip "a full disk: no tmpfs can be mounted here (/dev/full and a size limit were tried)"
	fi
}

# A signal while an endless archive is read, then while gnuplot runs.
signals() {
	for s in INT:130 TERM:143 HUP:129; do
		name=${s%:*} want=${s#*:}
		rm -rf r got fifo
		mkfifo fifo
		# a shell ignores SIGINT for what it puts into the background; env puts that right
		env --default-signal=INT mgcorrelate -o r - <fifo >out 2>err &
		pid=$!
		exec 9>fifo
		head -c 300000 "$whole" >&9
		n=0
		while [ ! -d r ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
		kill -s "$name" $pid
		wait $pid
		rc=$?
		exec 9>&-
		if [ $rc -ne "$want" ]; then fail "SIG$name while reading: status $rc, not $want"
		elif [ -e r ]; then fail "SIG$name while reading: a report is left"
		else pass; fi
	done
	fake 'echo $$ >"$PIDFILE"; echo half >timeline.png; sleep 60'
	rm -rf r
	PIDFILE=$work/r/pid PATH="$work/fake:$PATH" mgcorrelate -o r small.tar.gz >out 2>err &
	pid=$!
	n=0
	while [ ! -s r/pid ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
	sleep 0.1
	kill -s TERM $pid
	wait $pid
	rc=$?
	if [ $rc -ne 143 ]; then fail "SIGTERM while gnuplot draws: status $rc"
	elif [ -e r/timeline.png ]; then fail "SIGTERM while gnuplot draws: half a picture is left"
	elif kill -0 "$(cat r/pid)" 2>/dev/null; then fail "SIGTERM while gnuplot draws: it still runs"
	else pass; fi
	clean "SIGTERM while gnuplot draws" r
}

fake() { # fake SCRIPT: a gnuplot that does this
	mkdir -p fake
	printf '#!/bin/sh\n%s\n' "$1" >fake/gnuplot
	chmod +x fake/gnuplot
}

gnuplots() {
	fake 'echo "line 1: no such terminal" >&2; echo half >"${2%.gp}.png"; exit 1'
	rm -rf r
	PATH="$work/fake:$PATH" mgcorrelate -o r small.tar.gz >out 2>err
	rc=$?
	if [ $rc -ne 0 ] || [ ! -s r/report.html ] || ! grep -q 'no such terminal' err; then
		fail "a gnuplot that fails: status $rc: $(head -1 err)"
	elif [ -e r/timeline.png ]; then fail "a gnuplot that fails: half a picture is left"
	else pass; fi
	[ "$amount" = many ] || return
	fake 'sleep 1000'
	rm -rf r
	PATH="$work/fake:$PATH" mgcorrelate -o r small.tar.gz >out 2>err
	rc=$?
	if [ $rc -ne 0 ] || [ ! -s r/report.html ] || ! grep -q 'did not finish within' err; then
		fail "a gnuplot that hangs: status $rc: $(head -1 err)"; else pass; fi
}

# Whatever runs inside of the tools cannot write elsewhere: code brought in by LD_PRELOAD tries.
confined() {
	case $(mgcorrelate --version) in
	*"Landlock, ABI"*) ;;
	*) skip "confinement: the kernel has no Landlock, or the build no use for it"; return ;;
	esac
	shimmed || { skip "confinement: shim.so needs glibc and no sanitizer"; return; }
	echo '{}' >stream
	for t in "mgcorrelate -o r.mgcorrelate $whole" "mgcorrelate --no-report $whole" \
		"mgunpack -l small.tar.gz" "mgunpack -x -C x small.tar.gz" "mgaudit small.tar.gz" \
		"mgklog small.tar.gz" "mgetcd small.tar.gz" "mggoroutine small.tar.gz" \
		"mgheap small.tar.gz" "mgstate small.tar.gz" "mgdiagnose small.tar.gz" \
		"mgtimeline stream" "mgplot --plot=timeline -o x/p.png small.tar.gz"; do
		# shellcheck disable=SC2086
		MG_FAULT_WRITE=$work/elsewhere LD_PRELOAD=$SHIM $t >out 2>err
		if [ -e elsewhere ] || ! grep -q 'writing elsewhere: refused' err; then
			fail "$t: can write outside of its output"
			rm -f elsewhere
		else
			pass
		fi
	done
	# and does not need to
	case $(command -v gnuplot) in '') ;; *)
		if [ -s r.mgcorrelate/timeline.png ] && [ -s x/p.png ]; then pass; else
			fail "confined: no picture"; fi ;;
	esac
}

[ -x "$dir/faults" ] || { echo "faults: the driver was not built"; echo "0 1 0" >>"$counts"; exit 1; }
small_archive || { echo "faults: no small archive"; echo "0 1 0" >>"$counts"; exit 1; }
archives
shims
units
limits
signals
gnuplots
confined
echo "faults: $passed passed, $failed failed, $skipped skipped"
echo "$passed $failed $skipped" >>"$counts"
[ "$failed" -eq 0 ]

#!/bin/sh
# Measure: the tools end to end beside what people would use instead, then each bench_* program.
#   run.sh BUILD_DIR bench_NAME...
#
#   name  MB  cpu_s  wall_s  MB_per_s  peak_MiB  ratio  against  goal
#
# MB = 1e6 bytes of input, CPU is user + system of all processes of the row; a row is the run of
# median CPU out of $BENCH_RUNS (5) after one to warm the cache.  Compare ratios of one table,
# never seconds of two: `ratio` is CPU a byte against the row named, or wall time where that
# says so; `goal` is what it should be.  What is not installed is left out, and said.
# Input: $BENCH_DATA/audit.log when set, else $BENCH_EVENTS (500000) events of
# $MG_SHARED/tools/gen_audit.py, else an audit log of testdata/ over and over; the log of the
# component logs' rows is $BENCH_LOG_MB (500) of gen_klog.awk.
# docs/PERFORMANCE.md explains the figures.
# SPDX-License-Identifier: Apache-2.0
set -u
build=$1
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
bin=$root/$build/bin
rows=$build/bench.tsv
runs=${BENCH_RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tab=$(printf '\t')
printf '# %s, %s, %s, %s processors\n' "$(git describe --always --dirty 2>/dev/null || echo '-')" \
	"$(uname -sm)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1)" \
	"$(getconf _NPROCESSORS_ONLN)" >"$rows"
printf 'name\tMB\tcpu_s\twall_s\tMB/s\tpeak_MiB\tratio\tagainst\tgoal\n' >>"$rows"

have() {
	command -v "$1" >/dev/null 2>&1 && return
	echo "bench: no $1: its rows are left out" >&2
	return 1
}

# One run: "cpu wall peak_kib" of a command whose output goes nowhere.  bash tells milliseconds,
# time(1) only hundredths of a second, but it knows the memory.
have bash || exit 1
peak=
[ -x /usr/bin/time ] && /usr/bin/time -f x true 2>/dev/null && peak="/usr/bin/time -o '$work/time' -f %M"
once() {
	echo 0 >"$work/time"
	bash -c "TIMEFORMAT='%3U %3S %3R'; time $peak sh -c \"\$1\" >/dev/null 2>&1" bash "$1" 2>&1 |
		awk -v peak="$work/time" '{ line = $0 } END { split(line, t, " "); while ((getline kib <peak) > 0) ;
			print t[1] + t[2], t[3], kib }'
}

# add NAME BYTES AGAINST GOAL <"cpu wall peak_kib": `AGAINST` is the name of an earlier row,
# "wall of NAME", or empty.
add() {
	awk -F "$tab" -v name="$1" -v bytes="$2" -v against="$3" -v goal="$4" '
		NR == FNR { cpu[$1] = $3; wall[$1] = $4; mb[$1] = $2; next }
		{
			split($0, t, " ")
			other = against
			base = sub(/^wall of /, "", other) ? wall[other] / t[2] : cpu[other] / t[1]
			# per byte: some rows have less input
			ratio = "-"
			if (against != "" && base > 0)
				ratio = sprintf("%.2f", 1 / base * mb[other] / (bytes / 1e6))
			printf "%s\t%.0f\t%.3f\t%.3f\t%.0f\t%.0f\t%s\t%s\t%s\n", name, bytes / 1e6, t[1], t[2],
				bytes / 1e6 / (t[2] > 0 ? t[2] : 0.001), t[3] / 1024, ratio,
				against == "" ? "-" : against, goal == "" ? "-" : goal
		}' "$rows" - >"$work/row"
	cat "$work/row" >>"$rows"
}

row() { # row NAME FILE AGAINST GOAL COMMAND
	once "$5" >/dev/null
	i=0
	while [ $i -lt "$runs" ]; do
		once "$5"
		i=$((i + 1))
	done | sort -n | sed -n "$(((runs + 1) / 2))p" | add "$1" "$(wc -c <"$2")" "$3" "$4"
}

# --- input ------------------------------------------------------------------------
log=$work/audit.log
if [ -n "${BENCH_DATA-}" ]; then
	log=$BENCH_DATA/audit.log
elif [ -f "${MG_SHARED-}/tools/gen_audit.py" ] && have python3; then
	python3 "$MG_SHARED/tools/gen_audit.py" --events "${BENCH_EVENTS:-500000}" --out "$log" >/dev/null 2>&1
else
	seed=$(find testdata -name '*audit*.log' | head -1)
	[ -n "$seed" ] || { echo "bench: no audit log to measure with" >&2; exit 1; }
	yes "$seed" | head -n $((400000000 / ($(wc -c <"$seed") + 1) + 1)) | xargs cat >"$log"
fi
# 300,000 objects, none of them near the last one: every look-up leaves the cache
awk '{ # by offsets: some awks need minutes for sub() on lines this long
	u = index($0, "\"requestURI\":\"") + 14
	rest = substr($0, u)
	v = index(rest, "\",\"verb\":\"")
	after = substr(rest, v + 10)
	printf "%s/api/v1/namespaces/shop/pods/web-7d9f8b5c6-%06d\",\"verb\":\"get%s\n",
		substr($0, 1, u - 1), (NR * 7919) % 300007, substr(after, index(after, "\""))
}' "$log" >"$work/keys.log"
gzip -6 -c "$log" >"$work/audit.log.gz"

# --- rows -------------------------------------------------------------------------
user="-q -j1 --by=user"
row "wc -l" "$log" "" "" "wc -l '$log'"
have rg && row "rg -c" "$log" "wc -l" "" "rg -c '\"verb\":\"delete\"' '$log'"
row "by user" "$log" "wc -l" "<= 2.6" "'$bin/mgaudit' $user '$log'"
# what others below are asked for too: no percentiles, codes, busiest second
row "count by user" "$log" "wc -l" "<= 2.6" "'$bin/mgaudit' -q -j1 -o top --by=user '$log'"
# every line is validated and counted all the same, which rg need not do
row "--verb=delete by user" "$log" "rg -c" "" "'$bin/mgaudit' $user --verb=delete '$log'"
row "by user -j2" "$log" "wall of by user" "<= 0.6" "'$bin/mgaudit' -q -j2 --by=user '$log'"
row "by user,verb,resource" "$log" "by user" "" "'$bin/mgaudit' -q -j1 --by=user,verb,resource '$log'"
row "p50 and p99 by user,verb,resource" "$log" "by user" "" \
	"'$bin/mgaudit' -q -j1 --by=user,verb,resource --columns=count,p50,p99 '$log'"
row "by user, keys.log" "$work/keys.log" "by user" "" "'$bin/mgaudit' $user '$work/keys.log'"
row "by verb,uri-path, keys.log" "$work/keys.log" "by user, keys.log" "<= 1.4" \
	"'$bin/mgaudit' -q -j1 --by=verb,uri-path '$work/keys.log'"
row "gzip -dc | wc -l" "$log" "" "" "gzip -dc '$work/audit.log.gz' | wc -l"
against="gzip -dc | wc -l" goal=
if have igzip; then
	row "igzip -dc | wc -l" "$log" "" "" "igzip -dc '$work/audit.log.gz' | wc -l"
	against="igzip -dc | wc -l" goal="<= 1.05"
fi
row "by user, .gz" "$log" "$against" "$goal" "'$bin/mgaudit' $user '$work/audit.log.gz'"
row "mgcorrelate" "$log" "by user" "<= 1.3 + 1 s/GB" \
	"'$bin/mgcorrelate' -q -j1 -f -o '$work/report' '$log'"
row "mgcorrelate -j2" "$log" "wall of mgcorrelate" "" \
	"'$bin/mgcorrelate' -q -j2 -f -o '$work/report' '$log'"
for f in testdata/*.tar.gz; do
	[ -f "$f" ] && row "mgcorrelate $(basename "$f")" "$f" "" "" \
		"'$bin/mgcorrelate' -q -f -o '$work/report' '$f'"
done

# --- goroutine dumps ---
if [ -f "${MG_SHARED-}/tools/gen_goroutines.py" ] && have python3; then
	python3 "$MG_SHARED/tools/gen_goroutines.py" "${BENCH_DUMP_MB:-400}" >"$work/dump.txt" 2>/dev/null
	row "wc -l, goroutine dump" "$work/dump.txt" "" "" "wc -l '$work/dump.txt'"
	row "mggoroutine" "$work/dump.txt" "wc -l, goroutine dump" "800 MB a cpu_s" \
		"'$bin/mggoroutine' -q -j1 '$work/dump.txt'"
fi

# Theirs stand behind ours: ">=" says how many times less we need.
if have jq; then
	head -n 20000 "$log" >"$work/short.log"
	row "jq" "$work/short.log" "count by user" ">= 30" \
		"jq -r .user.username '$work/short.log' | sort | uniq -c"
fi
duck() { # duck QUERY AGAINST GOAL
	node tests/bench/duckdb.mjs "$1" "$log" >"$work/duck" 2>/dev/null || {
		echo "bench: no DuckDB (npm install @duckdb/node-api, DUCKDB=its directory)" >&2
		return 1
	}
	for _ in 1 2 3; do node tests/bench/duckdb.mjs "$1" "$log"; done 2>/dev/null | sort -n | sed -n 2p |
		add "DuckDB by $1" "$(wc -c <"$log")" "$2" "$3"
}
if have node && duck user "count by user" ">= 2.4"; then
	duck groups "p50 and p99 by user,verb,resource" ">= 3"
fi

# --- component logs ---------------------------------------------------------------
# The same two literals are looked for by all: they stand on 5 % of the lines.  grep stops at
# the first hit when it sees that its output is /dev/null, so it writes to a pipe.
klog=$work/klog.log
lines='Trace\[|took too long'
awk -v bytes="${BENCH_LOG_MB:-500}000000" -f tests/bench/gen_klog.awk >"$klog"
row "wc -l, klog" "$klog" "" "" "wc -l '$klog'"
against= goal=
if have rg; then
	row "rg -c, klog" "$klog" "wc -l, klog" "" "rg -c '$lines' '$klog'"
	against="rg -c, klog" goal="<= 2.5"
fi
row "klog --top" "$klog" "$against" "$goal" "'$bin/mgklog' -q -j1 --top '$klog'"
row "klog --match" "$klog" "$against" "$goal" "'$bin/mgklog' -q -j1 --match '$lines' '$klog'"
row "klog --top -j2" "$klog" "wall of klog --top" "<= 0.65" "'$bin/mgklog' -q -j2 --top '$klog'"
row "klog --match -j2" "$klog" "wall of klog --match" "<= 0.65" \
	"'$bin/mgklog' -q -j2 --match '$lines' '$klog'"
row "klog -o events" "$klog" "klog --top" "" "'$bin/mgklog' -q -j1 -o events '$klog'"
row "grep -cE, klog" "$klog" "klog --match" ">= 3" "grep -cE '$lines' '$klog' | cat"
if have lnav; then # the same question as --top; a tenth of the log, for it takes its time
	head -n 250000 "$klog" >"$work/short.klog"
	row "lnav, messages" "$work/short.klog" "klog --top" ">= 10" "HOME='$work' TERM=xterm lnav -n \
		-c ';SELECT log_msg_format, count(*) FROM all_logs GROUP BY log_msg_format' \
		'$work/short.klog'"
fi

if command -v column >/dev/null; then column -t -s "$tab" "$rows"; else cat "$rows"; fi
echo "kept in $rows"
for b; do
	echo
	echo "$b, in memory, one thread:"
	"$build/bench/$b" "$log" || echo "bench: $b failed" >&2
done

#!/bin/sh
# Measure: each bench_* program, then the tools end to end; one tab-separated row a result.
#   run.sh BUILD_DIR bench_NAME...
#
#   name  input_bytes  cpu_s  wall_s  MB_per_s  peak_MiB
#
# MB = 1e6 bytes, CPU is user + system of the whole process, the median of five runs after
# one to warm the cache.  A bench_* program prints its own rows in the same shape ('-' where
# a column makes no sense).  Beside the tools stand `wc -l` and `gzip -dc` on the same file:
# compare ratios, not seconds of different machines.
# Input of the end-to-end rows: $BENCH_DATA (a directory), else $MG_SHARED/data and testdata/.
# SPDX-License-Identifier: Apache-2.0
set -u
build=$1
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
rows=$build/bench.tsv
printf '# %s, %s, %s\n' "$(git describe --always --dirty 2>/dev/null || echo '-')" \
	"$(uname -sm)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1)" >"$rows"
printf '# name\tinput_bytes\tcpu_s\twall_s\tMB_per_s\tpeak_MiB\n' >>"$rows"

for b; do
	"$build/bench/$b" >>"$rows" || echo "bench: $b failed" >&2
done

# One run: "cpu wall peak_kib" of a command whose output goes nowhere.
if [ -x /usr/bin/time ] && /usr/bin/time -f x true 2>/dev/null; then
	once() { /usr/bin/time -o "$build/time" -f '%U %S %e %M' sh -c "$1" >/dev/null 2>&1
		 tail -1 "$build/time" | awk '{ print $1 + $2, $3, $4 }'; }
else
	once() { { TIMEFORMAT='%U %S %R'; bash -c "TIMEFORMAT='%U %S %R'; time ($1) >/dev/null 2>&1" 2>&1; } |
		 tail -1 | awk '{ print $1 + $2, $3, 0 }'; }
fi

row() { # row NAME FILE COMMAND
	bytes=$(wc -c <"$2")
	once "$3" >/dev/null
	for _ in 1 2 3 4 5; do once "$3"; done | sort -n | sed -n 3p |
		awk -v name="$1" -v bytes="$bytes" '{ printf "%s\t%d\t%.3f\t%.3f\t%.0f\t%.0f\n", name, bytes,
			$1, $2, ($2 > 0 ? bytes / $2 / 1e6 : 0), $3 / 1024 }' >>"$rows"
}

bin=$build/bin
data=${BENCH_DATA:-$(mktemp -d)}
if [ -z "${BENCH_DATA-}" ]; then
	trap 'rm -rf "$data"' EXIT
	# a log of some size out of what there is: repeated to 200 MB
	seed=$(find ${MG_SHARED:+"$MG_SHARED/data/audit"} testdata -name '*audit*.log' -o -name '*requestresponse.log' 2>/dev/null | head -1)
	if [ -n "$seed" ] && [ -x "$bin/mgaudit" ]; then
		n=$((200000000 / ($(wc -c <"$seed") + 1) + 1))
		yes "$seed" | head -$n | xargs cat >"$data/audit.log"
		gzip -1 -c "$data/audit.log" >"$data/audit.log.gz"
	fi
fi
for f in "$data"/*audit*.log; do
	[ -f "$f" ] && [ -x "$bin/mgaudit" ] || continue
	row "wc -l" "$f" "wc -l <'$f'"
	row "mgaudit -j1" "$f" "'$bin/mgaudit' -q -j1 --by=user '$f'"
	row "mgaudit" "$f" "'$bin/mgaudit' -q --by=user '$f'"
done
for f in "$data"/*audit*.log.gz; do
	[ -f "$f" ] && [ -x "$bin/mgaudit" ] || continue
	row "gzip -dc" "$f" "gzip -dc '$f'"
	row "mgaudit .gz" "$f" "'$bin/mgaudit' -q --by=user '$f'"
done
for f in testdata/*.tar.gz; do
	[ -f "$f" ] && [ -x "$bin/mgcorrelate" ] || continue
	row "mgcorrelate $(basename "$f")" "$f" "'$bin/mgcorrelate' -q -f -o '$build/bench.report' '$f'"
done
if command -v column >/dev/null; then column -t -s "$(printf '\t')" "$rows"; else cat "$rows"; fi
echo "kept in $rows"

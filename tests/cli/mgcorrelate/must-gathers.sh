# Real must-gathers without audit logs: a report that says so, and how to collect them.
dir=${MG_SHARED:+$MG_SHARED/data/must-gather}
[ -n "$dir" ] && [ -d "$dir" ] || { echo "no must-gathers (set MG_SHARED)" >&2; exit 77; }
for f in must-gather-4.8-aws.tar.xz must-gather-4.9-metal.tar.gz; do
	mgcorrelate --no-plots -q -j1 -o one "$dir/$f" >one.sum; rc=$?
	mgcorrelate --no-plots -q -j4 -o four "$dir/$f" >four.sum
	diff -r one four
	echo "$f: exit $rc, $(sed -n 's/^   "id": "\(.*\)",/\1/p' one/findings.json | wc -l | awk '{ print ($1 > 0 ? "has" : "no") }') findings," \
		"$(wc -l <one/events.jsonl | awk '{ print ($1 > 1000 ? "more than 1000" : $1) }') events"
	sed -n '/^ Missing/p' one.sum | grep -o 'audit log'
	grep -o 'gather_audit_logs' one/report.txt | head -1
	rm -r one four
done

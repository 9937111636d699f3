# Every command that README.md, the manual pages and --help show runs: no wrong usage, no missing
# file.  The names they use are made of the bundled data.
command -v jq >/dev/null || { echo "no jq" >&2; exit 77; }
command -v gnuplot >/dev/null || { echo "no gnuplot" >&2; exit 77; }
root=$CASE_DIR/../../..
incident=$TESTDATA/etcd-stall-deletecollection.tar.gz
part() { mgunpack -q -O -g "*$1" "$incident"; }
mkdir -p base/share/mgtools base/dir base/profiles base/audit_logs base/must-gather \
	base/must-gather.local.1 base/incident.report
cd base || exit 1
mgunpack -q -x -C must-gather "$incident"
cp -r must-gather/. must-gather.local.1
tar -cf - -h -C "$TESTDATA" etcd-stall-deletecollection.tar.gz heap | gzip -1 >must-gather.tar.gz
for a in a incident healthy last-week; do ln -s "$incident" $a.tar.gz; done
part '/master-0.lab.example-audit.log' | tee audit_logs/audit.log >audit.log
part '/etcd/etcd/logs/current.log' >etcd.log
part '/kube-apiserver/logs/current.log' | tee kubelet.log node.log apiserver.log dir/apiserver.log >kube-apiserver.log
part 'T031221Z-kube-apiserver-goroutine-debug2.txt' | tee before.txt profiles/20261121T031221Z-g.txt >goroutines.txt
part 'T031709Z-kube-apiserver-goroutine-debug2.txt' | tee profiles/20261121T031709Z-g.txt >after.txt
cp "$TESTDATA"/heap/20261121T031221Z-kube-apiserver-heap.pb.gz heap.pb.gz
cp heap.pb.gz before.pb.gz
cp "$TESTDATA"/heap/20261121T031240Z-kube-apiserver-heap.pb.gz after.pb.gz
mgetcd -o events etcd.log >etcd.jsonl
mgklog -o events kube-apiserver.log >apiserver.jsonl
mkdir incident.report/series
mgaudit --series=10s audit.log | tee mine.tsv >incident.report/series/latency.tsv
ln -s "$root/reports/rules" share/mgtools/rules
cd ..
{
	sed -n 's/^\.Dl \$ \(mg.*\)/\1/p' "$root"/docs/man/*.[157]
	sed -n '/^```sh$/,/^```$/s/^\(mg[a-z]* .*[^ ]\) *# .*/\1/p' "$root/README.md"
	for tool in "$root"/tools/mg*.c; do "$(basename "$tool" .c)" --help | sed -n 's/^  \(mg[a-z]* .*\)/\1/p'; done
} | sort -u >commands
n=0
while IFS= read -r command; do
	rm -rf run
	mkdir run
	ln -s "$PWD"/base/* run/
	(cd run && rm -rf out && mkdir out && sh -c "$command" >/dev/null 2>../err </dev/null)
	rc=$?
	n=$((n + 1))
	case $rc in 0 | 1) ;; *) echo "status $rc: $command"; head -3 err ;; esac
	grep -qE "^Try '|cannot open|cannot read" err && { echo "usage: $command"; head -3 err; }
done <commands
[ $n -ge 50 ] && echo "all examples were run"

# Tools in a chain: events of one are the input of the next, and nothing is lost on the way.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgetcd -o events "$in" >etcd.jsonl
mgetcd -o events "$in" | mgtimeline --format=jsonl >chain.jsonl
cmp etcd.jsonl chain.jsonl && echo "mgetcd | mgtimeline: the same events"
mgtimeline --format=jsonl - <etcd.jsonl | cmp - etcd.jsonl && echo "from standard input, too"
mgtimeline --kind=etcd.slow_fdatasync etcd.jsonl
mgaudit -o events "$in" >audit.jsonl
mgtimeline --format=jsonl etcd.jsonl audit.jsonl >merged.jsonl
[ "$(cat etcd.jsonl audit.jsonl | wc -l)" -eq "$(wc -l <merged.jsonl)" ] && echo "merged: as many as went in"
cut -d, -f1 merged.jsonl | LC_ALL=C sort -c && echo "and in order of time"
mgtimeline --format=tsv etcd.jsonl | awk -F'\t' 'NR == 1 { n = NF } NF != n { bad = 1 } END { print bad ? "uneven columns" : "even columns" }'
echo "-- damage"
{ cat etcd.jsonl; echo '{"time":"2026-'; } | mgtimeline --format=jsonl 2>err | cmp - etcd.jsonl; cat err
{ cat etcd.jsonl; echo '{"time":"2026-'; } | mgtimeline >out 2>err; echo "exit $?"

# Groups over time, bars, and what other programs read.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
# without what only tells how something is: the forms for people leave it out
mgtimeline --format=jsonl "$in" | grep -v '"kind":"object.status"' >all.jsonl
echo "-- groups"
mgtimeline --group=kind -n 6 all.jsonl
mgtimeline --group=severity --since=03:12:30 --until=03:14:00 all.jsonl
mgtimeline --group=node --format=tsv --step=1m all.jsonl
echo "-- a group's events are those of the timeline"
mgtimeline --group=code all.jsonl | awk 'NR > 2 { gsub(",", "", $3); n += $3 } END { print n }'
awk -F'"count":' '{ n += NF > 1 ? $2 + 0 : 1 } END { print n }' all.jsonl
echo "-- intervals"
mgtimeline --intervals --severity=error --kind=etcd,leader_election,audit.deletecollection -n 6 all.jsonl
echo "-- log"
mgtimeline --format=log --severity=critical all.jsonl
echo "-- trace: all events are there"
mgtimeline --format=trace all.jsonl >trace.json
grep -c '^{"ph":"[Xi]"' trace.json
wc -l <all.jsonl | tr -d ' '
tail -1 trace.json
mgtimeline --format=trace --rows=3 all.jsonl 2>&1 | tail -1
echo "-- names are hostile"
printf '{"time":"2026-11-21T03:12:00.000000000Z","kind":"log.error","severity":"error","component":"a\\u001b[2J\\"b","message":"x\\u001b]0;t\\u0007\\ny"}\n' >bad.jsonl
mgtimeline --format=trace bad.jsonl
mgtimeline --format=log bad.jsonl
mgtimeline --group=component bad.jsonl
echo "-- wrong use"
for a in "--step=1s" "--group=colour" "--group=kind --format=json" "--group=kind --step=0s" "--intervals --group=kind" "--format=xml"; do
	mgtimeline $a all.jsonl; echo "exit $?"
done

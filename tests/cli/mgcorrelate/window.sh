# The window: absolute, by clock, around, relative to the last event; half-open; refusals.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
n=0
w() { # w ARGS: the range, and every event lies in it or overlaps it
	n=$((n + 1))
	echo "-- $*"
	mgcorrelate --no-plots -o "w$n" "$@" "$in" >out || echo "exit $?"
	sed -n 2p out
}
count() { # events that start in [$1, $2) in the whole data, and in file $3
	for f in all/events.jsonl "$3"; do
		sed -n 's/^{"time":"\([^"]*\)".*/\1/p' "$f" | awk -v a="$1" -v b="$2" '$1 >= a && $1 < b' | wc -l
	done | tr -d ' ' | paste -sd ' ' - | awk '$1 == $2 { print "as many events as in the whole" ; exit }
		{ print "events: " $1 " in the whole, " $2 " in the window" }'
}
mgcorrelate --no-plots -o all "$in" >out
w --since=2026-11-21T03:13:00Z --until=2026-11-21T03:14:00Z
w -S "2026-11-21 03:13" -U 03:14
w --around=03:13:30 --window=30s
w --since=2026-11-21T04:13:00+01:00 --until=2026-11-21T04:14:00+01:00
cmp w1/findings.json w2/findings.json; cmp w1/events.jsonl w2/events.jsonl
cmp w1/events.jsonl w3/events.jsonl; cmp w1/events.jsonl w4/events.jsonl
count 2026-11-21T03:13:00 2026-11-21T03:14:00 w1/events.jsonl
w --since=-2m
w --since=-1h --until=-5m
w --since=2030-01-01
for bad in --since=yesterday --since=03:99 --window=5 "--since=03:14 --until=03:13" "--around=03:12 --since=03:11"; do
	echo "-- $bad"
	mgcorrelate --no-report $bad "$in" >out; echo "exit $?"
done
echo "-- a pipe can be read once, a file behind standard input again"
cat "$in" | mgcorrelate --no-report --since=-1m -; echo "exit $?"
mgcorrelate --no-report --since=-1m <"$in" | sed -n 2p
cat "$in" | mgcorrelate --no-report --since=2026-11-21T03:15:00Z - | sed -n 2p

# One set of filters cuts messages, events, traces and requests alike; also without a year.
# SPDX-License-Identifier: Apache-2.0
http() { # http CLOCK LATENCY CODE NAME
	echo "I0607 $1.000000       1 httplog.go:132] \"HTTP\" verb=\"GET\" URI=\"/api/v1/namespaces/a/pods/$4\" latency=\"$2\" userAgent=\"x/v1\" srcIP=\"10.0.0.9:5555\" resp=$3"
}
trace() { # trace ID END MS NAME START
	echo "I0607 $2.000000       1 trace.go:205] Trace[$1]: \"Get\" url:/api/v1/namespaces/a/pods/$4 (07-Jun-2024 $5) (total time: $3ms):"
	echo "Trace[$1]: ---\"About to write a response\" $3ms (10:00:00.000)"
	echo "Trace[$1]: [${3}ms] [${3}ms] END"
}
{
	http 10:00:01 2ms 200 web
	http 10:00:02 3s 200 web
	trace 7 10:00:02 3000 web 09:59:59.000
	http 10:00:03 4ms 503 db
	trace 8 10:00:04 700 db 10:00:03.300
	echo 'E0607 10:00:05.000000       1 a.go:1] cannot find pod web'
	echo 'W0607 10:00:06.000000       1 a.go:1] pod db is slow'
} >x.log
views() {
	mgklog -q -o tsv --top=0 "$@" | awk -F'\t' 'NR > 1 { n += $1 } END { print "messages", n + 0 }'
	mgklog -q -o tsv "$@" | awk 'NR > 1 { n++ } END { print "events", n + 0 }'
	mgklog -q --traces "$@" | head -1
	mgklog -q --http=name -o tsv "$@" | cut -f 1,6,7,14
}
touch -d 2024-06-08T00:00:00Z x.log
views x.log
for filter in --match=web --severity=error --match=db\ --severity=warning \
	'--since=2024-06-07T10:00:00.5Z --until=2024-06-07T10:00:02.5Z'; do
	echo "-- $filter"
	# shellcheck disable=SC2086
	views $filter x.log
done
echo "-- no year"
grep -v Trace x.log >y.log
touch -r x.log y.log
mgklog -q --http --by=verb,code --sort=p99 <y.log
cat y.log | mgklog -q --http=code -
cat y.log | mgklog -q --http=code --since=2024-06-07T10:00:00Z -
echo "-- newest first"
tac x.log >back.log
touch -d 2024-06-08T00:00:00Z back.log
mgklog -q --traces back.log | head -6
echo "-- wrong"
for args in --http=user --by=verb --http\ --sort=none; do
	# shellcheck disable=SC2086
	mgklog $args x.log 2>&1
done

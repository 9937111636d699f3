# The same file twice is counted once, a long one too; one that has grown is read.
event='{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"%d","stage":"ResponseComplete","requestURI":"/api/v1/pods","verb":"list","user":{"username":"u"},"responseStatus":{"metadata":{},"code":200},"requestReceivedTimestamp":"2026-11-21T03:14:%02d.000000Z","stageTimestamp":"2026-11-21T03:14:%02d.100000Z"}\n'
mkdir short long
awk -v e="$event" 'BEGIN { for (i = 0; i < 40; i++) printf e, i, i, i }' >short/audit.log
# spaces between the values make more than 64 MiB of few events
awk '{
	if (!pad) for (pad = " "; length(pad) < 2000000; ) pad = pad pad
	sub(/"user":/, pad "&")
	print
}' short/audit.log >long/audit.log
for d in short long; do
	cp $d/audit.log $d/same.log
	{ cat $d/audit.log; head -n 3 short/audit.log; } >$d/grown.log
	for other in same grown; do
		for j in 1 2; do
			echo "== $d, $other, -j$j"
			mgaudit -j$j -o top --by=verb $d/$other.log $d/audit.log 2>&1
		done
	done
done

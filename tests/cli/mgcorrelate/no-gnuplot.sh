# Without gnuplot everything but the picture is there, one line says so, the status is 0.
mkdir bin
ln -s "$(command -v mgcorrelate)" bin/mgcorrelate
PATH=$PWD/bin
mgcorrelate -o r "$TESTDATA/etcd-stall-deletecollection.tar.gz" >out; echo "exit $?"
mgcorrelate -q -f -o r "$TESTDATA/etcd-stall-deletecollection.tar.gz" >out; echo "quiet: exit $?"
for f in report.txt findings.json events.jsonl timeline.gp series/latency.tsv timeline.png; do
	if [ -s "r/$f" ]; then echo "$f"; else echo "no $f"; fi
done
while IFS= read -r line; do case $line in " Report"*) echo "$line" ;; esac; done <out

# A torn archive is read up to the break, says where it broke, and still explains the rest.
name=etcd-stall-deletecollection
size=$(wc -c <"$TESTDATA/$name.tar.gz")
head -c $((size * 2 / 3)) "$TESTDATA/$name.tar.gz" >torn.tar.gz
gzip -dc "$TESTDATA/$name.tar.gz" | head -c 20000000 >torn.tar
for f in torn.tar.gz torn.tar; do
	mgcorrelate --no-plots "$f" >out 2>err
	echo "$f: exit $?"
	sed "s|'.*/\([^/]*\)'|'…/\1'|; s/byte [0-9]*/byte N/" err
	grep -q '^ 1 [A-Z]' out && echo "there are findings" || echo "no finding"
	sed -n '/^ "faults"/,$p' torn.report/findings.json | sed -n 's/byte [0-9]*/byte N/; /"message"/p'
	grep -c '"kind"' torn.report/events.jsonl >/dev/null && echo "there are events"
	rm -r torn.report
done
cat torn.tar.gz | mgcorrelate --no-report - >out 2>err; echo "piped: exit $?"

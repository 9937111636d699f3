# --fail-on: status 1 from the named severity on; output is the same.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgcorrelate --no-report "$in" >plain
for s in info warning error critical; do
	mgcorrelate --no-report --fail-on=$s "$in" >out; echo "$s: exit $?"
	cmp plain out
done
mgcorrelate --no-report --fail-on=error --until=03:12 "$in" >out; echo "before it happened: exit $?"
mgcorrelate --no-report --fail-on=fatal "$in"; echo "exit $?"

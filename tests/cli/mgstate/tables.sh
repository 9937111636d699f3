# One table a question, for people and for programs.
f="$TESTDATA/etcd-stall-deletecollection.tar.gz"
for t in loops nodes leases certificates csrs namespaces; do
	echo "== $t"
	mgstate --show=$t "$f" | cut -c1-100 | head -5
done
mgstate --show=reasons --format=tsv "$f" | cut -c1-100
mgstate --restarts --show=nodes "$f"
echo "exit $?"
mgstate --show=nonsense "$f"
echo "exit $?"
mgstate --show=nodes --format=yaml "$f"
echo "exit $?"

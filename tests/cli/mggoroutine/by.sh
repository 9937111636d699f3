# Other ways to group: the sums are those of the dump.
f=$TESTDATA/etcd-stall-deletecollection.tar.gz
for by in state function package created-by; do
	mggoroutine --by=$by -n 4 "$f" | tail -6
	mggoroutine --by=$by --json "$f" | python3 -c '
import json, sys
for d in json.load(sys.stdin)["dumps"]:
    assert sum(g["count"] for g in d["groups"]) == d["total"], d["artifact"]' || echo "sums differ"
done

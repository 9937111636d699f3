# One group over all dumps of its process, by time.
mggoroutine --follow --match='DeleteCollection' --state='chan send' "$TESTDATA/etcd-stall-deletecollection.tar.gz"
mggoroutine --follow --by=state -n 2 --no-headers "$TESTDATA/etcd-stall-deletecollection.tar.gz" | cut -c1-48

mggoroutine --match='(' "$TESTDATA/etcd-stall-deletecollection.tar.gz"

mggoroutine --grep='(' "$TESTDATA/etcd-stall-deletecollection.tar.gz"

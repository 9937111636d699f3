mgstate "$TESTDATA/etcd-stall-deletecollection.tar.gz"

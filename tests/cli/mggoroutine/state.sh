mggoroutine --state='chan send' --min-wait=3m "$TESTDATA/etcd-stall-deletecollection.tar.gz" | tail -8

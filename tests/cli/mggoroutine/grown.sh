# What grew from dump to dump: the leaked distributors among 1,800 goroutines.
mggoroutine --diff "$TESTDATA/etcd-stall-deletecollection.tar.gz"

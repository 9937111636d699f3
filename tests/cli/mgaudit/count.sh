# Requests, not lines: the collection deletes of the recorded incident, whatever -j.
mgaudit -j1 --verb=deletecollection -o top --by=user,verb,httpstatus "$TESTDATA/etcd-stall-deletecollection.tar.gz" >one
mgaudit -j4 --verb=deletecollection -o top --by=user,verb,httpstatus "$TESTDATA/etcd-stall-deletecollection.tar.gz" >four
cmp one four && cat one

# One namespace as events.
mgstate -o events -n openshift-kube-scheduler "$TESTDATA/etcd-stall-deletecollection.tar.gz" |
	cut -c1-150

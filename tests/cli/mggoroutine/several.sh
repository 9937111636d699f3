# Dumps one behind the other in one file are each its own, also for the rules.
f=$TESTDATA/etcd-stall-deletecollection.tar.gz
for t in 031221 031358; do
	mgunpack -O -g "*${t}Z-kube-apiserver-goroutine-debug2.txt" "$f"
done >20261121T031400Z-kube-apiserver-goroutine.txt
mggoroutine --state='chan send' --no-headers 20261121T031400Z-kube-apiserver-goroutine.txt
mggoroutine --diff --state='chan send' --no-headers 20261121T031400Z-kube-apiserver-goroutine.txt
mgdiagnose 20261121T031400Z-kube-apiserver-goroutine.txt 2>&1 | head -12

# The first of a directory against the last; the text form has no partner.
mgheap --diff -n 5 --sort=cum "$TESTDATA/heap"
echo
cp -r "$TESTDATA/heap" .
mgheap --diff -n 2 --format=tsv heap/20261121T031240Z-kube-apiserver-heap.pb.gz \
	heap/20261121T031221Z-kube-apiserver-heap.pb.gz

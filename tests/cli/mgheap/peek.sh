mgheap --peek='[*]Store[)].DeleteCollection$' "$TESTDATA/heap/20261121T031221Z-kube-apiserver-heap.pb.gz"

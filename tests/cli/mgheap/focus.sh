# Percentages stay those of the whole; a file name matches too.
f=$TESTDATA/heap/20261121T031221Z-kube-apiserver-heap-debug1.txt
mgheap -n 3 --focus='registry/generic/registry/store.go' "$f"
mgheap -n 2 --until=2026-11-21T03:12:22Z --no-headers "$TESTDATA/heap"

# Machine forms: integers in the unit of the profile; events.
f=$TESTDATA/heap/20261121T031240Z-kube-apiserver-heap.pb.gz
mgheap -n 3 --format=tsv --sample=alloc_objects "$f"
mgheap -n 2 --format=json "$f"
mgheap -n 1 --format=json --peek='ConfigMap..Unmarshal$' "$f"
mgheap -o events "$TESTDATA/heap"

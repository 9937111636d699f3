f=$TESTDATA/heap/20261121T031240Z-kube-apiserver-heap.pb.gz
exec 2>&1
mgheap --peek='(' "$f"; echo $?
mgheap --sort=name "$f"; echo $?
mgheap --sample=cpu "$f"; echo $?
mgheap --diff "$f"; echo $?
echo text | mgheap -; echo $?
# Cut in the middle: some names, which come last, are gone; the damage is said.
gzip -dc "$f" | head -c 30000 | mgheap -n 2 -; echo $?

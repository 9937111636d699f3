# A dump cut at either end, and lines of any length: what is there is counted.
f=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgunpack -O -g '*031709Z-kube-apiserver-goroutine-debug2.txt' "$f" >20261121T031709Z.txt
n=$(wc -c <20261121T031709Z.txt)
for at in 1000 100003 $((n - 20)); do
	head -c $at 20261121T031709Z.txt >head-20261121T031709Z.txt
	tail -c $at 20261121T031709Z.txt >tail-20261121T031709Z.txt
	for part in head tail; do
		got=$(mggoroutine --json $part-20261121T031709Z.txt 2>/dev/null | grep -o '"total":[0-9]*' | cut -d: -f2)
		echo "$part $at: $got of $(grep -c '^goroutine [0-9]* \[.*\]:$' $part-20261121T031709Z.txt)"
	done
done
{
	printf 'goroutine 1 [select]:\nmain.main('
	head -c 3000000 /dev/zero | tr '\0' 1
	printf ')\n\t/x.go:1 +0x1\ncreated by main.'
	head -c 3000000 /dev/zero | tr '\0' f
	printf '\n\t/x.go:1 +0x1\n\ngoroutine 2 [select]:\nmain.main(0x1)\n\t/x.go:1 +0x1\n'
} >20261121T031710Z.txt
mggoroutine --no-headers 20261121T031710Z.txt | cut -c1-76
sed 's/^/2026-11-21T03:12:36.177Z /' 20261121T031710Z.txt | mggoroutine - | head -2

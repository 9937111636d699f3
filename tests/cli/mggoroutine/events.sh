# A goroutine that waits N minutes in a dump taken at T is the interval [T - N, T].
command -v jq >/dev/null || { echo "no jq" >&2; exit 77; }
printf 'goroutine %d [chan send, 40 minutes]:\nmain.f(0x1)\n\tx.go:1 +0x1\ncreated by main.New\n\tx.go:2 +0x1\n\n' 1 2 3 4 5 6 7 8 9 10 >20261121T034000Z.txt
mggoroutine -o events 20261121T034000Z.txt | jq -r '"\(.kind) \(.time) \(.duration_ns) \(.count) \(.attrs.signature)"'
mggoroutine -o events --format=tsv 20261121T034000Z.txt | cut -f1-4
# Other tools read them.
mggoroutine -o events 20261121T034000Z.txt | mgtimeline -

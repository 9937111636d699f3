# Every goroutine in two real must-gathers: as many as there are headers, file by file.
command -v jq >/dev/null || { echo "no jq" >&2; exit 77; }
[ -d "$MG_SHARED/data/must-gather" ] || { echo "no must-gathers (set MG_SHARED)" >&2; exit 77; }
for a in "$MG_SHARED"/data/must-gather/*.tar.*; do
	mkdir x
	tar -xf "$a" -C x
	grep -rcE 'goroutine [0-9]+ (gp=[^[]* )?\[[^]]*\]:' x | awk -F: '$NF { n = $NF; sub(/:[0-9]*$/, ""); sub(".*/namespaces/", ""); print $0, n }' |
		sort >want
	mggoroutine --json x 2>/dev/null | jq -r '.dumps[] | "\(.artifact) \(.total)"' |
		awk '{ sub(".*/namespaces/", "", $1); n[$1] += $2 } END { for (f in n) print f, n[f] }' | sort >got
	diff want got && awk '/previous.log/ { f++; n += $NF } END { print f, "previous.log,", n, "goroutines" }' got
	rm -rf x
done

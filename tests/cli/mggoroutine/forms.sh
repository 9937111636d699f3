# The three forms of one moment: as many goroutines; how many functions differ.
command -v jq >/dev/null || { echo "no jq" >&2; exit 77; }
a=$MG_SHARED/data/incidents/oom/incident.tar.gz
[ -f "$a" ] || { echo "no recorded incidents (set MG_SHARED)" >&2; exit 77; }
tar -xzf "$a" --wildcards '*/profiles/*goroutine*'
for f in $(find . -name '*goroutine.pb.gz' | sort); do
	stem=${f%.pb.gz}
	for form in -debug2.txt -debug1.txt .pb.gz; do
		mggoroutine --json --by=function "$stem$form" |
			jq -r '.dumps[] | "\(.form) \(.total)", (.groups[] | "  \(.count) \(.key)")' >out$form
	done
	head -qn 1 out-debug2.txt out-debug1.txt out.pb.gz | tr '\n' ' '
	sed 1d out-debug1.txt | sort >1
	sed 1d out.pb.gz | sort >2
	# The dumps were taken one after the other: some goroutine may have gone on meanwhile.
	diff 1 2 | grep -c '^[<>]'
done
mggoroutine -n 3 "$f"
mggoroutine --min-wait=5m --no-headers "$f"
mggoroutine --diff --no-headers -n 2 $(find . -name '*goroutine.pb.gz' | sort | sed -n '1p;$p') | tail -n +4

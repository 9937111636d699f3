# Recorded incidents: what comes first, from the archive, the directory and standard input,
# the same for any -j.
dir=${MG_SHARED:+$MG_SHARED/data/incidents}
[ -n "$dir" ] && [ -d "$dir" ] || { echo "no recorded incidents (set MG_SHARED)" >&2; exit 77; }
mkdir tree one four
for name in etcd-slow-disk etcd-stall-deletecollection forbidden-storm healthy oom two-apiservers-skew; do
	in=$dir/$name/incident.tar.gz
	(cd one && mgcorrelate --no-plots -q -j1 -o $name "$in" >$name.sum); rc=$?
	(cd four && mgcorrelate --no-plots -q -j4 -o $name "$in" >$name.sum)
	tar -xzf "$in" -C tree
	mgcorrelate --no-report -q --format=json tree >tree.json
	mgcorrelate --no-report -q --format=json - <"$in" >pipe.json
	for f in tree pipe; do
		sed '/^ "inputs": \[/,/^ \],/d' $f.json >$f.findings
		sed '/^ "inputs": \[/,/^ \],/d' one/$name/findings.json | diff - $f.findings >diff ||
			{ echo "$name: other findings from $f"; head -5 diff; }
	done
	echo "$name: exit $rc, first: $(sed -n '/^ "findings"/,/^ "not_assessed"/s/^   "\(id\|severity\)": "\(.*\)",/\2/p' \
		tree.json | head -2 | paste -sd ' ' -)"
	rm -r tree/*
done
diff -r one four && echo "the same with -j1 and -j4"
echo "healthy: $(sed -n 's/.*"severity": "\(.*\)",/\1/p' one/healthy/findings.json | grep -cE 'warning|error|critical') of warning or above"
sed -n '/^VERDICT/,/^$/p' one/healthy.sum | grep -c 'Looked at'

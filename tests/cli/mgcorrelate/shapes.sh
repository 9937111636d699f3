# The same findings from the archive as it came, unpacked, piped in, and packed in another.
name=etcd-stall-deletecollection
in=$TESTDATA/$name.tar.gz
run() { # run NAME OPERAND: everything but where it was read from must agree with the first
	mgcorrelate --no-plots -o "$1" "$2" >"$1.out" 2>"$1.err" || echo "$1: exit status $?"
	sed '/^ "inputs": \[/,/^ \],/d' "$1/findings.json" >"$1.findings"
	sed '1d; /^ Report /d' "$1.out" >"$1.summary"
	for f in "$1.findings" "$1.summary" "$1/events.jsonl" "$1/series"; do
		diff -r "archive${f#"$1"}" "$f" >diff || { echo "$f differs:"; head -5 diff; }
	done
	echo "$1: $(wc -c <"$1.err" | tr -d ' ') bytes of messages"
}
run archive "$in"
mkdir tree packed
tar -xzf "$in" -C tree
run directory tree
run inner tree/*
run pipe - <"$in"
gzip -dc "$in" >plain.tar
run tar plain.tar
cp "$in" packed/inner.tar.gz
tar -cf outer.tar packed
gzip -c outer.tar >outer.bin
run nested outer.bin
grep -c '"claim"' archive.findings >/dev/null && echo "findings are not empty"
sed -n '/^ "inputs"/,/^ \],/p' pipe/findings.json

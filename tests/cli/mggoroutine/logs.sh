# One dump in the envelopes of logs, and escaped in one line: the same goroutines.
dump() {
	cat <<'D'
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]

goroutine 1 [running]:
main.main()
	/x/main.go:7 +0x1d

goroutine 7 gp=0xc000002a80 m=3 mp=0xc00 [running]:
	goroutine running on other thread; stack unavailable
created by main.main in goroutine 1
	/x/main.go:5 +0x2f

goroutine 8 [chan send, 12 minutes, some new token]:
main.f[...]("a \"quoted\" text", 0x1)
	/x/a\b/main.go:9 +0x1
created by main.main in goroutine 1
	/x/main.go:5 +0x2f
D
}
tab=$(printf '\t')
quoted() { sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e "s/$tab/\\\\t/g" | awk '{ printf "%s\\n", $0 }'; }
t=2026-11-21T03:12:36
dump | sed "s/^/$t.177721516Z stderr F /" >cri.log
dump | sed "s/^/$t.177721516Z /" >must-gather.log
dump | sed "s/^/Nov 21 03:12:36 node-1 app[12]: /" >journal.log
dump | while IFS= read -r l; do
	printf '{"log":"%s","stream":"stderr","time":"%s.177721516Z"}\n' "$(printf '%s\n' "$l" | quoted)" $t
done >docker.log
printf 'I1121 03:12:36.177721 12 httplog.go:89] "HTTP" verb="GET" URI="/x" resp=500 statusStack="\\n%s" addedInfo="b"\n' \
	"$(dump | quoted)" >status.log
printf '{"level":"error","ts":"%s.177Z","msg":"dump: %s","more":[1]}\n' $t "$(dump | quoted)" >json.log
# a string inside a string
printf '{"log":"%s","stream":"stderr","time":"%s.177721516Z"}\n' \
	"$(printf '{"msg":"%s"}\n' "$(dump | quoted)" | quoted)" $t >twice.log
printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  namespace: n\nstatus:\n  containerStatuses:\n  - name: app
    containerID: x\n    lastState:\n      terminated:\n        finishedAt: "%sZ"\n        message: "%s"\n' $t "$(dump | quoted)" >quoted.yaml
{
	printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  namespace: n\nstatus:\n  containerStatuses:\n  - name: app
    containerID: x\n    lastState:\n      terminated:\n        finishedAt: "%sZ"\n        message: |\n' $t
	dump | sed 's/^/          /'
} >block.yaml
printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"n"},"status":{"containerStatuses":[{"name":"app","containerID":"x","lastState":{"terminated":{"finishedAt":"%sZ","message":"%s"}}}]}}\n' \
	$t "$(dump | quoted)" >pod.json
for f in cri.log must-gather.log journal.log docker.log status.log json.log twice.log quoted.yaml block.yaml pod.json; do
	echo "== $f"
	mggoroutine --no-headers --match=. $f || echo "exit $?"
done 2>&1 | sed 's/^  20[0-9-]*T/  DATET/'

# The same figures, units and order as `go tool pprof -top`.
command -v go >/dev/null && go tool pprof -h >/dev/null 2>&1 || [ -d "$(go env GOROOT 2>/dev/null)/pkg/tool" ] || {
	echo "no go tool pprof here" >&2
	exit 77
}
export HOME="$PWD"
set -- "$TESTDATA"/heap/*.pb.gz
for f in "$MG_SHARED"/data/heap/*.gz "$MG_SHARED"/data/heap/*.heap; do
	[ ! -f "$f" ] || set -- "$@" "$f"
done
# flat flat% sum% cum cum% name, without what pprof says about inlining
rows() { sed -n '/flat%/,$p' | sed -e 1d -e 's/ ([a-z-]*inline)$//' -e '/ more$/d'; }
for f; do
	for sort in flat cum; do
		go tool pprof -symbolize=none -top -$sort "$f" 2>/dev/null | rows >go.top
		mgheap -n 1000000 --sort=$sort "$f" | rows >mg.top
		[ -s go.top ] || echo "no figures of $f"
		diff go.top mg.top >diff.top || { echo "$f by $sort"; head -4 diff.top; }
	done
done
go tool pprof -symbolize=none -top -diff_base "$1" "$2" 2>/dev/null | rows >go.top
mgheap --diff -n 1000000 "$1" "$2" | rows >mg.top
cmp go.top mg.top
go tool pprof -symbolize=none -peek Unmarshal "$1" 2>/dev/null | grep '|' | sed 's/ *$//' >go.top
mgheap -n 0 --peek=Unmarshal "$1" | grep '|' >mg.top
cmp go.top mg.top && echo equal

# Every sample type of recorded profiles of an API server, heap and goroutine, against `go tool
# pprof -top`; of each recording the last ones ($ALL_PROFILES: all).
command -v go >/dev/null && go tool pprof -h >/dev/null 2>&1 || [ -d "$(go env GOROOT 2>/dev/null)/pkg/tool" ] || {
	echo "no go tool pprof here" >&2
	exit 77
}
[ -d "$MG_SHARED/data/incidents" ] || { echo "no recorded incidents (set MG_SHARED)" >&2; exit 77; }
export HOME="$PWD"
# flat flat% sum% cum cum% name, without what pprof says about inlining
rows() { sed -n '/flat%/,$p' | sed -e 1d -e 's/ ([a-z-]*inline)$//' -e '/ more$/d'; }
n=0
for a in "$MG_SHARED"/data/incidents/*/*.tar.gz; do
	mkdir x
	tar -xzf "$a" -C x --wildcards '*/profiles/*.pb.gz' 2>/dev/null
	for kind in heap:alloc_objects,alloc_space,inuse_objects,inuse_space goroutine:goroutine; do
		find x -name "*${kind%%:*}.pb.gz" | sort >found
		[ -n "${ALL_PROFILES-}" ] || { tail -1 found >last; mv last found; }
		while read -r f; do
			for type in $(echo "${kind#*:}" | tr , ' '); do
				for sort in flat cum; do
					go tool pprof -symbolize=none -sample_index=$type -top -$sort "$f" 2>/dev/null | rows >go.top
					mgheap -n 1000000 --sample=$type --sort=$sort "$f" | rows >mg.top
					[ -s go.top ] || echo "no figures of $f"
					cmp -s go.top mg.top || { echo "$f: $type by $sort"; diff go.top mg.top | head -4; }
					n=$((n + 1))
				done
			done
		done <found
	done
	rm -rf x
done
[ $n -gt 0 ] && echo compared

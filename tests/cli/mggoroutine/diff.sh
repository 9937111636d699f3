# What changed from the first dump of a process to the last; of two named files in their order,
# whatever process they are of.
mggoroutine --diff -n 6 "$TESTDATA/etcd-stall-deletecollection.tar.gz"
dump() { # dump HEADER STACKS: goroutines in chan send, all of one place
	i=0
	while [ $i -lt "$2" ]; do
		printf 'goroutine %d [%s]:\nmain.%s(0x%d)\n\tx.go:1 +0x1\ncreated by main.New\n\tx.go:2 +0x1\n\n' $i "$1" "$3" $i
		i=$((i + 1))
	done
}
{ dump 'chan send, 10 minutes' 2 same; dump 'select' 3 gone; dump 'chan receive, 2 minutes' 4 fewer
  dump 'chan receive' 1 grown; dump 'select, 5 minutes' 1 idle; } >b.txt
{ dump 'chan send, 25 minutes' 2 same; dump 'IO wait' 3 new; dump 'chan receive, 12 minutes' 1 fewer
  dump 'chan receive, 1 minutes' 9 grown; dump 'select, 20 minutes' 1 idle; } >a.txt
touch -d 2026-11-21T03:00:00Z b.txt a.txt
echo
mggoroutine --diff b.txt a.txt
echo
mggoroutine --diff a.txt b.txt | sed -n 4p
# Asked for: what is idle grows old too.
mggoroutine --diff --no-headers --match=idle b.txt a.txt | tail -1
mggoroutine --diff --by=state --no-headers b.txt a.txt | tail -n +5
# The same file twice; one dump alone.
mggoroutine --diff a.txt a.txt | tail -1
mggoroutine --diff a.txt 2>&1
# One of them without states.
printf 'goroutine profile: total 7\n7 @ 0x1\n#\t0x1\tmain.same+0x1\tx.go:1\n' >one.txt
touch -d 2026-11-21T03:00:00Z one.txt
echo
mggoroutine --diff one.txt a.txt

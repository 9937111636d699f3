# What mgunpack takes out of an archive is what the other tools read from the archive.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
drop() { sed 's/"\(artifact\|node\|pod\|namespace\)":"[^"]*",*//g; s/"line":[0-9]*,*//'; }
mgetcd -o events "$in" | drop >whole
mgunpack -O --kind=etcd "$in" | mgetcd -o events | drop >piped
cmp whole piped && echo "etcd: the same events"
mgunpack -O -k goroutine -g '*031709Z*' "$in" | mggoroutine --match='DeleteCollection' --format=tsv | awk -F'\t' 'NR > 1 { print $3 ": " $14 }'
mgunpack "$in" | awk 'NR > 1 { n[$1]++ } END { print n["audit"], "audit logs,", n["goroutine"], "dumps" }'
mgunpack --json "$in" | grep -c '"kind"' | awk '{ print ($1 > 50 ? "all files as JSON lines" : $1) }'
mkdir out
mgunpack -q -x -C out -k audit "$in" && find out -type f | sed 's|.*/||' | sort

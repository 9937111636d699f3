# Groups and series.  The expected output was made by figures.py from the same events:
#   mgaudit -o json --stage=all ARCHIVE | python3 figures.py >figures.out
archive=$TESTDATA/etcd-stall-deletecollection.tar.gz
echo "-- by user and verb: count, errors, max, sum, first, last"
mgaudit --by=user,verb -n 12 --format=jsonl "$archive" |
	sed 's/"share.*"errors"/"errors"/; s/"p50_ns.*"max_ns"/"max_ns"/'
echo "-- by code"
mgaudit --by=code -n 0 --format=jsonl "$archive" | sed 's/,"share.*"code"/,"code"/'
echo "-- by one of the user's groups"
mgaudit --by=group -n 0 --format=jsonl "$archive" | sed 's/,"share.*"group"/,"group"/'
echo "-- by minute"
mgaudit --by=minute --sort=minute -n 0 --format=jsonl "$archive" | sed 's/,"share.*"minute"/,"minute"/'
echo "-- busiest second"
mgaudit --by=verb -n 1 --format=jsonl "$archive" | sed 's/.*"peak_per_s":\([0-9]*\),"peak_at":"\([^"]*\)".*/\1 \2/'
echo "-- ended per 10 s"
mgaudit --series=10s --format=tsv "$archive" | sed 1,2d | awk -F'\t' '{ print $1, $2 * 10 + 0 }'

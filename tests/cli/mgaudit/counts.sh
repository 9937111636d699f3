# Filters, each beside the same question in jq (counts.tsv): the expected counts were made by
# jq, which is asked again where it is installed.
requests='select(.stage == "ResponseComplete" or .stage == "Panic" or
	(.stage == "ResponseStarted" and .responseStatus.code == 401))'
archive=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgaudit -o json --stage=all "$archive" >all.json
wc -l <all.json | tr -d ' '
while IFS='	' read -r filter args; do
	# shellcheck disable=SC2086
	n=$(set -f; mgaudit -o json $args "$archive" | wc -l | tr -d ' ')
	printf '%s\t%s\n' "$n" "$args"
	command -v jq >/dev/null || continue
	want=$(jq -c "$requests | select($filter) | 1" all.json | wc -l | tr -d ' ')
	[ "$n" = "$want" ] || echo "jq counts $want: $filter"
done <"$CASE_DIR/counts.tsv"

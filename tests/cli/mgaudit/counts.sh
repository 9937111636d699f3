# Filters, each beside the same question in jq (counts.tsv): the expected counts were made by
# jq, which is asked again where it is installed.  A question that names no stage is about
# requests.
requests='(.stage == "ResponseComplete" or .stage == "Panic" or
	(.stage == "ResponseStarted" and .responseStatus.code == 401))'
archive=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgaudit -o json --stage=all "$archive" >all.json
wc -l <all.json | tr -d ' '
count() { wc -l | tr -d ' '; }
# All filters in one run of jq: the number of each that an event passes.
if command -v jq >/dev/null; then
	awk -F'\t' -v r="$requests" 'BEGIN { print "(" } NR > 1 { print "," }
		{ printf "(select((%s) and %s) | %d)", $1, $1 ~ /[.]stage/ ? "true" : r, NR } END { print ")" }' \
		"$CASE_DIR/counts.tsv" >filters.jq
	jq -f filters.jq all.json | sort -n | uniq -c | awk '{ print $2, $1 }' >wanted
fi
i=0
while IFS='	' read -r filter args; do
	i=$((i + 1))
	# shellcheck disable=SC2086
	n=$(set -f; mgaudit -o json $args "$archive" | count)
	printf '%s\t%s\n' "$n" "$args"
	[ -f wanted ] || continue
	want=$(sed -n "s/^$i //p" wanted)
	[ "$n" = "${want:-0}" ] || echo "jq counts ${want:-0}: $filter"
done <"$CASE_DIR/counts.tsv"

# The commands that the report advises are commands that work.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgcorrelate --no-report --format=json "$in" | sed -n 's/^ *"[^"]*: \(mg[a-z]* .*\)",*$/\1/p' >commands
while read -r line; do
	# shellcheck disable=SC2086 # words of a command line
	if $line "$in" >out 2>err && [ -s out ]; then echo "works: $line"; else echo "fails: $line"; cat err; fi
done <commands

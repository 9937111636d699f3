# --format=json prints findings.json and nothing else.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgcorrelate --no-plots --format=json -o r "$in" >out; echo "exit $?"
cmp out r/findings.json && sed -n "1,5p; 9p" out
mgcorrelate --no-report --format=yaml "$in"; echo "exit $?"
sed -n 's/^   "id": "\(.*\)",/\1/p' out | head -1

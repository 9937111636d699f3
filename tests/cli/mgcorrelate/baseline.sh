# What is usual comes from another input when there is one.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
ids() { sed -n 's/^   "id": "\(slo-breach\|top-talker-burst\)",/\1/p' "$1"; }
mgunpack -O --kind=audit "$in" >audit.log
# The minute of the stall alone: slow is usual there.
awk -F'"stageTimestamp":"' '$2 >= "2026-11-21T03:12:20" && $2 < "2026-11-21T03:13:30"' audit.log >slow.log
echo "-- none"
mgcorrelate --no-report --format=json "$in" >a.json; ids a.json
mgcorrelate --no-report "$in" | grep -o "usual [a-z ]*:"
echo "-- the same archive"
mgcorrelate --no-report --baseline="$in" "$in" | grep -o "usual [a-z ]*:"
echo "-- one in which slow is usual"
mgdiagnose --format=json --baseline=slow.log "$in" >c.json; ids c.json
echo "-- one that says nothing"
mgcorrelate --no-report --baseline=/dev/null "$in" 2>&1; echo "exit $?"
mgcorrelate --no-report --baseline=nowhere "$in" 2>&1; echo "exit $?"
mgdiagnose --baseline=- "$in" 2>&1; echo "exit $?"

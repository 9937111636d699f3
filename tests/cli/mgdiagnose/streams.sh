# Rules over event streams: the same chain as from the archive, as far as events can tell.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgdiagnose --format=json "$in" | sed -n 's/^   "id": "\(.*\)",/\1/p' | head -2
mgcorrelate --no-report --format=json "$in" >a.json
mgdiagnose --format=json "$in" | cmp - a.json && echo "mgdiagnose and mgcorrelate agree"
echo "-- from the events of a report"
mgcorrelate --no-plots -o r "$in" >out
mgdiagnose --format=json r/events.jsonl | sed -n 's/^   "id": "\(.*\)",/\1/p' | head -2
echo "-- etcd and the API server alone"
{ mgetcd -o events "$in"; mggoroutine -o events "$in"; } | mgdiagnose --format=json |
	sed -n 's/^   "id": "\(.*\)",/\1/p' | head -1
mgdiagnose --fail-on=critical "$in" >out; echo "exit $?"
mgdiagnose --fail-on=critical --until=03:12 "$in" >out; echo "exit $?"

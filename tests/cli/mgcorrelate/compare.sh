# What differs: from before, from another archive, from itself.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
cp "$in" incident.tar.gz
echo "-- a window and what lies before it"
mgcorrelate --compare --no-plots --since=03:12:00 incident.tar.gz
ls incident.compare
echo "-- an archive and itself"
mgcorrelate --compare --no-report incident.tar.gz incident.tar.gz
echo "-- the directory is not written over"
mgcorrelate --compare --no-plots --since=03:12:00 incident.tar.gz; echo "exit $?"
echo "-- what counts for --fail-on is B"
mgcorrelate --compare --no-report --until=03:12:00 --fail-on=warning incident.tar.gz incident.tar.gz >out; echo "exit $?"
mgcorrelate --compare --no-report --since=03:12:00 --fail-on=warning incident.tar.gz >out; echo "exit $?"
echo "-- wrong use"
mgcorrelate --compare incident.tar.gz 2>&1; echo "exit $?"
mgcorrelate --compare a b c 2>&1; echo "exit $?"
mgcorrelate --compare --since=03:12:00 - <incident.tar.gz 2>&1; echo "exit $?"
mgcorrelate --compare --no-report incident.tar.gz missing.tar.gz 2>&1; echo "exit $?"

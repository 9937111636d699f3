# The report directory: made, refused when it exists, overwritten with -f, without leftovers.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgcorrelate --no-plots "$in" >out && ls
ls etcd-stall-deletecollection.report
echo "-- again"
mgcorrelate --no-plots "$in" >out; echo "exit $?"
echo "-- forced, over a picture and a table of another run"
: >etcd-stall-deletecollection.report/timeline.png
: >etcd-stall-deletecollection.report/series/old.tsv
mgcorrelate --no-plots -f "$in" | sed -n '/^ Report/,$p'
ls etcd-stall-deletecollection.report etcd-stall-deletecollection.report/series
echo "-- a file stands there"
: >file
mgcorrelate --no-plots -o file "$in" >out; echo "exit $?"
mgcorrelate --no-plots -f -o file "$in" >out; echo "exit $?"
echo "-- below nothing"
mgcorrelate --no-plots -o no/such/dir "$in" >out; echo "exit $?"
mkdir other && cd other && mgcorrelate --no-report "$in" >out && ls

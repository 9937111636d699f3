# A full disk is an error, a reader that leaves is not; damage is still told.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
[ -c /dev/full ] || { echo "no /dev/full here" >&2; exit 77; }
for f in text json; do
	mgcorrelate --no-report --format=$f "$in" >/dev/full; echo "$f: exit $?"
done
(ulimit -f 8; mgcorrelate --no-plots -o r "$in" >/dev/null); echo "report: exit $?"
ls r 2>/dev/null
{ mgcorrelate --no-report "$in"; echo "closed pipe: exit $?" >&3; } 3>rc | : ; cat rc
{ mgcorrelate --no-report --fail-on=error "$in"; echo "closed pipe, --fail-on: exit $?" >&3; } 3>rc | : ; cat rc
mgcorrelate --no-report "$in" >&-; echo "closed output: exit $?"

# The pictures of mgcorrelate, alone: those that have data, and a word about those that have not.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
for p in timeline latency talkers etcd memory deletecollection; do
	mgplot --plot=$p --script "$in" >$p.gp; echo "$p: exit $?, $(grep -c '^# panel' $p.gp) panels"
	grep -o "^set label '[^']*2026-11-21[^']*'" $p.gp | cut -c 12-
done
mgplot --plot=latency --script --theme=dark --size=700x400 --since=03:12:00 --until=03:13:00 "$in" | grep -c 'size 700,400'
mgunpack -O --kind=etcd "$in" | mgplot --plot=talkers --script -; echo "exit $?"
mgplot --plot=pie "$in"; echo "exit $?"
mgplot --plot=latency --theme=pink "$in"; echo "exit $?"
mgplot --plot=latency nowhere; echo "exit $?"

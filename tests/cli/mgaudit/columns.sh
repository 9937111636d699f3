# Columns can be chosen: in this order, keys behind them; also those that only programs see.
. "$CASE_DIR/events.inc"
i=0
for u in u1 u2 u2; do
	i=$((i + 1))
	e "g$i" 03:00:0${u#u} get /api/v1/pods/a "$u" 200 5
	e "l$i" 03:00:0${u#u} list /api/v1/pods "$u" 500 70
done >audit.log
for columns in count p99,count peak/s,at,errors user,share verb; do
	echo "== $columns"
	mgaudit --by=user,verb --columns=$columns audit.log
done
echo "== what it is sorted by need not be shown"
mgaudit --by=verb --columns=count --sort=p99 --format=tsv audit.log
mgaudit --lists --columns=count --format=csv audit.log
echo "== lists"
mgaudit --columns=uri,user_agent,took --sort=took -n 1 audit.log
mgaudit --slow=1 --columns=took_ns,stage --format=json audit.log
for wrong in nonsense , count,, ; do
	mgaudit --by=user --columns=$wrong audit.log 2>&1
	echo "exit $?"
done
mgaudit -o top --by=user --columns=count audit.log 2>&1
mgaudit --series=1s --columns=count audit.log 2>&1

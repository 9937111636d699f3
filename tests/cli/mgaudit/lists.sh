# The plain list and the series in all formats, and a series as mgplot takes it.
. "$CASE_DIR/events.inc"
{
	e 1 03:00:01 get /api/v1/namespaces/x/pods/a u1 200 3 "$(o pods '' x a)"
	e 2 03:00:02 list '/api/v1/pods?a=\"b\",\u0026c' u2 503 9 "$(o pods '' '' '')"
	e 3 03:00:11 get /api/v1/namespaces/x/pods/b u1 429 1 "$(o pods '' x b)"
	e 4 03:00:12 get /healthz system:serviceaccount:crunchy-postgres:pgo 200 1
	e 5 03:00:13 get /healthz system:serviceaccount:team-a:postgres-instance 200 1
} >audit.log
for f in tsv csv json jsonl; do
	echo "-- list as $f"
	mgaudit --format=$f -n 2 audit.log
done
echo "-- sorted"; mgaudit --sort=took -n 2 audit.log
echo "-- series by verb and object"; mgaudit --series=10s --by=verb,object -n 1 audit.log
echo "-- wide, by product"; mgaudit --series=10s --by=product -n 1 --format=tsv audit.log
echo "-- jsonl"; mgaudit --series=10s --by=code --format=jsonl audit.log
echo "-- parts of a second"; mgaudit --series=500ms --rows=0 audit.log | sed -n 3,5p
echo "-- panels of a picture"
mgaudit --series=1s --by=user audit.log | mgplot --script - | grep -c "^plot"
mgaudit --series=1s --by=user,verb --format=tsv audit.log | mgplot --script - | grep -c "^plot"

# Tables for other programs: OpenMetrics with timestamps, and CSV with a row a value.
printf '# my: A "table"; unit s; step 1 s\ntime\t=SUM(A1)\tb"\\\n2026-11-21T03:00:00Z\t1.5\t\n2026-11-21T03:00:01Z\t\t2\n' >my.tsv
mgplot --format=openmetrics my.tsv; echo "exit $?"
mgplot --format=csv - <my.tsv; echo "exit $?"
mgplot --format=openmetrics -o x.om "$CASE_DIR/sample.tsv" missing; echo "exit $?"
tail -1 x.om
mgplot --format=csv none; echo "exit $?"
mgplot --plot=latency --format=csv my.tsv; echo "exit $?"
command -v promtool >/dev/null && promtool tsdb create-blocks-from openmetrics x.om data >/dev/null
ls

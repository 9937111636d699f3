# What a recorded incident measured; then scrapes of one etcd whose process began anew, whose
# third scrape lacks a bucket and has a broken line.
mgstate --show=metrics "$TESTDATA/etcd-stall-deletecollection.tar.gz" | cut -c1-150 | head -30
scrape() { # time, counts of three buckets (empty: no line), CPU seconds
	{
		echo '# TYPE etcd_disk_wal_fsync_duration_seconds histogram'
		for b in "0.001 $2" "0.512 $3" "+Inf $4"; do
			[ -z "${b#* }" ] ||
				echo "etcd_disk_wal_fsync_duration_seconds_bucket{le=\"${b%% *}\"} ${b#* }"
		done
		echo "process_cpu_seconds_total $5 # {trace_id=\"a\"} 1 1795231050"
		echo 'go_goroutines NaN'
	} >"m/etcd-20261121T$1Z.prom"
}
mkdir m
scrape 031700 100 100 100 10
scrape 031730 200 200 200 25
scrape 031800 200 '' 300 x
scrape 031830 50 100 100 1.5
mgstate --show=metrics m 2>&1
echo "exit $?"
mgstate --show=metrics --all --format=tsv m 2>/dev/null
# Answers of Prometheus: whole, cut, refused.
echo '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"go_goroutines","instance":"a:1"},"values":[[1795231050.5,"7"],[1795231080.5,"9"]]}]}}' >range.json
mgstate --show=metrics --format=csv range.json
head -c 150 range.json >cut.json
echo '{"status":"error","data":{"resultType":""},"errorType":"timeout","error":"query timed out"}' >refused.json
mgstate --show=metrics cut.json 2>&1
echo "exit $?"
mgstate --show=metrics refused.json 2>&1
echo "exit $?"

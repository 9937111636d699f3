# No log of etcd, only scrapes: the p99 of the syncs between two of them tells that the disk was
# slow from 03:01 to 03:03, which an average since the start would hide.
awk 'BEGIN {
	for (i = 0; i < 10; i++) {
		quick += i >= 3 && i <= 6 ? 100 : 1000000
		all += 1000000
		t = 1795230000 + 30 * i
		m = "etcd_disk_wal_fsync_duration_seconds_bucket{pod=\"etcd-master-1\",le="
		printf "%s\"0.004\"} %d %d\n%s\"1.024\"} %d %d\n%s\"+Inf\"} %d %d\n",
			m, quick, t, m, all, t, m, all, t
	}
	print "# EOF"
}' >etcd.om
mgdiagnose etcd.om | sed '/Not assessed/,$d'
mgdiagnose --format=json etcd.om | grep -o '"etcd.om"' | sort -u
mgdiagnose --set=slow-fsync.held_seconds=600 etcd.om | grep -c 'slow on'

# Patterns of the user: fields, severities, and one that would never end.
# SPDX-License-Identifier: Apache-2.0
cat >r.json <<'END'
{"rules": [
  {"type": "permanent", "condition": "DiskBad", "reason": "DiskIOError",
   "pattern": "I/O error, dev (\\w+), sector", "fields": {"device": 1}},
  {"type": "temporary", "reason": "Hang", "pattern": "(a+)+$"}
]}
END
{
	echo 'I0607 10:00:00.000001       1 a.go:1] blk: I/O error, dev sda, sector 1'
	echo 'I0607 10:00:00.000002       1 a.go:1] blk: I/O error, dev sda, sector 22'
	awk 'BEGIN { printf "I0607 10:00:01.000002       1 a.go:1] "
		for (i = 0; i < 30000; i++) printf "a"; print "!" }'
} >x.log
touch -d 2024-06-08T00:00:00Z x.log
mgklog --rules r.json -o events x.log | grep '"pattern"'
mgklog -q --match 'sector [12]' --top x.log
mgklog --rules /dev/null x.log
echo "exit $?"
mgklog --match '(' x.log
echo "exit $?"

# What etcdctl prints for people, one form a directory: members, health, space and alarms alike.
# SPDX-License-Identifier: Apache-2.0
mkdir simple fields
cat >simple/status.txt <<'END'
$ etcdctl endpoint status --cluster
https://10.0.0.1:2379, 8e9e05c52164694d, 3.5.9, 20 kB, true, false, 7, 901, 901, memberID:10276657743932975437 alarm:NOSPACE 
END
cat >simple/rest.txt <<'END'
8e9e05c52164694d, started, n0, https://10.0.0.1:2380, https://10.0.0.1:2379, false
https://10.0.0.1:2379 is unhealthy: failed to commit proposal: context deadline exceeded
END
header='"ClusterID" : 1
"MemberID" : 10276657743932975437
"Revision" : 5
"RaftTerm" : 7'
cat >fields/status.txt <<END
$header
"Version" : "3.5.9"
"DBSize" : 20000
"Leader" : 10276657743932975437
"IsLearner" : false
"RaftIndex" : 901
"RaftTerm" : 7
"RaftAppliedIndex" : 901
"Errors" : [memberID:10276657743932975437 alarm:NOSPACE ]
"Endpoint" : "https://10.0.0.1:2379"

END
cat >fields/rest.txt <<END
$header
"ID" : 10276657743932975437
"Name" : "n0"
"PeerURL" : "https://10.0.0.1:2380"
"ClientURL" : "https://10.0.0.1:2379"
"IsLearner" : false

"Endpoint" : "https://10.0.0.1:2379"
"Health" : false
"Took" : 5s
"Error" : context deadline exceeded

END
for form in simple fields; do
	echo "-- $form"
	mgetcd -q $form | head -2
	mgetcd -q --space $form | sed 's/ *status.txt:.*//'
	mgetcd -q -o jsonl $form | grep -o '"kind":"[^"]*"' | sort | uniq -c
done

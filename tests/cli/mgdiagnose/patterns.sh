# What the user's patterns make of lines that nothing else knows is evidence for the rules.
# SPDX-License-Identifier: Apache-2.0
cat >r.json <<'END'
{"rules": [{"reason": "VendorLease", "kind": "leader_election.lost", "severity": "critical",
  "pattern": "vendor-manager gave up lease (\\S+)", "fields": {"lease": 1}}]}
END
echo '2031-05-06T07:00:00.000000000Z I0506 07:00:00.000000       1 vendor.go:7] vendor-manager gave up lease a/b' >v.log
verdict() { sed -n 's/[0-9]* rules could/N rules could/; s/^VERDICT *//p'; }
mgdiagnose v.log | verdict
mgdiagnose --rules r.json v.log | verdict
mgdiagnose --rules nosuch v.log
echo "exit $?"
mgdiagnose --rules v.log v.log
echo "exit $?"

# Several operands: one case; one that is missing costs status 3, not the rest.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
mkdir tree && tar -xzf "$in" -C tree
logs=$(find tree -name namespaces) audit=$(find tree -name audit_logs) prof=$(find tree -name profiles)
metrics=$(find tree -name metrics)
mgcorrelate --no-plots -o r "$audit" "$logs" "$prof" "$metrics" >out; echo "exit $?"
mgcorrelate --no-plots -o whole "$in" >out
for d in r whole; do grep -E '^   "(id|claim|severity)": ' $d/findings.json >$d.claims; done
diff r.claims whole.claims && echo "the same claims"
mgcorrelate --no-report "$audit" missing "$logs" >out; echo "exit $?"

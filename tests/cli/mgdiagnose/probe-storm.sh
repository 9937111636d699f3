# Hundreds of failed probes a minute are usual here; 11,000 are a storm, and the effect of what
# the API server did in that minute of an upgrade.
awk -f "$CASE_DIR/probe-storm.awk" </dev/null
mgdiagnose . | sed '/^ Not assessed/,$d'
echo "-- without the jump there is no storm"
grep -v '^2031-05-08T10:27' nodes/w1/logs/kubelet.log >quiet && mv quiet nodes/w1/logs/kubelet.log
mgdiagnose . | grep -c "probes failed"; :

# Forms of input: legacy lines, docker's and CRI's partial lines, events that are there twice.
. "$CASE_DIR/events.inc"
for i in 1 2 3; do e $i 03:00:0$i get /api/v1/namespaces/x/pods/p$i u1 200 $i "$(o pods '' x p$i)"; done >audit.log
t=2025-01-02T03:04:05.123456789Z
while read -r line; do
	q=$(printf '%s' "$line" | sed 's/"/\\"/g')
	printf '{"log":"%s","stream":"stdout","time":"%s"}\n' "$(printf '%s' "$q" | cut -c1-300)" $t
	printf '{"log":"%s\\n","stream":"stdout","time":"%s"}\n' "$(printf '%s' "$q" | cut -c301-)" $t
done <audit.log >docker.log
while read -r line; do
	printf '%s stdout P %s\n' $t "$(printf '%s' "$line" | cut -c1-300)"
	printf '%s stdout F %s\n' $t "$(printf '%s' "$line" | cut -c301-)"
done <audit.log >cri.log
for f in docker.log cri.log; do echo "-- $f"; mgaudit -o json $f | cmp - audit.log && mgaudit $f; done
echo "-- legacy"
cat >legacy.log <<'END'
2017-09-01T10:00:00.100000000Z AUDIT: id="c1" stage="RequestReceived" ip="10.0.0.1" method="get" user="u1" groups="\"g1\",\"system:authenticated\"" as="<self>" asgroups="<lookup>" user-agent="kubectl" namespace="x" uri="/api/v1/namespaces/x/pods/p" response="<deferred>"
2017-09-01T10:00:00.100000000Z AUDIT: id="c1" stage="ResponseComplete" ip="10.0.0.1" method="get" user="u1" groups="\"g1\",\"system:authenticated\"" as="bob" asgroups="<lookup>" user-agent="kubectl" namespace="x" uri="/api/v1/namespaces/x/pods/p" response="404"
2017-09-01T10:00:01Z AUDIT: id="c2" ip=torn
END
mgaudit --by=user,impersonated,group,resource,code --format=csv legacy.log | cut -d, -f1,14-
echo "-- twice in a file"
cat audit.log audit.log | mgaudit -o top --by=user -
cat audit.log audit.log >twice.log; mgaudit -o top --by=user twice.log
echo "-- a file twice, and the same IDs at another hop"
cp audit.log copy.log
mgaudit -o top --by=user audit.log copy.log
mkdir -p logs/kube-apiserver logs/openshift-apiserver
cp audit.log logs/kube-apiserver/; sed 's/.300000Z"}/.200000Z"}/' audit.log >logs/openshift-apiserver/audit.log
mgaudit -o top --by=user logs
echo "-- others' formats"
echo '{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","methodName":"io.k8s.core.v1.pods.create","resourceName":"core/v1/namespaces/x/pods/p","serviceName":"k8s.io"},"timestamp":"2025-01-02T03:04:05Z"}' >gke.json
echo '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{"key":"k8s.audit.event.stage"}]}]}]}]}' >otlp.json
mgaudit gke.json otlp.json

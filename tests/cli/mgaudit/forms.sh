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
echo "-- Google Cloud"
cat >gke.json <<'END'
{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","serviceName":"k8s.io","methodName":"io.k8s.coordination.v1.leases.update","resourceName":"coordination.k8s.io/v1/namespaces/x/leases/p","authenticationInfo":{"principalEmail":"system:serviceaccount:x:y"},"requestMetadata":{"callerIp":"10.1.2.3","callerSuppliedUserAgent":"k\"ubectl"},"status":{"code":7,"message":"forbidden"}},"insertId":"a","operation":{"id":"e1","producer":"k8s.io","first":true,"last":true},"labels":{"authorization.k8s.io/decision":"forbid"},"timestamp":"2025-01-02T03:04:05.123Z"}
{"protoPayload":{"methodName":"io.k8s.core.v1.pods.exec.create","resourceName":"core/v1/namespaces/x/pods/p/exec","authenticationInfo":{"principalEmail":"bob"},"status":{},"request":{"a":1}},"insertId":"b","timestamp":"2025-01-02T03:04:06Z"}
{"protoPayload":{"methodName":"io.k8s.get","resourceName":"readyz","authenticationInfo":{},"response":{"code":404,"reason":"NotFound"}},"insertId":"c","timestamp":"2025-01-02T03:04:07Z"}
{"protoPayload":{"methodName":"io.k8s.core.v1.pods.watch","resourceName":"core/v1/pods","status":{}},"insertId":"d","operation":{"id":"w","first":true},"timestamp":"2025-01-02T03:04:08Z"}
{"protoPayload":{"methodName":"google.container.v1.ClusterManager.CreateCluster","resourceName":"projects/p","serviceName":"not k8s"},"timestamp":"2025-01-02T03:04:09Z"}
END
mgaudit --stage=all -o json gke.json
mgaudit --by=code,verb,object,level,source-ip,decision --format=csv gke.json | cut -d, -f1,14-
echo "-- OpenTelemetry"
while read -r line; do
	printf '{"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":"%s"},"attributes":[{"key":"k8s.audit.event.level","value":{"stringValue":"Metadata"}}]}]}]}]}\n' "$(printf '%s' "$line" | sed 's/"/\\"/g')"
done <audit.log >otlp.json
mgaudit -o json otlp.json | cmp - audit.log && mgaudit otlp.json
echo '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{"key":"k8s.audit.event.stage"}]}]}]}]}' >bare.json
mgaudit bare.json
echo "-- YAML"
cat >list.yaml <<'END'
# kubectl get -o yaml
apiVersion: v1
items:
- apiVersion: audit.k8s.io/v1
  auditID: a1
  kind: Event
  requestReceivedTimestamp: 2025-01-02T03:04:05.000000Z
  requestURI: /api/v1/pods?a=1&b=2
  responseStatus: {code: 200, metadata: {}}
  stage: ResponseComplete
  stageTimestamp: "2025-01-02T03:04:06.500000Z"
  objectRef: {resource: pods, name: "007", resourceVersion: "12"}
  user: {username: "bob", groups: [a, 'true'], extra: ~}
  verb: list
- apiVersion: audit.k8s.io/v1
  auditID: "2"
   broken: [
- apiVersion: v1
  kind: Pod
- auditID: "3"
  responseStatus: {code: "x"}
kind: List
END
mgaudit -o json list.yaml
mgaudit list.yaml
printf -- '---\nkind: Event\napiVersion: audit.k8s.io/v1\nauditID: x\nverb: get\nrequestURI: /a\n---\nkind: Event\napiVersion: audit.k8s.io/v1\nauditID: y\nverb: get\nrequestURI: /b\n' | mgaudit -o wide -
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n' | mgaudit -

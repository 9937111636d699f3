# Commands from runbooks of `kubectl dev_tool audit`, under the name of a kubectl plugin, as
# they stand there.
. "$CASE_DIR/events.inc"
mkdir -p bin audit_logs/kube-apiserver
ln -s "$(command -v mgaudit)" bin/kubectl-mg_audit
PATH=$PWD/bin:$PATH
run() { echo "\$ $*"; kubectl-mg_audit "$@"; }
{
	e 1 03:00:00 get /healthz u1 200 1
	e 2 03:00:01 get /api/v1/namespaces/x/endpoints/a u1 200 1 "$(o endpoints '' x a)"
	e 3 03:00:02 create /apis/authorization.k8s.io/v1/subjectaccessreviews u2 201 1 "$(o subjectaccessreviews authorization.k8s.io '' '')"
	e 4 03:00:03 get /apis/authorization.k8s.io/v1/subjectaccessreviews/x u2 404 1 "$(o subjectaccessreviews authorization.k8s.io '' x)"
	e 5 03:00:04 update /apis/apps/v1/namespaces/x/deployments/d u1 409 1 "$(o deployments apps x d)"
	e 6 03:00:05 get '/api/v1/pods/a%zz?x=%%;y=1\u0026fieldManager=%4' u3 200 1 "$(o pods '' x a)"
	e 7 03:00:06 patch '/api/v1/namespaces/x/pods/a?fieldManager=kubectl-client-side-apply\u0026a=b' u3 200 1 "$(o pods '' x a),\"annotations\":{\"pod-security.kubernetes.io/audit-violations\":\"would violate\"}"
} >audit_logs/kube-apiserver/audit.log
D=audit_logs
run -f $D -otop --by=user --failed-only
run -f $D -otop --by=resource --failed-only
run -f $D -otop --by=verb --failed-only
run -f audit_logs/kube-apiserver --by=resource -otop --after 2025-01-02T03:00:01Z --before 2025-01-02T03:00:04Z
run -f $D --resource=endpoints -otop --by=user
run -f $D --user=u1 --by=verb -otop
run -f $D --verb=get --resource='.' --resource='-subjectaccessreviews.' --resource='-tokenreviews.'
run -f $D --field-manager=kubectl-client-side-apply -o wide
run -f $D --podsecurityviolations pod
run -f $D --subresource='-*' --namespace=- -otop=1 --by=user
run -f $D --duration 50ms
run -f $D --stage= -otop --by=httpstatus --http-status-code=404,409
run -f $D -o stats
run -f $D -s RequestReceived

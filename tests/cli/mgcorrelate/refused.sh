# Who is refused: one account on every node's /proxy/metrics (440,076 times, here 4,400), four
# nodes whose certificates expired, the garbage collector, while the kubelets' load is normal.
row() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@"; }
gen() { awk -f "$CASE_DIR/../requests.awk"; }
report() { mgcorrelate --no-report "$@" | sed -n '/^VERDICT/,/^ Not assessed/p' | sed '/Not assessed/d; s/[0-9]* rules could/N rules could/'; }
sa=system:serviceaccount
# at rest: 40 kubelets with 0.3 requests a second each are 80 % of all
{
	row 0 0.0833 2880 system:node:worker-@40 get /api/v1/namespaces/shop/configmaps/c configmaps shop c 200 3 '' kubelet/v1.20.2 ''
	row 0 0.333 720 $sa:kube-system:replicaset-controller update /apis/apps/v1/namespaces/shop/replicasets/r@9/status replicasets.apps shop r@9 200 5 '' '' status
} >rest
gen <rest >rest.log
echo "== at rest"; report rest.log
echo "== 403"
row 10 0.016 4400 $sa:monitor-agent:agent get /api/v1/nodes/worker-@40/proxy/metrics nodes '' worker-@40 403 1 '' agent/11 proxy | cat rest - | gen >403.log
report 403.log
echo "== 401"
row 20 0.21 952 '' get /api/v1/nodes/worker-@4 nodes '' worker-@4 401 1 10.0.1.@4 kubelet/v1.20.2 '' | cat rest - | gen >401.log
report 401.log
mgaudit --code=401 --by=source-ip -o top 401.log
echo "== 422"
row 20 2.5 80 $sa:kube-system:generic-garbage-collector patch /apis/batch/v1/namespaces/shop/jobs/nightly-@5 jobs.batch shop nightly-@5 422 4 '' '' '' | cat rest - | gen >422.log
report 422.log
mgaudit --code=422 --by=user,resource -o top 422.log
echo "== the readings of the whole cluster"
mgaudit --by=product -o top 403.log
mgaudit --by=resource,verb,code -o top 403.log

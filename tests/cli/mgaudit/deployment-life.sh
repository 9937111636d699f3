# The life of one deployment across all that take part, found among the requests of others: the
# deployment, its replica sets, their pods, the bindings, what the kubelets report.
row() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\t\t%s\n' "$@" ''; }
sub() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\t\t%s\n' "$@"; }
sa=system:serviceaccount:kube-system apps=/apis/apps/v1/namespaces/shop core=/api/v1/namespaces/shop
{
	row 1 1 1 alice create $apps/deployments deployments.apps shop web 201 9
	row 2 1 1 $sa:deployment-controller create $apps/replicasets replicasets.apps shop web-7d9f 201 8
	row 3 0.1 3 $sa:replicaset-controller create $core/pods pods shop web-7d9f-p@ 201 7
	sub 4 0.1 3 system:kube-scheduler create $core/pods/web-7d9f-p@/binding pods shop web-7d9f-p@ 201 6 binding
	sub 5 0.1 3 system:node:worker-@ patch $core/pods/web-7d9f-p@/status pods shop web-7d9f-p@ 200 5 status
	row 60 1 1 ci patch $apps/deployments/web deployments.apps shop web 200 9
	row 61 1 1 $sa:deployment-controller create $apps/replicasets replicasets.apps shop web-5c4b 201 8
	row 62 1 1 $sa:replicaset-controller create $core/pods pods shop web-5c4b-p1 201 7
	sub 63 1 1 system:kube-scheduler create $core/pods/web-5c4b-p1/binding pods shop web-5c4b-p1 201 6 binding
	row 64 1 1 $sa:replicaset-controller delete $core/pods/web-7d9f-p1 pods shop web-7d9f-p1 200 6
	row 90 1 1 alice delete $apps/deployments/web deployments.apps shop web 200 9
	row 91 1 1 $sa:generic-garbage-collector delete $apps/replicasets/web-5c4b replicasets.apps shop web-5c4b 200 6
	# others
	row 0 1 90 bob get $apps/deployments/other deployments.apps shop other 200 2
	row 0.5 2 45 $sa:replicaset-controller create $core/pods pods shop other-77-p@ 201 5
} | awk -f "$CASE_DIR/../requests.awk" >audit.log
mgaudit --history deployments/shop/web audit.log

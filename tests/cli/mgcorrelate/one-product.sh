# Overload by one product: a hundredth of 4.0 million requests in 80 minutes, at the same rates.
# No user stands out, but 7 of the 15 busiest are one product, 15.5 % of the traffic, and one of
# them patches one endpoints object again and again (89,454 times, here 895).
sa=system:serviceaccount
row() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\t\t\n' "$@"; }
{
	row 0 0.0536 895 $sa:acme-mesh:acme-pilot patch /api/v1/namespaces/acme-mesh/endpoints/pilot-leader endpoints acme-mesh pilot-leader 200 6
	i=0
	for who in acme-citadel acme-galley acme-telemetry acme-policy acme-gateway acme-injector; do
		i=$((i + 1))
		row 0.0$i 0.0542 884 $sa:acme-mesh-$i:$who list /apis/acme.example/v1/rules rules.acme.example '' '' 200 9
	done
	for who in deployment-controller replicaset-controller endpoint-controller job-controller \
		node-controller cronjob-controller daemon-set-controller statefulset-controller; do
		row 0.1 0.047 1020 $sa:kube-system:$who get /api/v1/namespaces/shop/pods/p@ pods shop p@ 200 4
	done
	row 0 0.00186 25641 system:node:worker-@300 get /api/v1/namespaces/shop/secrets/s@40 secrets shop s@40 200 3
} | awk -f "$CASE_DIR/../requests.awk" >audit.log
wc -l <audit.log
mgcorrelate --no-report --set hot-object.min_requests=100 audit.log | sed -n '/^VERDICT/,/^ Not assessed/p'

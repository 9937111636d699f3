# The latency of LIST by resource over time: pods and secrets are listed every second in 20 and
# 40 ms; for half a minute after each of two restarts of the API server (its watch caches are
# cold) in 3 and 6 s, and while it is down nobody is answered.  ConfigMaps stay as they are.
row() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\t\t\n' "$@"; }
lists() { # lists FROM N MS-OF-PODS MS-OF-SECRETS
	row "$1" 1 "$2" alice list '/api/v1/pods?limit=500' pods '' '' 200 "$3"
	row "$1" 1 "$2" bob list '/api/v1/secrets?limit=500' secrets '' '' 200 "$4"
	row "$1" 1 "$2" carol list '/api/v1/configmaps?limit=500' configmaps '' '' 200 10
}
{
	lists 0 120 20 40
	lists 130 24 3000 6000 # restarted at 02:10
	lists 180 120 20 40
	lists 310 24 3000 6000 # and at 05:10
	lists 360 60 20 40
} | awk -f "$CASE_DIR/../requests.awk" >audit.log
# minute, resource, p99 in seconds
mgaudit --verb=list --by=resource --series=1m --format=tsv audit.log | awk -F'\t' '
	/^time/ { for (i = 1; i <= NF; i++) if ($i ~ /^p99 s ./) { sub(/p99 s /, "", $i); name[i] = $i } }
	/^20/ { printf "%s", substr($1, 12, 5)
		for (i = 1; i <= NF; i++) if (i in name) printf "  %s %s", name[i], $i == "" ? "-" : sprintf("%.2f", $i)
		print "" }'

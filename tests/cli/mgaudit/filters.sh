# Lists, refusals, classes of codes; a section a code, the row with URI, user and codes.
e() {
	echo '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"'$1'","stage":"ResponseComplete","requestURI":"'$2'","verb":"'$3'","user":{"username":"'$4'"},"objectRef":{"resource":"'$5'"'$6'},"responseStatus":{"metadata":{},"code":'$7'},"requestReceivedTimestamp":"2025-01-02T03:04:05.000000Z","stageTimestamp":"2025-01-02T03:04:0'$8'.500000Z"}'
}
{ e 1 '/api/v1/pods?limit=5\u0026a=;' list u1 pods '' 200 5
  e 2 /api/v1/namespaces/x/pods/p get u2 pods ',"namespace":"x","name":"p"' 404 6
  e 3 /apis/apps/v1/namespaces/x/deployments/d update u1 deployments ',"namespace":"x","name":"d","apiGroup":"apps"' 500 7
} >audit.log
mgaudit audit.log
echo "-- code"; mgaudit -o top --by=httpstatus --http-status-code=5xx,404 audit.log
echo "-- refuse"; mgaudit --resource=-pods -o top --by=resource audit.log
echo "-- namespaced"; mgaudit -n - -o top --by=name,namespace audit.log
echo "-- slow"; mgaudit --min-duration=1s -o json audit.log
echo "-- pretty"; sed 's/,/,\n /g' audit.log | mgaudit -o wide --failed-only -

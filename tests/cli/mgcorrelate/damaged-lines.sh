# Bad lines in an audit log: counted, located, told by status 3; the good ones still count.
event() {
	echo '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"'$1'","stage":"ResponseComplete","requestURI":"/api/v1/pods","verb":"list","user":{"username":"u1"},"objectRef":{"resource":"pods"},"responseStatus":{"metadata":{},"code":200},"requestReceivedTimestamp":"2025-01-02T03:04:0'$2'.000000Z","stageTimestamp":"2025-01-02T03:04:0'$2'.500000Z"}'
}
mkdir audit_logs
{ event a 1; event b 2; echo '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Meta'; event c 3
  echo 'not JSON at all'; event d 4; event e 5 | head -c 200; } >audit_logs/audit.log
for j in 1 4; do
	mgcorrelate -j$j --no-plots -f -o r audit_logs >out 2>err
	echo "-j$j: exit $?"
	cat err
done
sed -n '/^Coverage$/,/^audit/p' r/report.txt
mgaudit -o top=0 --by=user audit_logs 2>err; echo "mgaudit: exit $?"; cat err
mgcorrelate -q --no-report audit_logs >out 2>err; echo "quiet: exit $?"; cat err

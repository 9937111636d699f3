# What is not there, is empty or is something else: a message and status 2, and no report.
try() {
	mgcorrelate "$@" >out 2>err
	echo "$*: exit $?"
	cat err
	sed -n '/^VERDICT/,/^$/p' out
}
: >empty
mkdir nothing
echo "a text that is no archive" >text
gzip -c text >text.gz
head -c 3000 "$TESTDATA/etcd-stall-deletecollection.tar.gz" | tail -c 2000 >noise.tar.gz
try missing.tar.gz
try empty
try nothing
try text
try text.gz
try noise.tar.gz
try empty missing
mgcorrelate - <empty >out 2>err; echo "empty stdin: exit $?"; cat err
mgcorrelate <text >out 2>err; echo "text on stdin: exit $?"; cat err
ls -d ./*.report 2>/dev/null || echo "no report was left behind"

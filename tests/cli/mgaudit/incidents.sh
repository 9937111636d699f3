# Runbook commands as they stand, on every recorded incident, beside jq.
command -v jq >/dev/null || { echo "needs jq" >&2; exit 77; }
[ -d "${MG_SHARED:-}/data/incidents" ] || { echo "needs \$MG_SHARED/data/incidents" >&2; exit 77; }
mkdir bin
ln -s "$(command -v mgaudit)" bin/kubectl-mg_audit
PATH=$PWD/bin:$PATH
requests='select(.stage == "ResponseComplete" or .stage == "Panic" or
	(.stage == "ResponseStarted" and .responseStatus.code == 401))'
failed='select(.responseStatus.code > 299)'
# jq's counts of a text: "Nx text"
count() { jq -r "$requests | $1" all.json | LC_ALL=C sort | uniq -c | sed 's/^ *\([0-9]*\) \(.*\)/\1x \2/' | LC_ALL=C sort; }
# ours, without the heading and with one blank
rows() { sed -n 's/^\([0-9]*x\)  *\(.*\)/\1 \2/p' | sed 's/x $/x /' | LC_ALL=C sort; }
same() { cmp want got && echo "$1: $(wc -l <got | tr -d ' ')"; }
for archive in "$MG_SHARED"/data/incidents/*/incident.tar.gz; do
	echo "-- $(basename "$(dirname "$archive")")"
	kubectl-mg_audit -f "$archive" -o json --stage= >all.json
	count "$failed | .user.username // \"\"" >want
	kubectl-mg_audit -f "$archive" -otop=0 --by=user --failed-only | rows >got
	same "users that failed"
	count "$failed | select(.objectRef) | if .objectRef.apiGroup then \"\\(.objectRef.apiGroup)/\" else \"v1/\" end
		+ .objectRef.resource" >want
	kubectl-mg_audit -f "$archive" -otop=0 --by=resource --failed-only | rows | grep -v 'no resource' >got
	same "resources that failed"
	count "$failed | .verb | ascii_upcase" >want
	kubectl-mg_audit -f "$archive" -otop --by=verb --failed-only |
		sed -n 's/^Top .* "\(.*\)" (of \([0-9]*\) total hits):/\2x \1/p' | LC_ALL=C sort >got
	same "verbs that failed"
	count 'select(.objectRef.resource == "endpoints" and .objectRef.apiGroup == null) | .user.username // ""' >want
	kubectl-mg_audit -f "$archive" --resource=endpoints -otop=0 --by=user | rows >got
	same "users of endpoints"
	count 'select(.user.username == "system:apiserver") | .responseStatus.code // 0' >want
	kubectl-mg_audit -f "$archive" --user=system:apiserver --by=httpstatus -o top=0 |
		sed -n 's/^Top .* "\(.*\)" (of \([0-9]*\) total hits):/\2x \1/p' | LC_ALL=C sort >got
	same "codes of system:apiserver"
	jq -c "$requests | select(.verb == \"get\" and ((.objectRef.resource // \"\") |
		IN(\"subjectaccessreviews\", \"tokenreviews\") | not)) | .auditID" all.json | wc -l >want
	kubectl-mg_audit -f "$archive" --verb=get --resource='.' --resource='-subjectaccessreviews.' --resource='-tokenreviews.' |
		wc -l >got
	cmp want got && echo "gets that are no reviews: $(tr -d ' ' <got)"
done

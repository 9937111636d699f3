# Audit events of a plan, for logs of a known shape.  Columns, by tabs; empty: none:
#   from step count user verb uri resource namespace name code ms source-ip user-agent sub
# `from` and `step` are seconds after 2026-11-21T03:00:00Z.  @ in any text is the number of the
# event, @7 that number modulo 7 (each from 1 on).
function clock(s,   ms) {
	ms = int(s * 1000 + 0.5)
	return sprintf("2026-11-21T%02d:%02d:%02d.%03d000Z", 3 + int(ms / 3600000), int(ms / 60000) % 60,
		int(ms / 1000) % 60, ms % 1000)
}
function text(s, i,   m) {
	while (match(s, /@[0-9]*/)) {
		m = substr(s, RSTART + 1, RLENGTH - 1)
		s = substr(s, 1, RSTART - 1) (m == "" ? i : (i - 1) % m + 1) substr(s, RSTART + RLENGTH)
	}
	return s
}
function member(key, s) { return s == "" ? "" : ",\"" key "\":\"" s "\"" }
function group(r) { return index(r, ".") ? substr(r, index(r, ".") + 1) : "" }
function stem(r) { return index(r, ".") ? substr(r, 1, index(r, ".") - 1) : r }
BEGIN { FS = "\t" }
/^#/ || NF < 11 { next }
{
	for (i = 1; i <= $3; i++) {
		start = $1 + (i - 1) * $2
		ip = $12 == "" ? "10.0.0.1" : text($12, i)
		printf "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\"," \
			"\"auditID\":\"%d-%d\",\"stage\":\"%s\",\"requestURI\":\"%s\",\"verb\":\"%s\"", NR, i,
			$10 == 401 ? "ResponseStarted" : "ResponseComplete", text($6, i), $5
		printf ",\"user\":{%s},\"sourceIPs\":[\"%s\"],\"userAgent\":\"%s\"",
			substr(member("username", text($4, i)), 2), ip, $13 == "" ? "client/1" : $13
		if ($7 != "")
			printf ",\"objectRef\":{\"resource\":\"%s\"%s%s%s%s,\"apiVersion\":\"v1\"}", stem($7),
				member("namespace", text($8, i)), member("name", text($9, i)),
				member("apiGroup", group($7)), member("subresource", $14)
		printf ",\"responseStatus\":{\"metadata\":{},\"code\":%d},\"requestReceivedTimestamp\":\"%s\"," \
			"\"stageTimestamp\":\"%s\"}\n", $10, clock(start), clock(start + $11 / 1000)
	}
}

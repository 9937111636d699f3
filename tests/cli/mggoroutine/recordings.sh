# The stuck distributors of the recorded incident, dump by dump; none in the other recordings.
command -v jq >/dev/null || { echo "no jq" >&2; exit 77; }
[ -d "$MG_SHARED/data/incidents" ] || { echo "no recorded incidents (set MG_SHARED)" >&2; exit 77; }
for d in "$MG_SHARED"/data/incidents/*/; do
	jq -r '.stuck_goroutines // {} | to_entries[] | "\(.key) \(.value.total) \(.value.stuck_distributors)"' "$d/truth.json" | sort >want
	mggoroutine --json --state='chan send' --match='DeleteCollection' "$d"/*.tar.gz 2>/dev/null |
		jq -r '.dumps[] | select(.form == "debug2" and (.artifact | test("profiles/.*debug2"))) |
			"\(.artifact | sub(".*/"; "")) \(.total) \([.groups[] | select(.signature == "deletecollection-distributor") | .count] | add // 0)"' |
		sort >got
	if [ -s want ]; then
		diff want got && echo "$(basename "$d"): $(wc -l <got) dumps as recorded"
	else
		awk '$3' got
		echo "$(basename "$d"): $(awk '{ n += $3 } END { print n + 0 }' got) stuck"
	fi
done

# Every death once: kernel, pod status, log and audit gap joined.
in=$MG_SHARED/data/incidents/oom/incident.tar.gz
[ -r "$in" ] || { echo "no $in (set MG_SHARED)" >&2; exit 77; }
mgstate --restarts "$in"
mgstate --show=restarts --format=jsonl "$in" | cut -d, -f1,7-12,16-18,22

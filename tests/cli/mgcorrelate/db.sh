# Everything of an incident in one database, which answers and is all or nothing.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgcorrelate --version | grep -q sqlite || { echo "this build has no SQLite" >&2; exit 77; }
command -v sqlite3 >/dev/null || { echo "there is no sqlite3 to ask" >&2; exit 77; }
mgcorrelate --no-report --db=a.sqlite "$in" >/dev/null; echo "exit $?"
ask() { sqlite3 -separator ' | ' a.sqlite "$1"; }
ask 'PRAGMA integrity_check; PRAGMA foreign_key_check'
ask 'SELECT depth, rule, severity, start FROM causes_and_effects LIMIT 3'
mgcorrelate --no-plots -o r "$in" >/dev/null
[ "$(ask 'SELECT count(*) FROM events')" = "$(awk 'END { print NR }' r/events.jsonl)" ] && echo "all events"
for f in r/series/*.tsv; do awk -F'\t' 'NR > 2 { for (i = 2; i <= NF; i++) n += $i != "" } END { print n }' "$f"; done |
	awk '{ n += $1 } END { print n }' | grep -qx "$(ask 'SELECT count(*) FROM points')" && echo "all values"
# the questions of the documentation
doc=$CASE_DIR/../../../docs/formats/db.md
sed -n '/^```sql/,/^```$/p' "$doc" | grep -v '^```' | sqlite3 a.sqlite >answers; echo "exit $?, $(grep -c ';$' "$doc") questions"
ask "SELECT user, namespace, resource, code FROM events WHERE kind = 'audit.deletecollection' ORDER BY duration_ns DESC LIMIT 2"
mgcorrelate --no-report --db=no/such/dir/a.sqlite "$in" >/dev/null; echo "exit $?"
cp a.sqlite before
mgcorrelate --no-report --db=a.sqlite "$in"; echo "exit $?"
cmp a.sqlite before && mgcorrelate --no-report -f --db=a.sqlite "$in" >/dev/null; echo "exit $?"
cmp a.sqlite before && echo "the same bytes again"
mgcorrelate --no-report -f --db=. "$in" >/dev/null; echo "exit $?"
mgcorrelate --no-report --compare --db=b.sqlite "$in" "$in"; echo "exit $?"
ls

# Tables, heap profiles and lists of files as JSON are what docs/schemas says; json and jsonl
# hold the same rows.
python3 -c 'import jsonschema' 2>/dev/null || { echo "no python3-jsonschema" >&2; exit 77; }
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
n=0
rows() { # rows COMMAND...: as json and as jsonl
	n=$((n + 1))
	"$@" --format=jsonl >table.$n.jsonl
	"$@" --format=json >table.$n.json
}
for how in --by=user,code --by=minute --series=30s --slow=5 --lists --watches --deletecollections \
	--inflight-at=03:12:50 --who-deleted=ns/victim --history=deploy/shop/web-0; do
	rows mgaudit -q "$how" "$in"
done
for table in events reasons nodes restarts containers changes; do
	rows mgstate --show=$table "$in"
done
mgunpack --format=jsonl "$in" >files.jsonl
mgheap --format=json "$TESTDATA"/heap/*.pb.gz >heap.json
mgheap --diff --format=json "$TESTDATA"/heap/*.pb.gz >heap-diff.json
python3 - "$CASE_DIR/../../../docs/schemas" <<'P'
import glob, json, sys
from jsonschema.validators import validator_for
def validator(name):
    schema = json.load(open(sys.argv[1] + "/" + name))
    cls = validator_for(schema)
    cls.check_schema(schema)
    return cls(schema)
def check(v, where, doc):
    for e in v.iter_errors(doc):
        print(where, list(e.path), e.message[:200])
lines = lambda name: [json.loads(l) for l in open(name)]
row, total = validator("table-1.json"), 0
for name in sorted(glob.glob("table.*.jsonl")):
    rows = lines(name)
    total += bool(rows)
    if rows != json.load(open(name[:-1])):
        print(name, "json and jsonl differ")
    for r in rows:
        check(row, name, r)
files = lines("files.jsonl")
for f in files:
    check(validator("files-1.json"), "files", f)
for name in ("heap.json", "heap-diff.json"):
    check(validator("heap-1.json"), name, json.load(open(name)))
print(total, "tables with rows,", len(files), "files")
P

# findings.json, events.jsonl and compare.json are what docs/schemas says.
python3 -c 'import jsonschema' 2>/dev/null || { echo "no python3-jsonschema" >&2; exit 77; }
mgcorrelate --no-plots -o r "$TESTDATA/etcd-stall-deletecollection.tar.gz" >out
: >nothing
mgcorrelate --format=json nothing >empty.json 2>err
mgcorrelate --compare --no-plots -o c --since=03:12:00 "$TESTDATA/etcd-stall-deletecollection.tar.gz" >out
cat >check.py <<'P'
import json, sys
from jsonschema.validators import validator_for

def validator(name):
    schema = json.load(open(sys.argv[1] + "/" + name))
    cls = validator_for(schema)
    cls.check_schema(schema)
    return cls(schema)

findings, events, n = validator("findings-1.json"), validator("events-1.json"), 0
for name in "r/findings.json", "empty.json":
    for e in findings.iter_errors(json.load(open(name))):
        print(name, list(e.absolute_path), e.message[:200])
for e in validator("compare-1.json").iter_errors(json.load(open("c/compare.json"))):
    print("compare.json", list(e.absolute_path), e.message[:200])
for line in open("r/events.jsonl", encoding="utf-8"):
    n += 1
    # the demo has ten thousand events; every kind and every seventh row will do
    if n % 7 and n > 500:
        continue
    for e in events.iter_errors(json.loads(line)):
        print("events.jsonl", n, list(e.absolute_path), e.message[:200])
print("checked", "events" if n > 1000 else n)
P
python3 check.py "$CASE_DIR/../../../docs/schemas"

# The JSON of all views is what docs/schemas says.
python3 -c 'import jsonschema' 2>/dev/null || { echo "no python3-jsonschema" >&2; exit 77; }
f=$TESTDATA/etcd-stall-deletecollection.tar.gz
mggoroutine --json "$f" >1.json
mggoroutine --json --by=package -n 3 "$f" >2.json
mggoroutine --json --diff "$f" >3.json
mggoroutine --json --follow -n 2 "$f" >4.json
printf 'goroutine profile: total 7\n7 @ 0x1\n#\t0x1\tmain.f+0x1\tx.go:1\n' | mggoroutine --json - >5.json
printf '{"msg":"\\ngoroutine 1 [running]:\\nmain.f()\\n\\tx.go:1 +0x1\\n"}\n' | mggoroutine --json - >6.json
: | mggoroutine --json --diff - >7.json 2>err
python3 - "$CASE_DIR/../../../docs/schemas/goroutines-1.json" ?.json <<'P'
import json, sys
from jsonschema.validators import validator_for
schema = json.load(open(sys.argv[1]))
cls = validator_for(schema)
cls.check_schema(schema)
for name in sys.argv[2:]:
    doc = json.load(open(name))
    for e in cls(schema).iter_errors(doc):
        print(name, list(e.absolute_path), e.message[:200])
    print(name, doc["view"], len(doc.get("dumps", doc.get("series"))))
P

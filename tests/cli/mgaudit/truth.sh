# Generated logs, several seeds: every count is the one that the generator wrote down, and
# packing, directories, pipes and threads change nothing.
gen=${MG_SHARED:-}/tools/gen_audit.py
command -v python3 >/dev/null || { echo "needs python3" >&2; exit 77; }
[ -f "$gen" ] || { echo "needs \$MG_SHARED/tools/gen_audit.py" >&2; exit 77; }
python3 -c 'import json, random' || exit 77
# counts KEY NAME: truth.json's table NAME as "count<TAB>key" lines
truth() { python3 -c 'import json, sys
for key, n in json.load(open("truth.json"))[sys.argv[1]].items(): print(n, key, sep="\t")' "$1" | LC_ALL=C sort; }
ours() { key=$1; shift; mgaudit --by="$key" -n 0 --format=jsonl "$@" audit.log |
	sed 's/{"count":\([0-9]*\),.*"'"$key"'":"\(.*\)"}/\1	\2/' | LC_ALL=C sort; }
same() { what=$1; shift; truth "$what" >want; ours "$@" >got; cmp want got && echo "$what: $(wc -l <got | tr -d ' ') keys"; }
for seed in 1 2 3; do
	python3 "$gen" --events 6000 --rate 40 --seed $seed --out audit.log --truth truth.json 2>/dev/null
	echo "-- seed $seed: $(wc -l <audit.log | tr -d ' ') lines"
	for key in verb user code level stage; do
		same $key $key --stage=all
	done
	same verb_rc verb
	same user_rc user --stage=ResponseComplete
	by="--by=user,verb,resource -n 0"
	mgaudit -j1 $by audit.log >one
	mkdir -p "dir$seed/kube-apiserver"
	gzip -c audit.log >"dir$seed/kube-apiserver/audit.log.gz"
	tar cf all.tar "dir$seed"
	mgaudit -j3 $by audit.log | cmp one -
	mgaudit $by - <audit.log | cmp one -
	mgaudit $by "dir$seed" | cmp one -
	mgaudit $by all.tar | cmp one -
	rm -rf "dir$seed"
done

# Every line accounted for, and counts equal to what grep finds.
# SPDX-License-Identifier: Apache-2.0
d=${MG_SHARED:-none}/data
[ -d "$d/kube-apiserver" ] || { echo "no logs in \$MG_SHARED/data" >&2; exit 77; }
same() { # same WHAT OURS THEIRS
	if [ "$2" = "$3" ]; then echo "$1: as grep"; else echo "$1: $2, but $3 by grep"; fi
}
for f in "$d"/kube-apiserver/* "$d"/etcd/* "$d"/kubelet/*; do
	mgklog -q --stats "$f" | awk 'NR > 1 && $5 ~ /^[0-9]+$/ { print "lost", $0 }'
done
for f in "$d"/kube-apiserver/*.log; do
	n=$(mgklog -q --traces "$f" | awk 'NR == 1 { gsub(",", ""); print $1 }')
	same "traces of $(basename "$f")" "$n" \
		"$(tr -d '\000' <"$f" | grep -acE '\] Trace(\[[0-9]+\])?:? "')"
done
# every line of a block belongs to a trace; newest first is the same log
for f in "$d"/kube-apiserver/*.log; do
	mgklog -q --traces=0 "$f" | sed "s/$(basename "$f"):[0-9]*//" >straight
	n=$(awk 'NR == 1 { gsub(",", ""); print $4 }' straight)
	ids=$(tr -d '\000' <"$f" | grep -aoE '(^|[^0-9A-Za-z])Trace\[[0-9]+\]: ' | wc -l)
	[ "$ids" = 0 ] || same "lines of traces of $(basename "$f")" "$n" "$((ids))"
	case $ids in
	0) ;;
	*)
		tac "$f" >back.log
		touch -r "$f" back.log
		mgklog -q --traces=0 back.log | sed 's/back.log:[0-9]*//' | cmp - straight ||
			echo "$(basename "$f"): other traces when it is read from its end"
		;;
	esac
done
f=$d/etcd/ocp-4.8-aws-etcd-c.log
same 'took too long' \
	"$(mgklog -q --top=0 -o tsv "$f" | awk -F'\t' '$10 ~ /took too long/ { n += $1 } END { print n + 0 }')" \
	"$(grep -c 'took too long' "$f")"
f=$d/kube-apiserver/journal-1.23.log
same 'requests' "$(mgklog -q --http "$f" | awk 'NR == 1 { gsub(",", ""); print $1 }')" \
	"$(grep -c '"HTTP" verb' "$f")"
f=$d/kube-apiserver/ocp-4.8-aws-master-a.log
same 'warnings' \
	"$(mgklog -q --top=0 -o tsv "$f" | awk -F'\t' '$2 == "warning" { n += $1 } END { print n }')" \
	"$(grep -cE 'Z W[0-9]{4} ' "$f")"
mgklog -q --top=0 -o tsv "$f" | cut -f 1-7,10 | sort >straight
tac "$f" >back.log
mgklog -q --top=0 -o tsv back.log | cut -f 1-7,10 | sort | cmp straight - && echo 'order does not matter'

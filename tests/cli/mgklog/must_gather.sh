# Both must-gathers: no line is lost, no file without lines is an error.
# SPDX-License-Identifier: Apache-2.0
for a in must-gather-4.8-aws.tar.xz must-gather-4.9-metal.tar.gz; do
	f=${MG_SHARED:-none}/data/must-gather/$a
	[ -f "$f" ] || { echo "no $a in \$MG_SHARED/data" >&2; exit 77; }
	mgklog -q --stats "$f" | tail -2 | head -1
	mgklog -q --stats "$f" | awk '$5 ~ /^[0-9]+$/' | head -3
	mgklog -q --top=0 -o tsv "$f" |
		awk -F'\t' '$10 ~ /took too long/ { n += $1 } END { print n + 0, "took too long" }' >ours
	tar -xOf "$f" >all
	echo "$(grep -ac 'took too long' all) took too long" | cmp - ours && cat ours
	# traces, and lines of traces
	mgklog -q --traces "$f" | awk 'NR == 1 { print $1, $4 }' >ours
	echo "$(grep -acE 'Trace\[[0-9]+\]: "' all)" \
		"$(grep -aoE '(^|[^0-9A-Za-z])Trace\[[0-9]+\]: ' all | grep -c .)" | cmp - ours && cat ours
done

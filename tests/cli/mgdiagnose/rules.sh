# Every rule is listed, explained, and its thresholds can be set by the names shown.
: >nothing
mgdiagnose --list-rules | grep -v '^ ' | cut -d' ' -f1 >rules
[ "$(wc -l <rules)" -ge 20 ] && echo "many rules"
sort rules | uniq -d
while read -r r; do
	mgdiagnose --explain "$r" >out 2>err || { echo "$r: exit $?"; cat err; }
	head -1 out | grep -q "^$r - ." || echo "$r: no title"
	grep -q '^Needs: .' out || echo "$r: does not say what it needs"
	grep -q '^See: ....' out || echo "$r: does not say where that is known from"
	for t in $(sed -n 's/^    --set \([^ ]*\) .*/\1/p' out); do
		mgdiagnose --set "$t" nothing >out2 2>err
		! grep -e '--set' err || echo "$r: cannot --set $t"
	done
	grep -q -- "\\b$r\\b" "$CASE_DIR/../../../docs/man/mgdiagnose.1" || echo "$r: not in mgdiagnose(1)"
done <rules
mgdiagnose --explain no-such-rule; echo "exit $?"
mgdiagnose --set etcd-stall.nothing=1 rules; echo "exit $?"
